"""The site's pages: ``Pages(hub, feeds=..., overrides=None)``, one method per kind of page.

Every method takes what the page shows and the code of a language of the interface, and returns the
page's bytes (UTF-8 HTML). The caller lays them at ``page_path(path, language)`` + ``index.html``.
Same values, same bytes.

``overrides`` is a folder of the operator's own: a template there replaces ours of the same name,
and ``theme.css`` there is added to the style sheet. A template that cannot be rendered raises
``ConfigError`` with file and line; nothing else is touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from feedhub.model import addresses as at
from feedhub.model.channel import Hub
from feedhub.model.edition import StoryCard
from feedhub.model.page import (
    Calendar,
    CorrectionsPage,
    DayPage,
    FeedLink,
    FrontPage,
    LabelCount,
    LabelPage,
    PullsPage,
    SearchPage,
    SourcePage,
    SourceStanding,
    StatisticsPage,
    StatusPage,
)
from feedhub.render.assets import Assets
from feedhub.render.frames import Frame, site_data, story_data
from feedhub.render.language import language, languages
from feedhub.render.safety import title_text
from feedhub.render.templating import Templates
from feedhub.text.folding import bare

__all__ = ["Pages", "page_path"]


def page_path(path: str, language_code: str) -> str:
    """Return a page's address below the base URL in a language of the interface."""
    return language(language_code).prefix + path


class Pages:
    """All pages of one hub. ``feeds`` are its channels, the first being the one of all news."""

    def __init__(
        self, hub: Hub, *, feeds: Sequence[FeedLink] = (), overrides: Path | None = None
    ) -> None:
        self.hub = hub
        self.feeds = tuple(feeds)
        self._assets = Assets(overrides)
        self._templates = Templates(hub, overrides, self._assets.style_path)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages in which every page exists, that of ``/`` first."""
        return languages()

    def assets(self) -> dict[str, bytes]:
        """Return the files pages and feeds point to, by address below the base URL.

        A name that carries a checksum may be cached for ever.
        """
        return dict(self._assets.files)

    def front(self, page: FrontPage, code: str) -> bytes:
        """``/``: the stories of the newest day."""
        words = language(code)
        return self.page(
            "front.html",
            code,
            path=at.FRONT,
            title=title_text(self.hub.title),
            room="front",
            data=site_data(self.hub, words),
            page=page,
        )

    def day(self, page: DayPage, code: str) -> bytes:
        """``/archive/YYYY/MM/DD/``: one local day."""
        title = language(code).day(page.day)
        return self.page(
            "day.html", code, path=at.day_path(page.day), title=title, room="archive", page=page
        )

    def calendar(self, page: Calendar, code: str) -> bytes:
        """``/archive/``: the calendar of all days with stories."""
        title = language(code).gettext("News by date")
        return self.page(
            "calendar.html", code, path=at.ARCHIVE, title=title, room="archive", page=page
        )

    def story(self, card: StoryCard, code: str) -> bytes:
        """``/stories/<id>/``: one story, all its printings, its history."""
        return self.page(
            "story.html",
            code,
            path=at.story_path(card.page_id),
            title=title_text(card.title, instead=card.lead.source.name),
            description=card.summary,
            data=story_data(self.hub, card),
            card=card,
        )

    def merged(self, card: StoryCard, old_id: str, code: str) -> bytes:
        """``/stories/<id>/`` of a story that became part of another: points to that one."""
        return self.page(
            "merged.html",
            code,
            path=at.story_path(old_id),
            title=title_text(card.title, instead=card.lead.source.name),
            indexed=False,
            card=card,
        )

    def sources(self, standings: Iterable[SourceStanding], code: str) -> bytes:
        """``/sources/``: every source with how it is doing."""
        ordered = sorted(standings, key=lambda one: (bare(one.source.name), one.source.id))
        title = language(code).gettext("Sources")
        return self.page(
            "sources.html", code, path=at.SOURCES, title=title, room="sources", standings=ordered
        )

    def source(self, page: SourcePage, code: str) -> bytes:
        """``/sources/<id>/``: one source, its stories, its sums, its feeds."""
        source = page.standing.source
        name = title_text(source.name, instead=source.id)
        feed = FeedLink(title=name, path=at.source_feed_path(source.id))
        return self.page(
            "source.html",
            code,
            path=at.source_path(source.id),
            title=name,
            room="sources",
            feeds=(feed,),
            page=page,
        )

    def topics(self, counts: Iterable[LabelCount], code: str) -> bytes:
        """``/topics/``: all topics."""
        title = language(code).gettext("Topics")
        return self._labels(counts, code, at.TOPICS, title, "topics")

    def places(self, counts: Iterable[LabelCount], code: str) -> bytes:
        """``/places/``: all places."""
        title = language(code).gettext("Places")
        return self._labels(counts, code, at.PLACES, title, "places")

    def topic(self, page: LabelPage, code: str) -> bytes:
        """``/topics/<id>/``: the newest stories of a topic."""
        path, feed = at.topic_path(page.label.id), at.topic_feed_path(page.label.id)
        return self._label(page, code, path, feed, "topics")

    def place(self, page: LabelPage, code: str) -> bytes:
        """``/places/<id>/``: the newest stories of a place."""
        path, feed = at.place_path(page.label.id), at.place_feed_path(page.label.id)
        return self._label(page, code, path, feed, "places")

    def feed_list(self, groups: Sequence[tuple[str, Sequence[FeedLink]]], code: str) -> bytes:
        """``/feeds/``: all feeds for people, in (heading, feeds) groups.

        A heading is one of the messages ``Channels``, ``Sources``, ``Topics``, ``Places``.
        """
        title = language(code).gettext("Feeds")
        return self.page(
            "feeds.html", code, path=at.FEEDS, title=title, room="feeds", groups=groups
        )

    def status(self, page: StatusPage, code: str) -> bytes:
        """``/status/``: which source is fresh, late or failing, since when, next try."""
        title = language(code).gettext("Status of the sources")
        return self.page(
            "status.html",
            code,
            path=at.STATUS,
            title=title,
            room="status",
            feeds=(FeedLink(title=title, path=at.STATUS_FEED),),
            page=page,
        )

    def pulls(self, page: PullsPage, code: str) -> bytes:
        """``/status/pulls/?source=``: the newest pulls of a source, served live."""
        name = title_text(page.source.name, instead=page.source.id)
        title = f"{language(code).gettext('Pulls')} – {name}"
        return self.page(
            "pulls.html",
            code,
            path=f"{at.STATUS_PULLS}?source={page.source.id}",
            title=title,
            room="status",
            indexed=False,
            page=page,
        )

    def statistics(self, page: StatisticsPage, code: str) -> bytes:
        """``/statistics/``: visits, readers and subscribers, in sums."""
        title = language(code).gettext("Statistics")
        return self.page("statistics.html", code, path=at.STATISTICS, title=title, page=page)

    def corrections(self, page: CorrectionsPage, code: str) -> bytes:
        """``/corrections/``: what changed after publication."""
        title = language(code).gettext("Corrections")
        feed = FeedLink(title=title, path=at.CORRECTIONS_FEED)
        return self.page(
            "corrections.html",
            code,
            path=at.CORRECTIONS,
            title=title,
            room="corrections",
            feeds=(feed,),
            page=page,
        )

    def search(self, page: SearchPage, code: str, *, feed_path: str = "", query: str = "") -> bytes:
        """``/search/?q=``: the answer to a search, served live. Not for search engines.

        ``query`` is the request's own query string without page number, percent-encoded, as the
        links to further pages repeat it.
        """
        title = language(code).gettext("Search")
        return self.page(
            "search.html",
            code,
            path=at.SEARCH,
            title=f"{page.query} – {title}" if page.query else title,
            room="search",
            indexed=False,
            page=page,
            feed_path=feed_path,
            query=query,
        )

    def personal(self, template: str, code: str, *, path: str, title: str, **values: Any) -> bytes:
        """A page of the desk, made for one person. Never indexed."""
        return self.page(
            template,
            code,
            path=path,
            title=title,
            room="mail",
            indexed=False,
            desk_style=self._assets.desk_path,
            **values,
        )

    def message(self, title: str, paragraphs: Sequence[str], code: str) -> bytes:
        """A plain page that says something: an error, or the answer to a form. Never indexed.

        ``title`` and ``paragraphs`` are plain text in the page's language.
        """
        return self.page(
            "message.html", code, path=at.FRONT, title=title, indexed=False, paragraphs=paragraphs
        )

    def error(self, status: int, code: str) -> bytes:
        """The page for an HTTP error, in words a reader understands."""
        say = language(code).gettext
        titles = {
            404: (say("This page does not exist"), say("Perhaps the address was mistyped.")),
            410: (say("This page is gone"), say("It was taken down and will not come back.")),
            503: (say("Just a moment, please"), say("The site is busy. Try again in a minute.")),
        }
        fallback = (say("Something went wrong"), say("The fault is ours. Please try again later."))
        title, sentence = titles.get(status, fallback)
        return self.message(title, [sentence], code)

    def _labels(
        self, counts: Iterable[LabelCount], code: str, path: str, title: str, room: str
    ) -> bytes:
        ordered = sorted(counts, key=lambda one: (bare(one.label.name), one.label.id))
        return self.page("labels.html", code, path=path, title=title, room=room, counts=ordered)

    def _label(self, page: LabelPage, code: str, path: str, feed_path: str, room: str) -> bytes:
        name = title_text(page.label.name, instead=page.label.id)
        feed = FeedLink(title=name, path=feed_path)
        return self.page(
            "label.html", code, path=path, title=name, room=room, feeds=(feed,), page=page
        )

    def page(
        self,
        template: str,
        code: str,
        *,
        path: str,
        title: str,
        description: str = "",
        feeds: tuple[FeedLink, ...] = (),
        **values: Any,
    ) -> bytes:
        """Return a page made of a template, within the site's frame."""
        frame = Frame(
            hub=self.hub,
            words=language(code),
            path=path,
            title=title,
            description=" ".join((description or self.hub.description).split()),
            feeds=(*feeds, *self.feeds) if path == at.FRONT else (*feeds, *self.feeds[:1]),
            indexed=values.pop("indexed", True),
            room=values.pop("room", ""),
            data=values.pop("data", None),
        )
        return self._templates.render(template, frame, values)

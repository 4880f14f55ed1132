"""The hub's site as files: which pages and feeds there are, and what goes into each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feedhub.config.settings import Settings
from feedhub.edit.cards import source_card
from feedhub.edit.corrections import corrections
from feedhub.edit.notices import notices_edition
from feedhub.edit.pages import calendar, day_page, front_page, label_page, source_page
from feedhub.flow.publishing.cards import Cards
from feedhub.flow.publishing.opml import sources_opml
from feedhub.flow.publishing.sitemaps import day_sitemap, list_sitemaps
from feedhub.flow.publishing.standing import Standing, silent_since
from feedhub.model import addresses as at
from feedhub.model.channel import Channel, Hub
from feedhub.model.digest import DigestStanding
from feedhub.model.edition import Label, SourceCard
from feedhub.model.page import CorrectionsPage, FeedLink, LabelCount, StatisticsPage, StatusPage
from feedhub.model.story import Story
from feedhub.render.assets import fingerprint
from feedhub.render.language import language
from feedhub.render.pages import Pages, page_path
from feedhub.render.sitemap import render_robots
from feedhub.store.store import Transaction
from feedhub.text.folding import bare

__all__ = ["Laid", "Site", "hub_of", "sends_mail"]

#: stories the front page chooses from
_FRONT_POOL = 400
_LIST_LENGTH = 100
_LISTS = (
    *(at.FRONT, at.ARCHIVE, at.PLACES, at.TOPICS, at.SOURCES, at.CORRECTIONS, at.FEEDS),
    *(at.STATUS, at.STATISTICS),
)

#: files by their address below the base URL
Laid = Iterator[tuple[str, bytes]]


@dataclass(slots=True)
class _Family:
    """All labels of one kind: their pages and feeds, and the sources that carry each."""

    labels: dict[str, Label]
    sources: dict[str, list[SourceCard]]

    def touched(self, sources: Collection[str]) -> list[Label]:
        """Return the labels that any of these sources carries, by their ids."""
        return [
            label
            for name, label in sorted(self.labels.items())
            if any(card.id in sources for card in self.sources[name])
        ]


@lru_cache(maxsize=2)
def _renderer(hub: Hub, feeds: tuple[FeedLink, ...], theme: Path | None, _look: str) -> Pages:
    """Return the renderer; templates are read once, not at every publishing or search."""
    return Pages(hub, feeds=feeds, overrides=theme)


def sends_mail(settings: Settings) -> bool:
    """Tell whether the site invites people to sign up: where the config says who sends."""
    return bool(settings.mail.sender or settings.mail.smtp)


def hub_of(settings: Settings, tag_base: str = "") -> Hub:
    """Return what pages and letters say of the hub; only feeds need the beginning of its ids."""
    section = settings.hub
    return Hub(
        title=section.title,
        base_url=section.base_url,
        tag_base=tag_base,
        language=section.language,
        timezone=section.timezone,
        contact=section.contact,
        description=section.description,
        websub_hub=section.websub_hub,
        by_mail=sends_mail(settings),
    )


class Site:
    """Everything a hub publishes, made out of one state of the store."""

    def __init__(self, settings: Settings, tag_base: str) -> None:
        self.settings = settings
        self.tag_base = tag_base
        section = settings.hub
        self.hub = hub_of(settings, tag_base)
        self.sources = {source.id: source_card(source) for source in settings.sources}
        self.cards = Cards(self.sources)
        self.places = self._family("place")
        self.topics = self._family("topics")
        corrected = language(section.language).gettext("Corrections")
        self.corrections = Channel(id="corrections", title=f"{section.title} – {corrected}")
        theme = section.theme_dir
        #: a fingerprint of all templates and styles
        self.look = fingerprint(theme)
        self.renderer = _renderer(self.hub, self._channel_links(), theme, self.look)

    @classmethod
    def of(cls, settings: Settings, tx: Transaction, now: datetime) -> Site:
        """Make the site; the very first time, mint the beginning of the hub's ids.

        A tag URI (RFC 4151) names a host and a year in which its owner held it. It stays when the
        hub moves to another address.
        """
        tag_base = tx.facts.get("tag_base")
        if tag_base is None:
            host = urlsplit(settings.hub.base_url).hostname or "localhost"
            tag_base = f"tag:{host},{now.year}:"
            tx.facts.set("tag_base", tag_base)
        return cls(settings, tag_base)

    def _family(self, kind: str) -> _Family:
        labels: dict[str, Label] = {}
        sources: dict[str, list[SourceCard]] = {}
        for card in self.sources.values():
            of_card = card.topics if kind == "topics" else (card.place,) if card.place else ()
            for label in of_card:
                labels.setdefault(label.id, label)
                sources.setdefault(label.id, []).append(card)
        return _Family(labels, sources)

    def _channel_links(self) -> tuple[FeedLink, ...]:
        return tuple(
            FeedLink(
                title=channel.title,
                path=at.channel_path(channel.id),
                description=channel.description,
            )
            for channel in self.settings.channels
        )

    def page(self, path: str, code: str) -> str:
        """Return the file of a page in a language."""
        return f"{page_path(path, code)}index.html"

    def _label_links(self, family: _Family, path_of: str) -> list[FeedLink]:
        feed = at.place_feed_path if path_of == "places" else at.topic_feed_path
        named = sorted(family.labels.values(), key=lambda label: (bare(label.name), label.id))
        return [FeedLink(title=label.name, path=feed(label.id)) for label in named]

    def fixed(self) -> dict[str, bytes]:
        """Return the files that do not hang on any story."""
        found = dict(self.renderer.assets())
        # the list has no moment of its own; the epoch keeps its bytes the same
        found[at.OPML] = sources_opml(self.settings)
        found["robots.txt"] = render_robots(self.hub)
        for code in self.renderer.languages:
            found[self.page(at.FEEDS, code)] = self.renderer.feed_list(self._feed_groups(), code)
            for status in (404, 410):
                told = page_path(f"{status}.html", code)
                found[told] = self.renderer.error(status, code)
        return found

    def _feed_groups(self) -> list[tuple[str, Sequence[FeedLink]]]:
        """Return all feeds in groups with their headings, none of them empty."""
        corrected = FeedLink(
            title=self.corrections.title, path=at.CORRECTIONS_FEED, home=at.CORRECTIONS
        )
        status = notices_edition(self.hub, (), {})
        told = FeedLink(title=status.channel.title, path=status.path, home=status.home)
        groups: list[tuple[str, Sequence[FeedLink]]] = [
            ("Channels", (*self._channel_links(), corrected, told)),
            ("Sources", self._source_links()),
            ("Topics", self._label_links(self.topics, "topics")),
            ("Places", self._label_links(self.places, "places")),
        ]
        return [(heading, links) for heading, links in groups if links]

    def _source_links(self) -> list[FeedLink]:
        named = sorted(self.sources.values(), key=lambda card: (bare(card.name), card.id))
        return [FeedLink(title=card.name, path=at.source_feed_path(card.id)) for card in named]

    def story(self, tx: Transaction, story: Story) -> Laid:
        """Yield a story's pages; a story that was merged away points to the one it is part of."""
        if story.merged_into is not None:
            for card in self.cards.load(tx, [story.merged_into]):
                for code in self.renderer.languages:
                    path = self.page(at.story_path(story.id), code)
                    yield path, self.renderer.merged(card, story.id, code)
            return
        card = replace(self.cards.card(story), related=self.cards.related(tx, story))
        for code in self.renderer.languages:
            yield self.page(at.story_path(story.id), code), self.renderer.story(card, code)

    def pages(
        self,
        tx: Transaction,
        standings: Mapping[str, Standing],
        *,
        days: Collection[str],
        sources: Collection[str],
        known: Callable[[str], object],
        digests: tuple[DigestStanding, ...] = (),
    ) -> Laid:
        """Yield the pages that list stories: of these days and sources, and those of everything.

        ``known`` tells of a path whether that page was published before.
        """
        all_days = tx.stories.days()
        yield from self._day_pages(tx, all_days, days, known)
        yield from self._source_pages(tx, standings, sources)
        yield from self._label_pages(tx, self.places, sources, is_place=True)
        yield from self._label_pages(tx, self.topics, sources, is_place=False)
        front = front_page(
            self.cards.load(tx, tx.stories.announced(limit=_FRONT_POOL)),
            self.hub.timezone,
            stale_since=silent_since(self.settings, tx),
        )
        counts = {date.fromisoformat(day): count for day, count in all_days.items()}
        yield from list_sitemaps(self.hub, counts, self._list_paths())
        months = calendar(counts)
        listed = [one.standing for one in standings.values()]
        # on a host of files alone nobody counts readers; the page still tells of the sources
        counted = StatisticsPage(entries=tuple((one.source, one.entries) for one in listed))
        for code in self.renderer.languages:
            yield self.page(at.ARCHIVE, code), self.renderer.calendar(months, code)
            path = self.page(at.STATISTICS, code)
            yield path, self.renderer.statistics(counted, code)
            status = StatusPage(standings=tuple(listed), digests=digests)
            yield self.page(at.STATUS, code), self.renderer.status(status, code)
            yield self.page(at.FRONT, code), self.renderer.front(front, code)

    def _list_paths(self) -> list[str]:
        """The addresses of all pages that are neither a day nor a story."""
        return [
            *_LISTS,
            *map(at.place_path, sorted(self.places.labels)),
            *map(at.topic_path, sorted(self.topics.labels)),
            *map(at.source_path, sorted(self.sources)),
        ]

    def corrected(self, tx: Transaction) -> Laid:
        """Yield the page of what changed after publication."""
        revised = self.cards.load(tx, tx.stories.revised(_LIST_LENGTH))
        page = CorrectionsPage(corrections=corrections(revised))
        for code in self.renderer.languages:
            yield self.page(at.CORRECTIONS, code), self.renderer.corrections(page, code)

    def _day_pages(
        self,
        tx: Transaction,
        all_days: Mapping[str, int],
        wanted: Collection[str],
        known: Callable[[str], object],
    ) -> Laid:
        """Yield the pages of these days and, where a day is new, of those beside it."""
        order = list(all_days)
        dates = [date.fromisoformat(day) for day in order]
        chosen: set[int] = set()
        for index, day in enumerate(order):
            if day in wanted:
                path = self.page(at.day_path(dates[index]), self.renderer.languages[-1])
                reach = 0 if known(path) else 1
                chosen.update(range(max(0, index - reach), min(len(order), index + reach + 1)))
        for index in sorted(chosen):
            cards = self.cards.load(tx, tx.stories.of_day(order[index]))
            yield day_sitemap(self.hub, dates[index], cards)
            page = day_page(dates[index], cards, dates)
            for code in self.renderer.languages:
                path = self.page(at.day_path(dates[index]), code)
                yield path, self.renderer.day(page, code)

    def _source_pages(
        self, tx: Transaction, standings: Mapping[str, Standing], wanted: Collection[str]
    ) -> Laid:
        zone = ZoneInfo(self.hub.timezone)
        for source_id in sorted(set(wanted) & set(standings)):
            one = standings[source_id]
            dates = tx.entries.newest_dates(source_id)
            page = source_page(
                one.standing,
                self.cards.load(tx, tx.stories.of_sources([source_id], _LIST_LENGTH)),
                reconciliation=one.reconciliation,
                per_day=Counter(moment.astimezone(zone).date() for moment in dates),
                limit=_LIST_LENGTH,
            )
            for code in self.renderer.languages:
                path = self.page(at.source_path(source_id), code)
                yield path, self.renderer.source(page, code)
        listed = [one.standing for one in standings.values()]
        for code in self.renderer.languages:
            yield self.page(at.SOURCES, code), self.renderer.sources(listed, code)

    def _label_pages(
        self, tx: Transaction, family: _Family, sources: Collection[str], *, is_place: bool
    ) -> Laid:
        path_of = at.place_path if is_place else at.topic_path
        render = self.renderer.place if is_place else self.renderer.topic
        for label in family.touched(sources):
            cards = family.sources[label.id]
            ids = tx.stories.of_sources([card.id for card in cards], _LIST_LENGTH)
            page = label_page(label, self.cards.load(tx, ids), cards, limit=_LIST_LENGTH)
            for code in self.renderer.languages:
                yield self.page(path_of(label.id), code), render(page, code)
        counts = tx.entries.counts()
        totals = [
            LabelCount(
                label=label, stories=sum(counts.get(card.id, 0) for card in family.sources[name])
            )
            for name, label in family.labels.items()
        ]
        index = at.PLACES if is_place else at.TOPICS
        listing = self.renderer.places if is_place else self.renderer.topics
        for code in self.renderer.languages:
            yield self.page(index, code), listing(totals, code)

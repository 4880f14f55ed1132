"""Stories and sources as readers see them.

``story_card(story, sources, related=()) -> StoryCard`` and ``source_card(source) -> SourceCard``.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from feedhub.model.addresses import label_id
from feedhub.model.edition import Label, Printing, SourceCard, StoryCard, StoryLink
from feedhub.model.entry import StoredEntry
from feedhub.model.source import Source
from feedhub.model.story import Story
from feedhub.text.excerpts import excerpt
from feedhub.text.urls import absolute

__all__ = ["source_card", "story_card", "story_link", "unknown_source"]

#: letters of a summary on a page or in a feed; about two sentences
SUMMARY_LIMIT = 320
_CATEGORY_LIMIT = 20


def source_card(source: Source) -> SourceCard:
    """Return how readers see a source. Its homepage defaults to the root of its address."""
    homepage = source.homepage or absolute("/", source.url)
    return SourceCard(
        id=source.id,
        name=source.name or source.id,
        url=source.url,
        homepage=homepage,
        place=_label(source.place) if source.place.strip() else None,
        topics=_labels(source.topics),
        language=source.language,
        weight=source.weight,
        host=_host(homepage),
    )


def unknown_source(source_id: str) -> SourceCard:
    """Return a card for a source that is no longer configured; its stories stay readable."""
    return SourceCard(
        id=source_id, name=source_id, url="", homepage="", place=None, topics=(), language=""
    )


def story_card(
    story: Story, sources: Mapping[str, SourceCard], related: Iterable[StoryLink] = ()
) -> StoryCard:
    """Return how readers see a story.

    The story's lead speaks, unless its source took it back and another source still stands by the
    text: then the first of those does. ``updated`` is the newest of the lead's publication, its
    last significant revision and the withdrawal; it gets microseconds made from the story's id
    where it has none, so that two stories of the same minute never share one ``updated`` (feed
    readers and the W3C validator take that for a fault).
    """
    entries = _in_order(story)
    lead = entries[0]
    printings = tuple(_printing(entry, sources) for entry in entries)
    entry = lead.entry
    withdrawn_at = None
    if all(one.withdrawn_at for one in entries):
        withdrawn_at = max(one.withdrawn_at for one in entries if one.withdrawn_at)
    published = entry.published.at
    moments = [published, lead.revised_at or published, withdrawn_at or published]
    text = entry.text or entry.summary
    return StoryCard(
        id=story.id,
        title=entry.title,
        lead=printings[0],
        others=printings[1:],
        summary=_summary(entry.title, entry.summary, entry.text),
        content=entry.content,
        text=text,
        image=entry.image,
        enclosures=entry.enclosures,
        categories=tuple(dict.fromkeys(c.strip() for c in entry.categories if c.strip()))[
            :_CATEGORY_LIMIT
        ],
        places=_unique(p.source.place for p in printings if p.source.place),
        topics=_unique(topic for p in printings for topic in p.source.topics),
        language=entry.language or printings[0].source.language,
        published=published,
        updated=_own_instant(max(moments), story.id),
        created=story.created_at,
        announced_at=story.announced_at,
        withdrawn_at=withdrawn_at,
        related=tuple(related),
    )


def story_link(card: StoryCard) -> StoryLink:
    """Return the short form of a card, for lists of related stories."""
    return StoryLink(
        id=card.page_id,
        title=card.title,
        source_name=card.lead.source.name,
        published=card.lead.published,
        language=card.language,
    )


def _in_order(story: Story) -> list[StoredEntry]:
    """The lead first, then the others in order of appearance."""
    lead = story.lead
    others = sorted(
        (entry for entry in story.entries if entry.id != lead.id),
        key=lambda entry: (entry.first_seen, entry.id),
    )
    if lead.withdrawn_at is None:
        return [lead, *others]
    standing = next((entry for entry in others if entry.withdrawn_at is None), None)
    if standing is None:
        return [lead, *others]
    return [standing, lead, *(entry for entry in others if entry is not standing)]


def _printing(stored: StoredEntry, sources: Mapping[str, SourceCard]) -> Printing:
    entry = stored.entry
    source = sources.get(entry.source_id) or unknown_source(entry.source_id)
    return Printing(
        entry_id=stored.id,
        source=source,
        link=entry.link,
        title=entry.title,
        published=entry.published,
        first_seen=stored.first_seen,
        authors=entry.authors,
        withdrawn_at=stored.withdrawn_at,
        revised_at=stored.revised_at,
        revisions=stored.revisions,
        language=entry.language or source.language,
        text=(entry.text or entry.summary) if stored.revisions else "",
    )


def _own_instant(moment: datetime, story_id: str) -> datetime:
    if moment.microsecond:
        return moment
    digest = hashlib.sha256(story_id.encode()).digest()
    return moment.replace(microsecond=1 + int.from_bytes(digest[:4], "big") % 999_999)


def _summary(title: str, summary: str, text: str) -> str:
    """A summary that says more than the title, from the source's own or the text's beginning."""
    for words in (summary, text):
        flat = " ".join(words[: SUMMARY_LIMIT * 8].split())
        if flat.startswith(title) and title:
            flat = flat[len(title) :].lstrip(" .:-–—|")
        if flat:
            return excerpt(flat, SUMMARY_LIMIT)
    return ""


def _host(address: str) -> str:
    """The site's name; none for an address in numbers, which does not tell whose a site is."""
    host = (urlsplit(absolute(address, "")).hostname or "").removeprefix("www.")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host
    return ""


def _label(name: str) -> Label:
    name = " ".join(name.split())
    return Label(id=label_id(name), name=name[:1].upper() + name[1:])


def _labels(names: Iterable[str]) -> tuple[Label, ...]:
    return _unique(_label(name) for name in names if name.strip())


def _unique(labels: Iterable[Label | None]) -> tuple[Label, ...]:
    return tuple({label.id: label for label in labels if label}.values())

"""What operators are told of the sources, as a feed of its own.

``notices_edition(hub, kept, sources) -> Edition``
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feedhub.edit.channels import EPOCH
from feedhub.model.addresses import STATUS, STATUS_FEED, source_path
from feedhub.model.channel import Channel, Hub
from feedhub.model.edition import Edition, Printing, SourceCard, StoryCard
from feedhub.model.entry import Dating, Precision
from feedhub.model.trouble import KeptNotice

__all__ = ["notices_edition"]

#: by language of the hub: the feed's title; an entry's, of trouble and of its end; the hub itself
_WORDS = {
    "vi": ("Tình trạng các nguồn", "{}: {}", "{}: đã qua – {}", "Mạng của trang"),
    "en": ("Status of the sources", "{}: {}", "{}: recovered – {}", "The hub's network"),
}


def notices_edition(
    hub: Hub, kept: Iterable[KeptNotice], sources: Mapping[str, SourceCard]
) -> Edition:
    """Return the operators' feed: one entry per notice, newest first.

    A notice that a trouble is over is an entry too. An entry's id is the notice's number, which is
    never given twice; its link is the source's page, or the status page where it is about none.
    """
    words = _WORDS.get(hub.language.split("-", 1)[0], _WORDS["en"])
    entries = tuple(
        _entry(hub, one, sources, words)
        for one in sorted(kept, key=lambda one: one.number, reverse=True)
    )
    return Edition(
        hub=hub,
        channel=Channel(id="status", title=words[0], content="summary"),
        path=STATUS_FEED,
        home=STATUS,
        stories=entries,
        updated=max((entry.updated for entry in entries), default=EPOCH),
    )


def _entry(
    hub: Hub, kept: KeptNotice, sources: Mapping[str, SourceCard], words: tuple[str, str, str, str]
) -> StoryCard:
    notice, known = kept.notice, sources.get(kept.source_id)
    name = known.name if known else kept.source_id or words[3]
    page = source_path(known.id) if known else STATUS
    link = hub.base_url + page
    source = SourceCard(
        id=kept.source_id or "hub",
        name=name,
        url=f"{hub.base_url}{STATUS_FEED}.atom",
        homepage=link,
        place=None,
        topics=(),
        language="",
    )
    printing = Printing(
        entry_id=str(kept.number),
        source=source,
        link=link,
        title=name,
        published=Dating(at=kept.at, precision=Precision.SECOND),
        first_seen=kept.at,
        authors=(),
        withdrawn_at=None,
        revised_at=None,
        revisions=(),
    )
    return StoryCard(
        id=f"notice/{kept.number}",
        title=words[2 if notice.over else 1].format(name, notice.words),
        lead=printing,
        others=(),
        summary=notice.words,
        content="",
        text="",
        image="",
        enclosures=(),
        categories=(str(notice.kind),),
        places=(),
        topics=(),
        language="",
        published=kept.at,
        updated=kept.at,
        created=kept.at,
        shown_at=page,
    )

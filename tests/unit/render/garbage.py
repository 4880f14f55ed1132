"""Stories full of what sources send when they go wrong, for laws about feeds and pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from feedhub.edit.cards import story_card
from feedhub.model.edition import SourceCard, StoryCard
from feedhub.model.entry import Dating, Enclosure, Entry, Precision, Revision, StoredEntry
from feedhub.model.source import Source
from feedhub.model.story import Story

_SHARDS = st.sampled_from([
    "<script>alert(1)</script>", "<b>", "</p>", "&amp;amp;lt;", "&lt;i&gt;", "&nbsp", "]]>",
    "<![CDATA[", "<iframe src=//x>", "<img src=/a.png onerror=x>", "<a href='../b'>", "<!--", "-->",
    "\x00", "\x0b", "\x85", "\ufffe", "\ud800", "\u202e", "đ", "ề", "e\u0302\u0300", "\n\n",
    "<li>", "<td>x", "%", "#", "<h1>", "<table><tr>", "<ul>x</ul>", "<a>", "<p></p>", "<?xml",
    "javascript:x", "https://x.example/a b", "mau@x.example", "@",
])  # fmt: skip
words = st.lists(st.one_of(_SHARDS, st.text(max_size=8)), max_size=8).map("".join)
addresses = st.one_of(
    st.just(""),
    words,
    st.text(max_size=12).map(lambda path: f"https://nguồn.example/{path}"),
    st.sampled_from(
        ["javascript:alert(1)", "//x", "http://[", "http://a:b@c/", "https://x.example/%"]
    ),
)
#: whole minutes from 2000 to 2030, often equal
instants = st.integers(min_value=0, max_value=15_000_000).map(
    lambda minutes: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
languages = st.sampled_from(["vi", "en", "vi_VN", "", "x-garbage", "tiếng Việt", "cmn-Hans", "fr"])

enclosures = st.builds(
    Enclosure, url=addresses, type=words, length=st.integers(min_value=-5, max_value=10**10)
)
revisions = st.builds(
    Revision,
    title=words,
    text=words,
    content=words,
    replaced_at=instants,
    significant=st.booleans(),
    changes=st.lists(words, max_size=2).map(tuple),
)
entries = st.builds(
    Entry,
    source_id=st.sampled_from(["a", "b", "c", "gone"]),
    guid=words,
    link=addresses,
    link_key=st.just(""),
    title=words,
    published=st.builds(Dating, at=instants, precision=st.sampled_from(Precision)),
    summary=words,
    content=words,
    text=words,
    authors=st.lists(words, max_size=2).map(tuple),
    categories=st.lists(words, max_size=3).map(tuple),
    enclosures=st.lists(enclosures, max_size=3).map(tuple),
    image=addresses,
    language=languages,
)


@st.composite
def sources(draw: st.DrawFn) -> dict[str, SourceCard]:
    """Three sources with impossible names; a fourth is referred to and not there."""
    from feedhub.edit.cards import source_card

    return {
        source_id: source_card(
            Source(
                id=source_id,
                name=draw(words),
                url=draw(addresses),
                place=draw(words),
                topics=tuple(draw(st.lists(words, max_size=2))),
                language=draw(languages),
            )
        )
        for source_id in ("a", "b", "c")
    }


@st.composite
def stored(draw: st.DrawFn, entry_id: str, story_id: str) -> StoredEntry:
    """An entry that has been met."""
    seen = draw(instants)
    return StoredEntry(
        id=entry_id,
        story_id=story_id,
        entry=draw(entries),
        first_seen=seen,
        last_seen=seen + timedelta(hours=1),
        revised_at=draw(st.one_of(st.none(), instants)),
        withdrawn_at=draw(st.one_of(st.none(), st.none(), instants)),
        revisions=tuple(draw(st.lists(revisions, max_size=2))),
    )


@st.composite
def cards(draw: st.DrawFn, most: int = 5) -> list[StoryCard]:
    """Up to ``most`` stories of one to three entries each."""
    known = draw(sources())
    made = []
    for number in range(draw(st.integers(min_value=0, max_value=most))):
        story_id = f"s{number}"
        held = tuple(
            draw(stored(f"e{number}-{part}", story_id))
            for part in range(draw(st.integers(min_value=1, max_value=3)))
        )
        created = draw(instants)
        story = Story(
            id=story_id,
            sequence=number,
            created_at=created,
            changed_at=created,
            lead_id=held[0].id,
            entries=held,
            announced_at=draw(st.one_of(st.just(created), st.none())),
        )
        made.append(story_card(story, known))
    return made

"""What a letter says, worked out once: its text and its HTML are two forms of the same values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feedhub.model import addresses as at
from feedhub.model.channel import Hub
from feedhub.model.digest import DigestEdition, DigestSection, DigestStory
from feedhub.model.edition import Printing, StoryCard
from feedhub.model.entry import DateUsed
from feedhub.model.page import Correction
from feedhub.render.addresses import page_address
from feedhub.render.digest_words import digest_count, digest_period, digest_title, fair_shares
from feedhub.render.language import Language
from feedhub.render.safety import language_tag, title_text, uri
from feedhub.text.excerpts import excerpt, first_sentence
from feedhub.text.markup import clean

__all__ = [
    "DigestContents",
    "LetterCorrection",
    "LetterLink",
    "LetterSection",
    "LetterStory",
    "cut",
    "cut_corrections",
    "digest_contents",
]

#: letters of the one sentence under a title
_TEASER = 200
#: letters of a name, and of a title
_NAME, _TITLE = 120, 300
#: other sources named in a letter; the story's page names all
_OTHERS = 6
_CORRECTIONS = 30
#: what changed, told in a letter: lines of a correction, letters of a line
_CHANGES, _CHANGE = 4, 240
#: sections and stories from which on a letter begins with a list of its sections
_LONG_SECTIONS, _LONG_STORIES = 3, 10


@dataclass(frozen=True, slots=True)
class LetterLink:
    """A name with an absolute address; ``language`` is set where the name's is not the letter's."""

    name: str
    address: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class LetterStory:
    """A story: its page with us in ``title``, the original's in ``source``.

    ``more_others`` counts the sources that are not named. ``marks`` are words such as *withdrawn*.
    """

    title: LetterLink
    summary: str
    source: LetterLink
    when: str
    others: tuple[LetterLink, ...]
    more_others: int
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LetterSection:
    """The stories under one heading, which may be empty; ``total`` counts those left out too.

    ``rest`` is the address where those stand.
    """

    anchor: str
    heading: str
    stories: tuple[LetterStory, ...]
    total: int
    rest: str

    @property
    def more(self) -> int:
        """How many stories were left out."""
        return self.total - len(self.stories)


@dataclass(frozen=True, slots=True)
class LetterCorrection:
    """A correction or withdrawal of a story told earlier."""

    title: LetterLink
    source: str
    when: str
    mark: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DigestContents:
    """A digest in one language and one time zone, without anything of the person it goes to.

    ``notes`` are sentences above the stories, ``web`` is the address of the digest's page.
    """

    hub: str
    title: str
    day: str
    counted: str
    period: str
    zone: str
    web: str
    notes: tuple[LetterLink, ...]
    sections: tuple[LetterSection, ...]
    corrections: tuple[LetterCorrection, ...]
    more_corrections: int
    all_corrections: str

    @property
    def total(self) -> int:
        """How many stories the digest has, whether the letter holds them or not."""
        return sum(section.total for section in self.sections)

    @property
    def is_long(self) -> bool:
        """Whether the letter begins with a list of its sections."""
        return len(self.sections) >= _LONG_SECTIONS and self.total >= _LONG_STORIES


def digest_contents(edition: DigestEdition, words: Language, timezone: str) -> DigestContents:
    """Return what a letter about a digest says."""
    hub, say = edition.hub, words.gettext
    web = page_address(hub, edition.path, words.prefix)
    return DigestContents(
        hub=title_text(hub.title),
        title=digest_title(edition.digest, words),
        day=words.day(edition.day),
        counted=digest_count(edition, words),
        period=digest_period(edition, words, timezone),
        zone=say("Times in this mail: %(zone)s.") % {"zone": words.zone(timezone)},
        web=web,
        notes=_notes(edition, words),
        sections=tuple(
            _section(edition, number, section, words, timezone)
            for number, section in enumerate(edition.sections, 1)
            if section.stories
        ),
        corrections=tuple(
            _correction(hub, change, words, timezone)
            for change in edition.corrections[:_CORRECTIONS]
        ),
        more_corrections=max(0, len(edition.corrections) - _CORRECTIONS),
        all_corrections=page_address(hub, at.CORRECTIONS, words.prefix),
    )


def cut(contents: DigestContents, stories: int) -> DigestContents:
    """Return the contents with at most so many stories: the first of every section, then on.

    No section is left out as long as there is a story for each.
    """
    kept = fair_shares([len(section.stories) for section in contents.sections], stories)
    sections = tuple(
        replace(section, stories=section.stories[:number])
        for section, number in zip(contents.sections, kept, strict=True)
    )
    return replace(contents, sections=sections)


def cut_corrections(contents: DigestContents, corrections: int) -> DigestContents:
    """Return the contents with the newest of its corrections; the others are counted."""
    left = len(contents.corrections) - corrections
    return replace(
        contents,
        corrections=contents.corrections[:corrections],
        more_corrections=contents.more_corrections + left,
    )


def _notes(edition: DigestEdition, words: Language) -> tuple[LetterLink, ...]:
    """What is out of the ordinary about this digest; the address is empty where none helps."""
    notes = []
    if edition.made_late:
        late = words.gettext("This digest comes late: the service was down when it was due.")
        notes.append(LetterLink(late, ""))
    if edition.left_out:
        form = words.ngettext(
            "%(number)s older story is not in this digest. It stands in the archive.",
            "%(number)s older stories are not in this digest. They stand in the archive.",
            edition.left_out,
        )
        archive = page_address(edition.hub, at.ARCHIVE, words.prefix)
        notes.append(LetterLink(form % {"number": words.number(edition.left_out)}, archive))
    return tuple(notes)


def _section(
    edition: DigestEdition, number: int, section: DigestSection, words: Language, timezone: str
) -> LetterSection:
    heading = ""
    if section.label is not None:
        heading = _name(section.label.name, section.label.id)
    elif len(edition.sections) > 1:
        heading = words.gettext("Further news")
    # the digest's page has its sections under the same anchors
    anchor = f"section-{number}"
    rest = page_address(edition.hub, edition.path or at.ARCHIVE, words.prefix)
    return LetterSection(
        anchor=anchor,
        heading=heading,
        stories=tuple(_story(edition.hub, one, words, timezone) for one in section.stories),
        total=len(section.stories),
        rest=f"{rest}#{anchor}" if edition.path else rest,
    )


def _story(hub: Hub, story: DigestStory, words: Language, timezone: str) -> LetterStory:
    card, lead = story.card, story.card.lead
    when = words.dating(lead.published, timezone)
    if lead.published.used is DateUsed.FIRST_SEEN:
        when = f"{words.gettext('first seen')} {when}"
    standing = [printing for printing in card.others if printing.withdrawn_at is None]
    return LetterStory(
        title=_title(hub, card, card.title, words),
        summary=first_sentence(clean(card.summary), _TEASER),
        source=_outlet(lead, words),
        when=when,
        others=tuple(_outlet(printing, words) for printing in standing[:_OTHERS]),
        more_others=max(0, len(standing) - _OTHERS),
        marks=tuple(_marks(story, words)),
    )


def _marks(story: DigestStory, words: Language) -> list[str]:
    marks = []
    if story.late:
        marks.append(words.gettext("arrived late"))
    if story.card.withdrawn_at is not None:
        marks.append(words.gettext("withdrawn"))
    elif story.card.lead.revised_at is not None:
        marks.append(words.gettext("corrected"))
    return marks


def _correction(hub: Hub, change: Correction, words: Language, timezone: str) -> LetterCorrection:
    link = _title(hub, change.story, change.title_after, words)
    if not change.withdrawn:
        link = replace(link, address=f"{link.address}#history")
    lines = [excerpt(title_text(line), _CHANGE) for line in change.changes[:_CHANGES]]
    before, after = title_text(change.title_before), title_text(change.title_after)
    if before != after:
        lines.insert(0, words.gettext("Title before: %(title)s") % {"title": before})
    return LetterCorrection(
        title=link,
        source=_name(change.source.name, change.source.id),
        when=words.moment(change.when, timezone),
        mark=words.gettext("withdrawn") if change.withdrawn else words.gettext("corrected"),
        lines=tuple(lines),
    )


def _title(hub: Hub, card: StoryCard, title: str, words: Language) -> LetterLink:
    return LetterLink(
        excerpt(title_text(title), _TITLE) or _name(card.lead.source.name, card.lead.source.id),
        page_address(hub, at.story_path(card.page_id), words.prefix),
        _other_language(card.language, words),
    )


def _outlet(printing: Printing, words: Language) -> LetterLink:
    source = printing.source
    return LetterLink(
        _name(source.name, source.id),
        uri(printing.link),
        _other_language(source.language, words),
    )


def _name(name: str, instead: str) -> str:
    return excerpt(title_text(name, instead=instead), _NAME)


def _other_language(code: str, words: Language) -> str:
    tag = language_tag(code)
    return "" if tag == words.code else tag

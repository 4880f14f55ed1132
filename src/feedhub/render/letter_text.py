"""The plain text of letters: complete without the HTML, in lines that any program shows.

Lines are not wrapped, for telephones wrap them better; every address stands at a line's end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedhub.render.language import Language
from feedhub.render.letter_contents import DigestContents, LetterLink, LetterSection, LetterStory

__all__ = ["digest_text", "notice_text"]

_RULE = "-" * 60


def digest_text(
    contents: DigestContents,
    words: Language,
    links: Sequence[LetterLink],
    why: str,
    sender: Sequence[LetterLink],
) -> str:
    """Return the text of a digest.

    ``links`` are the letter's own (web version, choices, leaving), ``why`` says why somebody gets
    it, ``sender`` who sends it, line by line.
    """
    own = [f"{link.name}: {link.address}" for link in links]
    lines = [contents.hub, f"{contents.title}, {contents.day}", ""]
    lines += [contents.counted, contents.period, ""]
    lines += [*own, ""]
    lines += [f"{note.name} {note.address}".rstrip() for note in contents.notes]
    if contents.notes:
        lines.append("")
    if contents.is_long:
        headed = " · ".join(_headed(one, words) for one in contents.sections)
        lines += [f"{words.gettext('In this mail')}: {headed}", ""]
    for section in contents.sections:
        lines += _section(section, words)
    lines += _corrections(contents, words)
    lines += [_RULE, why, contents.zone, "", *own, "", *_sender(sender)]
    return "\n".join(lines) + "\n"


def notice_text(
    paragraphs: Sequence[str], link: LetterLink | None, sender: Sequence[LetterLink]
) -> str:
    """Return the text of a short letter: paragraphs, perhaps one address to go to, the sender.

    The address stands behind the first paragraph, which says what it is for.
    """
    lines = [paragraphs[0], ""]
    if link is not None:
        lines += [f"{link.name}:", link.address, ""]
    for paragraph in paragraphs[1:]:
        lines += [paragraph, ""]
    return "\n".join([*lines, _RULE, *_sender(sender)]) + "\n"


def _sender(lines: Sequence[LetterLink]) -> list[str]:
    return [line.name or line.address for line in lines]


def _headed(section: LetterSection, words: Language) -> str:
    return f"{section.heading} ({words.number(section.total)})"


def _section(section: LetterSection, words: Language) -> Iterator[str]:
    if section.heading:
        yield f"== {_headed(section, words)} =="
        yield ""
    for story in section.stories:
        yield from _story(story, words)
        yield ""
    if section.more:
        form = words.ngettext("%(number)s more story", "%(number)s more stories", section.more)
        yield f"{form % {'number': words.number(section.more)}}: {section.rest}"
        yield ""


def _story(story: LetterStory, words: Language) -> Iterator[str]:
    marks = "".join(f" [{mark}]" for mark in story.marks)
    yield f"* {story.title.name}{marks}"
    if story.summary:
        yield f"  {story.summary}"
    yield f"  {story.title.address}"
    yield f"  {story.source.name}, {story.when} {story.source.address}".rstrip()
    if story.others:
        yield f"  {words.gettext('Also published by')}:"
        for other in story.others:
            yield f"  - {other.name} {other.address}".rstrip()
    if story.more_others:
        more = words.gettext("and %(number)s more") % {"number": words.number(story.more_others)}
        yield f"  - {more}"


def _corrections(contents: DigestContents, words: Language) -> Iterator[str]:
    if not contents.corrections and not contents.more_corrections:
        return
    yield f"== {words.gettext('Corrections since the last digest')} =="
    yield ""
    for change in contents.corrections:
        yield f"* {change.title.name} [{change.mark}]"
        yield from (f"  {line}" for line in change.lines)
        yield f"  {change.source}, {change.when} {change.title.address}"
        yield ""
    if contents.more_corrections:
        form = words.ngettext(
            "%(number)s more correction", "%(number)s more corrections", contents.more_corrections
        )
        told = form % {"number": words.number(contents.more_corrections)}
        yield f"{told}: {contents.all_corrections}"
        yield ""

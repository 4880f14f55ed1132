"""What letters and pages of digests share: its name, rhythm, size and window in words, its cut."""

from __future__ import annotations

from collections.abc import Sequence

from feedhub.model.digest import Digest, DigestEdition, Rhythm
from feedhub.render.language import Language
from feedhub.render.safety import title_text

__all__ = ["digest_count", "digest_period", "digest_title", "fair_shares", "rhythm_words"]

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def digest_title(digest: Digest, words: Language) -> str:
    """Return what a digest is called: as the config says, else by its rhythm."""
    say = words.gettext
    by_rhythm = say("Weekly digest") if digest.rhythm.every == "week" else say("Daily digest")
    return title_text(digest.title, instead=by_rhythm)


def rhythm_words(rhythm: Rhythm, words: Language) -> str:
    """Return when a digest comes, in words."""
    if rhythm.every == "day":
        return words.gettext("Every day at %(time)s") % {"time": rhythm.at}
    _, weekday = words.weekdays()[_WEEKDAYS.index(rhythm.on)]
    return words.gettext("Every %(weekday)s at %(time)s") % {"weekday": weekday, "time": rhythm.at}


def digest_count(edition: DigestEdition, words: Language) -> str:
    """Return how much is in a digest, in words; "" for an empty one."""
    parts = []
    if edition.total:
        form = words.ngettext("%(number)s story", "%(number)s stories", edition.total)
        parts.append(form % {"number": words.number(edition.total)})
    if edition.corrections:
        count = len(edition.corrections)
        form = words.ngettext("%(number)s correction", "%(number)s corrections", count)
        parts.append(form % {"number": words.number(count)})
    return ", ".join(parts)


def digest_period(edition: DigestEdition, words: Language, timezone: str) -> str:
    """Return a digest's window in words, in an IANA time zone."""
    until = words.moment(edition.until, timezone)
    if edition.since is None:
        return words.gettext("Up to %(until)s") % {"until": until}
    since = words.moment(edition.since, timezone)
    return words.gettext("From %(since)s to %(until)s") % {"since": since, "until": until}


def fair_shares(lengths: Sequence[int], total: int) -> list[int]:
    """Return how many of each section to keep so that together they are at most ``total``.

    The first of every section is kept before the second of any.
    """
    kept = [0] * len(lengths)
    left = total
    for rank in range(max(lengths, default=0)):
        for index, length in enumerate(lengths):
            if left and rank < length:
                kept[index] += 1
                left -= 1
    return kept

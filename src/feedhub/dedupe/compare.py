"""Are two texts one text? The verdict on a pair, with its reasons in words.

The verdict looks at the two texts alone (and at the place names the hub knows), never at what else
has arrived. So it is the same whenever it is asked, and clusters made of verdicts do not depend on
the order of arrival. What rarity in a window of documents would tell, the kinds of words tell: a
shingle that holds a name, a date or a number says which event a text is about, one of plain words
only what form it has, and weighs less.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import compress

from feedhub.dedupe.gazetteer import NOWHERE, Gazetteer, places_of
from feedhub.dedupe.roundups import is_roundup, title_support
from feedhub.dedupe.slots import Conflict, Place, SlotKind, body_conflicts, title_conflicts
from feedhub.dedupe.texts import Reading, TextDoc, read
from feedhub.dedupe.words import Words
from feedhub.text.shingles import SHINGLE

__all__ = ["WINDOW", "Match", "Verdict", "compare"]

#: entries further apart than this are never one story
WINDOW = timedelta(days=14)


class Verdict(StrEnum):
    """``SAME`` text: one story. ``RELATED``: shown beside each other. ``DIFFERENT``: neither."""

    SAME = "same"
    RELATED = "related"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Match:
    """What was found between two texts.

    ``score`` is the weighted share (0 to 1) of the shorter text that stands in the other one.
    ``forbids`` says that the two are different notices of one form, which no third text may bring
    together.
    """

    verdict: Verdict
    score: float
    reasons: tuple[str, ...]
    forbids: bool = False


_SAME = 0.45
_RELATED = 0.2
#: bodies with fewer words say too little by themselves
_FEW_WORDS = 12
#: words of a title long enough to stand for an entry without text
_TELLING_TITLE = 8
#: What may differ between two printings of one text, by the words of the shorter one: a number
#: counts 1, a date, time, act, serial number or name 2, a place 3. Below the first length one slot
#: filled in differently makes another notice; a longer text may have been corrected.
_ALLOWED = ((160, 1), (400, 2), (800, 4))
_ALLOWED_AT_MOST = 6
#: words of the longest text that a site may set beside every entry, whatever it is about
_MASTHEAD = 160
#: up to this many words, two texts with slots filled in differently are different notices
_NOTICE = 250
#: two notices with less in common are no two fillings of one form
_ONE_FORM = 0.6
#: two printings of one press review have this much in common; else it quotes the other text
_WHOLE_ROUNDUP = 0.85

#: words, and share of a text, that the other one does not have, in one piece
_OWN_WORDS = 12
_OWN_SHARE = 0.15
#: share of a headline's word pairs in a text from which on the text is about it
_SUPPORTED = 0.25

_SLOT_WORDS = {
    SlotKind.DATE: "date",
    SlotKind.TIME: "time of day",
    SlotKind.SERIAL: "number",
    SlotKind.ACT: "act number",
    SlotKind.NUMBER: "number",
    SlotKind.NAME: "name",
    SlotKind.PLACE: "place",
}


def compare(first: TextDoc, second: TextDoc, *, gazetteer: Gazetteer = NOWHERE) -> Match:
    """Return whether two entries are one text. Symmetric: the order of the two does not matter."""
    if (second.source, second.id) < (first.source, first.id):
        first, second = second, first
    if first.published and second.published and abs(first.published - second.published) > WINDOW:
        return Match(Verdict.DIFFERENT, 0.0, ("published more than 14 days apart",))
    ours, theirs = read(first), read(second)
    alike = _title_likeness(ours.title, theirs.title)
    if min(len(ours.body), len(theirs.body)) < _FEW_WORDS:
        return _by_title(first, second, alike)
    share_a, share_b, shared = _containment(ours, theirs)
    score, cover = max(share_a, share_b), min(share_a, share_b)
    if score < _RELATED:
        return Match(Verdict.DIFFERENT, score, (_share(score),))
    if _quotes_many(first, share_a) or _quotes_many(second, share_b):
        reason = "one of the two is a press review that quotes many stories"
        return Match(Verdict.RELATED, score, (_share(score), reason))
    guard, forbids = _guard(first, second, alike, score, gazetteer)
    if guard:
        verdict = Verdict.DIFFERENT if forbids else Verdict.RELATED
        return Match(verdict, score, (_share(score), *guard), forbids=forbids)
    if score < _SAME or (shared < _FEW_WORDS and alike < 0.5):
        return Match(Verdict.RELATED, score, (_share(score),))
    fuller, cut = (first, second) if share_a < share_b else (second, first)
    if alike < 0.5 and _share_a_passage(cut, fuller):
        reason = "they have a passage in common, and each goes its own way beside it"
        return Match(Verdict.RELATED, score, (_share(score), reason))
    return Match(Verdict.SAME, score, _agreement(score, cover, alike))


def _quotes_many(doc: TextDoc, share: float) -> bool:
    """Return whether a text is a press review, of which the other one is only a part."""
    return share < _WHOLE_ROUNDUP and is_roundup(doc)


def _share(score: float) -> str:
    return f"{score:.0%} of the shorter text stands in the longer one"


def _agreement(score: float, cover: float, alike: float) -> tuple[str, ...]:
    reasons = [_share(score)]
    if cover >= 0.9:
        reasons.append("the two are the same from beginning to end")
    elif cover < 0.6:
        reasons.append("the shorter one is a cut of the longer one")
    if alike >= 0.9:
        reasons.append("the headlines are the same")
    reasons.append("no date, number, name or place was found to differ in a telling way")
    return tuple(reasons)


def _by_title(first: TextDoc, second: TextDoc, alike: float) -> Match:
    """Judge entries without text: an equal, telling headline at two sources within two days."""
    ours, theirs = read(first), read(second)
    apart = (
        abs(first.published - second.published)
        if first.published and second.published
        else timedelta(0)
    )
    equal = ours.title.words == theirs.title.words and ours.body.words == theirs.body.words
    long_enough = len(ours.title) >= _TELLING_TITLE
    if equal and long_enough and first.source != second.source and apart <= timedelta(days=2):
        return Match(Verdict.SAME, 1.0, ("the same headline, and no text to compare",))
    related = alike >= 0.7 and not title_conflicts(ours.title, theirs.title)
    verdict = Verdict.RELATED if related else Verdict.DIFFERENT
    return Match(verdict, 0.0, ("there is too little text to compare",))


def _title_likeness(ours: Words, theirs: Words) -> float:
    """Return the share of the shorter title's words that stand in the longer one."""
    fewer, more = sorted((set(ours.words), set(theirs.words)), key=len)
    return len(fewer & more) / len(fewer) if fewer else 0.0


def _containment(ours: Reading, theirs: Reading) -> tuple[float, float, int]:
    """Return the weighted share of each text that is common, and the number of common shingles."""
    common_a, shared = ours.weight(ours.shared_with(theirs))
    common_b, _ = theirs.weight(theirs.shared_with(ours))
    # a shingle may be telling in one typing and plain in the other (capitals): the mean is fair
    common = (common_a + common_b) / 2
    share_a = min(1.0, common / ours.weight()[0])
    share_b = min(1.0, common / theirs.weight()[0])
    return share_a, share_b, shared


def _share_a_passage(cut: TextDoc, fuller: TextDoc) -> bool:
    """Return whether two texts meet in a passage only, such as an official recommendation.

    So it is when the one that has more in common still says something else at length, and neither
    headline speaks of what the other text says.
    """
    ours, theirs = read(cut), read(fuller)
    longest = last = 0
    for at in compress(range(len(ours.prints)), ours.shared_with(theirs)):
        longest, last = max(longest, at - last), at + SHINGLE
    own = max(longest, len(ours.body) - last)
    if own < max(_OWN_WORDS, _OWN_SHARE * len(ours.body)):
        return False
    return max(title_support(cut, fuller), title_support(fuller, cut)) < _SUPPORTED


def _guard(
    first: TextDoc, second: TextDoc, alike: float, score: float, gazetteer: Gazetteer
) -> tuple[tuple[str, ...], bool]:
    """Return why two texts that share much are two stories, and whether they are two notices.

    No reasons when nothing speaks against one story.
    """
    ours, theirs = read(first), read(second)
    in_titles = title_conflicts(ours.title, theirs.title) if alike >= 0.5 else []
    length = min(len(ours.body), len(theirs.body))
    allowed = next((most for words, most in _ALLOWED if length <= words), _ALLOWED_AT_MOST)
    if first.source == second.source:
        allowed = 0
        ignored = max(title_support(first, first), title_support(second, second)) < 0.1
        if ignored and length <= _MASTHEAD and ours.title.words != theirs.title.words:
            reason = "both come from one source, under different headlines that the text ignores"
            return (reason,), True
    if in_titles:
        allowed = 0
    found: list[Conflict] = []
    weight = 0
    for conflict in body_conflicts(ours, theirs):
        found.append(conflict)
        weight += _conflict_weight(conflict)
        if weight > max(allowed, 1):
            break
    if weight > allowed:
        reasons = tuple(_in_words(conflict) for conflict in (*in_titles, *found)[:4])
        return reasons, length <= _NOTICE and (weight > 1 or bool(in_titles))
    elsewhere = _elsewhere(ours, theirs, gazetteer) if score >= _ONE_FORM else ()
    return elsewhere, bool(elsewhere)


def _elsewhere(ours: Reading, theirs: Reading, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the reason when two notices speak of different places only."""
    if max(len(ours.body), len(theirs.body)) > _NOTICE:
        return ()
    for here, there in ((ours.title, theirs.title), (ours.body, theirs.body)):
        one, two = places_of(here, gazetteer), places_of(there, gazetteer)
        if one and two and not one & two:
            return (f"different places: {', '.join(sorted(one))} and {', '.join(sorted(two))}",)
    return ()


def _conflict_weight(conflict: Conflict) -> int:
    named = conflict.kind in (SlotKind.NAME, SlotKind.PLACE)
    if conflict.kind is SlotKind.NUMBER or (named and conflict.place is Place.END):
        return 1  # a name at the end may be a byline
    return 3 if conflict.kind is SlotKind.PLACE else 2


def _in_words(conflict: Conflict) -> str:
    where = "in the headline" if conflict.place is Place.TITLE else "in the text"
    return f"another {_SLOT_WORDS[conflict.kind]} {where}: {conflict.first} and {conflict.second}"

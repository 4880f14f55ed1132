"""What changed between two versions of an entry, and whether readers should be told.

Significant: another date, time, number, act number or name; a word that turns a statement round
("không", "hoãn", "hủy"; "not", "postponed"); a piece of text added or taken away. Cosmetic: blanks,
punctuation, capitals, the place of tone marks, other ways to write the same date or number,
corrected spelling, counters and other furniture of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from itertools import pairwise

from feedhub.dedupe.slots import name_conflict
from feedhub.dedupe.texts import without_furniture
from feedhub.dedupe.words import Kind, Piece, read_pieces
from feedhub.model.entry import Revision

__all__ = ["Change", "Segment", "compare_texts", "is_restless"]

Segment = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a new version of an entry changed.

    ``kind`` is ``none``, ``cosmetic`` or ``significant``. ``changes`` says in words for people what
    is significant ("ngày 12/3 → 15/3"), at most twelve. ``difference`` is the text as (operation,
    text) with the operations ``same``, ``removed`` and ``added``; put together, all but the removed
    pieces are the new text, all but the added ones the old text, as far as words go.
    """

    kind: str
    changes: tuple[str, ...] = ()
    difference: tuple[Segment, ...] = ()


#: so many changes within the time below, and the entry is edited by a machine
_RESTLESS = 5
_RESTLESS_WITHIN = timedelta(hours=48)
_MOST_CHANGES = 12
#: words added, removed or replaced that are news by their number alone
_MANY_WORDS = 12
_LONGEST_QUOTE = 60
#: words of the changed middle of a text that are laid side by side one by one
_WORDS_COMPARED = 3000

#: words that turn a statement round, and pairs of syllables that do
_TURNING_WORDS = (
    "không chưa chẳng chớ đừng hoãn hủy dừng ngừng cấm miễn tăng giảm lùi dời "
    "not no never cannot without cancelled canceled postponed rescheduled suspended revoked "
    "repealed extended closed reopened prohibited banned free increased decreased denied "
    "rejected approved withdrawn corrected"
)
_TURNING = frozenset(_TURNING_WORDS.split())
_TURNING_PAIRS = frozenset(
    {
        ("đình", "chỉ"),
        ("thu", "hồi"),
        ("gia", "hạn"),
        ("bãi", "bỏ"),
        ("đính", "chính"),
        ("thay", "thế"),
        ("bổ", "sung"),
        ("chấm", "dứt"),
        ("khôi", "phục"),
    }
)

_Labels = dict[Kind | str, str]
_LABELS: dict[str, _Labels] = {
    "vi": {
        Kind.DATE: "ngày",
        Kind.TIME: "giờ",
        Kind.ACT: "số văn bản",
        Kind.NUMBER: "số",
        Kind.NAME: "tên",
        "title": "tiêu đề",
        "added": "thêm",
        "removed": "bỏ",
        "words": "chữ",
    },
    "en": {
        Kind.DATE: "date",
        Kind.TIME: "time",
        Kind.ACT: "act number",
        Kind.NUMBER: "number",
        Kind.NAME: "name",
        "title": "headline",
        "added": "added",
        "removed": "removed",
        "words": "words",
    },
}


def compare_texts(
    old_title: str, old_text: str, new_title: str, new_text: str, *, language: str = "vi"
) -> Change:
    """Return what changed from the old version to the new. ``language`` is that of the wording."""
    if (old_title, old_text) == (new_title, new_text):
        return Change(kind="none")
    labels = _LABELS["en" if language.startswith("en") else "vi"]
    old, new = (read_pieces(without_furniture(text)[0]) for text in (old_text, new_text))
    steps = _steps(old, new)
    changes = [
        f"{labels['title']}: {change}"
        for change in _significant(read_pieces(old_title), read_pieces(new_title), None, labels)
    ]
    changes += _significant(old, new, steps, labels)
    return Change(
        kind="significant" if changes else "cosmetic",
        changes=tuple(dict.fromkeys(changes))[:_MOST_CHANGES],
        difference=tuple(_difference(old, new, steps)),
    )


def is_restless(history: Sequence[Revision]) -> bool:
    """Tell whether an entry is edited by a machine: five changes within 48 hours.

    ``history`` includes the change in question. The changes of a restless entry are kept, but not
    announced.
    """
    moments = sorted(revision.replaced_at for revision in history)
    return len(moments) >= _RESTLESS and _within(moments[-_RESTLESS], moments[-1])


def _within(first: datetime, last: datetime) -> bool:
    return last - first <= _RESTLESS_WITHIN


_Step = tuple[str, int, int, int, int]


def _steps(old: Sequence[Piece], new: Sequence[Piece]) -> list[_Step]:
    """Return how one text becomes the other, as ``SequenceMatcher.get_opcodes`` does.

    What both begin and end with is set aside first. A middle too long to lay side by side word by
    word counts as replaced whole, so that no text makes this slow.
    """
    ours, theirs = [piece.words for piece in old], [piece.words for piece in new]
    shorter = min(len(ours), len(theirs))
    head = next((at for at in range(shorter) if ours[at] != theirs[at]), shorter)
    tail = next(
        (at for at in range(shorter - head) if ours[-1 - at] != theirs[-1 - at]), shorter - head
    )
    end_a, end_b = len(ours) - tail, len(theirs) - tail
    middle: list[_Step]
    if max(end_a, end_b) - head > _WORDS_COMPARED:
        middle = [("replace", head, end_a, head, end_b)]
    else:
        matcher = SequenceMatcher(None, ours[head:end_a], theirs[head:end_b])
        middle = [
            (operation, head + a1, head + a2, head + b1, head + b2)
            for operation, a1, a2, b1, b2 in matcher.get_opcodes()
        ]
    return [
        step
        for step in (
            ("equal", 0, head, 0, head),
            *middle,
            ("equal", end_a, len(ours), end_b, len(theirs)),
        )
        if step[1] < step[2] or step[3] < step[4]
    ]


def _significant(
    old: Sequence[Piece],
    new: Sequence[Piece],
    steps: Sequence[_Step] | None,
    labels: _Labels,
) -> Iterator[str]:
    """Yield in words what is significant between two texts."""
    quiet = 0
    for operation, a1, a2, b1, b2 in steps if steps is not None else _steps(old, new):
        if operation == "equal":
            continue
        removed, added = old[a1:a2], new[b1:b2]
        told = list(_slots(old, new, (operation, a1, a2, b1, b2), labels))
        for label, ours, theirs in (("removed", removed, added), ("added", added, removed)):
            if len(ours) < _MANY_WORDS and _turning(ours) - _turning(theirs):
                told.append(f"{labels[label]}: {_quote(ours)}")
            elif len(ours) - len(theirs) >= _MANY_WORDS:
                told.append(f"{labels[label]} {len(ours)} {labels['words']}: {_quote(ours)}")
        yield from told
        quiet += 0 if told else max(len(removed), len(added))
    if quiet >= max(_MANY_WORDS, len(new) // 10):
        yield f"{labels['added']}/{labels['removed']}: {quiet} {labels['words']}"


def _turning(pieces: Sequence[Piece]) -> set[tuple[str, ...]]:
    """Return the words and pairs of syllables among these that turn a statement round."""
    words = [word for piece in pieces for word in piece.words]
    single = {(word,) for word in words if word in _TURNING}
    return single | {pair for pair in pairwise(words) if pair in _TURNING_PAIRS}


def _named(label: str, words: str) -> str:
    """Say what a value is, unless it says so itself ("21 giờ")."""
    return words if label in words.split() else f"{label} {words}"


def _slots(
    old: Sequence[Piece], new: Sequence[Piece], step: _Step, labels: _Labels
) -> Iterator[str]:
    """Yield the dates, numbers and names that one step changes, adds or takes away."""
    _, a1, a2, b1, b2 = step
    for kind in (Kind.DATE, Kind.TIME, Kind.ACT, Kind.NUMBER, Kind.NAME):
        ours = [at for at in range(a1, a2) if old[at].kind is kind]
        theirs = [at for at in range(b1, b2) if new[at].kind is kind]
        words_a = [word for at in ours for word in old[at].words]
        words_b = [word for at in theirs for word in new[at].words]
        if words_a == words_b:
            continue
        if kind is Kind.NAME and words_a and words_b and not name_conflict(words_a, words_b):
            continue  # the same name in another spelling
        before = _phrase(old, ours, kind)
        after = _phrase(new, theirs, kind)
        if before and after and kind is Kind.NAME and _is_weekday(old, ours[0]):
            yield f"thứ {before} → thứ {after}"
        elif before and after:
            yield f"{_named(labels[kind], before)} → {after}"
        elif a2 - a1 < _MANY_WORDS > b2 - b1:
            label = labels["added"] if after else labels["removed"]
            yield f"{label}: {_named(labels[kind], after or before)}"


def _is_weekday(pieces: Sequence[Piece], at: int) -> bool:
    """Tell a Vietnamese day of the week ("thứ Năm") from a person's name."""
    return at > 0 and pieces[at - 1].written.casefold() == "thứ"


def _phrase(pieces: Sequence[Piece], chosen: Sequence[int], kind: Kind) -> str:
    """Return the chosen pieces as written; of a name, all its words."""
    if not chosen:
        return ""
    first, last = chosen[0], chosen[-1]
    if kind is Kind.NAME:
        while first > 0 and chosen[0] - first < 4 and pieces[first - 1].kind is Kind.NAME:
            first -= 1
        while last + 1 < len(pieces) and last - chosen[-1] < 4 and pieces[last + 1].kind is kind:
            last += 1
        return _quote(pieces[first : last + 1])
    return _cut(", ".join(pieces[at].written for at in chosen))


def _quote(pieces: Sequence[Piece]) -> str:
    return _cut(" ".join(_written(pieces).split()).lstrip(" .,;:!?)"))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1].rstrip() + "…"


def _written(pieces: Sequence[Piece]) -> str:
    return "".join(piece.before + piece.written for piece in pieces)


def _difference(
    old: Sequence[Piece], new: Sequence[Piece], steps: Sequence[_Step]
) -> Iterator[Segment]:
    for operation, a1, a2, b1, b2 in steps:
        if operation == "equal":
            yield ("same", _segment(new, b1, b2))
            continue
        if a1 < a2:
            yield ("removed", _segment(old, a1, a2))
        if b1 < b2:
            yield ("added", _segment(new, b1, b2))


def _segment(pieces: Sequence[Piece], start: int, end: int) -> str:
    """Return pieces as written; the first word of a text has no blank before it, so it gets one."""
    return (" " if start == 0 else "") + _written(pieces[start:end])

"""Which entry speaks for its story.

The rule, first difference decides:

1. a lead that was published stays, as long as it is among the entries;
2. an entry whose source another entry names in its credit line ("Theo ...", "Source: ...");
3. an entry that credits no one else;
4. the earliest day, and within it the earliest moment if every entry of that day gives one;
5. the source of greater weight;
6. the entry that the hub saw first, then the smaller id.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from feedhub.dedupe.texts import TextDoc, without_furniture
from feedhub.text.folding import bare

__all__ = ["Candidate", "choose_lead"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that might lead.

    ``names`` is what a credit line may call its source (name, host name, short name); ``precise``
    says that ``doc.published`` has a time of day.
    """

    doc: TextDoc
    first_seen: datetime
    names: tuple[str, ...] = ()
    weight: float = 1.0
    precise: bool = True


def choose_lead(
    candidates: Sequence[Candidate], *, current: str = "", timezone: tzinfo = UTC
) -> str:
    """Return the id of the entry that leads. ``current`` is the published lead, if there is one.

    Raises ValueError when there is no candidate. ``timezone`` is where days begin.
    """
    if not candidates:
        raise ValueError("a story without entries has no lead")
    if any(one.doc.id == current for one in candidates):
        return current
    if len(candidates) == 1:
        return candidates[0].doc.id
    credit_of = {one.doc.id: without_furniture(one.doc.text)[1] for one in candidates}
    known = {one.doc.id: _patterns(one.names) for one in candidates}

    def is_credited(one: Candidate) -> bool:
        return any(
            other.doc.source != one.doc.source
            and _names(credit_of[other.doc.id], known[one.doc.id])
            for other in candidates
        )

    def credits_another(one: Candidate) -> bool:
        credit = credit_of[one.doc.id]
        return bool(credit) and not _names(credit, known[one.doc.id])

    best = min((not is_credited(one), credits_another(one)) for one in candidates)
    left = [one for one in candidates if (not is_credited(one), credits_another(one)) == best]
    first_day = min(_moment(one).astimezone(timezone).date() for one in left)
    left = [one for one in left if _moment(one).astimezone(timezone).date() == first_day]
    timed = all(one.precise for one in left)
    chosen = min(
        left,
        key=lambda one: (
            _moment(one) if timed else first_day,
            -one.weight,
            one.first_seen,
            one.doc.id,
        ),
    )
    return chosen.doc.id


def _moment(one: Candidate) -> datetime:
    return one.doc.published or one.first_seen


def _patterns(names: Sequence[str]) -> list[re.Pattern[str]]:
    plain = (bare(name) for name in names)
    return [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in plain if len(name) > 2]


def _names(credit: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    return any(pattern.search(credit) for pattern in patterns)

"""What a new rule would change: the entries before and after, for a person to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedhub.text.folding import fold
from feedhub.text.rows import Row
from feedhub.text.urls import link_key

__all__ = ["Difference", "Known", "difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry of the last good pull: its address and title."""

    link: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Entries before and after a change of rule.

    ``kept`` are read by both, ``moved`` have the same title at a new address (before, after),
    ``lost`` are no longer read, ``new`` were not known.
    """

    kept: tuple[Known, ...]
    moved: tuple[tuple[Known, Row], ...]
    lost: tuple[Known, ...]
    new: tuple[Row, ...]


def difference(
    before: Iterable[Known], after: Sequence[Row], *, identity: tuple[str, ...] = ()
) -> Difference:
    """Compare the entries of the last good pull with what a rule reads now.

    ``identity`` names the query parameters that identify an article of the source.
    """
    unmatched = {link_key(row.url, identity): row for row in after}
    kept: list[Known] = []
    missing: list[Known] = []
    for known in before:
        found = unmatched.pop(link_key(known.link, identity), None)
        (kept if found is not None else missing).append(known)
    # a portal's new system gives old articles new addresses; two of one title stay apart
    by_title: dict[str, list[str]] = {}
    for key, row in unmatched.items():
        by_title.setdefault(fold(row.title), []).append(key)
    moved: list[tuple[Known, Row]] = []
    lost: list[Known] = []
    for known in missing:
        keys = by_title.get(fold(known.title), [])
        if len(keys) == 1:
            moved.append((known, unmatched.pop(keys.pop())))
        else:
            lost.append(known)
    return Difference(
        kept=tuple(kept), moved=tuple(moved), lost=tuple(lost), new=tuple(unmatched.values())
    )

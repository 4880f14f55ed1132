"""Tables and progress of the commands, on a terminal and elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from feedhub.model.pull import Outcome, PullRecord, Reconciliation

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.table import Table

__all__ = ["PullProgress", "counted", "history_table", "pull_table", "pulls_as_json", "watching"]

_WORDS = {
    Outcome.OK: "ok",
    Outcome.UNCHANGED: "unchanged",
    Outcome.HELD: "held back",
    Outcome.FAILED: "failed",
    Outcome.GONE: "gone",
}


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: ``1 entry``, ``2 entries``."""
    return f"{number} {one if number == 1 else many}"


class PullProgress:
    """Tells how far collecting has come: a bar on a terminal, a line a source elsewhere."""

    def __init__(self, progress: Progress | None, *, quiet: bool) -> None:
        self._progress = progress
        self._quiet = quiet
        self._task: Any = None

    def started(self, count: int) -> None:
        """Note how many sources will be pulled."""
        if self._progress is not None:
            self._task = self._progress.add_task("pulling", total=count)

    def finished(self, record: PullRecord) -> None:
        """Note that one source is done."""
        if self._progress is not None:
            self._progress.update(self._task, advance=1, description=record.source_id[:28])
        elif not self._quiet:
            sys.stderr.write(f"{record.source_id}: {_WORDS[record.outcome]}{_tail(record)}\n")


def _tail(record: PullRecord) -> str:
    if record.message:
        return f" - {record.message}"
    counts = record.counts
    return f", {counts.seen} seen, {counts.new} new" if counts.seen else ""


@contextmanager
def watching(*, quiet: bool) -> Iterator[PullProgress]:
    """Show progress while the block runs."""
    if quiet or not sys.stderr.isatty():
        yield PullProgress(None, quiet=quiet)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield PullProgress(progress, quiet=quiet)


def pull_table(records: Sequence[PullRecord]) -> Table:
    """Make the table of what a collect did, one row per source."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("source", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    for name in ("seen", "new", "revised", "known", "withdrawn", "duplicate", "rejected"):
        table.add_column(name, justify="right")
    table.add_column("remark", overflow="fold")
    for record in records:
        counts = record.counts
        remark = record.message or "; ".join(dict.fromkeys(counts.reasons))
        figures = (
            counts.seen,
            counts.new,
            counts.revised,
            counts.known,
            counts.withdrawn,
            counts.duplicate,
            counts.rejected,
        )
        table.add_row(
            record.source_id,
            _WORDS[record.outcome],
            *(str(figure) if figure else "-" for figure in figures),
            remark,
        )
    return table


def history_table(pulls: Sequence[PullRecord], timezone: str) -> Table:
    """Make the table of a source's pulls, one row per pull, times in the hub's time zone."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("when", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    for name in ("status", "bytes", "ms", "entries", "new"):
        table.add_column(name, justify="right")
    table.add_column("remark", overflow="fold")
    for pull in pulls:
        figures = (
            pull.status,
            pull.bytes,
            pull.milliseconds,
            pull.counts.seen,
            pull.counts.new,
        )
        table.add_row(
            f"{pull.at.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M:%S}",
            _WORDS[pull.outcome],
            *(f"{figure:,}" if figure else "-" for figure in figures),
            pull.message or "; ".join(dict.fromkeys(pull.counts.reasons)),
        )
    return table


def pulls_as_json(records: Sequence[PullRecord]) -> dict[str, Any]:
    """Make the JSON of what a collect did: one object per source, and the sums."""
    names = [field.name for field in fields(Reconciliation) if field.name != "reasons"]
    rows = []
    for record in records:
        counts = record.counts
        rows.append(
            {
                "source": record.source_id,
                "outcome": str(record.outcome),
                "status": record.status,
                "bytes": record.bytes,
                "ms": record.milliseconds,
                "entries": counts.seen,
                **{name: getattr(counts, name) for name in names},
                "reasons": list(counts.reasons),
                "message": record.message,
            }
        )
    failed = sum(record.outcome not in {Outcome.OK, Outcome.UNCHANGED} for record in records)
    return {
        "sources": rows,
        "total": {
            "sources": len(records),
            "failed": failed,
            **{
                name: sum(getattr(record.counts, name) for record in records)
                for name in ("seen", "new", "revised", "withdrawn", "duplicate", "rejected")
            },
        },
    }

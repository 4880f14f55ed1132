"""``feedhub ledger``: how often the hub asked whom, to be shown to whoever wants to know."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated

import typer

from feedhub.cli.context import Options

__all__ = ["register"]


def ledger(
    context: typer.Context,
    host: Annotated[str, typer.Argument(help="one host only")] = "",
    days: Annotated[int, typer.Option(min=1, help="how many days back")] = 7,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Show the requests of each day by host: how many, of what kind, how many bytes."""
    from rich.table import Table

    from feedhub.flow.ledger import robots_words
    from feedhub.flow.upkeep import local_day

    options: Options = context.obj
    with options.app() as app:
        first = local_day(app.settings, app.clock.now() - timedelta(days=days - 1))
        with app.store.reading() as tx:
            lines = tx.ledger.lines(since=first, host=host)
        robots = app.settings.collect.robots
    if as_json:
        options.print_json({"robots": robots, "lines": [asdict(line) for line in lines]})
        return
    options.screen.print(robots_words(robots))
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("day", "host", "kind"):
        table.add_column(name, overflow="fold")
    for name in ("requests", "unchanged", "failed", "bytes"):
        table.add_column(name, justify="right")
    for line in lines:
        figures = (line.requests, line.unchanged, line.failed, line.bytes)
        table.add_row(line.day, line.host, line.kind, *(f"{figure:,}" for figure in figures))
    options.screen.print(table)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(ledger)

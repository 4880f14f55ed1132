"""``feedhub sources``: list, history, check, suggest, add, import, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer(help="List, check, find and add sources.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


@app.command("list")
def list_sources(context: typer.Context, as_json: AsJson = False) -> None:
    """Show every source and how it is doing."""
    from feedhub.cli import sourcing

    sourcing.list_sources(context.obj, as_json=as_json)


@app.command()
def history(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="SOURCE")],
    limit: Annotated[int, typer.Option(min=1, help="how many of the newest pulls")] = 30,
    as_json: AsJson = False,
) -> None:
    """Show the newest pulls of a source: when, what it answered, what was found."""
    from feedhub.cli import sourcing

    sourcing.history(context.obj, name, limit=limit, as_json=as_json)


@app.command()
def check(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="SOURCE...")] = None,
    as_json: AsJson = False,
) -> None:
    """Pull sources and show what they give; store nothing."""
    from feedhub.cli import sourcing

    sourcing.check(context.obj, names or [], as_json=as_json)


@app.command()
def suggest(context: typer.Context, url: str) -> None:
    """Find the feeds of an address, else propose a rule for its listing."""
    from feedhub.cli import sourcing

    sourcing.suggest(context.obj, url)


@app.command()
def add(
    context: typer.Context,
    url: str,
    name: Annotated[str, typer.Option(help="how readers see the source")] = "",
    place: Annotated[str, typer.Option(help="the town or ward it speaks for")] = "",
) -> None:
    """Look at an address and write it to the config: as a feed, or with a frozen listing rule."""
    from feedhub.cli import sourcing

    sourcing.add(context.obj, url, name=name, place=place)


@app.command("import")
def import_sources(context: typer.Context, opml: Path) -> None:
    """Add the feeds of an OPML list to the config; those known already are left out."""
    from feedhub.cli import sourcing

    sourcing.import_sources(context.obj, opml)


@app.command()
def export(context: typer.Context) -> None:
    """Print the sources as an OPML list."""
    from feedhub.cli import sourcing

    sourcing.export(context.obj)

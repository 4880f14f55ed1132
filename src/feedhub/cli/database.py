"""``feedhub db``: migrate, check, backup, restore, move."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from feedhub.cli.context import Options

__all__ = ["app"]

app = typer.Typer(help="Look after the database.", no_args_is_help=True)


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the database to the newest shape."""
    options: Options = context.obj
    with options.app() as hub:
        before, after = hub.migrate()
    options.screen.print(
        f"the database is up to date ({after})"
        if before == after
        else f"brought the database from {before or 'nothing'} to {after}"
    )


@app.command()
def check(context: typer.Context) -> None:
    """Read the whole database and tell whether it is sound."""
    options: Options = context.obj
    with options.app() as hub:
        problems = hub.store.problems()
    for problem in problems:
        options.screen.print(problem)
    if problems:
        raise typer.Exit(1)
    options.screen.print("the database is sound")


@app.command()
def backup(context: typer.Context, file: Path) -> None:
    """Write a copy of the database, whole as of this moment, to FILE."""
    options: Options = context.obj
    with options.app() as hub:
        hub.backup(file)
    options.screen.print(f"wrote {file} ({file.stat().st_size:,} bytes)")


@app.command()
def restore(context: typer.Context, file: Path) -> None:
    """Put a backup in the place of the database; the old one is kept beside it."""
    options: Options = context.obj
    with options.app() as hub:
        kept = hub.restore(file)
    options.screen.print(f"restored {file}" + (f"; the old database is {kept}" if kept else ""))


@app.command()
def move(
    context: typer.Context,
    to: Annotated[str, typer.Option(help='the empty database, such as "postgresql://..."')],
) -> None:
    """Copy the whole hub into another, empty database; the old one stays as it is."""
    options: Options = context.obj
    with options.app() as hub:
        copied = hub.move(to, lambda table, rows: typer.echo(f"{table}: {rows:,}", err=True))
    options.screen.print(
        f"moved {sum(copied.values()):,} rows; now say in {options.config}, in [hub]: "
        "database_url = (the new database), and start the hub again"
    )

"""``feedhub collect`` and ``feedhub publish``."""

from __future__ import annotations

from typing import Annotated

import typer

from feedhub.cli.context import Options
from feedhub.cli.show import counted, pull_table, pulls_as_json, watching
from feedhub.model.pull import Outcome

__all__ = ["register"]

#: seconds that ``publish`` waits for the answers of the WebSub hub
_PING_SECONDS = 10.0

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


def collect(
    context: typer.Context,
    source: Annotated[list[str] | None, typer.Argument(help="ids; default: those due")] = None,
    everything: Annotated[bool, typer.Option("--all", help="pull every source now")] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="take what looks suspicious: somebody looked at it")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Pull the sources that are due, or those named, or all."""
    options: Options = context.obj
    with options.app() as app, watching(quiet=as_json) as progress:
        records = app.collect(
            source or (),
            everything=everything,
            accept=accept,
            started=progress.started,
            finished=progress.finished,
        )
    if as_json:
        options.print_json(pulls_as_json(records))
    elif records:
        options.screen.print(pull_table(records))
    else:
        options.screen.print("no source is due")
    if any(record.outcome in {Outcome.FAILED, Outcome.HELD} for record in records):
        raise typer.Exit(1)


def publish(
    context: typer.Context,
    full: Annotated[bool, typer.Option("--full", help="render everything anew")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring the published folder up to date."""
    options: Options = context.obj
    with options.app() as app:
        published = app.publish(full=full)
        # what the WebSub hub does not answer in time is tried again by the service or the next run
        app.ping(patience=_PING_SECONDS)
    if as_json:
        options.print_json(
            {
                "stories": published.stories,
                "written": published.written,
                "unchanged": published.unchanged,
                "removed": published.removed,
                "folder": app.settings.publish_dir,
            }
        )
    else:
        options.screen.print(
            f"{counted(published.stories, 'story', 'stories')}; "
            f"{counted(published.written, 'file', 'files')} written, "
            f"{published.unchanged} unchanged, {published.removed} removed "
            f"in {app.settings.publish_dir}"
        )


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(collect)
    app.command()(publish)

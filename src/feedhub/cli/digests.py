"""``feedhub digest``: make and send what is due, look before it goes out, the ledger."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from feedhub.cli.context import Options
from feedhub.cli.show import counted

__all__ = ["app"]

app = typer.Typer(help="Digests by e-mail: run, preview, status.", no_args_is_help=True)

_DigestId = Annotated[str | None, typer.Argument(help="a digest of the config; all if left out")]
_AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


@app.command("run")
def run_digests(context: typer.Context, as_json: _AsJson = False) -> None:
    """Make the digests that are due and send what waits in the outbox."""
    options: Options = context.obj
    with options.app() as hub:
        posted = hub.mail()
        if posted.made.pages:
            hub.publish()
        outbox = hub.mail_ledger()["outbox"]
    waiting = sum(outbox.get(state, 0) for state in ("queued", "deferred", "leased"))
    sent = posted.sent
    if as_json:
        options.print_json(
            {
                "pages": posted.made.pages,
                "queued": posted.made.queued,
                "sent": sent.sent,
                "deferred": sent.deferred,
                "failed": sent.failed,
                "unknown": sent.unknown,
                "dropped": sent.dropped,
                "waiting": waiting,
                "halted": sent.halted,
            }
        )
    else:
        typer.echo(
            f"{counted(posted.made.queued, 'digest', 'digests')} queued; "
            f"{counted(sent.sent, 'message', 'messages')} sent, "
            f"{sent.deferred} put off, {sent.failed} refused, {sent.unknown} unknown, "
            f"{sent.dropped} dropped; {waiting} wait in the outbox"
        )
        if sent.halted:
            typer.echo(f"sending stopped: {sent.halted}", err=True)
    if sent.failed or sent.unknown or sent.halted:
        raise typer.Exit(1)


@app.command()
def preview(
    context: typer.Context,
    digest: _DigestId = None,
    person: Annotated[
        str, typer.Option("--for", help="the address of a subscriber, to see just their mail")
    ] = "",
    folder: Annotated[Path, typer.Option("--to", help="where the files are written")] = Path(
        "preview"
    ),
) -> None:
    """Write the next mail as .eml and .html files, as it would be sent now; send nothing."""
    options: Options = context.obj
    with options.app() as hub:
        found = hub.previews(digest, person)
    for one in found:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, content in (
            ("eml", one.message.data),
            ("html", one.letter.html.encode()),
            ("txt", one.letter.text.encode()),
        ):
            path = folder / f"{one.digest_id}.{suffix}"
            path.write_bytes(content)
            typer.echo(str(path))
    if not found:
        typer.echo("nothing new: nothing would be sent")


@app.command()
def status(context: typer.Context, digest: _DigestId = None, as_json: _AsJson = False) -> None:
    """Show the newest runs and what became of their messages."""
    from rich.table import Table

    options: Options = context.obj
    with options.app() as hub:
        ledger = hub.mail_ledger(digest)
        zone = ZoneInfo(hub.settings.hub.timezone)
    if as_json:
        options.print_json(ledger)
        return
    for one in ledger["digests"]:
        typer.echo(f"{one['id']}: next {_moment(one['next_due'], zone) or 'not reckoned yet'}")
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("due", "stories", "messages"):
            table.add_column(name, overflow="fold")
        for row in one["runs"]:
            stories = str(row["stories"]) if row["stories"] else "nothing new"
            table.add_row(_moment(row["due"], zone), stories, _counted(row["messages"]) or "-")
        if one["runs"]:
            options.screen.print(table)
    totals = ledger["outbox"]
    typer.echo(f"outbox: {_counted(totals) or 'empty'}")


def _moment(written: str | None, zone: ZoneInfo) -> str:
    """Write an ISO moment of the ledger by the hub's own clocks."""
    if not written:
        return ""
    return f"{datetime.fromisoformat(written).astimezone(zone):%Y-%m-%d %H:%M}"


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())

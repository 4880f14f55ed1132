"""``feedhub mail``: a key to sign with, what the DNS needs, and mail that came back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedhub.cli.context import Options
from feedhub.errors import ConfigError, FeedHubError

if TYPE_CHECKING:
    from feedhub.config.settings import Settings

__all__ = ["app"]

#: tells a mail server to keep the message and try again (sysexits.h: EX_TEMPFAIL)
_TRY_AGAIN = 75

app = typer.Typer(help="Mail: signing key, checks, returned mail.", no_args_is_help=True)

_AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]


@app.command()
def key(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="default: dkim_key_file, or dkim.pem beside the config")
    ] = None,
) -> None:
    """Make a key to sign messages with (DKIM), and print the DNS record that goes with it.

    A key that is there already stays; its record is printed again.
    """
    from feedhub.deliver.message import domain_of
    from feedhub.deliver.records import Record
    from feedhub.deliver.signing import Signer, make_key

    options: Options = context.obj
    settings = options.settings()
    domain = domain_of(_sender(settings))
    known = settings.mail.dkim_key_file
    path = (file or Path(known or settings.file.parent / "dkim.pem")).resolve()
    if path.exists():
        typer.echo(f"{path} is there already and stays as it is")
    else:
        make_key(path)
        typer.echo(f"wrote {path}; only this user can read it")
    signer = Signer.read(path, domain=domain, selector=settings.mail.dkim_selector)
    if str(path) != known:
        beside = path.parent == settings.file.parent
        named = path.name if beside else path
        typer.echo(f'\nAdd to [mail] in {settings.file}:\n\ndkim_key_file = "{named}"')
    record = Record(
        purpose="DKIM", name=signer.record_name, kind="TXT", value=signer.record, why=""
    )
    typer.echo(f"\nAdd to the DNS of {domain}, first of all:\n\n{record.line}")


@app.command()
def check(
    context: typer.Context,
    as_json: _AsJson = False,
    ask: Annotated[
        str, typer.Option("--ask", help="a DNS server as ADDRESS:PORT; default: this machine's")
    ] = "",
) -> None:
    """Say which DNS records mail needs and whether they are there; try the mail server.

    Asks the DNS and connects to the mail server, but sends nothing.
    """
    from feedhub.deliver.dns import Resolver
    from feedhub.deliver.records import check as check_record
    from feedhub.flow.mailing.health import records_for, server_findings

    options: Options = context.obj
    settings = options.settings()
    _sender(settings)
    host, _, port = ask.rpartition(":")
    resolver = Resolver([host], int(port)) if host and port.isdecimal() else Resolver()
    checked = [check_record(record, resolver) for record in records_for(settings)]
    findings = list(server_findings(settings)) if settings.mail.smtp else []
    if as_json:
        rows = [
            {
                "purpose": one.record.purpose,
                "record": one.record.line,
                "why": one.record.why,
                "ok": one.ok,
                "words": one.words,
            }
            for one in checked
        ]
        told = [{"ok": ok, "words": words} for ok, words in findings]
        options.print_json({"records": rows, "server": told})
    else:
        marks = {True: "ok     ", False: "TROUBLE", None: "unknown"}
        for one in checked:
            typer.echo(f"{marks[one.ok]}  {one.record.purpose}: {one.words}")
            if not one.ok:
                typer.echo(f"         {one.record.why}\n         {one.record.line}")
        for ok, words in findings:
            typer.echo(f"{marks[ok]}  server: {words}")
        if not settings.mail.smtp:
            typer.echo("ok       server: none is set up; messages are written as .eml files")
    if not all(one.ok for one in checked) or not all(ok for ok, _ in findings):
        raise typer.Exit(1)


@app.command()
def bounce(context: typer.Context) -> None:
    """Take one returned message from standard input, as mail servers hand it to a command.

    Exits with 75 where the mail server should keep it and try again.
    """
    from feedhub.flow.mailing.bouncing import take_return
    from feedhub.flow.mailing.health import returns_folder
    from feedhub.parse.bounces import MAX_REPORT

    options: Options = context.obj
    data = sys.stdin.buffer.read(MAX_REPORT)
    try:
        with options.app() as hub:
            aside = returns_folder(hub.settings)
            returned = take_return(hub.store, aside, data, hub.clock.now())
    except FeedHubError as error:  # also a config that is being edited
        typer.echo(f"feedhub: {error}", err=True)
        raise typer.Exit(_TRY_AGAIN) from error
    typer.echo(str(returned))


@app.command()
def bounces(context: typer.Context, as_json: _AsJson = False) -> None:
    """Read the folder of returned mail ([mail] bounce_folder) now."""
    from feedhub.flow.mailing.bouncing import read_returns
    from feedhub.flow.mailing.health import returns_folder

    options: Options = context.obj
    with options.app() as hub:
        if hub.settings.mail.bounce_folder is None:
            raise ConfigError(
                "there is no folder of returned mail",
                file=str(hub.settings.file),
                key="mail.bounce_folder",
            )
        returns = read_returns(hub.store, returns_folder(hub.settings), hub.clock.now())
    if as_json:
        options.print_json({"counts": returns.counts, "aside": returns.aside})
        return
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(returns.counts.items()))
    typer.echo(f"{counted or 'nothing new'}; {returns.aside} lie aside unmatched")


def _sender(settings: Settings) -> str:
    if not settings.mail.sender:
        raise ConfigError(
            'expected a sender such as "Town news <news@town.example>"',
            file=str(settings.file),
            key="mail.sender",
        )
    return settings.mail.sender

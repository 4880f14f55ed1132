"""``feedhub subscribers``: list, add, remove, import, export, erase, new-key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedhub.cli.context import Options
from feedhub.model.subscriber import Subscriber, SubscriberState, Subscription

if TYPE_CHECKING:
    from feedhub.flow.mailing.roster import Roster

__all__ = ["app"]

app = typer.Typer(help="See and change who gets the digests by mail.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object")]
Address = Annotated[str, typer.Argument(help="the person's e-mail address")]

_LARGEST_FILE = 50 << 20


@contextmanager
def _roster(context: typer.Context) -> Iterator[Roster]:
    from feedhub.flow.mailing.roster import Roster

    options: Options = context.obj
    with options.app() as hub:
        yield Roster(hub.settings, hub.store, hub.clock.now())


def _as_json(person: Subscriber, wanted: Sequence[Subscription]) -> dict[str, Any]:
    found = asdict(person)
    found["state"] = str(person.state)
    found["subscriptions"] = [asdict(one) for one in wanted]
    return found


@app.command("list")
def list_subscribers(
    context: typer.Context,
    state: Annotated[
        SubscriberState | None, typer.Option(help="only those in this state", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show everybody whose address is known, and what they get."""
    from rich.table import Table

    options: Options = context.obj
    with _roster(context) as roster:
        people = list(roster.everybody(state=str(state or "")))
    if as_json:
        options.print_json({"subscribers": [_as_json(*one) for one in people]})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("address", "state", "digests", "since", "remark"):
        table.add_column(name, overflow="fold")
    for person, wanted in people:
        digests = ", ".join(f"{one.digest_id} {one.on} {one.at}".strip() for one in wanted)
        since = person.ended_at or person.confirmed_at or person.created_at
        table.add_row(
            person.address, person.state, digests, f"{since:%Y-%m-%d}", person.ended_because
        )
    options.screen.print(table)


@app.command()
def add(
    context: typer.Context,
    address: Address,
    *,
    digest: Annotated[
        list[str] | None,
        typer.Option(help='a digest with its time if it is another: "weekly sun 18:30"'),
    ] = None,
    language: Annotated[str, typer.Option(help="of the mails")] = "",
    timezone: Annotated[str, typer.Option(help="such as Asia/Ho_Chi_Minh")] = "",
    place: Annotated[list[str] | None, typer.Option(help="only these places")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="only these topics")] = None,
    confirmed: Annotated[
        str, typer.Option(help="the words the person has agreed to; then no letter asks again")
    ] = "",
) -> None:
    """Add somebody: a letter asks them to confirm, unless they have agreed elsewhere."""
    options: Options = context.obj
    with _roster(context) as roster:
        try:
            wish = roster.wish(
                address,
                digests=digest or (),
                language=language,
                timezone=timezone,
                places=place or (),
                topics=topic or (),
            )
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
        done = roster.add(wish, confirmed.strip())
    options.screen.print(f"{wish.address} {done}")


@app.command()
def remove(context: typer.Context, address: Address) -> None:
    """Send somebody nothing more, at once; the address is erased four weeks later."""
    with _roster(context) as roster:
        roster.remove(address)
    typer.echo(f"{address} gets nothing more")


@app.command()
def erase(context: typer.Context, address: Address) -> None:
    """Send somebody nothing more and forget address, consent and messages at once."""
    with _roster(context) as roster:
        roster.erase(address)
    typer.echo("erased; what was written to the outbox folder as .eml files stays there")


@app.command("import")
def import_subscribers(context: typer.Context, file: Path, as_json: AsJson = False) -> None:
    """Subscribe everybody on a list (CSV): address, when, how, words, and what they want.

    when, how and words say what each person agreed to; a list that lacks them in any line is
    refused as a whole.
    """
    options: Options = context.obj
    try:
        if file.stat().st_size > _LARGEST_FILE:
            raise typer.BadParameter(f"{file} is larger than {_LARGEST_FILE >> 20} MB")
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise typer.BadParameter(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise typer.BadParameter(f'{file} is not in UTF-8; save it as "CSV UTF-8"') from None
    with _roster(context) as roster:
        done = roster.take_in(text)
    if as_json:
        options.print_json(asdict(done))
        return
    options.screen.print(
        f"{done.added} subscribed, {done.known} known already, "
        f"{done.kept_out} not taken in because they had left or never confirmed"
    )


@app.command()
def export(
    context: typer.Context,
    address: Annotated[str, typer.Option(help="only this person")] = "",
    as_json: AsJson = False,
) -> None:
    """Print everybody, or all that is known of one person, as a list that import reads."""
    options: Options = context.obj
    with _roster(context) as roster:
        if as_json:
            people = [_as_json(*one) for one in roster.everybody(address=address)]
            options.print_json({"subscribers": people})
        else:
            typer.echo(roster.give_out(address), nl=False)


@app.command("new-key")
def new_key(context: typer.Context) -> None:
    """After a leak of the database: sign all links anew.

    Every link in mails sent before stops working; the next digest to everybody carries new ones.
    """
    from feedhub.flow.mailing.personal import renew_keys

    options: Options = context.obj
    with options.app() as hub:
        renew_keys(hub.store)
    typer.echo("links are signed with a new key from now on; those sent before work no more")

"""How mail is doing, in words: for ``feedhub doctor`` and ``feedhub mail check``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from feedhub.config.settings import Settings
from feedhub.deliver.message import domain_of
from feedhub.deliver.records import Record, needed_records
from feedhub.deliver.returns import ReturnsFolder
from feedhub.deliver.server import MailServer
from feedhub.deliver.smtp import SmtpCarrier, Trial
from feedhub.errors import FeedHubError
from feedhub.flow.mailing.halting import standing_halt
from feedhub.flow.mailing.writing import sender_of, signer_of
from feedhub.model.mail import DeliveryState, Refusal
from feedhub.store.store import Store

__all__ = ["mail_findings", "records_for", "returns_folder", "server_findings"]

#: messages in a row that all came to nothing before it is called a trouble
_IN_A_ROW = 10

_REMEDIES = {
    Refusal.LOGIN: "nothing is sent until this is mended; look at [mail] smtp",
    Refusal.RELAY: "messages wait in the outbox and are tried again",
    Refusal.POLICY: '"feedhub mail check" shows what receivers look for',
}


def returns_folder(settings: Settings) -> ReturnsFolder:
    """Return the folder of returned mail, or where what is handed to us is put aside."""
    return ReturnsFolder(settings.mail.bounce_folder or settings.data_dir / "bounces")


def records_for(settings: Settings) -> tuple[Record, ...]:
    """Return the DNS records that the configured mail needs."""
    mail = settings.mail
    domain = domain_of(sender_of(settings))
    return needed_records(
        sender_domain=domain,
        bounce_domain=domain_of(mail.bounces_to) if mail.bounces_to else domain,
        server=MailServer.parse(mail.smtp) if mail.smtp else None,
        signer=signer_of(settings),
    )


def mail_findings(settings: Settings, store: Store, now: datetime) -> Iterator[tuple[bool, str]]:
    """Yield what there is to say about mail, each with whether it is well.

    Connects to the mail server and logs in, but sends nothing and asks the DNS nothing.
    """
    mail = settings.mail
    if not mail.smtp:
        folder = mail.outbox_dir or settings.data_dir / "outbox"
        yield (
            True,
            (
                "no mail server is set up ([mail] smtp), so messages become .eml files in "
                f"{folder}: {_count(folder)} by now"
            ),
        )
    else:
        yield from server_findings(settings)
        for record in records_for(settings):
            yield True, f'{record.purpose} needed, see "feedhub mail check": {record.line}'
    if mail.only_to:
        yield True, f"on trial: only {', '.join(mail.only_to)} are written to"
    yield from _outbox(store, now)
    aside = returns_folder(settings).unmatched()
    if aside:
        yield (
            False,
            (
                f"{aside} returned messages could not be matched; they lie in "
                f"{returns_folder(settings).root / '.Unmatched'}"
            ),
        )


def server_findings(settings: Settings) -> Iterator[tuple[bool, str]]:
    """Try the mail server without sending, and look at what else has to be set for it."""
    mail = settings.mail
    server = MailServer.parse(mail.smtp)
    carrier = SmtpCarrier(server, ca_file=mail.smtp_ca_file)
    yield _tried(server, carrier.try_out())
    if not mail.sender:
        yield False, f"[mail] sender is empty; messages come from {sender_of(settings)}"
    if not mail.bounces_to:
        yield False, "[mail] bounces_to is empty; mail that comes back goes to the sender's mailbox"
    if not settings.hub.base_url.startswith("https://"):
        yield False, "hub.base_url is not https, so mail programs offer no way to unsubscribe"
    try:
        signer = signer_of(settings)
    except FeedHubError as error:
        yield False, str(error)
    else:
        if signer is None:
            yield (
                True,
                (
                    "messages are not signed here; the mail server must do it, or "
                    '"feedhub mail key" makes a key'
                ),
            )
        elif Path(mail.dkim_key_file).stat().st_mode & 0o077:
            yield False, f"other users can read the key {mail.dkim_key_file}; chmod 600 it"


def _tried(server: MailServer, trial: Trial) -> tuple[bool, str]:
    if trial.trouble is not None:
        remedy = _REMEDIES.get(trial.trouble.refusal or Refusal.RELAY, "")
        locked_out = trial.trouble.refusal is Refusal.LOGIN
        what = "does not let us in" if locked_out else "cannot be used now"
        return False, f"the mail server {what}: {trial.trouble.words}; {remedy}"
    how = "encrypted" if trial.encrypted else "not encrypted"
    login = ", logged in" if trial.logged_in else ""
    well = trial.encrypted or server.is_this_machine
    hint = "" if well else "; write smtp+starttls:// or smtps:// to insist on encryption"
    return well, f"{server.shown} answers, {how}{login}{hint}"


def _outbox(store: Store, now: datetime) -> Iterator[tuple[bool, str]]:
    with store.reading() as tx:
        totals = tx.deliveries.totals()
        halt = standing_halt(tx, now)
        undecided = tx.deliveries.undecided()
        newest = tx.deliveries.newest_tried(_IN_A_ROW)
    if halt is not None:
        yield False, f"nothing is sent until {halt[0]:%Y-%m-%d %H:%M} UTC: {halt[1]}"
    again = totals.get(DeliveryState.UNKNOWN, 0) - undecided
    if again:
        yield True, f"{again} messages may have arrived or not; each is sent once more"
    if undecided:
        yield (
            False,
            (
                f"{undecided} messages may or may not have arrived: the connection ended, or the "
                "hub was stopped, before the mail server answered. They are not sent again; the "
                "next digest comes as ever"
            ),
        )
    stuck = all(one.state is not DeliveryState.SENT for one in newest)
    if len(newest) == _IN_A_ROW and stuck:
        yield (
            False,
            (
                f"none of the last {_IN_A_ROW} messages went out; the last answer was "
                f'"{newest[0].answer}". {_REMEDIES[Refusal.POLICY]}'
            ),
        )
    put_off = totals.get(DeliveryState.DEFERRED, 0)
    if put_off:
        answer = next((one.answer for one in newest if one.state is DeliveryState.DEFERRED), "")
        last = f'; the server last said "{answer}"' if answer else ""
        yield True, f"{put_off} messages were put off and are tried again{last}"


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.glob("*.eml")) if folder.is_dir() else 0

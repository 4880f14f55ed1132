"""The next digest mail as it would be sent now, without sending or storing anything."""

from __future__ import annotations

from dataclasses import dataclass

from feedhub.errors import ConfigError
from feedhub.flow.mailing.letters import MailParts, Writer
from feedhub.flow.mailing.runs import RunMaker
from feedhub.model.digest import Digest
from feedhub.model.mail import Letter, Message
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.store.store import Transaction
from feedhub.text.addresses import fingerprint

__all__ = ["Preview", "previews"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A digest as a mail that was not sent."""

    digest_id: str
    letter: Letter
    message: Message


def previews(parts: MailParts, digest_id: str | None, address: str) -> tuple[Preview, ...]:
    """Return what a cut-off at this moment would send: to somebody, or to a reader of everything.

    Empty where nothing is new. Raises ``ConfigError`` for an unknown digest or subscriber.
    """
    digests = [one for one in parts.settings.digests if digest_id in (None, one.id)]
    if not digests:
        raise ConfigError(f'there is no digest "{digest_id}"', file=str(parts.settings.file))
    writer = Writer(parts)
    maker = RunMaker(parts.settings, parts.store, writer.now, writer.site.cards)
    found = []
    for digest in digests:
        with parts.store.reading() as tx:
            person, wanted = _reader(tx, parts, writer, digest, address)
            if address and wanted is None:
                continue
            run, delivery = maker.draft(tx, digest, person, wanted)
        letter = writer.letter(digest, run, delivery, person) if delivery else None
        if delivery and letter:
            message = writer.sealed(letter, digest, delivery, person)
            found.append(Preview(digest_id=digest.id, letter=letter, message=message))
    return tuple(found)


def _reader(
    tx: Transaction, parts: MailParts, writer: Writer, digest: Digest, address: str
) -> tuple[Subscriber, Subscription | None]:
    if address:
        person = tx.subscribers.by_fingerprint(fingerprint(writer.keys[0], address))
        if person is None:
            raise ConfigError(f"nobody is subscribed as {address}")
        wanted = tx.subscribers.subscriptions([person.id])
        return person, next((one for one in wanted if one.digest_id == digest.id), None)
    hub = parts.settings.hub
    person = Subscriber(
        id="reader",
        address="reader@example.org",
        state=SubscriberState.ACTIVE,
        language=hub.language,
        timezone=digest.rhythm.timezone,
        created_at=writer.now,
        consent=Consent(at=writer.now, how="command", where="", words=""),
    )
    return person, None

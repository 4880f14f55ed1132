"""Makes the messages of the outbox: from frozen story ids to signed bytes, for one person each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from feedhub.clock import Clock
from feedhub.config.settings import Settings
from feedhub.deliver.carrier import Carrier
from feedhub.deliver.message import compose, wire_address
from feedhub.deliver.signing import Signer
from feedhub.edit.digests import digest_edition
from feedhub.flow.mailing.choosing import Window, Windows
from feedhub.flow.mailing.personal import hub_keys_in, personal_links
from feedhub.flow.mailing.writing import return_path, sender_of
from feedhub.flow.publishing.pages import Site
from feedhub.model.digest import Digest, DigestEdition, DigestRun
from feedhub.model.mail import Delivery, Headers, Letter, Links, Message
from feedhub.model.subscriber import Subscriber
from feedhub.redelivery import Pace
from feedhub.render.letters import render_digest_letter
from feedhub.store.store import Store, Transaction

__all__ = ["MailParts", "Writer", "envelope"]


#: an id nobody has, as long as any, so that a letter is cut at the same place for everybody
_NOBODY = "0" * 13
#: letters kept before they are made anew; a letter has a hundred kilobytes
_LETTERS_KEPT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class MailParts:
    """The doors and tools that mailing uses.

    ``aside`` takes messages to people who are not on the list of a trial (``[mail] only_to``).
    """

    settings: Settings
    clock: Clock
    store: Store
    carrier: Carrier
    aside: Carrier
    pace: Pace
    signer: Signer | None = None


def envelope(
    settings: Settings,
    delivery: Delivery,
    recipient: str,
    *,
    links: Links | None = None,
    digest: Digest | None = None,
) -> Headers:
    """Return what stands around a letter; ``digest`` makes it one of a list (RFC 2369, 2919)."""
    host = urlsplit(settings.hub.base_url).hostname or "localhost"
    return Headers(
        message_id=delivery.message_id,
        date=delivery.queued_at,
        sender=sender_of(settings),
        recipient=recipient,
        return_path=return_path(settings, delivery.id),
        list_id=f"{digest.id}.{host}" if digest else "",
        feedback_id=f"{delivery.run_id}:{digest.id}:digest:{host}" if digest else "",
        links=links if links and digest else Links(),
    )


class Writer:
    """Writes the messages of one moment; people with the same wishes share the work."""

    def __init__(self, parts: MailParts) -> None:
        self.parts = parts
        self.now = parts.clock.now()
        with parts.store.writing() as tx:
            self.site = Site.of(parts.settings, tx, self.now)
            self.keys = hub_keys_in(tx)
        self.windows = Windows(parts.settings, self.site.cards, self.now)
        self._digests = {digest.id: digest for digest in parts.settings.digests}
        self._runs: dict[str, DigestRun] = {}
        self._letters: dict[tuple[object, ...], Letter | None] = {}

    def message(self, delivery: Delivery, person: Subscriber | None) -> Message | None:
        """Return a delivery's message: as it was first made, else made now.

        None when nothing is left to tell. Raises ``DeliveryError`` for an address that cannot be
        written to.
        """
        recipient = person.address if person else delivery.address
        if delivery.body is not None:
            headers = envelope(self.parts.settings, delivery, recipient)
            return Message(
                message_id=headers.message_id,
                return_path=wire_address(headers.return_path),
                recipient=wire_address(recipient),
                data=delivery.body,
            )
        with self.parts.store.reading() as tx:
            run = self._run(tx, delivery.run_id or "")
        digest = self._digests.get(run.digest_id) if run else None
        if person is None or run is None or digest is None:
            return None
        letter = self.letter(digest, run, delivery, person)
        return self.sealed(letter, digest, delivery, person) if letter else None

    def sealed(
        self, letter: Letter, digest: Digest, delivery: Delivery, person: Subscriber
    ) -> Message:
        """Return a digest's letter with its headers and signature."""
        headers = envelope(
            self.parts.settings,
            delivery,
            person.address,
            links=self._links(person),
            digest=digest,
        )
        return compose(letter, headers, signer=self.parts.signer)

    def letter(
        self, digest: Digest, run: DigestRun, delivery: Delivery, person: Subscriber
    ) -> Letter | None:
        """Return what a delivery tells somebody, as it stands now; None when nothing is left.

        People who are told the same share one rendering, in which their own tokens are set.
        """
        with self.parts.store.reading() as tx:
            window = self._window(tx, digest, run, person)
        key = (window, delivery.story_ids, delivery.changed_after, delivery.changed_upto)
        shared = (*key, person.language, person.timezone)
        if shared not in self._letters:
            if len(self._letters) >= _LETTERS_KEPT:
                self._letters.clear()
            self._letters[shared] = self._rendered(run, delivery, window, person)
        letter = self._letters[shared]
        return self._addressed(letter, person) if letter else None

    def _links(self, person: Subscriber) -> Links:
        return personal_links(self.parts.settings, self.keys, person, self.now)

    def _addressed(self, letter: Letter, person: Subscriber) -> Letter:
        """Put somebody's own links in the place of nobody's."""
        theirs, nobodys = self._links(person), self._links(replace(person, id=_NOBODY))
        text, html = letter.text, letter.html
        for name in ("unsubscribe", "one_click", "change"):
            before, after = getattr(nobodys, name), getattr(theirs, name)
            text, html = text.replace(before, after), html.replace(before, after)
        return replace(letter, text=text, html=html)

    def _rendered(
        self, run: DigestRun, delivery: Delivery, window: Window, person: Subscriber
    ) -> Letter | None:
        with self.parts.store.reading() as tx:
            edition = self._edition(tx, run, delivery, window)
        if not edition.total and not edition.corrections:
            return None
        return render_digest_letter(
            edition,
            language=person.language,
            timezone=person.timezone,
            links=self._links(replace(person, id=_NOBODY)),
            postal_address=self.parts.settings.mail.postal_address,
        )

    @staticmethod
    def _window(tx: Transaction, digest: Digest, run: DigestRun, person: Subscriber) -> Window:
        own = tx.subscribers.subscriptions([person.id])
        wanted = next((one for one in own if one.digest_id == digest.id), None)
        return Window(
            digest=digest,
            after=run.after,
            upto=run.upto,
            places=wanted.places if wanted else (),
            topics=wanted.topics if wanted else (),
        )

    def _edition(
        self, tx: Transaction, run: DigestRun, told: Delivery, window: Window
    ) -> DigestEdition:
        after, upto = told.changed_after or run.after.at, told.changed_upto or run.upto.at
        changes = self.windows.changes(tx, window, besides=told.story_ids, after=after, upto=upto)
        stories = self.site.cards.load(tx, told.story_ids)
        return digest_edition(
            self.site.hub,
            window.digest,
            run,
            stories,
            changes,
            left_out=told.left_out,
            since=after,
        )

    def _run(self, tx: Transaction, run_id: str) -> DigestRun | None:
        if run_id not in self._runs:
            self._runs.update(tx.digests.runs([run_id]))
        return self._runs.get(run_id)

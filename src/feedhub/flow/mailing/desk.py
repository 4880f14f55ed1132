"""The hub's desk: the pages on which people sign up, confirm, change their choices and leave.

A GET shows and changes nothing, for programs that look for harm follow every link of a mail. Only
a press of the button on the page does, or the one click of a mail program (RFC 8058).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedhub.config.settings import Settings
from feedhub.edit.wishes import (
    Offer,
    choices_page,
    chosen_labels,
    digest_options,
    read_wish,
    usual_wish,
    wish_of,
)
from feedhub.flow.mailing.personal import hub_keys
from feedhub.flow.mailing.subscribing import Found, People
from feedhub.flow.mailing.writing import letter_writer
from feedhub.flow.publishing.live import LiveSite
from feedhub.flow.publishing.pages import Site
from feedhub.model.signup import ChoicesPage, DeskPage, DeskStep, Wish
from feedhub.model.subscriber import Consent, SubscriberState
from feedhub.render.desk import render_choices, render_step, sign_up_words
from feedhub.store.store import Store
from feedhub.text.addresses import masked
from feedhub.text.tokens import BadToken, ExpiredToken, Purpose, sign_token
from feedhub.text.zones import all_timezones

__all__ = ["Asked", "Desk", "offer_of"]

Fields = Mapping[str, Sequence[str]]
Answered = tuple[int, bytes]


def offer_of(settings: Settings, site: Site) -> Offer:
    """Return what people may choose from."""
    return Offer(
        digests=settings.digests,
        places=site.places.labels,
        topics=site.topics.labels,
        zones=all_timezones(),
        languages=site.renderer.languages,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request at the desk: the page's address without language, and who asks from where."""

    page: str
    post: bool
    language: str
    fields: Fields
    caller: str


class Desk:
    """Answers every page of the desk, each at one moment."""

    def __init__(self, live: LiveSite) -> None:
        self._live = live

    def answer(self, settings: Settings, store: Store, now: datetime, asked: Asked) -> Answered:
        """Return status and page."""
        with store.reading() as tx:
            site = self._live.of(settings, tx)
        return _Visit(settings, store, now, site, asked).pages[asked.page, asked.post]()

    def too_often(self, settings: Settings, store: Store, language: str) -> bytes:
        """Return the page for somebody who asks too often."""
        with store.reading() as tx:
            site = self._live.of(settings, tx)
        return render_step(site.renderer, DeskPage(step=DeskStep.TOO_OFTEN), language)


class _Visit:
    """One request at the desk."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        now: datetime,
        site: Site,
        asked: Asked,
    ) -> None:
        self.settings = settings
        self.site = site
        self.language = asked.language
        self.fields = asked.fields
        self.caller = asked.caller
        self.now = now
        self.offer = offer_of(settings, site)
        self.keys = hub_keys(store)
        self.people = People(settings, store, now, letter_writer(settings, self.keys, now))
        self.token = self.fields["token"][-1] if self.fields.get("token") else ""
        self.pages: dict[tuple[str, bool], Callable[[], Answered]] = {
            ("subscribe", False): self.show_form,
            ("subscribe", True): self.sign_up,
            ("confirm", False): self.ask_confirm,
            ("confirm", True): self.confirm,
            ("change", False): self.show_choices,
            ("change", True): self.change,
            ("unsubscribe", False): self.ask_leave,
            ("unsubscribe", True): self.leave,
        }

    def show_form(self) -> Answered:
        # a link may lead to the form with a place or a topic chosen
        asked, _ = read_wish(self.fields, self.offer, self._usual(), with_address=False)
        wish = replace(self._usual(), places=asked.places, topics=asked.topics)
        return 200, render_choices(
            self.site.renderer, choices_page(self.offer, wish), self.language
        )

    def _usual(self) -> Wish:
        zone = self.settings.hub.timezone
        return usual_wish(self.offer, language=self.language, timezone=zone)

    def sign_up(self) -> Answered:
        wish, troubles = read_wish(self.fields, self.offer, self._usual(), with_address=True)
        if troubles:
            page = choices_page(self.offer, wish, troubles=troubles)
            return 422, render_choices(self.site.renderer, page, self.language)
        words = sign_up_words(self.site.hub, self.language)
        consent = Consent(at=self.now, how="form", where=self.caller, words=words)
        self.people.sign_up(wish, consent)
        return self._step(DeskStep.LETTER_SENT, address=wish.address)

    def ask_confirm(self) -> Answered:
        return self._for_owner(Purpose.CONFIRM, self._ask_confirm)

    def _ask_confirm(self, found: Found) -> Answered:
        if found.person.state is SubscriberState.ACTIVE:
            return self._confirmed(found)
        return self._step(DeskStep.ASK_CONFIRM, found=found)

    def confirm(self) -> Answered:
        def confirmed(_found: Found) -> Answered:
            started = self.people.confirm(self.token)
            return self._confirmed(started) if started else self._step(DeskStep.NOT_SUBSCRIBED)

        return self._for_owner(Purpose.CONFIRM, confirmed)

    def _confirmed(self, found: Found) -> Answered:
        return self._step(DeskStep.CONFIRMED, found=found, may_change=True)

    def show_choices(self) -> Answered:
        return self._for_owner(Purpose.CHANGE, self._choices)

    def _choices(self, found: Found, *, saved: bool = False) -> Answered:
        wish = wish_of(found.person, found.subscriptions)
        page = choices_page(self.offer, wish, token=self.token, saved=saved)
        return self._form(200, page, found)

    def _form(self, status: int, page: ChoicesPage, found: Found) -> Answered:
        leave = sign_token(self.keys, Purpose.UNSUBSCRIBE, found.person.id)
        page = replace(page, leave_token=leave)
        return status, render_choices(self.site.renderer, page, self.language)

    def change(self) -> Answered:
        return self._for_owner(Purpose.CHANGE, self._change)

    def _change(self, found: Found) -> Answered:
        usual = wish_of(found.person, found.subscriptions)
        wish, troubles = read_wish(self.fields, self.offer, usual, with_address=False)
        if troubles:
            page = choices_page(
                self.offer,
                replace(wish, address=found.person.address),
                token=self.token,
                troubles=troubles,
            )
            return self._form(422, page, found)
        changed = self.people.change(self.token, wish)
        if changed is None:
            return self._step(DeskStep.NOT_SUBSCRIBED)
        if changed.person.state is not SubscriberState.ACTIVE:
            return self._step(DeskStep.LETTER_SENT, address=masked(changed.person.address))
        return self._choices(changed, saved=True)

    def ask_leave(self) -> Answered:
        return self._for_owner(
            Purpose.UNSUBSCRIBE,
            lambda found: self._step(DeskStep.ASK_LEAVE, found=found, may_change=True),
            left=DeskStep.LEFT,
        )

    def leave(self) -> Answered:
        def gone(_found: Found) -> Answered:
            self.people.unsubscribe(self.token)
            return self._step(DeskStep.LEFT)

        return self._for_owner(Purpose.UNSUBSCRIBE, gone, left=DeskStep.LEFT)

    def _for_owner(
        self,
        purpose: Purpose,
        then: Callable[[Found], Answered],
        *,
        left: DeskStep = DeskStep.NOT_SUBSCRIBED,
    ) -> Answered:
        """Answer whoever the token names; say so where it names nobody, or somebody who left."""
        try:
            found = self.people.find(purpose, self.token)
        except ExpiredToken:
            return self._step(DeskStep.LINK_TOO_OLD, status=410)
        except BadToken:
            return self._step(DeskStep.BAD_LINK, status=404)
        if found is None or found.person.state is SubscriberState.ENDED:
            return self._step(left)
        return then(found)

    def _step(
        self,
        step: DeskStep,
        *,
        found: Found | None = None,
        address: str = "",
        may_change: bool = False,
        status: int = 200,
    ) -> Answered:
        page = DeskPage(step=step, address=address, token=self.token)
        if found is not None:
            wish = wish_of(found.person, found.subscriptions)
            change = sign_token(self.keys, Purpose.CHANGE, found.person.id)
            page = replace(
                page,
                address=masked(found.person.address),
                change_token=change if may_change else "",
                digests=tuple(one for one in digest_options(self.offer, wish) if one.chosen),
                places=chosen_labels(self.offer.places, wish.places),
                topics=chosen_labels(self.offer.topics, wish.topics),
                timezone=wish.timezone,
            )
        return status, render_step(self.site.renderer, page, self.language)

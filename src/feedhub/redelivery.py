"""What comes after an attempt to hand a message over: when it is tried again, and how fast we go.

A message is tried again after 5 and 15 minutes, an hour, and every four hours from then on, until
it is two days old (RFC 5321, 4.5.4.1, asks for four to five days; a digest is stale by then). What
is wrong with our own relay or login is nobody's try: it is asked again at ever longer intervals up
to an hour, for a week. A message that may or may not have arrived is sent once more under the same
Message-ID, and no third time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from feedhub.model.mail import Delivery, DeliveryState, Handed, Handing, Refusal

__all__ = ["OnUnknown", "Pace", "after_handing", "after_loss", "kept_answer"]

OnUnknown = Literal["retry", "hold"]

_WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
_GIVE_UP = timedelta(hours=48)
_SECOND_SENDING = timedelta(minutes=15)

#: of trouble that is ours: a tenth of the message's age, within these
_OWN_SHORTEST = timedelta(minutes=5)
_OWN_LONGEST = timedelta(hours=1)
_OWN_GIVE_UP = timedelta(days=7)
_OWN = (Refusal.RELAY, Refusal.LOGIN)

#: servers may say a lot; the ledger keeps the beginning
_MAX_ANSWER = 500
#: the ledger is kept for good, addresses are not
_ADDRESS = re.compile(r"[^\s<>\"(),;:@]{1,64}@([^\s<>\"(),;:@]+)")


def after_handing(
    delivery: Delivery, handed: Handed, now: datetime, *, on_unknown: OnUnknown = "retry"
) -> Delivery:
    """Return ``delivery``, as it was claimed, with what handing it over came to.

    ``tries`` counts one more than when it was claimed, unless the trouble was our own or the
    message was called off before it left.
    """
    answer = kept_answer(handed.code, handed.status, handed.words)
    own = handed.handing is Handing.DEFERRED and handed.refusal in _OWN
    called_off = handed.handing is Handing.DEFERRED and handed.refusal is None
    tried = replace(
        delivery,
        answer=answer,
        lease_until=None,
        next_try_at=None,
        tries=delivery.tries if own or called_off else delivery.tries + 1,
    )
    match handed.handing:
        case Handing.SENT:
            return replace(tried, state=DeliveryState.SENT, ended_at=now)
        case Handing.FAILED if handed.refusal is Refusal.POLICY:
            # about us and not about this person: tried again, for the operator may mend it
            return _deferred(tried, now, own=False)
        case Handing.FAILED:
            return replace(tried, state=DeliveryState.FAILED, ended_at=now)
        case Handing.UNKNOWN:
            return _in_doubt(tried, now, on_unknown)
        case Handing.DEFERRED:
            return _deferred(tried, now, own=own)


def after_loss(delivery: Delivery, now: datetime, *, on_unknown: OnUnknown = "retry") -> Delivery:
    """Return a ``delivery`` whose sender is gone: its lease ran out, or a process was killed.

    Before the content began nothing was taken over, so it waits again; after that nobody knows.
    """
    freed = replace(delivery, lease_until=None)
    if delivery.state is DeliveryState.LEASED:
        return replace(freed, state=DeliveryState.QUEUED, next_try_at=now)
    if delivery.state is DeliveryState.DATA_STARTED:
        answer = "the hub was stopped while it handed this message over"
        return _in_doubt(replace(freed, answer=answer), now, on_unknown)
    return delivery


def kept_answer(code: int, status: str, words: str) -> str:
    """Return a server's answer as the ledger keeps it: cut, and without anybody's address."""
    first = "" if words.startswith(status) else status
    whole = " ".join(part for part in (str(code or ""), first, words) if part)
    return _ADDRESS.sub(r"…@\1", whole[:_MAX_ANSWER])


def _in_doubt(delivery: Delivery, now: datetime, on_unknown: OnUnknown) -> Delivery:
    doubtful = delivery.doubtful + 1
    again = on_unknown == "retry" and doubtful == 1
    return replace(
        delivery,
        state=DeliveryState.UNKNOWN,
        doubtful=doubtful,
        next_try_at=now + _SECOND_SENDING if again else None,
        ended_at=None if again else now,
    )


def _deferred(delivery: Delivery, now: datetime, *, own: bool) -> Delivery:
    age = max(now - delivery.queued_at, timedelta(0))
    if own:
        wait = min(max(age / 10, _OWN_SHORTEST), _OWN_LONGEST)
        late = age >= _OWN_GIVE_UP
    else:
        # at most up to the end: a last try just before giving up
        wait = min(
            _WAITS[max(min(delivery.tries, len(_WAITS)) - 1, 0)], max(_GIVE_UP - age, _WAITS[0])
        )
        late = age >= _GIVE_UP
    if late:
        return replace(delivery, state=DeliveryState.FAILED, ended_at=now)
    return replace(delivery, state=DeliveryState.DEFERRED, next_try_at=now + wait)


# --- pace ----------------------------------------------------------------------------------------

_PERIODS = {
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
}
_FIRST_SLOWING = timedelta(minutes=1)
_LONGEST_SLOWING = timedelta(hours=1)
_REFUSALS_IN_A_ROW = 10
_POLICY_HALT = timedelta(hours=1)
_LOGIN_HALT = timedelta(minutes=15)
_FIRST_RELAY_HALT = timedelta(seconds=15)
_LONGEST_RELAY_HALT = timedelta(minutes=15)
#: domains remembered; a hub's subscribers rarely have more
_MOST_DOMAINS = 10_000


@dataclass(slots=True)
class _Lane:
    """How one domain, or everything, is going."""

    free_at: datetime | None = None
    slow_until: datetime | None = None
    slowings: int = 0


class Pace:
    """How fast messages may go, over all and for each domain, and when all must stop.

    ``rate`` and ``per_domain`` are such as ``60/m`` (``s``, ``m``, ``h``; empty: no limit), kept by
    even gaps, not by bursts. It holds no clock and no lock: one sender asks and tells it.
    ``halted_until``, ``halted_because`` and ``halted_by`` say when nothing may be sent, and why.
    """

    def __init__(self, *, rate: str = "", per_domain: str = "") -> None:
        self._gap = _gap(rate)
        self._domain_gap = _gap(per_domain)
        self._all = _Lane()
        self._domains: dict[str, _Lane] = {}
        self._refusals = 0
        self._relay_troubles = 0
        self.halted_until: datetime | None = None
        self.halted_because = ""
        self.halted_by: Refusal | None = None
        self._told: Refusal | None = None
        self._news = ""

    def wait(self, domain: str, now: datetime) -> datetime:
        """Return the earliest moment, from ``now`` on, for a message to ``domain``."""
        lane = self._domains.get(domain, _Lane())
        moments = (self.halted_until, self._all.free_at, lane.free_at, lane.slow_until)
        return max([now, *(moment for moment in moments if moment is not None)])

    def told(self, domain: str, handed: Handed, now: datetime) -> None:
        """Take to heart how handing a message to ``domain`` ended. The one method most need."""
        if handed.handing is Handing.SENT:
            self.accepted()
            self._lane(domain).slowings = 0
        match handed.refusal:
            case Refusal.POLICY:
                self.refused(now)
            case Refusal.LOGIN:
                because = f"the mail server does not let us in: {handed.words}"
                self.halt(now + _LOGIN_HALT, because, by=Refusal.LOGIN)
            case Refusal.RELAY if handed.handing is Handing.DEFERRED:
                self._relay_trouble(handed, now)
            case Refusal.DOMAIN:
                self.slowed(domain, now)
            case Refusal.RECIPIENT:
                self.accepted()  # it was this address, not us
            case _:
                pass

    def sent(self, domain: str, now: datetime) -> None:
        """Note that a message to ``domain`` goes out now, whatever becomes of it."""
        self._all.free_at = now + self._gap
        if self._domain_gap:
            self._lane(domain).free_at = now + self._domain_gap

    def slowed(self, domain: str, now: datetime) -> None:
        """Leave ``domain`` alone for a minute, and twice as long each time it asks again."""
        lane = self._lane(domain)
        wait = min(_FIRST_SLOWING * 2 ** min(lane.slowings, 10), _LONGEST_SLOWING)
        lane.slow_until = now + wait
        lane.slowings += 1

    def refused(self, now: datetime) -> None:
        """Count a refusal by policy; at ten in a row everything stops for an hour."""
        self._refusals += 1
        if self._refusals >= _REFUSALS_IN_A_ROW:
            self._refusals = 0
            self.halt(
                now + _POLICY_HALT,
                f"{_REFUSALS_IN_A_ROW} messages in a row were refused as unwanted; "
                '"feedhub mail check" shows what receivers look for',
                by=Refusal.POLICY,
            )

    def accepted(self) -> None:
        """Note that a message was taken, or refused only for its recipient's sake."""
        self._refusals = 0
        self._relay_troubles = 0
        if self._told is not None:
            self._told = None
            self._news = "messages go out again"

    def news(self) -> str:
        """Return what an operator should hear, once: why all stopped, or that it goes on."""
        news, self._news = self._news, ""
        return news

    def halt(self, until: datetime, because: str, *, by: Refusal) -> None:
        """Stop everything until a moment, in words and by what kind of refusal."""
        self.halted_until = until
        self.halted_because = because
        self.halted_by = by
        if by is not self._told:
            self._told = by
            self._news = f"sending stopped: {because}"

    def _relay_trouble(self, handed: Handed, now: datetime) -> None:
        wait = min(_FIRST_RELAY_HALT * 2 ** min(self._relay_troubles, 10), _LONGEST_RELAY_HALT)
        self._relay_troubles += 1
        because = f"the mail server takes nothing now: {handed.words}"
        self.halt(now + wait, because, by=Refusal.RELAY)

    def _lane(self, domain: str) -> _Lane:
        lane = self._domains.pop(domain, None) or _Lane()
        self._domains[domain] = lane  # the one used last stands last
        if len(self._domains) > _MOST_DOMAINS:
            del self._domains[next(iter(self._domains))]
        return lane


def _gap(rate: str) -> timedelta:
    if not rate:
        return timedelta(0)
    count, _, period = rate.partition("/")
    return _PERIODS[period] / int(count)

"""What has to be put away from time to time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from feedhub.config.settings import Settings
    from feedhub.store.store import Store

__all__ = ["local_day", "tidy"]

#: pulls are kept this long
_PULLS = timedelta(days=90)
#: the ledger is kept this long: somebody may ask about last year
_LEDGER = timedelta(days=400)
#: finished messages are kept this long after they ended, for questions
_BODIES = timedelta(days=7)
#: which stories somebody was told is kept a little longer than it is asked for
_CONTENTS = timedelta(days=40)
#: so long is it known when a host was asked last
_HOSTS = timedelta(days=1)
#: the fact that holds the last day on which things were put away
_TIDIED = "tidied_on"


def local_day(settings: Settings, moment: datetime) -> str:
    """Return a moment's day in the hub's time zone as YYYY-MM-DD."""
    return moment.astimezone(ZoneInfo(settings.hub.timezone)).date().isoformat()


def tidy(settings: Settings, store: Store, now: datetime) -> None:
    """Drop what is too old, at most once a day: pulls, ledger days, mails and addresses."""
    today = local_day(settings, now)
    with store.reading() as tx:
        if tx.facts.get(_TIDIED) == today:
            return
    from feedhub.flow.mailing.subscribing import (
        forget_people,  # brings the pages along; rarely needed
    )

    with store.writing() as tx:
        tx.sources.forget_pulls(now, _PULLS)
        tx.ledger.forget(local_day(settings, now - _LEDGER))
        tx.fleet.forget_hosts(_HOSTS)
        tx.deliveries.forget_bodies(now - _BODIES)
        tx.deliveries.forget_contents(now - _CONTENTS)
        tx.facts.set(_TIDIED, today)
    forget_people(store, now)

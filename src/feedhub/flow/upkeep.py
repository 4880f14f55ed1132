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
#: the fact that holds the last day on which things were put away
_TIDIED = "tidied_on"


def local_day(settings: Settings, moment: datetime) -> str:
    """Return a moment's day in the hub's time zone as YYYY-MM-DD."""
    return moment.astimezone(ZoneInfo(settings.hub.timezone)).date().isoformat()


def tidy(settings: Settings, store: Store, now: datetime) -> None:
    """Drop pulls and ledger days that are too old, at most once a day."""
    today = local_day(settings, now)
    with store.reading() as tx:
        if tx.facts.get(_TIDIED) == today:
            return
    with store.writing() as tx:
        tx.sources.forget_pulls(now, _PULLS)
        tx.ledger.forget(local_day(settings, now - _LEDGER))
        tx.facts.set(_TIDIED, today)

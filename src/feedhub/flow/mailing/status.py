"""What became of digests and their messages, in numbers."""

from __future__ import annotations

from typing import Any

from feedhub.config.settings import Settings
from feedhub.errors import ConfigError
from feedhub.model.digest import DigestRun
from feedhub.store.store import Store, Transaction

__all__ = ["mail_ledger"]

#: runs shown of each digest
_RUNS = 14


def mail_ledger(settings: Settings, store: Store, digest_id: str | None) -> dict[str, Any]:
    """Return the newest runs of each digest, with their messages by state, and the outbox in sum.

    ``{"digests": [{"id", "next_due", "runs": [{"due", "made", "day", "official", "stories",
    "messages": {state: count}}]}], "outbox": {state: count}, "subscribers": {state: count}}``;
    moments as ISO 8601. ``doubtful`` counts messages of which it was unknown, at least once,
    whether they had been taken over. Raises ``ConfigError`` for an unknown digest.
    """
    digests = [one for one in settings.digests if digest_id in (None, one.id)]
    if not digests:
        raise ConfigError(f'there is no digest "{digest_id}"', file=str(settings.file))
    with store.reading() as tx:
        due = tx.digests.due()
        return {
            "digests": [
                {
                    "id": one.id,
                    "next_due": due[one.id].isoformat() if one.id in due else None,
                    "runs": _runs(tx, one.id),
                }
                for one in digests
            ],
            "outbox": _without_noughts(tx.deliveries.totals()),
            "subscribers": tx.subscribers.counts(),
        }


def _runs(tx: Transaction, digest_id: str) -> list[dict[str, Any]]:
    runs = tx.digests.newest(digest_id, _RUNS, official=False)
    messages = tx.deliveries.counts([run.id for run in runs])
    return [_run(run, messages.get(run.id, {})) for run in runs]


def _run(run: DigestRun, messages: dict[str, int]) -> dict[str, Any]:
    return {
        "due": run.due_at.isoformat(),
        "made": run.made_at.isoformat(),
        "day": run.day.isoformat(),
        "official": run.official,
        "stories": run.stories,
        "messages": _without_noughts(messages),
    }


def _without_noughts(counts: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in counts.items() if count}

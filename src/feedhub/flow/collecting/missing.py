"""Entries that left their source's page: withdrawn, or merely out of sight?"""

from __future__ import annotations

from feedhub.errors import BadStatus, FetchError, Gone
from feedhub.fetch.client import Request
from feedhub.flow.collecting.findings import Findings
from feedhub.flow.parts import CollectParts
from feedhub.model.decision import KnownEntry
from feedhub.model.source import Source

__all__ = ["ask_after_missing"]

#: more entries than this missing at once is a shorter page, not that many withdrawals
_MOST_AT_ONCE = 5

_TAKEN_BACK = frozenset({404, 410})


def ask_after_missing(parts: CollectParts, source: Source, findings: Findings) -> None:
    """Sort the missing entries into ``gone`` and ``aged``.

    An entry older than all that are still listed has aged out, as the last rows of every page do.
    A newer one should be there: its page is asked for once. 404 or 410 means taken back, another
    answer that it is merely unlisted; without an answer it is asked after again next time.
    """
    still = [entry.published.at for entry in findings.reading.entries]
    if not still:
        return
    oldest = min(still)
    wanted: list[KnownEntry] = []
    for known in findings.missing:
        (wanted if known.link and known.published.at > oldest else findings.aged).append(known)
    if len(wanted) > _MOST_AT_ONCE:
        findings.aged += wanted
        return
    for known in wanted:
        answered, taken_back = _ask(parts, source, known)
        if answered:
            (findings.gone if taken_back else findings.aged).append(known)


def _ask(parts: CollectParts, source: Source, known: KnownEntry) -> tuple[bool, bool]:
    """Return whether the server answered, and whether the entry was taken back."""
    request = Request(
        url=known.link, kind="probe", ca_file=source.ca_file, verify_tls=source.verify_tls
    )
    try:
        parts.ask(request)
    except (Gone, BadStatus) as error:
        return error.status is not None and error.status < 500, error.status in _TAKEN_BACK
    except FetchError:
        return False, False
    return True, False

"""Which entries of a document are new, which were met before, and which are missing."""

from __future__ import annotations

from feedhub.dedupe.identity import Rows, lookup_keys, match_entries
from feedhub.flow.collecting.articles import page_wanted
from feedhub.flow.collecting.findings import Change, Findings
from feedhub.flow.parts import CollectParts
from feedhub.model.decision import IdentityKey, KnownEntry
from feedhub.model.source import Source

__all__ = ["recognise"]


def recognise(parts: CollectParts, source: Source, findings: Findings, *, first_pull: bool) -> None:
    """Sort the entries of a reading into ``findings`` by what is known of each.

    At a source's first pull nothing is.
    """
    read = Rows(findings.reading.entries)
    known: dict[IdentityKey, KnownEntry] = {}
    listed: tuple[KnownEntry, ...] = ()
    if not first_pull:
        with parts.store.reading() as tx:
            listed = tx.entries.listed(source.id)
            known = tx.entries.known(source.id, lookup_keys(read), at_hand=listed)
    matched = match_entries(read, known)
    met = [match for match in matched if match.duplicate_of is None]
    findings.repeated = len(matched) - len(met)
    recognised = {match.known.id for match in met if match.known}
    findings.fresh = [match for match in met if match.known is None]
    for match in met:
        if match.known is None:
            continue
        if match.changed or page_wanted(source, match.known):
            findings.changes.append(Change(match=match, known=match.known))
            continue
        if not match.known.listed or match.known.withdrawn:
            findings.back.append(match.known)
        if any(known.get(key) is not match.known for key in match.keys):
            findings.rekeyed.append(match)
    findings.missing = [known for known in listed if known.id not in recognised]

"""Lists of subscribers as files (CSV): read with what was consented to, written so that they can be
read again.

The first line names the columns, in any order. ``address`` and the consent (``when``, ``how``,
``words``) must be there in every row; ``digests``, ``language``, ``timezone``, ``places`` and
``topics`` may be left out or empty. Several digests, places or topics have semicolons between them;
a digest may be followed by its weekday and hour: ``daily; weekly sun 18:30``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feedhub.edit.windows import WEEKDAYS
from feedhub.edit.wishes import Offer, is_time
from feedhub.model.addresses import label_id
from feedhub.model.edition import Label
from feedhub.model.signup import WantedDigest, Wish
from feedhub.model.subscriber import Consent, Subscriber, SubscriberState, Subscription
from feedhub.text.addresses import mail_address

__all__ = ["RosterRow", "read_roster", "wanted_digest", "wanted_labels", "write_roster"]

_NEEDED = ("address", "when", "how", "words")
_OPTIONAL = ("digests", "language", "timezone", "places", "topics")
#: written for people's eyes and rights, and read past
_TOLD = ("where", "state", "confirmed", "ended", "because")
#: how consent reaches us by ourselves; what a file says otherwise is kept as where it was given
_OWN_WAYS = frozenset({"form", "import", "command"})
#: A cell that begins so is a formula to a spreadsheet; an apostrophe before it makes it text. A
#: cell's own apostrophe gets another one before it, so that it is told from ours.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_DAY_FORMS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%Y %H:%M")


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRow:
    """One person of a file, and the line (from 1) where the row begins.

    ``active`` is False for somebody whom the hub that wrote the file did not write to.
    """

    line: int
    wish: Wish
    consent: Consent
    active: bool = True


def read_roster(
    text: str, offer: Offer, usual: Wish, now: datetime, timezone: str
) -> tuple[tuple[RosterRow, ...], tuple[str, ...]]:
    """Read a whole file; return its rows and what is wrong with it, in words with line numbers.

    ``usual`` is what a row asks for that leaves it open; times without a zone are of ``timezone``.
    """
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    header = lines.readline()
    delimiter = max(",;\t", key=header.count)
    names = [
        name.strip().casefold() for name in next(csv.reader([header], delimiter=delimiter), [])
    ]
    problems = _wrong_columns(names)
    if problems:
        return (), problems
    read = _Reader(offer, usual, now, timezone)
    rows: list[RosterRow] = []
    wrong: list[str] = []
    seen: dict[str, int] = {}
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 2
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = {name: _plain(cell) for name, cell in zip(names, cells, strict=False)}
                try:
                    row = read.row(line, values)
                    _note_first(seen, row)
                except ValueError as error:
                    wrong.append(f"line {line}: {error}")
                else:
                    rows.append(row)
            line = reader.line_num + 2
    except csv.Error as error:
        wrong.append(f"line {reader.line_num + 1}: this is no CSV: {error}")
    return tuple(rows), tuple(wrong)


def _wrong_columns(names: Sequence[str]) -> tuple[str, ...]:
    missing = [name for name in _NEEDED if name not in names]
    unknown = [name for name in names if name not in {*_NEEDED, *_OPTIONAL, *_TOLD}]
    found = []
    if missing:
        found.append(
            f"line 1: the columns {', '.join(missing)} are missing; a list needs"
            f" {', '.join(_NEEDED)} (when, how and to which words each person agreed)"
        )
    if unknown:
        found.append(f'line 1: nobody knows the column "{unknown[0]}"')
    return tuple(found)


def _plain(cell: str) -> str:
    """A cell's text, without the mark that kept it from being a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _note_first(seen: dict[str, int], row: RosterRow) -> None:
    key = row.wish.address.casefold()
    if key in seen:
        raise ValueError(f"this address stands in line {seen[key]} already")
    seen[key] = row.line


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows against what is offered and usual at a moment."""

    offer: Offer
    usual: Wish
    now: datetime
    timezone: str

    def row(self, line: int, values: Mapping[str, str]) -> RosterRow:
        """Read one row; raise ``ValueError`` in words."""
        missing = [name for name in _NEEDED if not values.get(name)]
        if missing:
            raise ValueError(f"{', '.join(missing)} must not be empty")
        return RosterRow(
            line=line,
            wish=self._wish(values),
            consent=self._consent(values),
            active=values.get("state", "") in {"", SubscriberState.ACTIVE},
        )

    def _wish(self, values: Mapping[str, str]) -> Wish:
        offer, usual = self.offer, self.usual
        digests = tuple(wanted_digest(part, offer) for part in _parts(values.get("digests")))
        return Wish(
            address=mail_address(values["address"]).address,
            language=_offered(values.get("language"), usual.language, offer.languages, "language"),
            timezone=_offered(values.get("timezone"), usual.timezone, offer.zones, "time zone"),
            digests=digests or usual.digests,
            places=wanted_labels(_parts(values.get("places")), offer.places, "place"),
            topics=wanted_labels(_parts(values.get("topics")), offer.topics, "topic"),
        )

    def _consent(self, values: Mapping[str, str]) -> Consent:
        when = _moment(values["when"], self.timezone)
        if when > self.now:
            raise ValueError(f'"{values["when"]}" lies in the future')
        how = values["how"]
        own = how in _OWN_WAYS
        return Consent(
            at=when,
            how=how if own else "import",
            where=values.get("where", "") if own else how,
            words=values["words"],
        )


def _parts(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def _offered(value: str | None, usual: str, offered: Iterable[str], kind: str) -> str:
    if not value:
        return usual
    if value not in offered:
        raise ValueError(f'there is no {kind} "{value}"')
    return value


def _moment(text: str, timezone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = _written_moment(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(timezone))


def _written_moment(text: str) -> datetime:
    for form in _DAY_FORMS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
    raise ValueError(f'"{text}" is no day; write it as 2026-11-23 or 23/11/2026')


def wanted_digest(text: str, offer: Offer) -> WantedDigest:
    """Read a digest with its time: ``daily``, ``daily 18:00``, ``weekly sun 18:30``.

    Raises ``ValueError`` in words.
    """
    name, *rest = text.split()
    digest = next((one for one in offer.digests if one.id == name), None)
    if digest is None:
        known = ", ".join(one.id for one in offer.digests)
        raise ValueError(f'there is no digest "{name}"; there are {known}')
    at = on = ""
    for part in rest:
        if is_time(part):
            at = part
        elif part in WEEKDAYS and digest.rhythm.every == "week":
            on = part
        else:
            raise ValueError(f'"{part}" is no time such as 18:00 for the digest "{name}"')
    return WantedDigest(digest_id=name, at=at, on=on)


def wanted_labels(names: Sequence[str], offered: Mapping[str, Label], kind: str) -> tuple[str, ...]:
    """Return the ids of places or topics that are named by id or name; raise ``ValueError``."""
    found = set()
    for name in names:
        own_id = name if name in offered else label_id(name)
        if own_id not in offered:
            raise ValueError(f'there is no {kind} "{name}"')
        found.add(own_id)
    return tuple(sorted(found))


def write_roster(people: Iterable[tuple[Subscriber, Sequence[Subscription]]]) -> str:
    """Return people as a file that ``read_roster`` takes, with what else is known of them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, [*_NEEDED[:1], *_OPTIONAL, *_NEEDED[1:], *_TOLD])
    writer.writeheader()
    for person, wanted in people:
        row = {
            "address": person.address,
            "digests": "; ".join(_written(one) for one in wanted),
            "language": person.language,
            "timezone": person.timezone,
            "places": "; ".join(wanted[0].places) if wanted else "",
            "topics": "; ".join(wanted[0].topics) if wanted else "",
            "when": person.consent.at.isoformat(),
            "how": person.consent.how,
            "where": person.consent.where,
            "words": person.consent.words,
            "state": str(person.state),
            "confirmed": person.confirmed_at.isoformat() if person.confirmed_at else "",
            "ended": person.ended_at.isoformat() if person.ended_at else "",
            "because": person.ended_because,
        }
        writer.writerow({name: _no_formula(value) for name, value in row.items()})
    return out.getvalue()


def _written(wanted: Subscription) -> str:
    return " ".join(part for part in (wanted.digest_id, wanted.on, wanted.at) if part)


def _no_formula(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value

"""The words of the interface: message catalogues, dates and numbers of one language.

A language of the interface is a catalogue ``locale/<code>.po``; adding one needs nothing else. The
messages in code and templates are English; what a catalogue does not translate stays English.
Vietnamese stands at the root of the site, every other language below its code.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from gettext import c2py
from importlib import resources
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import (
    format_date,
    format_time,
    get_day_names,
    get_month_names,
    get_timezone_location,
)
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from feedhub.model.entry import Dating, Precision

__all__ = ["ROOT_LANGUAGE", "Language", "language", "languages"]

#: the language of the interface whose pages stand at ``/``
ROOT_LANGUAGE = "vi"


class Language:
    """One language of the interface.

    ``code`` is a BCP 47 tag, ``prefix`` what its pages' addresses begin with (``""`` or ``en/``),
    ``own_name`` its name in itself, ``direction`` that of its script as HTML names it.
    """

    def __init__(self, code: str, catalogue: Catalog) -> None:
        self.code = code
        self.prefix = "" if code == ROOT_LANGUAGE else f"{code}/"
        self._locale = Locale.parse(code, sep="-")
        name = self._locale.get_language_name(code) or code
        self.own_name = name[:1].upper() + name[1:]
        self.direction = "rtl" if self._locale.character_order == "right-to-left" else "ltr"
        self._messages: dict[str, tuple[str, ...]] = {}
        self._plural = c2py(catalogue.plural_expr)
        for message in catalogue:
            key, found = message.id, message.string
            if not isinstance(key, str):
                key = key[0]
            forms = (found,) if isinstance(found, str) else tuple(found or ())
            if key and all(forms):
                self._messages[key] = forms

    def gettext(self, message: str) -> str:
        """Return the message in this language."""
        return self._messages.get(message, (message,))[0]

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of the message for a number."""
        forms = self._messages.get(singular)
        if forms is None:
            return singular if number == 1 else plural
        return forms[min(self._plural(number), len(forms) - 1)]

    def number(self, value: float) -> str:
        """Return a number with this language's separators (``1.234`` in Vietnamese)."""
        return str(format_decimal(value, locale=self._locale))

    def day(self, value: date) -> str:
        """Return a day in full, with its weekday."""
        return format_date(value, format="full", locale=self._locale)

    def short_day(self, value: date) -> str:
        """Return a day in figures."""
        return value.strftime("%d/%m/%Y") if self.code == "vi" else self._medium(value)

    def month(self, year: int, month: int) -> str:
        """Return a month with its year."""
        name = get_month_names("wide", context="stand-alone", locale=self._locale)[month]
        return f"{name} {year}".capitalize()

    def time(self, value: datetime, zone: str) -> str:
        """Return the time of day in an IANA time zone."""
        return format_time(value, format="HH:mm", tzinfo=ZoneInfo(zone), locale=self._locale)

    def local_day(self, value: datetime, zone: str) -> date:
        """Return the day of a moment in an IANA time zone."""
        return value.astimezone(ZoneInfo(zone)).date()

    def moment(self, value: datetime, zone: str) -> str:
        """Return day and time in an IANA time zone."""
        local = value.astimezone(ZoneInfo(zone))
        return f"{local:%H:%M} {self.short_day(local.date())}"

    def dating(self, value: Dating, zone: str) -> str:
        """Return a date only as exactly as it is known."""
        local = value.at.astimezone(ZoneInfo(zone))
        match value.precision:
            case Precision.YEAR:
                return str(local.year)
            case Precision.MONTH:
                return self.month(local.year, local.month)
            case Precision.DAY:
                return self.short_day(local.date())
            case _:
                return self.moment(value.at, zone)

    def _medium(self, value: date) -> str:
        return format_date(value, format="d MMM yyyy", locale=self._locale)

    def zone(self, zone: str) -> str:
        """Return an IANA time zone's name for people, by its country or city."""
        if zone.startswith(("Etc/GMT+", "Etc/GMT-")):
            # POSIX counts westward (tz database, file etcetera): Etc/GMT-7 is seven hours ahead
            sign = "-" if "+" in zone else "+"
            return f"UTC{sign}{zone[len('Etc/GMT+') :]}"
        if zone.startswith("Etc/") or "/" not in zone:
            return zone.removeprefix("Etc/")  # UTC is nobody's country
        return str(get_timezone_location(zone, locale=self._locale))

    def weekdays(self) -> tuple[tuple[str, str], ...]:
        """Return (short, full) names of the weekdays, Monday first."""
        short = get_day_names("short", context="stand-alone", locale=self._locale)
        full = get_day_names("wide", context="stand-alone", locale=self._locale)
        return tuple((short[day], full[day]) for day in range(7))


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Return the codes of all languages of the interface, the root language first."""
    folder = resources.files("feedhub.render") / "locale"
    codes = sorted(
        entry.name.removesuffix(".po") for entry in folder.iterdir() if entry.name.endswith(".po")
    )
    return (ROOT_LANGUAGE, *(code for code in codes if code != ROOT_LANGUAGE))


@lru_cache(maxsize=32)
def language(code: str) -> Language:
    """Return the language of that code (``vi`` also for ``vi-VN``), English for an unknown one."""
    found = (known for known in (code, code.split("-", 1)[0], "en") if known in languages())
    code = next(found)
    with (resources.files("feedhub.render") / "locale" / f"{code}.po").open("rb") as file:
        return Language(code, read_po(file, locale=code.replace("-", "_")))

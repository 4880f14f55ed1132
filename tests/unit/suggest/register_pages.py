# ruff: noqa: E501 - markup stands on one line as offices print it
"""Registers of decisions as courts and offices print them: dates, numbers and files around names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

HOST = "https://register.example"
URL = f"{HOST}/list/"

_NAMES = (
    "State v. Hill", "Rivera v. City of Oakdale", "In re Estate of Moss", "Bell v. Hart Constr., Inc.",
    "People v. Long", "Matter of Dean B.", "Fox Run HOA v. Perry", "Commonwealth v. Ames",
    "Stone v. Dep't of Revenue", "Lee v. Lee", "In the Matter of the Adoption of K.R.",
    "United Tool Co. v. Marsh", "Doe v. Roe", "Park v. Allied Ins. Co.", "Ex parte Willis",
    "Grant v. Board of Zoning Appeals",
)  # fmt: skip


@dataclass(frozen=True)
class Decision:
    """One row: what the detector has to find."""

    place: int
    path: str
    name: str
    number: str
    day: date

    @property
    def url(self) -> str:
        """Return the absolute address."""
        return HOST + self.path

    def link(self, text: str = "") -> str:
        """Return the link to the file."""
        return f'<a href="{self.path}">{text or self.name}</a>'


def decisions(count: int) -> list[Decision]:
    """Return that many decisions, three on a day, the newest first."""
    return [
        Decision(
            place=place,
            path=f"/files/2023/{22000 + place * 13}.pdf",
            name=_NAMES[place % len(_NAMES)],
            number=f"22-{1100 + place * 7}",
            day=date(2023, 6, 30) - timedelta(days=place // 3 * 4),
        )
        for place in range(count)
    ]


def _days(rows: list[Decision]) -> list[tuple[date, list[Decision]]]:
    return [(day, list(each)) for day, each in groupby(rows, key=lambda row: row.day)]


def _long(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _short(day: date) -> str:
    return f"{day.month}/{day.day}/{day:%y}"


def _page(body: str) -> str:
    words = ("home", "about-the-office", "forms-and-fees", "calendar", "rules", "contact-us")
    menu = "".join(f'<li><a href="/{word}">{word.title()}</a></li>' for word in words)
    return (
        f"<html lang=en><head><title>Decisions | Office</title></head><body><div class=nav><ul>{menu}</ul></div>"
        "<div id=content><h1>Decisions</h1><p>The decisions below are posted on the day of release. They may "
        f"be corrected before they are printed; tell the clerk of any error you find.</p>{body}</div>"
        "<div class=foot><p>Copyright 2023. <a href='/privacy'>Privacy policy</a></p></div></body></html>"
    )


def paragraph_headings(rows: list[Decision]) -> str:
    """Bold days and decisions are paragraphs alike."""
    return _page(
        "".join(
            f"<p><b>{_long(day)}</b></p>"
            + "".join(f"<p>{row.link()}, {row.number}</p>" for row in of_day)
            for day, of_day in _days(rows)
        )
    )


def heading_rows(rows: list[Decision]) -> str:
    """A table whose days are rows of one cell."""
    return _page(
        "<table>"
        + "".join(
            f"<tr><td colspan=3><b>{_long(day)}</b></td></tr>"
            + "".join(
                f"<tr><td>{row.number}</td><td>{row.link()}</td><td>Affirmed</td></tr>"
                for row in of_day
            )
            for day, of_day in _days(rows)
        )
        + "</table>"
    )


def wordy_headings(rows: list[Decision]) -> str:
    """The day stands in a sentence, with a line between it and the list."""
    return _page(
        "".join(
            f"<h4>Opinions filed {_long(day)}</h4><p>Slip opinions</p><ul>"
            + "".join(f"<li>{row.link()}</li>" for row in of_day)
            + "</ul>"
            for day, of_day in _days(rows)
        )
    )


def nested_lists(rows: list[Decision]) -> str:
    """The day is the bare text of an outer item."""
    return _page(
        "<ul>"
        + "".join(
            f"<li>{_long(day)}<ul>"
            + "".join(f"<li>{row.link()}</li>" for row in of_day)
            + "</ul></li>"
            for day, of_day in _days(rows)
        )
        + "</ul>"
    )


def several_files(rows: list[Decision]) -> str:
    """Each row links to further files of its own."""
    return _page(
        "<ul class=ops>"
        + "".join(
            f'<li>{row.number} - {row.link()} (<a href="/op/{row.place}d.pdf">Dissent</a>, '
            f'<a href="/op/{row.place}c.pdf">Concurrence</a>) filed {_short(row.day)}</li>'
            for row in rows
        )
        + "</ul>"
    )


def labels(rows: list[Decision]) -> str:
    """Labels and values, the link on the number."""
    return _page(
        "".join(
            f"<div class=case-row><div><strong>Case Name:</strong> {row.name}</div><div><strong>Docket:"
            f"</strong> {row.link(row.number)}</div><div><strong>Release Date:</strong> {row.day:%m/%d/%Y}</div></div>"
            for row in rows
        )
    )


def two_rows_each(rows: list[Decision]) -> str:
    """The name stands in a second row of the table."""
    return _page(
        "<table class=t>"
        + "".join(
            f"<tr><td>{row.link(row.number)}</td><td>{row.day:%m/%d/%Y}</td></tr><tr><td colspan=2>{row.name}</td></tr>"
            for row in rows
        )
        + "</table>"
    )


def two_lists(rows: list[Decision]) -> str:
    """Two tables under two headings make one list."""
    half = len(rows) // 2
    tables = "".join(
        f"<h2>{name}</h2><table class={name}>"
        + "".join(f"<tr><td>{_short(row.day)}</td><td>{row.link()}</td></tr>" for row in part)
        + "</table>"
        for name, part in (("Published", rows[:half]), ("Unpublished", rows[half:]))
    )
    return _page(tables)


def preformatted(rows: list[Decision]) -> str:
    """Lines of preformatted text, the name behind the link."""
    lines = "".join(f"{row.day:%m/%d/%Y}  {row.link(row.number)}  {row.name}\n" for row in rows)
    return _page(f"<pre>\n{lines}</pre>")


def days_as_terms(rows: list[Decision]) -> str:
    """dt with the day, several dd."""
    return _page(
        "<dl>"
        + "".join(
            f"<dt>{_long(day)}</dt>"
            + "".join(f"<dd>{row.link()} - {row.number}</dd>" for row in of_day)
            for day, of_day in _days(rows)
        )
        + "</dl>"
    )


def many_in_a_cell(rows: list[Decision]) -> str:
    """One table row a day, its decisions in one cell."""
    return _page(
        "<table>"
        + "".join(
            f"<tr><td>{_long(day)}</td><td>"
            + "<br>".join(f"{row.number} {row.link()}" for row in of_day)
            + "</td></tr>"
            for day, of_day in _days(rows)
        )
        + "</table>"
    )


def two_dates(rows: list[Decision]) -> str:
    """A column of other dates stands before the right one."""
    return _page(
        "<table class=x><tr><th>Argued</th><th>Decided</th><th>Case</th></tr>"
        + "".join(
            f"<tr><td>{row.day - timedelta(days=60 + row.place * 37 % 50):%m/%d/%Y}</td>"
            f"<td>{row.day:%m/%d/%Y}</td><td>{row.link()}</td></tr>"
            for row in rows
        )
        + "</table>"
    )


def headings_each(rows: list[Decision]) -> str:
    """Heading, meta line, paragraph, rule: all side by side."""
    return _page(
        "".join(
            f'<h3>{row.link()}</h3><p class=meta>Posted {_long(row.day)} by Clerk | <a href="/cat/civil">Civil</a></p>'
            f"<p>The judgment of the trial court in {row.name} is affirmed in part, and the matter is remanded.</p><hr>"
            for row in rows
        )
    )


def icons(rows: list[Decision]) -> str:
    """The link is a picture; the name is a cell."""
    return _page(
        "<table class=y>"
        + "".join(
            f"<tr><td>{row.name}</td><td>{row.number}</td><td>{row.day:%d-%b-%y}</td><td>{row.link('<img src=/pdf.gif>')}</td></tr>"
            for row in rows
        )
        + "</table>"
    )


def view_links(rows: list[Decision]) -> str:
    """Every link says the same."""
    return _page(
        "<table class=y>"
        + "".join(
            f"<tr><td>{row.day:%Y-%m-%d}</td><td>{row.name}</td><td>{row.number}</td><td>{row.link('View Opinion')}</td></tr>"
            for row in rows
        )
        + "</table>"
    )


#: every register, by name
REGISTERS: dict[str, Callable[[list[Decision]], str]] = {
    register.__name__: register
    for register in (
        paragraph_headings, heading_rows, wordy_headings, nested_lists, several_files, labels,
        two_rows_each, two_lists, preformatted, days_as_terms, many_in_a_cell, two_dates,
        headings_each, icons, view_links,
    )
}  # fmt: skip

"""An English council's "News Flash": rows with a date in a line of their own, "Read on" links."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedhub.demo.layouts.parts import document, esc, href, menu, others, source_of
from feedhub.demo.portals import Portal
from feedhub.demo.showing import Showing, Shown
from feedhub.demo.written import MONTHS

__all__ = ["article", "front"]

_STYLE = (
    "body{margin:0;font:17px/1.6 Georgia,serif;color:#1d2a33}header{background:#12394d;color:#fff;"
    "padding:1.4rem}header a,header{color:#fff}main{max-width:48rem;margin:0 auto;padding:1rem}"
    ".widgetItem{border-bottom:1px solid #ccd6dc;padding:1rem 0}.widgetItem h3{margin:0}"
    ".date{color:#5a6b75;font-size:.9rem}img{max-width:100%}a{color:#0b5a80}"
)


def front(now: Showing, rows: tuple[Shown, ...], elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return the listing."""
    portal = now.portal
    lines = "\n".join(
        f'<div class="widgetItem"><h3><a href="{href(portal, shown)}">{esc(shown.title)}</a></h3>'
        f'<div class="date">Posted on: {_posted(shown.published)}</div>'
        f'<p class="intro">{esc(shown.summary)}</p>'
        f'<a class="more" href="{href(portal, shown)}">Read on</a></div>'
        for shown in rows
    )
    main = f'<h2>News Flash</h2>\n<div class="newsFlash">\n{lines}\n</div>'
    return _frame(portal, f"{portal.name}: News Flash", main)


def article(now: Showing, shown: Shown, elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return an article's page."""
    portal = now.portal
    lines = [f"<p>{esc(line)}</p>" for line in shown.paragraphs]
    if shown.picture:
        lines.insert(1, f'<p><img src="{source_of(portal, shown)}" alt="{esc(shown.caption)}"></p>')
    more = "".join(
        f'<li><a href="{href(portal, other)}">{esc(other.title)}</a></li>'
        for other in others(now, shown, 3)
    )
    byline = f'<p class="author">By {esc(shown.byline)}</p>\n' if shown.byline else ""
    main = (
        f'<div class="item-detail"><h1>{esc(shown.title)}</h1>\n{byline}'
        f'<p class="date">Posted on: {_posted(shown.published)}</p>\n'
        f'<div class="detail-content">\n' + "\n".join(lines) + "\n</div></div>\n"
        f"<h4>Other News</h4><ul>{more}</ul>"
    )
    return _frame(portal, f"{shown.title} | {portal.name}", main)


def _posted(moment: datetime) -> str:
    clock = f"{moment.hour % 12 or 12}:{moment.minute:02} {'AM' if moment.hour < 12 else 'PM'}"
    return f"{MONTHS[moment.month - 1]} {moment.day}, {moment.year} {clock}"


def _frame(portal: Portal, title: str, main: str) -> str:
    body = (
        f"<header><strong>{esc(portal.name)}</strong><br>{menu(portal, 'Home')}</header>\n"
        f"<main>\n{main}\n</main>\n"
        "<footer><small>Marram Bay Town Council, The Old Net Store, Quay Road. "
        "Our office is open Monday to Friday, 9.30am to 4pm.</small></footer>"
    )
    return document(portal, title, body, style=_STYLE)

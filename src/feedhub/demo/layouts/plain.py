"""The pages behind a feed: a list, and articles with their data in the head."""

from __future__ import annotations

import json
from datetime import timedelta

from feedhub.demo.layouts.parts import document, esc, href, menu, others, source_of
from feedhub.demo.portals import FeedFormat, Portal
from feedhub.demo.showing import Showing, Shown

__all__ = ["article", "front"]

_TYPES = {
    FeedFormat.RSS2: "application/rss+xml",
    FeedFormat.RSS1: "application/rss+xml",
    FeedFormat.ATOM: "application/atom+xml",
    FeedFormat.JSON: "application/feed+json",
}
_STYLE = (
    "body{margin:0;font:17px/1.65 'Noto Sans',Arial,sans-serif;color:#20242a}"
    "header{padding:1.2rem;border-bottom:4px solid #b3541e;font-size:1.2rem}"
    "nav{padding:.6rem 1.2rem;background:#faf3ec}main{max-width:46rem;margin:0 auto;padding:1rem}"
    "li{margin:.8rem 0}time{color:#6a6f76;font-size:.85rem}img{max-width:100%;height:auto}"
    ".sapo{font-weight:600}.author{text-align:right;font-weight:600}a{color:#93400f}"
)
#: label of the home link, heading of the listing, heading of the related list
_WORDS = {"vi": ("Trang chủ", "Tin mới nhất", "Tin liên quan"), "en": ("Home", "Latest", "Related")}


def front(now: Showing, rows: tuple[Shown, ...], elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return the listing."""
    portal = now.portal
    lines = "\n".join(
        f'<li><a href="{href(portal, shown)}">{esc(shown.title)}</a><br>'
        f"<time>{shown.published:%d/%m/%Y %H:%M}</time></li>"
        for shown in rows
    )
    main = f'<h2>{_WORDS[portal.language][1]}</h2>\n<ul class="list-news">\n{lines}\n</ul>'
    return _frame(portal, portal.name, main)


def article(now: Showing, shown: Shown, elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return an article's page."""
    portal = now.portal
    lead, *rest = shown.paragraphs
    lines = [f"<p>{esc(line)}</p>" for line in rest]
    figure = ""
    if shown.picture:
        figure = (
            f'<figure><img src="{source_of(portal, shown)}" alt="{esc(shown.caption)}"'
            f' width="640" height="360"><figcaption>{esc(shown.caption)}</figcaption></figure>\n'
        )
    byline = f'<p class="author">{esc(shown.byline)}</p>\n' if shown.byline else ""
    credit = f'<p class="source"><em>{esc(shown.credit)}</em></p>\n' if shown.credit else ""
    more = "".join(
        f'<li><a href="{href(portal, other)}">{esc(other.title)}</a></li>'
        for other in others(now, shown, 4)
    )
    main = (
        f"<article>\n<h1>{esc(shown.title)}</h1>\n"
        f'<time datetime="{shown.published.isoformat()}">{shown.published:%H:%M %d/%m/%Y}</time>\n'
        f'<p class="sapo">{esc(lead)}</p>\n{figure}'
        + "\n".join(lines)
        + f"\n{byline}{credit}</article>\n"
        f"<aside><h2>{_WORDS[portal.language][2]}</h2><ul>{more}</ul></aside>"
    )
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": shown.title,
        "datePublished": shown.published.isoformat(),
        "dateModified": shown.changed.isoformat(),
        "publisher": {"@type": "GovernmentOrganization", "name": portal.name},
    }
    if shown.byline:
        data["author"] = {"@type": "Person", "name": shown.byline}
    if shown.picture:
        data["image"] = f"/{portal.id}/{shown.picture}"
    script = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    head = f'<script type="application/ld+json">{script}</script>\n'
    return _frame(portal, f"{shown.title} - {portal.name}", main, head=head)


def _frame(portal: Portal, title: str, main: str, *, head: str = "") -> str:
    if portal.feed is not None:
        head += (
            f'<link rel="alternate" type="{_TYPES[portal.feed]}"'
            f' href="/{portal.id}/{portal.feed_path}">\n'
        )
    body = (
        f"<header>{esc(portal.name)}</header>\n"
        f"<nav>{menu(portal, _WORDS[portal.language][0])}</nav>\n<main>\n{main}\n</main>"
    )
    return document(portal, title, body, head=head, style=_STYLE)

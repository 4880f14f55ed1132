"""A NukeViet portal: its generator in the head, feeds under /rss/, dates after the title."""

from __future__ import annotations

from datetime import timedelta

from feedhub.demo.layouts.parts import document, esc, href, menu, others, source_of
from feedhub.demo.portals import Portal
from feedhub.demo.showing import Showing, Shown

__all__ = ["article", "front"]

_DAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_STYLE = (
    "body{margin:0;font:15px/1.6 Roboto,Arial,sans-serif;color:#333;background:#fafafa}"
    ".wraper{max-width:940px;margin:0 auto;background:#fff;padding:0 1rem 1rem}"
    "#header{border-bottom:3px solid #2e7d32;padding:1rem 0;font-size:1.3rem;color:#2e7d32}"
    ".panel-body{border-bottom:1px dotted #bbb;padding:.8rem 0;overflow:auto}"
    ".panel-body img{float:left;margin:0 1rem 0 0}.text-muted{color:#888;font-size:.85rem}"
    ".news_column h3{margin:0;font-size:1.1rem}a{color:#1b5e20}figure{margin:1rem 0}"
    "img{max-width:100%}.h5{color:#777}"
)


def front(now: Showing, rows: tuple[Shown, ...], elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return the listing."""
    portal = now.portal
    lines = "\n".join(_panel(portal, shown) for shown in rows)
    return _frame(portal, portal.name, f'<div class="news_column">\n{lines}\n</div>')


def _panel(portal: Portal, shown: Shown) -> str:
    thumb = ""
    if shown.picture:
        thumb = f'<img src="{source_of(portal, shown)}" width="150" height="84" alt="">'
    return (
        f'<div class="panel-body">{thumb}'
        f'<h3><a href="{href(portal, shown)}" title="{esc(shown.title)}">'
        f"{esc(shown.title)}</a></h3>"
        f'<div class="text-muted"><em>{_moment(shown)}</em></div>'
        f'<div class="text-justify">{esc(shown.summary)}</div></div>'
    )


def article(now: Showing, shown: Shown, elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return an article's page."""
    portal = now.portal
    lead, *rest = shown.paragraphs
    lines = [f"<p>{esc(line)}</p>" for line in rest]
    figure = ""
    if shown.picture:
        figure = (
            f'<figure><img src="{source_of(portal, shown)}" alt="{esc(shown.caption)}">'
            f"<figcaption>{esc(shown.caption)}</figcaption></figure>\n"
        )
    author = f'<p class="text-right"><strong>Tác giả bài viết: </strong>{esc(shown.byline)}</p>\n'
    credit = f'<p class="text-right"><strong>Nguồn tin: </strong>{esc(shown.credit)}</p>\n'
    more = "".join(
        f'<li><a href="{href(portal, other)}">{esc(other.title)}</a>'
        f' <em class="text-muted">({other.published:%d/%m/%Y})</em></li>'
        for other in others(now, shown)
    )
    main = (
        f'<div class="news_column"><h1 class="title">{esc(shown.title)}</h1>\n'
        f'<em class="h5">{_moment(shown)}</em>\n<div class="hometext">{esc(lead)}</div>\n{figure}'
        '<div id="news-bodyhtml">\n'
        + "\n".join(lines)
        + "\n</div>\n"
        + (author if shown.byline else "")
        + (credit if shown.credit else "")
        + f'</div>\n<p class="h3"><strong>Những tin mới hơn</strong></p><ul class="related">{more}'
        "</ul>"
    )
    image = ""
    if shown.picture:
        image = f'<meta property="og:image" content="{source_of(portal, shown)}">\n'
    head = (
        f'<meta property="og:title" content="{esc(shown.title)}">\n'
        f'<meta property="og:description" content="{esc(lead)}">\n{image}'
    )
    return _frame(portal, shown.title, main, head=head)


def _moment(shown: Shown) -> str:
    moment = shown.published
    return f"{_DAYS[moment.weekday()]} - {moment:%d/%m/%Y %H:%M}"


def _frame(portal: Portal, title: str, main: str, *, head: str = "") -> str:
    head = (
        '<meta name="generator" content="NukeViet v4.5">\n'
        f'<link rel="alternate" type="application/rss+xml" title="{esc(portal.name)}"'
        f' href="/{portal.id}/{portal.feed_path}">\n{head}'
    )
    body = (
        f'<div class="wraper"><div id="header">{esc(portal.name)}</div>\n'
        f'<div id="menusite">{menu(portal, "Trang chính")}</div>\n{main}\n'
        f'<div id="footer"><small>Ban biên tập Cổng thông tin {esc(portal.name)}. '
        "Đang truy cập: 12. Máy chủ tìm kiếm: 3.</small></div></div>"
    )
    return document(portal, title, body, head=head, style=_STYLE)

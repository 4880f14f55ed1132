"""A Liferay portal: portlets within portlets, the newest article as a card of its own."""

from __future__ import annotations

from datetime import timedelta

from feedhub.demo.layouts.parts import document, esc, href, menu, others, source_of
from feedhub.demo.portals import Portal
from feedhub.demo.showing import Showing, Shown

__all__ = ["article", "front"]

_STYLE = (
    "body{margin:0;font:16px/1.6 'Segoe UI',sans-serif;color:#272833}"
    "header{background:#7a1f1f;color:#fff;padding:1.2rem}nav{background:#f1e4d8;padding:.7rem}"
    "main{max-width:60rem;margin:0 auto;padding:1rem}.asset-abstract{display:flex;gap:1rem;"
    "border-bottom:1px solid #e7e7ed;padding:1rem 0}.asset-abstract img{width:180px;height:auto}"
    "h3{margin:0}.metadata-publish-date{color:#6b6c7e;font-size:.85rem}img{max-width:100%}"
    "footer{background:#272833;color:#cdced9;padding:1.2rem;font-size:.85rem}a{color:#7a1f1f}"
)


def front(now: Showing, rows: tuple[Shown, ...], elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return the listing: an asset publisher with abstracts."""
    portal = now.portal
    lines = "\n".join(_abstract(portal, shown) for shown in rows)
    return _frame(
        portal,
        portal.name,
        '<div class="portlet-asset-publisher"><h2 class="portlet-title-text">Tin mới</h2>\n'
        f"{lines}\n</div>",
    )


def _abstract(portal: Portal, shown: Shown) -> str:
    thumb = ""
    if shown.picture:
        thumb = f'<a href="{href(portal, shown)}"><img src="{source_of(portal, shown)}" alt=""></a>'
    return (
        f'<div class="asset-abstract">{thumb}<div>'
        f'<h3 class="asset-title"><a href="{href(portal, shown)}">{esc(shown.title)}</a></h3>'
        '<span class="metadata-entry metadata-publish-date">'
        f"{shown.published:%d/%m/%Y %H:%M}</span>"
        f'<div class="asset-summary">{esc(shown.summary)} '
        f'<a class="asset-more" href="{href(portal, shown)}">Xem thêm</a></div></div></div>'
    )


def article(now: Showing, shown: Shown, elapsed: timedelta) -> str:  # noqa: ARG001 - one face
    """Return an article's page."""
    portal = now.portal
    lines = [f"<p>{esc(line)}</p>" for line in shown.paragraphs]
    if shown.picture:
        lines.insert(
            1,
            f'<figure><img src="{source_of(portal, shown)}" alt="{esc(shown.caption)}">'
            f"<figcaption>{esc(shown.caption)}</figcaption></figure>",
        )
    if shown.byline:
        lines.append(f'<p class="tac-gia" style="text-align:right">{esc(shown.byline)}</p>')
    if shown.credit:
        lines.append(f'<p style="text-align:right"><em>{esc(shown.credit)}</em></p>')
    more = "".join(
        f'<li><a href="{href(portal, other)}">{esc(other.title)}</a></li>'
        for other in others(now, shown)
    )
    image = ""
    if shown.picture:
        image = f'<meta property="og:image" content="{source_of(portal, shown)}">\n'
    return _frame(
        portal,
        f"{shown.title} - {portal.name}",
        f'<div class="asset-full-content"><h1 class="header-title">{esc(shown.title)}</h1>\n'
        f'<div class="metadata-publish-date">{shown.published:%d/%m/%Y %H:%M}</div>\n'
        f'<div class="journal-content-article">\n' + "\n".join(lines) + "\n</div></div>\n"
        f'<div class="tin-lien-quan"><h4>Tin liên quan</h4><ul>{more}</ul></div>',
        head=f'<meta property="og:title" content="{esc(shown.title)}">\n{image}',
    )


def _frame(portal: Portal, title: str, main: str, *, head: str = "") -> str:
    body = (
        f"<header><strong>{esc(portal.name)}</strong></header>\n"
        f"<nav>{menu(portal, 'Trang chủ')}</nav>\n<main>\n{main}\n</main>\n"
        "<footer>Cơ quan chủ quản: Ủy ban nhân dân xã Đá Trầm, thành phố Nguyệt Giang.<br>"
        "Ghi rõ nguồn khi phát hành lại thông tin từ trang này.</footer>"
    )
    return document(portal, title, body, head=head, style=_STYLE)

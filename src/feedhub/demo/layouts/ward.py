"""The product that serves every ward of a city: tables, dates of update, a visit counter.

The texts of an article page stand in the order that such pages have: search label, title,
"Ngày cập nhật", lead, body with captions as lines of their own, byline as the last line, other
news, news by day, counter. The counter differs on every fetch.
"""

from __future__ import annotations

from datetime import timedelta

from feedhub.demo.layouts.parts import document, esc, href, menu, others, source_of
from feedhub.demo.portals import Portal
from feedhub.demo.showing import Showing, Shown

__all__ = ["article", "front"]

_STYLE = (
    "body{margin:0;background:#e9eef3;font:14px/1.55 Arial,sans-serif;color:#222}"
    "table{border-collapse:collapse}td{vertical-align:top;padding:6px}"
    ".khung{width:100%;max-width:980px;margin:0 auto;background:#fff}.dau{background:#0b5c9e;"
    "color:#fff;font-size:20px;padding:18px;text-transform:uppercase}"
    ".thanh{background:#d7e6f3;padding:8px}.cot{width:200px;background:#f6f8fa;font-size:13px}"
    ".tieude{color:#0b5c9e;font-size:22px}.ngay{color:#888;font-size:12px}img{max-width:100%}"
    ".chuthich{text-align:center;font-style:italic;font-size:13px}a{color:#0b5c9e}"
)

#: one product, but every ward has the counter worded in its own way
_COUNTERS = {
    "thach-van": ("Tổng lượt truy cập", "Truy cập hiện tại {} khách"),
    "dong-ngu": ("Truy cập tổng", "Truy cập hiện tại {}"),
}


def front(now: Showing, rows: tuple[Shown, ...], elapsed: timedelta) -> str:
    """Return the listing."""
    portal = now.portal
    lines = "\n".join(_row(portal, shown) for shown in rows)
    main = f'<table class="danhsach" width="100%">\n{lines}\n</table>'
    return _frame(now, portal.name, main, elapsed)


def _row(portal: Portal, shown: Shown) -> str:
    thumb = ""
    if shown.picture:
        thumb = f'<img src="{source_of(portal, shown)}" width="120" height="68" alt="">'
    return (
        f'<tr class="tin"><td width="130">{thumb}</td><td>'
        f'<a class="tentin" href="{href(portal, shown)}">{esc(shown.title)}</a> '
        f'<span class="ngay">({shown.changed:%d/%m/%Y})</span>'
        f'<div class="tomtat">{esc(shown.summary)}</div></td></tr>'
    )


def article(now: Showing, shown: Shown, elapsed: timedelta) -> str:
    """Return an article's page."""
    portal = now.portal
    lead, *rest = shown.paragraphs
    lines = [f"<p><strong>{esc(lead)}</strong></p>"]
    if shown.picture:
        lines.append(
            f'<p align="center"><img src="{source_of(portal, shown)}" width="500" alt=""></p>'
            f'<p class="chuthich">{esc(shown.caption)}</p>'
        )
    lines += [f"<p>{esc(line)}</p>" for line in rest]
    if shown.credit:
        lines.append(f'<p align="right"><em>{esc(shown.credit)}</em></p>')
    if shown.byline:
        lines.append(f'<p align="right"><strong>{esc(shown.byline)}</strong></p>')
    more = "\n".join(
        f'<li><a href="{href(portal, other)}">{esc(other.title)}</a>'
        f' <span class="ngay">({other.changed:%d/%m})</span></li>'
        for other in others(now, shown)
    )
    main = (
        f'<div class="tieude">{esc(shown.title)}</div>\n'
        f'<div class="ngay">Ngày cập nhật {shown.changed:%d/%m/%Y}</div>\n'
        f'<div class="noidung">\n' + "\n".join(lines) + "\n</div>\n"
        f"<div><b>Các tin khác</b></div>\n<ul>{more}</ul>"
    )
    return _frame(now, shown.title, main, elapsed)


def _frame(now: Showing, title: str, main: str, elapsed: timedelta) -> str:
    portal = now.portal
    seconds = int(elapsed.total_seconds())
    visits = f"{portal.first_number * 217 + seconds * 3:,}".replace(",", ".")
    total, present = _COUNTERS[portal.id]
    body = (
        f'<div class="khung"><div class="dau">{esc(portal.name)}</div>\n'
        f'<div class="thanh">{menu(portal, "Trang chủ")}</div>\n'
        '<table width="100%"><tr><td class="cot">\n'
        '<div>Tìm kiếm</div><form action="./"><input name="tukhoa" size="14"></form>\n'
        "<div>Liên kết website</div>\n"
        '<div><a href="/nguyet-giang/">Cổng thông tin thành phố</a></div></td>\n'
        f"<td>\n{main}\n"
        "<div>Xem tin theo ngày</div>"
        '<form action="./"><input name="tungay" size="10"> <input name="denngay" size="10">'
        '<input type="submit" value="Xem"></form>\n'
        "<div>Thống kê truy cập</div>\n"
        f"<div>{total} {visits}</div>\n"
        f"<div>{present.format(40 + seconds % 87)}</div>\n"
        "</td></tr></table></div>"
    )
    return document(portal, title, body, style=_STYLE)

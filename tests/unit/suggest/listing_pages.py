# ruff: noqa: E501 - markup stands on one line as portals print it
"""Listing pages of invented portals, in the layouts met in the wild, with what they list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

HOST = "https://phuonglinh.example.vn"
URL = f"{HOST}/tin-tuc"

_ACTS = (
    "Ra quân làm sạch bờ sông",
    "Họp bàn kế hoạch thu gom rác cồng kềnh",
    "Khai giảng lớp dạy nghề may",
    "Nghiệm thu đường bê tông liên thôn",
    "Tuyên dương học sinh vượt khó",
    "Tập huấn chữa cháy cho các hộ kinh doanh",
    "Trao nhà mới cho gia đình neo đơn",
    "Hướng dẫn nộp hồ sơ qua mạng",
)
_PLACES = ("Linh Đông", "Linh Tây", "Bến Ngự", "Cồn Dâu", "Vạn Xuân", "Đồng Lá", "Tân Mỹ")


@dataclass(frozen=True)
class Listed:
    """One entry of the page: what the detector has to find."""

    path: str
    title: str
    day: date
    summary: str

    @property
    def url(self) -> str:
        """Return the absolute address."""
        return HOST + self.path


def listed(count: int = 14, *, first: date = date(2024, 6, 28)) -> list[Listed]:
    """Return that many entries, the newest first, some on one day."""
    entries = []
    for number in range(count):
        title = f"{_ACTS[number % len(_ACTS)]} tại {_PLACES[(number * 3 + 1) % len(_PLACES)]}"
        if number % 5 == 0:
            title += f", đợt {number + 1}"
        entries.append(
            Listed(
                path=f"/?gd=4&cn=12&tc={9100 - number * 37}",
                title=title + ("" if number < 56 else f" ({number})"),
                day=first - timedelta(days=number * 3 - number % 2),
                summary=(
                    f"Sáng nay, bà con {_PLACES[number % len(_PLACES)]} cùng cán bộ phường đã có "
                    f"mặt từ sớm để bắt tay vào việc, ai cũng mong mọi chuyện xong trước mùa mưa."
                ),
            )
        )
    return entries


def dmy(day: date) -> str:
    """Write a date as Vietnamese pages do."""
    return f"{day:%d/%m/%Y}"


def page(main: str, *, title: str = "Tin tức - Sự kiện", side: str | None = None) -> str:
    """Put a list into the frame of a portal: menu, search, boxes with dates, links, licence."""
    menu = "".join(
        f'<li><a href="/menu/{number}">{name}</a></li>'
        for number, name in enumerate(
            ("Trang chủ", "Giới thiệu chung về phường", "Tin tức - Sự kiện", "Thủ tục hành chính",
             "Văn bản pháp quy", "Công khai ngân sách", "Hỏi đáp pháp luật", "Liên hệ công tác")
        )
    )  # fmt: skip
    return (
        f"<!doctype html><html lang=vi><head><meta charset=utf-8><title>{title}</title></head><body>"
        f"<div id=dau>Thứ sáu, ngày 28 tháng 6 năm 2024<form><input name=q></form><ul>{menu}</ul></div>"
        f"<div class=cot-giua><h2>Tin tức - Sự kiện</h2>{main}"
        "<div class=phan-trang><span>1</span> <a href='?trang=2'>2</a> <a href='?trang=3'>3</a> "
        "<a href='?trang=2'>Trang sau</a></div></div>"
        f"<div class=cot-phai>{_side() if side is None else side}</div>"
        "<div class=chan>Giấy phép số 11/GP-TTĐT ngày 02/03/2019. Điện thoại 0234 000 000</div>"
        "</body></html>"
    )


def _side() -> str:
    documents = "".join(
        f"<div class=vb><a href='/van-ban/{number}'>Quyết định số {number}/QĐ-UBND về việc giao chỉ "
        f"tiêu kế hoạch năm cho các tổ dân phố</a><br>Ngày ban hành: {number % 27 + 1:02}/05/2024</div>"
        for number in range(211, 217)
    )
    most_read = "".join(
        f"<li><a href='/xem-nhieu/{number}'>{_ACTS[number % 8]} ở {_PLACES[number % 7]}</a></li>"
        for number in range(5)
    )
    friends = "".join(
        f"<a href='http://ban{number}.example.vn/'>Cổng thông tin điện tử đơn vị bạn số {number}</a><br>"
        for number in range(8)
    )
    return (
        f"<div class=hop><b>Văn bản mới</b>{documents}</div>"
        f"<div class=hop><b>Tin đọc nhiều</b><ul>{most_read}</ul></div>"
        f"<div class=hop><b>Liên kết website</b>{friends}</div>"
    )


def _link(entry: Listed, text: str | None = None) -> str:
    shown = escape(entry.title if text is None else text)
    return f'<a href="{escape(entry.path)}">{shown}</a>'


def table_rows(entries: list[Listed]) -> str:
    """A table: number, title, date of posting."""
    rows = "".join(
        f"<tr><td>{number}</td><td>{_link(entry)}</td><td>{dmy(entry.day)}</td></tr>"
        for number, entry in enumerate(entries, start=1)
    )
    return page(f"<table><tr><th>STT</th><th>Tiêu đề</th><th>Ngày đăng</th></tr>{rows}</table>")


def items_with_dates(entries: list[Listed]) -> str:
    """List items with the date in brackets behind the title."""
    rows = "".join(
        f"<li>{_link(entry)} <span class=ngay>({dmy(entry.day)})</span></li>" for entry in entries
    )
    return page(f"<ul class=ds>{rows}</ul>")


def cards(entries: list[Listed]) -> str:
    """Cards with picture, heading, date line, summary and a "read more" link, three links each."""
    rows = "".join(
        f'<div class="tin{" le" if number % 2 else ""}"><a href="{escape(entry.path)}"><img src=/a.jpg>'
        f"</a><h3>{_link(entry)}</h3><p class=ngay>Thứ ba, {dmy(entry.day)} | 08:15 GMT+7</p>"
        f"<p>{entry.summary}</p>{_link(entry, 'Xem chi tiết')}</div>"
        for number, entry in enumerate(entries)
    )
    return page(f"<div class=danh-sach>{rows}</div>")


def date_headings(entries: list[Listed]) -> str:
    """A heading with the day, below it the entries of that day."""
    days: dict[date, list[Listed]] = {}
    for entry in entries:
        days.setdefault(entry.day, []).append(entry)
    blocks = "".join(
        f"<h3>Ngày {dmy(day)}</h3><ul>{''.join(f'<li>{_link(entry)}</li>' for entry in of_day)}</ul>"
        for day, of_day in days.items()
    )
    return page(blocks)


def flat_lines(entries: list[Listed]) -> str:
    """Dates and links side by side in one block, parted by line breaks."""
    return page(
        "".join(
            f"<b>{dmy(entry.day)}</b> {_link(entry)}<br>{entry.summary}<br>" for entry in entries
        )
    )


def definition_list(entries: list[Listed]) -> str:
    """dt with the title, dd with date and summary."""
    rows = "".join(
        f"<dt>{_link(entry)}</dt><dd><i>{dmy(entry.day)}</i> {entry.summary}</dd>"
        for entry in entries
    )
    return page(f"<dl>{rows}</dl>")


def grid(entries: list[Listed]) -> str:
    """Two entries in each row of a table."""
    cells = [
        f"<td><h4>{_link(entry)}</h4><small>Cập nhật: {dmy(entry.day)}</small><div>{entry.summary}</div></td>"
        for entry in entries
    ]
    rows = "".join(f"<tr>{''.join(cells[at : at + 2])}</tr>" for at in range(0, len(cells), 2))
    return page(f"<table class=luoi>{rows}</table>")


def month_first(entries: list[Listed]) -> str:
    """ASP.NET in its American default: ids with counters, month first, AM and PM."""
    rows = "".join(
        f'<div id="ctl00_rpt_ctl{number:02}_pnl"><span id="ctl00_rpt_ctl{number:02}_lbl">'
        f"{entry.day.month}/{entry.day.day}/{entry.day.year} {number % 11 + 1}:15:00 "
        f"{'AM' if number % 2 else 'PM'}</span> {_link(entry)}</div>"
        for number, entry in enumerate(entries)
    )
    return page(f"<form id=aspnetForm action='/'>{rows}</form>")


def calendar_tiles(entries: list[Listed]) -> str:
    """The day and the month in separate boxes, as a calendar leaf."""
    rows = "".join(
        f"<li class=su-kien><div class=lich><span>{entry.day:%d}</span><em>{entry.day:%m/%Y}</em></div>"
        f"<div class=noi><h4>{_link(entry)}</h4><p>{entry.summary}</p></div></li>"
        for entry in entries
    )
    return page(f"<ul>{rows}</ul>")


def whole_card_links(entries: list[Listed]) -> str:
    """The whole card is one link."""
    rows = "".join(
        f'<a class=the href="{escape(entry.path)}"><h3>{entry.title}</h3>'
        f"<time datetime='{entry.day:%Y-%m-%d}T08:00:00+07:00'>{dmy(entry.day)}</time>"
        f"<p>{entry.summary}</p></a>"
        for entry in entries
    )
    return page(f"<section>{rows}</section>")


def hidden_years(entries: list[Listed]) -> str:
    """Sections by month, each with its own list."""
    months: dict[str, list[Listed]] = {}
    for entry in entries:
        months.setdefault(f"{entry.day:%m-%Y}", []).append(entry)
    blocks = "".join(
        f"<div id=thang-{month} class=thang><h4>Tháng {month.replace('-', '/')}</h4><ul class=ds>"
        + "".join(f"<li><em>{dmy(entry.day)}</em>: {_link(entry)}</li>" for entry in of_month)
        + "</ul></div>"
        for month, of_month in months.items()
    )
    return page(blocks)


def paragraphs(entries: list[Listed]) -> str:
    """Hand-made paragraphs: a link, a dash, a date."""
    return page("".join(f"<p>- {_link(entry)} - {dmy(entry.day)}</p>" for entry in entries))


def dates_in_links(entries: list[Listed]) -> str:
    """The date is part of the link's text."""
    return page(
        "<ul class=tinbai>"
        + "".join(
            f"<li>{_link(entry, f'{dmy(entry.day)} - {entry.title}')}</li>" for entry in entries
        )
        + "</ul>"
    )


def nested_tables(entries: list[Listed]) -> str:
    """Every entry is a table of its own inside a cell, fonts and bold instead of classes."""
    rows = "".join(
        f"<tr><td><table width='100%'><tr><td rowspan=2><img src=/a.jpg></td><td><b>{_link(entry)}</b>"
        f"</td></tr><tr><td><font color=gray>Đăng lúc: 07:3{number % 10} - {dmy(entry.day)}</font>"
        f"<br>{entry.summary}</td></tr></table></td></tr>"
        for number, entry in enumerate(entries)
    )
    return page(f"<table><tr><td><table>{rows}</table></td></tr></table>")


def wordpress(entries: list[Listed]) -> str:
    """A WordPress theme: post classes with numbers, category and author links, two times."""
    rows = "".join(
        f'<article id="post-{number}" class="post-{number} post type-post category-{number % 3}">'
        f"<header><h2 class=entry-title>{_link(entry)}</h2><div class=entry-meta><a rel=author "
        f"href='/author/van-thu/'>Văn thư phường</a> <time class=published datetime='{entry.day:%Y-%m-%d}"
        f"T09:00:00+07:00'>{dmy(entry.day)}</time><time class=updated datetime='2024-06-28T10:00:00"
        f"+07:00'>28/06/2024</time> <a rel=category href='/chuyen-muc/{number % 3}'>Hoạt động</a></div>"
        f"</header><p>{entry.summary}</p></article>"
        for number, entry in enumerate(entries)
    )
    return page(f"<main>{rows}</main>")


#: every layout, by name
LAYOUTS: dict[str, Callable[[list[Listed]], str]] = {
    layout.__name__: layout
    for layout in (
        table_rows, items_with_dates, cards, date_headings, flat_lines, definition_list, grid,
        month_first, calendar_tiles, whole_card_links, hidden_years, paragraphs, dates_in_links,
        nested_tables, wordpress,
    )
}  # fmt: skip


def article_page(related: list[Listed]) -> str:
    """An article of the same portal, with other news and their dates below it."""
    text = "".join(
        f"<p>{entry.summary} Đại diện tổ dân phố cho biết mọi khoản thu chi đều được niêm yết.</p>"
        for entry in related[:5]
    )
    others = "".join(f"<li>{_link(entry)} <i>({dmy(entry.day)})</i></li>" for entry in related)
    return page(
        f"<h1>Bến Ngự mở hội đua ghe</h1><p>Ngày cập nhật 27/06/2024</p>{text}<p><b>Hải Âu</b></p>"
        f"<div><b>Các tin khác</b><ul>{others}</ul></div>",
        title="Cổng thông tin phường Linh",
    )

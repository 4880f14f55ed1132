"""Whatever way a portal sets title, date, caption and byline, the article is read whole.

Every form below was seen on some CMS; a page is put together from one of each, at random.
"""

# ruff: noqa: E501 - the markup of the pages reads better unbroken

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.extract.article import extract_article
from feedhub.model.document import Document

TITLE = "Đội thuyền nan làng Vĩnh Tu về nhất hội đua đầm"
PROSE = (
    "Sáng qua, hội đua thuyền trên đầm quy tụ mười hai đội của các làng ven bờ, khán giả đứng kín hai bên đê từ sớm.",
    "Đội nhà chèo vượt lên ở vòng cuối, cán đích trước đội về nhì hơn một sải chèo trong tiếng trống thúc.",
    'Ông đội trưởng cười: "Anh em tập từ ra Giêng, trời lạnh cũng xuống nước, nay được cái giải là vui rồi".',
)
CAPTION = "Các đội thuyền vào vạch xuất phát"
AUTHOR = "Mai Quỳnh"
PICTURE = "<img src='/files/dua-thuyen.jpg' width=500>"

TITLES = (
    f"<h1>{TITLE}</h1>",
    f"<h2 class=title>{TITLE}</h2>",
    f"<div class=tieude><b>{TITLE}</b></div>",
    f"<span id=ctl00_lblTieuDe class=Head>{TITLE}</span><br>",
    f"<p><font size=4 color=red><strong>{TITLE}</strong></font></p>",
    f"<div>{TITLE}</div>",
)
DATES = (
    "<div class=ngay>Ngày cập nhật 09/03/2024</div>",
    "<div>Thứ bảy, 09/03/2024 14:05 GMT+7</div>",
    "<span class=date>(09/03/2024 02:05 CH)</span><br>",
    "<p><i>Ngày đăng: 9 tháng 3, 2024</i></p>",
    "<div>Đăng lúc: 14:05, 09-03-2024 | Lượt xem: 321</div>",
    "<div class=meta>Cập nhật lúc 14:05 ngày 9/3/2024 <a href=#>Bản in</a></div>",
    "<div>Thứ 7, 09.03.2024 | 14:05</div>",
    "<table><tr><td>Ngày đăng:</td><td>09/03/2024</td></tr></table>",
    "<div>Thứ bảy - 09/03/2024 14:05</div><div>Cỡ chữ: A A A</div>",
)
TEXTS = (
    lambda parts: "".join(f"<p>{part}</p>" for part in parts),
    lambda parts: "".join(
        f"<div style='text-align:justify'>{part}</div><div>&nbsp;</div>" for part in parts
    ),
    lambda parts: "<br><br>".join(parts) + "<br><br>",
    lambda parts: "".join(f"<div><font size=2 face=Arial>{part}</font></div>" for part in parts),
    lambda parts: "".join(
        f"<p class=MsoNormal><span style='font-size:14pt'>{part}</span></p>" for part in parts
    ),
)
CAPTIONS = (
    f"<figure>{PICTURE}<figcaption>{CAPTION}</figcaption></figure>",
    f"<div align=center>{PICTURE}</div><div align=center><i>{CAPTION}</i></div>",
    f"<p style='text-align: center'>{PICTURE}<br><em>{CAPTION}</em></p>",
    f"<table class=image align=center><tr><td>{PICTURE}</td></tr><tr><td>{CAPTION}</td></tr></table>",
    f"<center>{PICTURE}<br>{CAPTION}</center>",
    f"<p>{PICTURE}</p><p class=wp-caption-text>{CAPTION}</p>",
)
BYLINES = (
    f"<div align=right><b>{AUTHOR}</b></div>",
    f"<p style='text-align:right'><strong>{AUTHOR}</strong></p>",
    f"<p><b>Tác giả: {AUTHOR}</b></p>",
    f"<p>Tác giả bài viết: {AUTHOR}</p>",
    f"<p class=author>{AUTHOR}</p>",
    f"<div><em>Tin, ảnh: {AUTHOR}</em></div>",
    f"<b>{AUTHOR}</b><br>",
    f"<div style='text-align: right;'>Bài, ảnh: {AUTHOR}</div>",
    f"<p>{AUTHOR}</p><p>Lượt xem: 1.204</p>",
    f"<p align=right><i>{AUTHOR}</i></p><div><a href=#>Quay lại</a> <a href=#>In trang</a></div>",
    f"<p><strong>{AUTHOR}</strong></p><div>Chia sẻ: <a href=#>Facebook</a> <a href=#>Zalo</a></div>",
    f"<div>{AUTHOR} </div><div>Từ khóa: <a href=/t>hội đua</a>, <a href=/t2>thuyền nan</a></div>",
)
ENDS = (
    "Các tin khác",
    "Tin liên quan",
    "Tin đã đưa",
    "CÁC TIN ĐÃ ĐƯA",
    "Tin cùng chuyên mục",
    "Những tin cũ hơn",
    "Bài viết khác:",
    "Tin mới hơn",
    "File đính kèm",
)
HEADS = (
    "",
    "<div class=today>Hôm nay, Chủ nhật ngày 10 tháng 3 năm 2024</div>",
    "<div>Chủ nhật, 10/03/2024</div>",
    "<div id=header><script>document.write(new Date())</script>Chào mừng đến với trang tin</div>",
)
FRAMES = (
    "<table><tr><td width=200>{menu}<b>Văn bản mới</b><ul><li>Số 8/QĐ-UBND ngày 01/03/2024</ul></td><td>{article}</td><td><b>Thống kê truy cập</b><br>Tổng lượt truy cập 88.120</td></tr></table>",
    "<div id=wrap><ul>{menu}</ul><div class=main>{article}</div><div id=sidebar>Văn bản mới<ul><li>Số 8/QĐ-UBND ngày 01/03/2024</ul></div></div>",
    "<form action=/><div><ul>{menu}</ul></div><div class=pane>{article}</div></form>",
)
SITE_TITLES = ("Trang thông tin điện tử xã", TITLE, f"{TITLE} - UBND xã", "Chi tiết tin", "")
MENU = "<li><a href=/1>Giới thiệu</a><li><a href=/2>Tin tức - Sự kiện</a><li><a href=/3>Liên hệ</a>"
RELATED = "".join(
    f"<li><a href='/?id={n}'>Xã ra quân dọn kênh mương nội đồng đợt {n} năm nay</a> (1{n}/02/2024)"
    for n in range(5)
)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(
    st.sampled_from(TITLES),
    st.sampled_from(DATES),
    st.sampled_from(TEXTS),
    st.sampled_from(CAPTIONS),
    st.sampled_from(BYLINES),
    st.sampled_from(ENDS),
    st.sampled_from(HEADS),
    st.sampled_from(FRAMES),
    st.sampled_from(SITE_TITLES),
)
def test_any_combination_of_forms(  # noqa: PLR0917 - one argument a form
    title: str, when: str, text: object, caption: str, byline: str, end: str, head: str,
    frame: str, site: str,
) -> None:  # fmt: skip
    assert callable(text)
    article_html = (
        f"{title}{when}{text(PROSE[:1])}{caption}{text(PROSE[1:])}{byline}"
        f"<div><b>{end}</b></div><ul>{RELATED}</ul>"
    )
    html = (
        f"<html><head><title>{site}</title></head><body>{head}"
        f"{frame.format(menu=MENU, article=article_html)}"
        "<div>Giấy phép số 5/GP-STTTT ngày 12/12/2012</div></body></html>"
    )
    url = "https://xa.example.vn/?tc=5"
    article = extract_article(
        Document(
            requested_url=url,
            url=url,
            body=html.encode(),
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        ),
        today=date(2026, 11, 23),
    )
    assert article.title == TITLE
    assert article.date_text[:10] == "2024-03-09"
    assert article.authors == (AUTHOR,)
    assert article.image.endswith("/files/dua-thuyen.jpg")
    assert article.body_text.split("\n") == list(PROSE)

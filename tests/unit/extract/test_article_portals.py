"""Portal pages written for these tests, one per kind of CMS; no real site's text."""

# ruff: noqa: E501 - the markup of the pages reads better unbroken

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from feedhub.errors import ExtractError
from feedhub.extract.article import extract_article
from feedhub.extract.batch import article_record
from feedhub.model.document import Document
from feedhub.model.entry import Article

TODAY = date(2026, 11, 23)
URL = "https://phuong.example.vn/?gd=4&cn=121&tc=77"


def document(html: str, url: str = URL) -> Document:
    return Document(
        requested_url=url,
        url=url,
        body=html.encode(),
        fetched_at=datetime(2026, 11, 23, tzinfo=UTC),
        headers=(("content-type", "text/html; charset=utf-8"),),
    )


def read(html: str, url: str = URL) -> Article:
    return extract_article(document(html, url), today=TODAY)


LEAD = "Chiều nay, chợ phiên cuối tuần đã mở lại sau ba tháng sửa mái che và lát nền, bà con đến rất đông."
SECOND = (
    "Ban quản lý cho biết, 64 gian hàng đã được bốc thăm lại; khu bán cá được dời ra phía bờ sông "
    "để giữ vệ sinh, nước rửa được gom về bể lắng."
)
THIRD = (
    'Bà Tám bán rau nói: "Chợ mới sáng sủa, đi mưa không ướt, chỉ mong giữ được sạch như hôm nay".'
)
BODY = f"{LEAD}\n{SECOND}\n{THIRD}"
TITLE = "Chợ phiên bến đò mở lại sau ba tháng sửa chữa"
OTHER = "".join(
    f"<li><a href='/?tc={n}'>Thông báo lịch cắt nước khu vực số {n} để súc rửa đường ống</a> "
    f"<i>(1{n}/0{n}/2023)</i></li>"
    for n in range(1, 6)
)
MENU = "".join(
    f"<li><a href='/m/{n}'>{name}</a></li>"
    for n, name in enumerate(["Giới thiệu", "Tin tức - Sự kiện", "Văn bản", "Liên hệ"])
)
FOOT = "<div class=ft><p>Giấy phép số 12/GP-STTTT ngày 03/02/2011.</p><p>Điện thoại: 0234.3123456</p></div>"


def town_tables() -> str:
    return (
        "<html><head><title>Trang thông tin điện tử phường</title></head><body>"
        f"<table><tr><td colspan=2><input value='Tìm kiếm'><ul>{MENU}</ul></td></tr><tr><td>"
        f"<div><span class=TieuDe>{TITLE}</span></div><div>Ngày cập nhật 05/04/2024</div>"
        f"<div><b>{LEAD}</b></div><div align=center><img src='/UploadFiles/cho.jpg'></div>"
        "<div align=center><i>Khu bán rau của chợ</i></div>"
        f"<div>{SECOND}</div><div>&nbsp;</div><div>{THIRD}</div><div align=right><b>Hồ Lan</b></div>"
        f"<div><b>Các tin khác</b><ul>{OTHER}</ul></div><div>Xem tin theo ngày <select><option>1</select>"
        "</div></td><td><b>Thống kê truy cập</b><br>Tổng lượt truy câp 15.653<br>Truy cập hiện tại 30"
        f"</td></tr></table>{FOOT}</body></html>"
    )


def nukeviet() -> str:
    return (
        f"<html lang=vi><head><title>{TITLE} - Tin tức - UBND phường</title>"
        "<meta name=generator content='NukeViet v4.5'></head><body>"
        f"<nav class=menu><ul>{MENU}</ul></nav><div class=news_column><div class=detail>"
        f"<h1 class='title margin-bottom-lg'>{TITLE}</h1><div class=row>"
        "<span class=h5>Thứ sáu - 05/04/2024 08:15</span><ul><li><a href=#>In ra</a></li></ul></div>"
        f"<div id=hometext class=h3>{LEAD}</div><div id=news-bodyhtml class=bodytext>"
        f"<p>{SECOND}</p><div class=image><img src='/uploads/cho.jpg'></div>"
        f"<p style='text-align:center'><em>Khu bán rau của chợ</em></p><p>{THIRD}</p></div>"
        "<p class='h5 text-right'><strong>Tác giả bài viết: </strong>Hồ Lan</p>"
        "<div>Tổng số điểm của bài viết là: 0 trong 0 đánh giá</div>"
        "<div>Click để đánh giá bài viết</div></div>"
        f"<h4>Những tin mới hơn</h4><ul>{OTHER}</ul><h4>Những tin cũ hơn</h4><ul>{OTHER}</ul></div>{FOOT}"
        "</body></html>"
    )


def dotnetnuke() -> str:
    return (
        "<html><head><title>UBND phường</title></head><body><form id=Form action=/>"
        "<div id=dnn_header>Thứ ba, ngày 12 tháng 11 năm 2024</div>"
        f"<ul>{MENU}</ul><div id=dnn_ContentPane><div class=DNNModuleContent>"
        f"<span id=dnn_ctr_lblHeadline class=Head>{TITLE}</span><br>"
        "<span class=Normal>Đăng lúc: 05/04/2024 08:15:00</span><br><br>"
        f"<b>{LEAD}</b><br><br><img src='/Portals/0/cho.jpg'><br><i>Khu bán rau của chợ</i><br><br>"
        f"{SECOND}<br><br>{THIRD}<br><br><b>Hồ Lan</b><br>Lượt xem: 214<br>"
        f"<b>Tin đã đưa</b><ul>{OTHER}</ul></div></div>{FOOT}</form></body></html>"
    )


def sharepoint() -> str:
    return (
        "<html><head><title>Chi tiết tin</title></head><body><div id=s4-workspace>"
        f"<table><tr><td>{MENU}</td><td class=ms-rte><div><font size=4 color=#003366><b>{TITLE}</b></font>"
        "</div><div><font size=1>05/04/2024 8:15 SA</font></div>"
        f"<div><font size=2 face=Arial><strong>{LEAD}</strong></font></div>"
        "<div><img src='/PublishingImages/cho.jpg'></div>"
        "<div align=center><font size=1><em>Khu bán rau của chợ</em></font></div>"
        f"<div><font size=2 face=Arial>{SECOND}</font></div><div><font size=2>{THIRD}</font></div>"
        "<div align=right><font size=2><b>Hồ Lan</b></font></div>"
        f"<div>File đính kèm: <a href=/a.pdf>a.pdf</a></div><div>Các tin khác</div><ul>{OTHER}</ul>"
        f"</td></tr></table></div>{FOOT}</body></html>"
    )


def word_paste() -> str:
    def word(text: str) -> str:
        return (
            "<p class=MsoNormal style='text-align:justify'><span style='font-size:14pt;"
            f'font-family:"Times New Roman"\'>{text}<o:p></o:p></span></p>'
        )

    return (
        "<html><head><title>Trang chủ</title></head><body><table width=100%><tr>"
        f"<td width=200><b>DANH MỤC</b><ul>{MENU}</ul><b>Văn bản mới</b><a href=/v>Số 9/QĐ-UBND ngày "
        f"01/04/2024</a></td><td><div class=tieude_chitiet>{TITLE}</div>"
        f"<div><i>Ngày đăng: 5 tháng 4, 2024</i></div>{word('<b>' + LEAD + '</b>')}"
        "<p align=center class=MsoNormal><img src='/upload/cho.jpg'></p>"
        "<p align=center class=MsoNormal><i><span>Khu bán rau của chợ</span></i></p>"
        f"{word(SECOND)}{word(THIRD)}<p class=MsoNormal align=right><b><span>Hồ Lan</span></b></p>"
        f"<div>Tin liên quan</div><ul>{OTHER}</ul></td><td width=200><b>Liên kết website</b>"
        "<br>Hôm nay: 12/11/2024<br>Lượt truy cập: 99</td></tr></table>"
        f"{FOOT}</body></html>"
    )


def liferay() -> str:
    return (
        f"<html><head><title>{TITLE} - Cổng thông tin điện tử</title></head><body><div id=header>"
        f"<div class=today>Hôm nay, Thứ bảy ngày 6 tháng 4 năm 2024</div><ul>{MENU}</ul></div>"
        f"<div class=portlet-content><h2 class=title-detail>{TITLE}</h2>"
        "<div class=post-date>Thứ sáu, 05/04/2024 08:15 GMT+7</div>"
        "<div class=tools><a href=#>Bản in</a> <a href=#>Gửi email</a> Cỡ chữ A A A</div>"
        f"<p class=sapo>{LEAD}</p><div class=journal-content><p>{SECOND}</p>"
        "<figure><img src='/documents/cho.jpg'><figcaption>Khu bán rau của chợ</figcaption></figure>"
        f"<p>{THIRD}</p></div><p style='text-align: right'><em>Hồ Lan</em></p>"
        f"<div><h3>Tin liên quan</h3><ul>{OTHER}</ul></div></div>{FOOT}</body></html>"
    )


def wordpress() -> str:
    return (
        f"<html lang=vi><head><title>{TITLE} | UBND phường</title>"
        f"<meta property=og:title content='{TITLE}'>"
        '<script type=application/ld+json>{"@context": "https://schema.org", "@graph": ['
        '{"@type": "Person", "@id": "#p", "name": "Hồ Lan"}, {"@type": "NewsArticle", '
        f'"headline": "{TITLE}", "datePublished": "2024-04-05T08:15:00+07:00", '
        '"dateModified": "2024-04-09T08:15:00+07:00", "author": {"@id": "#p"}, '
        '"image": "/wp/cho.jpg"}]}</script></head><body>'
        f"<header><ul>{MENU}</ul></header><main><article><h1 class=entry-title>{TITLE}</h1>"
        "<div class=entry-meta>Đăng ngày 05/04/2024 bởi Hồ Lan</div><div class=entry-content>"
        f"<p><em>{LEAD}</em></p><p><img src=/wp/cho.jpg></p><p class=wp-caption-text>Khu bán rau của chợ</p>"
        f"<p>{SECOND}</p><p>{THIRD}</p></div></article><div class=related><h3>Bài viết liên quan</h3>"
        f"<ul>{OTHER}</ul></div></main>{FOOT}</body></html>"
    )


@pytest.mark.parametrize(
    "page", [town_tables, nukeviet, dotnetnuke, sharepoint, word_paste, liferay, wordpress]
)
def test_every_kind_of_portal_gives_the_whole_article_and_nothing_else(page: object) -> None:
    assert callable(page)
    article = read(page())
    assert article.title == TITLE
    assert article.date_text[:10] == "2024-04-05"
    assert article.date_confidence >= 0.6
    assert article.authors == ("Hồ Lan",)
    assert article.body_text == BODY
    assert article.image.endswith("cho.jpg")
    assert article.language == "vi"


def english_news_flash() -> str:
    return (
        "<html lang=en><head><title>News Flash</title></head><body><div>Today is 9/30/2024</div>"
        "<ul><li><a href=/g>Government</a><li><a href=/c>Calendar</a></ul><div class=newsFlash>"
        "<h2>Ferry crossing returns to its summer timetable</h2>"
        "<p>Posted on: September 4, 2024 | Last Modified on: 9/6/2024 8:12:00 AM</p>"
        "<p>The ferry runs every twenty minutes again from Monday, the harbour office said in a note to riders.</p>"
        "<img src=/Images/ferry.jpg><div class=cap>The ferry at the east landing</div>"
        "<p>Fares stay as they were. A second boat is kept ready on market days, when the queue is longest.</p>"
        "<p>By Nora Whitfield</p></div><div><h3>Other News</h3><ul>"
        "<li><a href=/1>Bridge closed on Sunday</a> Posted on: August 1, 2024</li></ul></div>"
        "<div>Copyright 2009-2024. Website by Example.</div></body></html>"
    )


def test_an_american_town_page() -> None:
    article = read(english_news_flash(), "https://town.example.gov/CivicAlerts.aspx?AID=7")
    assert article.title == "Ferry crossing returns to its summer timetable"
    assert (article.date_text, article.date_precision) == ("2024-09-04", "day")
    assert article.date_evidence == "Posted on: September 4, 2024"
    assert article.authors == ("Nora Whitfield",)
    assert article.image == "https://town.example.gov/Images/ferry.jpg"
    assert article.body_text.startswith("The ferry runs every")
    assert article.body_text.endswith("when the queue is longest.")
    assert article.language == "en"


def test_no_date_is_better_than_todays_or_a_licences() -> None:
    html = (
        f"<html><body><div>Hôm nay, 23/11/2026</div><h1>{TITLE}</h1><p>{LEAD}</p><p>{SECOND}</p>"
        f"<p>{THIRD}</p><div>Các tin khác</div><ul>{OTHER}</ul>{FOOT}</body></html>"
    )
    article = read(html)
    assert article.title == TITLE
    assert article.date is None
    assert article.body_text == BODY


def test_the_body_keeps_tables_lists_and_emphasis_and_loses_scripts() -> None:
    table = "<table><tr><th>Gian<th>Giá thuê<tr><td>Rau<td>200.000 đồng</table>"
    html = town_tables().replace(
        f"<div>{THIRD}</div>",
        f"<div>{THIRD}</div>{table}<ul><li>Một mục <b>quan trọng</b> của chợ</ul>"
        "<script>alert(1)</script><p onclick='x()'>Kết thúc buổi chợ lúc 17 giờ.</p>",
    )
    article = read(html)
    assert "<td>Rau</td>" in article.body_html
    assert "<b>quan trọng</b>" in article.body_html
    assert "Giá thuê" in article.body_text
    assert "alert" not in article.body_html + article.body_text
    assert "onclick" not in article.body_html
    assert "Các tin khác" not in article.body_html
    assert 'src="https://phuong.example.vn/UploadFiles/cho.jpg"' in article.body_html


def test_every_image_of_the_body_stays_and_the_banner_above_the_title_does_not() -> None:
    html = town_tables().replace(
        f"<div>{THIRD}</div>",
        f"<div><img src='/hai.jpg'></div><div align=center><i>Bến đò</i></div><div>{THIRD}</div>"
        "<div><img src='/ba.jpg'></div>",
    )
    article = read(html.replace("<div><span class=TieuDe>", "<img src='/anh-dau.jpg'><div><span>"))
    assert [name in article.body_html for name in ("cho.jpg", "hai.jpg", "ba.jpg")] == [True] * 3
    assert "anh-dau.jpg" not in article.body_html
    assert article.image.endswith("cho.jpg")
    assert article.body_text == BODY


def test_the_record_of_the_batch_command() -> None:
    record = article_record(read(nukeviet()))
    assert record["date"] == "2024-04-05T08:15"
    assert record["date_precision"] == "minute"
    assert record["authors"] == ["Hồ Lan"]
    assert set(record) >= {"title", "date_evidence", "body", "html", "image", "language"}


@pytest.mark.parametrize("body", [b"", b"  \n", b"%PDF-1.7 ...", b"PK\x03\x04rest"])
def test_what_is_no_page_says_so(body: bytes) -> None:
    with pytest.raises(ExtractError, match="phuong"):
        extract_article(
            Document(
                requested_url=URL, url=URL, body=body, fetched_at=datetime(2026, 1, 1, tzinfo=UTC)
            ),
            today=TODAY,
        )

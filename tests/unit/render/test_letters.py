"""Letters: complete in both parts, within their size, unhurt by hostile titles."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from lxml import html as reading
from tests.unit.render.digests import DAILY, LINKS, POSTAL, WEEKLY, edition, long_edition
from tests.unit.render.hostile import HOSTILE
from tests.unit.render.samples import HUB

from feedhub.model.digest import DigestEdition, DigestSection
from feedhub.model.mail import Letter, Links
from feedhub.model.trouble import Notice, TroubleKind
from feedhub.render.letters import (
    HTML_LIMIT,
    render_alert_letter,
    render_change_letter,
    render_confirm_letter,
    render_digest_letter,
)

ZONE = "Asia/Ho_Chi_Minh"
_TITLES = "//h3 | //h2[@class='story']"
_ADDRESS = re.compile(r"https?://[^\s]+|mailto:[^\s]+")


def digest(
    of: DigestEdition, language: str = "vi", zone: str = ZONE, links: Links = LINKS
) -> Letter:
    return render_digest_letter(
        of, language=language, timezone=zone, links=links, postal_address=POSTAL
    )


def addresses(letter: Letter) -> tuple[set[str], set[str]]:
    """The addresses of the text part and those of the HTML part."""
    page = reading.document_fromstring(letter.html)
    linked = {str(link) for link in page.xpath("//a/@href") if not str(link).startswith("#")}
    return set(_ADDRESS.findall(letter.text)), linked


def titles(letter: Letter) -> tuple[list[str], list[str]]:
    """The titles of the text part and those of the HTML part, in order."""
    page = reading.document_fromstring(letter.html)
    plain = [line[2:] for line in letter.text.splitlines() if line.startswith("* ")]
    plain = [re.sub(r"( \[[^\]]+\])+$", "", line) for line in plain]
    return plain, [str(node.text_content()) for node in page.xpath(_TITLES)]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("of", [edition(), long_edition(300)], ids=["short", "long"])
def test_both_parts_carry_the_same_stories_and_addresses(of: DigestEdition, language: str) -> None:
    letter = digest(of, language)
    plain, rich = titles(letter)
    assert plain == rich
    assert len(plain) >= 7
    in_text, in_html = addresses(letter)
    assert in_text == in_html


def test_a_letter_says_all_that_a_reader_needs() -> None:
    letter = digest(edition(made_late=True, left_out=1234))
    assert letter.language == "vi"
    assert letter.subject == "Khai trương cầu gỗ mới qua sông Mây và 4 tin khác"
    for said in (
        *("Tin phường sông Mây", "Bản tin hằng ngày", "Thứ Bảy, 21 tháng 11, 2026"),
        *("5 tin, 2 đính chính", "Từ 07:00 20/11/2026 đến 07:00 21/11/2026"),
        *("Nguồn khác", "Báo Chợ Cũ", "12:14 20/11/2026", "đến muộn", "đã gỡ", "đã sửa"),
        *("Đính chính từ bản tin trước", "ngày 12 tháng 3 → ngày 15 tháng 3"),
        *("dịch vụ đang gián đoạn", "1.234 tin cũ hơn", "Giờ trong thư: Giờ Việt Nam."),
        *("đã đăng ký “Bản tin hằng ngày” của", "1 đường Bờ Sông, phường Sông Mây"),
    ):
        assert said in letter.text
        rich = reading.document_fromstring(letter.html).text_content().replace("\u00a0", " ")
        assert said in rich
    in_text, _ = addresses(letter)
    assert {
        *("https://songmay.example/stories/s2/", "https://thitran.example/tin/2"),
        *("https://www.caugo.example/tin?id=12&trang=1", LINKS.unsubscribe, LINKS.change),
        *("https://songmay.example/digests/daily/2026-11-21/", "https://songmay.example/archive/"),
    } <= in_text


def test_sender_and_the_way_out_stand_near_the_top_too() -> None:
    letter = digest(long_edition(300))
    for part in (letter.text, letter.html.partition("<body")[2]):
        assert max(part.index(HUB.title), part.index("unsubscribe")) < 3_000
        assert part.count("unsubscribe?t=") == 2


def test_a_letter_is_in_the_reader_s_language_and_time() -> None:
    letter = digest(edition(), "en", "America/New_York")
    assert letter.language == "en"
    assert letter.subject == "Khai trương cầu gỗ mới qua sông Mây and 4 more stories"
    assert "From 19:00 19 Nov 2026 to 19:00 20 Nov 2026" in letter.text
    assert "https://songmay.example/en/stories/s2/" in letter.text
    assert "Times in this mail: United States (New York) Time." in letter.text
    page = reading.document_fromstring(letter.html)
    assert (page.get("lang"), page.get("dir")) == ("en", "ltr")
    assert page.xpath("//h3[@lang='vi']")


@pytest.mark.parametrize("code", ["xx", "", "pt-BR", "../vi", "vi\n"])
def test_a_language_without_catalogue_reads_english(code: str) -> None:
    assert digest(edition(), code).language == "en"


def test_a_long_digest_is_cut_by_whole_stories_in_every_section() -> None:
    whole = long_edition(300)
    letter = digest(whole)
    size = len(letter.html.encode())
    assert HTML_LIMIT * 0.95 < size <= HTML_LIMIT
    plain, _ = titles(letter)
    page = reading.document_fromstring(letter.html)
    left = [
        int(number) for number in re.findall(r"^(\d+) tin nữa: http", letter.text, re.MULTILINE)
    ]
    assert len(left) == len(whole.sections)
    assert len(plain) + sum(left) == 300
    assert max(left) - min(left) <= 1, "no section is cut more than the others"
    rests = page.xpath("//p[@class='more']/a/@href")
    web = "https://songmay.example/digests/daily/2026-11-21/"
    assert rests == [f"{web}#section-{number}" for number in (1, 2, 3)]
    assert letter.subject.endswith("và 299 tin khác")
    assert "Trong thư này:" in letter.text


def test_huge_corrections_leave_half_the_letter_to_stories() -> None:
    change = replace(
        edition().corrections[1],
        title_before="Trước đây là " + "tiêu đề rất dài " * 40,
        changes=tuple("một câu dài bị thay bằng câu khác " * 9 for _ in range(9)),
    )
    letter = digest(replace(long_edition(300), corrections=(change,) * 50))
    assert HTML_LIMIT * 0.9 < len(letter.html.encode()) <= HTML_LIMIT
    plain, rich = titles(letter)
    assert plain == rich
    told = sum(title.startswith("Chợ hoa") for title in plain)
    assert f"{50 - told} đính chính nữa: https://songmay.example/corrections/" in letter.text
    assert len(plain) - told > 30


@pytest.mark.parametrize("stories", [1, 60, 61, 62, 201])
def test_a_letter_holds_all_stories_or_is_full(stories: int) -> None:
    letter = digest(long_edition(stories, 1))
    plain, _ = titles(letter)
    size = len(letter.html.encode())
    assert size <= HTML_LIMIT
    assert len(plain) == stories or size > HTML_LIMIT * 0.95


def test_a_digest_without_page_leads_to_the_site() -> None:
    letter = digest(edition(path=""))
    assert "Đọc trên web: https://songmay.example/\n" in letter.text
    cut = digest(replace(long_edition(300), path=""))
    assert re.search(r"\d+ tin nữa: https://songmay.example/archive/\n", cut.text)


def test_only_corrections_make_a_letter_too() -> None:
    letter = digest(edition(sections=()))
    assert letter.subject.startswith("đã gỡ: ".capitalize())
    assert letter.subject.endswith("và 1 đính chính khác")
    assert digest(edition(sections=(), corrections=())).subject.startswith("Bản tin hằng ngày")


def test_the_same_values_give_the_same_letter() -> None:
    assert digest(edition()) == digest(edition())


def test_a_letter_loads_nothing() -> None:
    letter = digest(edition())
    page = reading.document_fromstring(letter.html)
    for gone in ("img", "script", "link", "iframe", "object", "form", "video", "svg"):
        assert page.find(f".//{gone}") is None
    assert "url(" not in letter.html
    assert "@import" not in letter.html
    assert "prefers-color-scheme: dark" in letter.html
    assert letter.html.index("<meta charset") < 200


@pytest.mark.parametrize("title", HOSTILE)
def test_no_title_breaks_out(title: str) -> None:
    one = edition().sections[0].stories[1]
    card = replace(one.card, title=title, summary=title)
    source = replace(card.lead.source, name=title)
    card = replace(card, lead=replace(card.lead, source=source))
    of = edition(
        hub=replace(HUB, title=title),
        digest=replace(DAILY, title=title),
        sections=(DigestSection(label=None, stories=(replace(one, card=card),) * 3),),
        corrections=(),
    )
    letter = digest(of)
    assert letter.subject.replace("\u200d", "").isprintable()
    assert 0 < len(letter.subject) <= 78
    page = reading.document_fromstring(letter.html)
    assert {str(node.tag) for node in page.iter() if isinstance(node.tag, str)} <= {
        *("html", "head", "meta", "title", "style", "body", "table", "tbody", "tr", "td"),
        *("h1", "h2", "h3", "p", "a", "b", "br", "strong", "span", "div"),
    }
    assert len(page.xpath(_TITLES)) == 3
    assert all(not name.startswith("on") for node in page.iter() for name in node.attrib)
    in_text, in_html = addresses(letter)
    assert in_html <= in_text
    assert {link.split(":")[0] for link in in_html} <= {"https", "mailto"}


def test_the_letter_that_asks_for_confirmation() -> None:
    letter = render_confirm_letter(HUB, [DAILY, WEEKLY], language="vi", links=LINKS)
    assert letter.subject == "Xin xác nhận đăng ký nhận tin: Tin phường sông Mây"
    assert "Bản tin hằng ngày, Tin tuần sông Mây" in letter.text
    assert "48 giờ" in letter.text
    assert f"\n{LINKS.confirm}\n" in letter.text
    assert addresses(letter)[0] == addresses(letter)[1] == {LINKS.confirm, HUB.base_url}


def test_the_letter_that_leads_to_the_choices() -> None:
    letter = render_change_letter(HUB, [WEEKLY], language="en", links=LINKS, postal_address=POSTAL)
    assert letter.subject == "Your subscription: Tin phường sông Mây"
    assert addresses(letter)[0] == addresses(letter)[1] == {LINKS.change, HUB.base_url}
    assert "1 đường Bờ Sông" in letter.text


def test_the_letter_that_tells_of_troubles() -> None:
    failing = Notice(kind=TroubleKind.FAILING, words="Máy chủ trả lời 503.")
    over = Notice(kind=TroubleKind.NETWORK, words="no answer from anywhere", over=True)
    letter = render_alert_letter(HUB, [("Phường Cầu Gỗ", failing), ("", over)], language="en")
    assert letter.subject == "2 notices: Phường Cầu Gỗ: Máy chủ trả lời 503."
    assert "Phường Cầu Gỗ: Máy chủ trả lời 503.\n" in letter.text
    assert "The hub's network: over: no answer from anywhere\n" in letter.text
    many = render_alert_letter(HUB, [("Chợ", failing)] * 130, language="vi")
    assert many.text.count("Chợ: ") == 100
    assert "và 30 thông báo nữa" in many.text
    with pytest.raises(ValueError, match="at least one"):
        render_alert_letter(HUB, [], language="vi")

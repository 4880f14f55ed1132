"""Notices and reprints made for the tests: forms of a town's notices, filled in at random.

Written for these tests; none of it comes from a real portal.
"""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from feedhub.dedupe.texts import TextDoc

WARDS = [
    "Thủy Vân",
    "Thủy Xuân",
    "An Cựu",
    "Vỹ Dạ",
    "Kim Long",
    "Hương Long",
    "Phú Hậu",
    "An Đông",
    "Phước Vĩnh",
    "Thuận Hòa",
]
PEOPLE = ["Nguyễn Thị Hoa", "Trần Văn Bảy", "Phan Đình Tùng", "Hồ Viết Lợi", "Cao Thị Ngọc"]
TOWNS = ["Oakdale", "Millbrook", "Riverton", "Fairview", "Cedar Hills", "Pine Ridge", "Stonebridge"]
PERSONS = ["John Baker", "Mary Ellis", "Peter Novak", "Alice Grant", "Samuel Ortiz"]

FORMS = {
    "vi": (
        (
            "Thông báo tạm ngừng cấp nước tại {rank} {where}",
            (
                "Công ty cấp nước thông báo: để sửa chữa đường ống, đơn vị sẽ tạm ngừng cấp "
                "nước trên địa bàn {rank} {where} từ {hour} giờ ngày {day} đến 17 giờ cùng "
                "ngày. Đề nghị các hộ dân chủ động dự trữ nước sinh hoạt, khóa các vòi khi "
                "không sử dụng. Mọi thắc mắc xin liên hệ tổng đài chăm sóc khách hàng để được "
                "hướng dẫn. Rất mong quý khách hàng thông cảm và chia sẻ với đơn vị trong thời "
                "gian nước bị gián đoạn."
            ),
        ),
        (
            "{rank} {where}: Tiêm phòng cho đàn gia súc đợt {number}",
            (
                "UBND {rank} {where} vừa triển khai tiêm phòng vắc xin cho đàn trâu, bò đợt "
                "{number} năm 2024. Theo kế hoạch, cán bộ thú y sẽ đến từng thôn, từng hộ chăn "
                "nuôi, hoàn thành trước ngày {day}. Bà {who}, phụ trách thú y, đề nghị người "
                "dân phối hợp, nhốt gia súc đúng lịch và báo ngay khi phát hiện con vật có biểu"
                " hiện bệnh để được xử lý kịp thời, tránh lây lan ra diện rộng."
            ),
        ),
        (
            "Quyết định số {number}/QĐ-UBND về việc thu hồi đất",
            (
                "UBND thành phố ban hành Quyết định số {number}/QĐ-UBND ngày {day} về việc thu "
                "hồi đất của hộ ông (bà) {who} tại {rank} {where} để thực hiện dự án chỉnh "
                "trang đô thị. Trung tâm Phát triển quỹ đất có trách nhiệm thông báo và niêm "
                "yết công khai quyết định tại trụ sở và nhà sinh hoạt cộng đồng nơi có đất bị "
                "thu hồi theo quy định của pháp luật."
            ),
        ),
    ),
    "en": (
        (
            "Water main flushing in {where}",
            (
                "The Department of Public Works will flush water mains in {where} on {day} from"
                " {hour}:00 a.m. until 4:00 p.m. Residents may notice discolored water and low "
                "pressure during this period. The water remains safe to drink. Run cold water "
                "for several minutes until it clears and avoid doing laundry while crews are "
                "working nearby."
            ),
        ),
        (
            "Public hearing on zoning application {number}",
            (
                "The Planning Commission will hold a public hearing on {day} regarding zoning "
                "application {number} filed by {who} for property located in {where}. "
                "Interested persons may submit written comments to the clerk or speak at the "
                "hearing. A copy of the application is available for inspection at the town "
                "office during business hours."
            ),
        ),
    ),
}
SLOTS = ("where", "who", "day", "number")
START = date(2024, 3, 4)
SOURCES = tuple(f"{name}.example" for name in ("gate", "town", "paper", "radio", "county"))


def fill(rng: random.Random, language: str) -> dict[str, str]:
    """Return a value for every slot of the forms of a language."""
    day = START + timedelta(days=rng.randint(0, 300))
    vietnamese = language == "vi"
    return {
        "rank": rng.choice(("phường", "xã")) if vietnamese else "",
        "where": rng.choice(WARDS if vietnamese else TOWNS),
        "who": rng.choice(PEOPLE if vietnamese else PERSONS),
        "day": f"{day:%d/%m/%Y}" if vietnamese else f"{day:%B} {day.day}, {day.year}",
        "hour": str(rng.randint(6, 10)),
        "number": str(rng.randint(2, 90)),
    }


def write(language: str, form: int, slots: dict[str, str], *, id_: str, hour: int) -> TextDoc:
    """Return one notice; ``hour`` chooses its source and when it was published."""
    title, text = FORMS[language][form]
    return TextDoc(
        id=id_,
        title=title.format(**slots),
        text=text.format(**slots),
        source=SOURCES[hour % len(SOURCES)],
        published=datetime(2024, 3, 4, tzinfo=UTC) + timedelta(hours=hour),
        language=language,
    )


def another(rng: random.Random, language: str, form: int, slots: dict[str, str]) -> dict[str, str]:
    """Return the slots of the next notice of a form: just one that the form has is different."""
    used = [slot for slot in SLOTS if f"{{{slot}}}" in "".join(FORMS[language][form])]
    changed = rng.choice(used)
    while True:
        fresh = fill(rng, language)
        if fresh[changed] != slots[changed]:
            return slots | {changed: fresh[changed]}


def reprint(rng: random.Random, doc: TextDoc, *, id_: str) -> TextDoc:
    """Return the notice as another source prints it: other spelling, credit line, furniture."""
    title, text = doc.title, doc.text
    if rng.random() < 0.3:
        text = re.sub(
            r"\b(\d\d)/(\d\d)/(\d{4})",
            lambda found: f"{int(found[1])} tháng {int(found[2])} năm {found[3]}",
            text,
        )
    if rng.random() < 0.3:
        text = re.sub(r"òa\b", "oà", re.sub(r"ủy\b", "uỷ", text))
    if rng.random() < 0.3:
        title, text = (unicodedata.normalize("NFD", value) for value in (title, text))
    if rng.random() < 0.2:
        title = title.upper()
    text += "\n" + rng.choice(
        ("Theo gate.example", "(Nguồn: Cổng TTĐT)", "Lượt xem: 120", "Source: gate.example", "")
    )
    assert doc.published is not None
    return TextDoc(
        id=id_,
        title=title,
        text=text,
        source=rng.choice([source for source in SOURCES if source != doc.source]),
        published=doc.published + timedelta(hours=rng.randint(1, 60)),
        language=doc.language,
    )


def notices(seed: int, *, per_form: int) -> list[tuple[TextDoc, str]]:
    """Return notices and reprints, each with the id of the notice it is a printing of."""
    rng = random.Random(seed)
    made: list[tuple[TextDoc, str]] = []
    for language, forms in FORMS.items():
        for form in range(len(forms)):
            slots = fill(rng, language)
            seen: set[tuple[str, str]] = set()
            for number in range(per_form):
                id_ = f"{language}{form}-{number}"
                doc = write(language, form, slots, id_=id_, hour=rng.randint(0, 80))
                if (doc.title, doc.text) not in seen:
                    seen.add((doc.title, doc.text))
                    made.append((doc, id_))
                    made += [
                        (reprint(rng, doc, id_=f"{id_}r{copy}"), id_)
                        for copy in range(rng.randint(0, 2))
                    ]
                slots = another(rng, language, form, slots)
    return made

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.text import legacy_vietnamese
from feedhub.text.decode import decode

NOTICE = (
    "Ủy ban nhân dân phường vừa tổ chức hội nghị về chuyển đổi số, nghe báo cáo tiến độ giải phóng "
    "mặt bằng; đề nghị các tổ dân phố thông báo lịch cắt điện và nước đến từng hộ trước thứ Sáu."
)
MARKS = "\u0300\u0309\u0303\u0301\u0323"


def in_windows_1258(text: str) -> bytes:
    body = b""
    for letter in unicodedata.normalize("NFC", text):
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(part for part in parts if part in MARKS)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in MARKS))
        body += (base + tones).encode("cp1258")
    return body


def by_search(text: str, name: str, pairs: bool = False) -> bytes:
    """Encode by asking the decoder about every code, so that no table stands in the test."""
    decoder = legacy_vietnamese.DECODERS[name]
    codes = [bytes([high]) for high in (*range(0x20, 0x7F), *range(0x80, 0x100))]
    if pairs:
        codes += [a + b for a in codes if a.isalpha() or a > b"\x7f" for b in codes if b > b"\x7f"]
    known: dict[str, bytes] = {}
    for code in codes:
        letter = decoder(code)
        if len(letter) == 1:
            known.setdefault(letter, code)
    return b"".join(known[letter] for letter in unicodedata.normalize("NFC", text))


LEGACY = {
    "windows-1258": in_windows_1258(NOTICE),
    "tcvn": by_search(NOTICE, "tcvn"),
    "viscii": by_search(NOTICE, "viscii"),
    "vni": by_search(NOTICE, "vni", pairs=True),
}


@pytest.mark.parametrize("name", LEGACY)
@pytest.mark.parametrize("label", [None, "iso-8859-1", "utf-8", "windows-1252"])
def test_vietnamese_code_pages_are_recognised_under_any_usual_label(
    name: str, label: str | None
) -> None:
    page = b"<html><head><title>Thong bao</title></head><p>" + LEGACY[name]
    header = f"text/html; charset={label}" if label else None
    decoded = decode(page, content_type=header, kind="html")
    assert decoded.encoding == name
    assert decoded.text.endswith(NOTICE)
    assert decoded.damaged == 0


def test_the_known_codes_of_the_public_standards() -> None:
    # TCVN 5712: B5 à, D6 ệ, AE đ. RFC 1456: AE ệ, D0 Đ, F0 đ. VNI: "eä" ệ, "ñ" đ, "ôï" ợ.
    assert legacy_vietnamese.DECODERS["tcvn"](b"\xb5\xd6\xae") == "àệđ"
    assert legacy_vietnamese.DECODERS["viscii"](b"\xae\xd0\xf0") == "ệĐđ"
    assert legacy_vietnamese.DECODERS["vni"]("eäñôï".encode("cp1252")) == "ệđợ"


@pytest.mark.parametrize("label", ["TCVN", "x-viet-tcvn5712", "VISCII", "x-viet-vni"])
def test_their_own_labels_are_believed(label: str) -> None:
    name = {"TCVN": "tcvn", "x-viet-tcvn5712": "tcvn", "VISCII": "viscii", "x-viet-vni": "vni"}[
        label
    ]
    body = LEGACY[name][:12]
    decoded = decode(body, content_type=f"text/html; charset={label}", kind="html")
    assert (decoded.encoding, decoded.evidence) == (name, "declared header")


@pytest.mark.parametrize(
    "text",
    [
        "Le conseil a décidé à l'unanimité dès février, là où l'été a été très sec.",
        "Der Bürgermeister begrüßte für die Gemeinde zahlreiche Gäste aus der Südstadt.",
        "A Câmara não aprovou a alteração das condições; o município irá à região às pressas.",
    ],
)
@pytest.mark.parametrize("label", ["", "; charset=iso-8859-1"])
def test_other_western_text_is_not_taken_for_vietnamese(text: str, label: str) -> None:
    decoded = decode(text.encode("cp1252"), content_type=f"text/html{label}", kind="html")
    assert decoded.text == text


def test_iso_8859_1_means_windows_1252() -> None:
    decoded = decode(b"\x93Rat\x94 \x80 5", content_type="text/xml; charset=ISO-8859-1", kind="xml")
    assert decoded.text == "“Rat” € 5"


@pytest.mark.parametrize("label", ["iso-8859-1", "windows-1251", "windows-1258", "us-ascii"])
def test_valid_utf8_wins_over_a_wrong_header(label: str) -> None:
    decoded = decode(NOTICE.encode(), content_type=f"text/xml; charset={label}", kind="xml")
    assert (decoded.text, decoded.encoding, decoded.damaged) == (NOTICE, "utf-8", 0)


def test_one_bad_byte_costs_one_character_not_the_document() -> None:
    body = (NOTICE + "\0" + NOTICE).encode().replace(b"\0", b"\xff")
    for header in (None, "text/xml; charset=utf-8", "text/xml; charset=windows-1252"):
        decoded = decode(body, content_type=header, kind="xml")
        assert decoded.text == NOTICE + "\ufffd" + NOTICE
        assert decoded.damaged == 1


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-be"])
def test_byte_order_marks_and_wide_encodings(encoding: str) -> None:
    text = f"<?xml version='1.0'?><a>{NOTICE}</a>"
    decoded = decode(text.encode(encoding), content_type="text/xml", kind="xml")
    assert (decoded.text, decoded.damaged) == (text, 0)


@pytest.mark.parametrize(
    ("body", "kind", "encoding", "evidence"),
    [
        (
            b'  <?xml version="1.0" encoding = "koi8-r"?><a>\xc1</a>',
            "xml",
            "koi8-r",
            "XML declaration",
        ),
        (
            b'<meta http-equiv=x content="text/html; charset=big5"><p>\xa4\xa4',
            "html",
            "big5hkscs",
            "meta",
        ),
        (b"<meta charset=Shift_JIS><p>\x93\xfa", "html", "cp932", "meta"),
    ],
)
def test_the_documents_own_declaration(
    body: bytes, kind: str, encoding: str, evidence: str
) -> None:
    assert kind in {"xml", "html"}
    decoded = decode(body, content_type="text/html", kind="xml" if kind == "xml" else "html")
    assert (decoded.encoding, decoded.evidence) == (encoding, evidence)


@pytest.mark.parametrize("label", ["utf-7", "base64", "idna", "unicode_escape", "rot13", "no such"])
def test_codecs_that_are_no_charsets_are_not_followed(label: str) -> None:
    decoded = decode(b"+ADw-b+AD4-", content_type=f"text/html; charset={label}", kind="html")
    assert decoded.text == "+ADw-b+AD4-"


def test_an_untrue_label_of_another_script_is_given_up() -> None:
    text = "Город объявил о новых правилах благоустройства дворов"
    decoded = decode(text.encode("cp1251"), content_type="text/html; charset=utf-8", kind="html")
    assert decoded.text == text


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from([None, "x; charset=utf-16", "x;charset=gb2312"]))
def test_any_bytes_decode(body: bytes, content_type: str | None) -> None:
    decoded = decode(body, content_type=content_type, kind="html")
    assert decoded.damaged == decoded.text.count("\ufffd")


@settings(deadline=None)
@given(st.text(min_size=1), st.sampled_from([None, "text/xml; charset=utf-8"]))
def test_utf8_text_comes_back_whole(text: str, content_type: str | None) -> None:
    text = "<?xml version='1.0' encoding='utf-8'?>" + text.replace("\0", "")
    assert decode(text.encode(), content_type=content_type, kind="xml").text == text


def test_a_large_hostile_body_is_decoded_in_time() -> None:
    started = time.process_time()
    decode(bytes(range(256)) * 8000, content_type="text/html; charset=utf-8", kind="html")
    assert time.process_time() - started < 5

"""The conformance rules themselves: each notices the fault it is there for."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.golden.conformance import faults

FILES = Path(__file__).parent / "feeds"

LINK = '<link href="https://thitran.example/tin/7'
HOME = '<link href="https://songmay.example/" '
ATOM_FAULTS = [
    ("<updated>2026-11-20T05:49:00.566842+00:00<", "<updated>Fri, 20 Nov 2026<", "InvalidRFC3339"),
    ("05:42:00.993024", "05:49:00.566842", "DuplicateUpdated"),
    ("story/s6</id>", "story/s7</id>", "DuplicateEntries"),
    ("<name>Trần Văn Mẫu</name>", "<name> </name>", "NotBlank: author name"),
    ("<name>Trần Văn Mẫu</name>", "<name>mau@x.example</name>", "ContainsEmail"),
    (LINK, LINK + " x", "InvalidFullLink"),
    (LINK, LINK + "%", "InvalidFullLink"),
    ("&lt;p&gt;Boats", '&lt;img src="/a.png"&gt;Boats', "ContainsRelRef"),
    ("&lt;p&gt;Boats", "&lt;script&gt;x&lt;/script&gt;Boats", "SecurityRisk: <script>"),
    ("&lt;p&gt;Boats", "&lt;iframe&gt;&lt;/iframe&gt;Boats", "SecurityRisk: <iframe>"),
    ("&lt;p&gt;Boats", '&lt;p onclick="x"&gt;Boats', "SecurityRiskAttr"),
    ("<title>Boat rides", "<title>&lt;b&gt;Boat rides", "ContainsHTML"),
    ("<title>Boat rides", "<title>&amp;amp;Boat rides", "ContainsHTML"),
    ("<title>Boat rides on the Cloud River start again</title>", "<title/>", "NotBlank: entry"),
    ('<entry xml:lang="en">', '<entry xml:lang="english">', "InvalidLanguage"),
    ("<id>tag:songmay.example,2026:source/visitors</id>", "", "MissingAddress: source id"),
    ("<updated>2026-11-20T05:52:00Z</updated>", "", "InvalidRFC3339Date: None in source"),
    ('rel="self" type="application/atom+xml"', 'rel="via"', "MissingSelf"),
    ('length="2048"', 'length="2 KB"', "InvalidNonNegativeInteger"),
    ('type="application/pdf"', 'type="pdf"', "InvalidMIMEType"),
    ("Boats leave every hour.", "Boats leave \u0085 every hour.", "BadCharacters: U+0085"),
    (HOME, '<link rel="prev-archive" href="http://x/1"/>' + HOME, "MissingCurrentInArchive"),
    ("2026:story/s4", "2026:story/s1", "deleted-entry of an entry"),
    ("<published>2026-11-20T05:49", "<published>2027-11-20T05:49", "published after updated"),
    ("<updated>2026-11-20T13", "<updated>2026-11-19T13", "feed updated is older"),
]  # fmt: skip
RSS_FAULTS = [
    ("Fri, 20 Nov 2026 05:49:00 +0000", "2026-11-20T05:49:00Z", "InvalidRFC2822Date"),
    ("Fri, 20 Nov 2026 05:49", "Mon, 20 Nov 2026 05:49", "IncorrectDOW"),
    ('isPermaLink="false"', "", "InvalidHttpGUID"),
    ("story/s6</guid>", "story/s7</guid>", "DuplicateValue: guid"),
    ("<dc:creator>Trần Văn Mẫu</dc:creator>", "<author>Trần Văn Mẫu</author>", "InvalidContact"),
    ("<dc:creator>", "<author>a@b.example</author><dc:creator>", "DuplicateItemSemantics"),
    ('length="2048" ', "", "MissingAttribute: enclosure length"),
    ('<source url="https://visit.example/atom">', "<source>", "MissingAddress: source url"),
    ("<language>vi</language>", "<language>tiếng Việt</language>", "InvalidLanguage"),
    ("<docs>", "<image><title>x</title><link>http://x/</link></image><docs>", "ImageTitleDoesnt"),
    ("<link>https://songmay.example/</link>", "<link>/</link>", "InvalidFullLink"),
    ("<title>Boat rides on the Cloud River start again</title>", "<title/>", "NotBlank: item"),
    (' rel="self"', ' rel="via"', "MissingAtomSelfLink"),
    ("<description>Boats", "<content:encoded>a</content:encoded><description>Boats", "Duplicate"),
]
JSON_FAULTS = [
    ("https://jsonfeed.org/version/1.1", "https://jsonfeed.org/version/2", "schema: $.version"),
    ("2026:story/s6", "2026:story/s7", "duplicate id"),
    ('"mime_type": "application/pdf"', '"mime_type": "pdf"', "InvalidMIMEType"),
    ('"size_in_bytes": 2048', '"size_in_bytes": "2 KB"', "schema: $.items[1].attachments"),
    ('"_feedhub"', '"feedhub"', "schema: $"),
    ("2026-11-20T05:49:00Z", "20/11/2026", "InvalidRFC3339Date"),
]
CASES = [
    *(("atom", *case) for case in ATOM_FAULTS),
    *(("rss", *case) for case in RSS_FAULTS),
    *(("json", *case) for case in JSON_FAULTS),
]


@pytest.mark.parametrize(("kind", "right", "wrong", "fault"), CASES)
def test_a_broken_rule_is_noticed(kind: str, right: str, wrong: str, fault: str) -> None:
    text = (FILES / f"all.{kind}").read_text(encoding="utf-8")
    assert right in text
    found = faults(text.replace(right, wrong, 1).encode(), kind)
    assert any(one.startswith(fault) for one in found), found


def test_an_archive_without_links_is_noticed() -> None:
    text = (FILES / "few-archive-1.atom").read_text(encoding="utf-8")
    found = faults(text.replace('rel="current"', 'rel="related"').encode(), "atom")
    assert "archive without a link to the current feed" in found

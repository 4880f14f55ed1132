"""The fast path beside feedparser: where it does not give up, every value is the same."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from bench.polling.feeds import Shape
from bench.polling.feeds import feed as benchmark_feed
from feedparser.datetimes import _parse_date
from feedparser.html import _cp1252
from feedparser.mixin import _FeedParserMixin
from feedparser.util import FeedParserDict
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.parse.test_feed import SOURCE, atom, document, rss
from tests.unit.parse.test_hostile_feeds import HOSTILE

from feedhub.errors import ParseError
from feedhub.model.entry import ParsedFeed
from feedhub.parse import feed, plain_names
from feedhub.parse.feed_rows import read_rows
from feedhub.parse.plain_dates import parsed_date
from feedhub.parse.plain_feed import read_plain
from feedhub.parse.plain_names import NETSCAPE, NotPlainError, PlainNames
from feedhub.parse.plain_records import _WINDOWS_1252
from feedhub.parse.reading import Reading
from feedhub.parse.repair import mended


def outcome(body: str | bytes) -> ParsedFeed | str:
    try:
        return feed.parse_feed(document(body), SOURCE)
    except ParseError as error:
        return str(error)


class GaveUpError(Exception):
    """The fast path left the feed to feedparser."""


def agrees(body: str | bytes) -> bool:
    """Return whether the fast path took the feed; assert that feedparser reads it alike."""
    took = False

    def fast(text: str) -> Reading | None:
        nonlocal took
        reading = read_plain(text)
        if reading is not None:
            took = True
            assert mended(text) == text
        return reading

    def never(_text: str) -> None:
        return None

    def give_up(_text: str) -> Reading:
        raise GaveUpError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feed, "read_plain", fast)
        patch.setattr(feed, "_by_feedparser", give_up)
        try:
            ours = outcome(body)
        except GaveUpError:
            return False
    if took:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(feed, "read_plain", never)
            assert ours == outcome(body)
    return took


SPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "dcterms": "http://purl.org/dc/terms/",
        "media": "http://search.yahoo.com/mrss/",
        "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
        "sy": "http://purl.org/rss/1.0/modules/syndication/",
        "slash": "http://purl.org/rss/1.0/modules/slash/",
        "wfw": "http://wellformedweb.org/CommentAPI/",
        "georss": "http://www.georss.org/georss",
        "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
        "cc": "http://cyber.law.harvard.edu/rss/creativeCommonsRssModule.html",
        "thr": "http://purl.org/syndication/thread/1.0",
        "a": "http://www.w3.org/2005/Atom",
        "xa": "https://xa.example.vn/ns",
        "xhtml": "http://www.w3.org/1999/xhtml",
    }.items()
)


def rss_with(rows: str, channel: str = "", attributes: str = "") -> str:
    return rss(rows, channel, f"{SPACES} {attributes}")


def atom_with(rows: str, head: str = "", attributes: str = "") -> str:
    return atom(rows, head, f"{SPACES} {attributes}")


def rdf_with(rows: str, channel: str = "", attributes: str = "") -> str:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        f'xmlns="http://purl.org/rss/1.0/" {SPACES} {attributes}>'
        f'<channel rdf:about="x"><title>T</title><link>http://a.example/</link>{channel}</channel>'
        f"{rows}</rdf:RDF>"
    )


WORDPRESS = """<item><title>Th&#244;ng b&#225;o &#8211; c&#7855;t &#273;i&#7879;n</title>
<link>https://xa.example.vn/tin/1/</link><comments>https://xa.example.vn/tin/1/#respond</comments>
<dc:creator><![CDATA[Ban biên tập]]></dc:creator>
<pubDate>Thu, 05 Feb 2026 07:30:00 +0000</pubDate>
<category><![CDATA[Y tế]]></category><category><![CDATA[Y tế]]></category>
<guid isPermaLink="false">https://xa.example.vn/?p=1</guid>
<description><![CDATA[<p>Tóm tắt [&#8230;]</p>]]></description>
<content:encoded><![CDATA[<p>Toàn văn&nbsp;&amp; hết</p>]]></content:encoded>
<wfw:commentRss>https://xa.example.vn/tin/1/feed/</wfw:commentRss>
<slash:comments>0</slash:comments><xa:post-id xmlns:x="x:y">1</xa:post-id>
<media:thumbnail url="https://xa.example.vn/a.jpg"/>
<media:content url="https://xa.example.vn/a.jpg" medium="image" width="8">
<media:title type="html">ảnh</media:title></media:content>
<enclosure url="/f.mp3" type="audio/MPEG" length="12"/></item>"""
WORDPRESS_HEAD = """
<a:link href="https://xa.example.vn/feed/" rel="self" type="application/rss+xml"/>
<description>Tin &amp; bài</description>
<lastBuildDate>Thu, 05 Feb 2026 07:30:00 +0000</lastBuildDate>
<language>vi-VN</language><sy:updatePeriod>\n\thourly\t</sy:updatePeriod>
<sy:updateFrequency>2</sy:updateFrequency><generator>https://wordpress.org/?v=6.5</generator>
<image><url>https://xa.example.vn/i.png</url><title>Xã</title><link>https://xa.example.vn</link>
<width>32</width><height>32</height></image><a:link rel="hub" href="https://hub.example/"/>"""
ENTRY = """<entry xml:lang="en_GB"><id>tag:x,2026:5</id><title type="html">A &amp;lt;b&gt;</title>
<link rel="replies" type="text/html" href="/5#c" thr:count="2"/><link href="/5.html"/>
<link rel="enclosure" href="/5.pdf" type="application/PDF" length="7"/>
<published>2026-02-04T08:00:00.123+07:00</published><updated>2026-02-05</updated>
<author><name>Ban</name><uri>http://x/</uri></author><author><email>a@b.vn</email></author>
<author>Người</author><contributor><name>C</name></contributor>
<category term="yte" scheme="s" label="Y tế"/><summary>a &lt; b</summary>
<content type="html" xml:base="https://xa.example.vn/tin/">&lt;p>x&lt;/p></content>
<media:group><media:title>M</media:title><media:description>Mô tả</media:description>
<media:content url="v" type="video/mp4"/><media:thumbnail url="i.jpg"/></media:group></entry>"""

PLAIN = {
    "wordpress": rss_with(WORDPRESS, WORDPRESS_HEAD),
    "atom": atom_with(ENTRY + "<entry><title>x</title></entry>", "<subtitle>Tin</subtitle>"),
    "atom with authors of its own": atom_with(
        "<entry><title>x</title></entry>", "<author><name>Ban</name></author><id>tag:x</id>"
    ),
    "drupal": rss_with(
        "<item><title>x</title><link>/a?b</link><guid>a/../b</guid><comments>/c</comments></item>",
        attributes='xml:base="https://xa.example.vn/vi"',
    ),
    "rss 1.0": rdf_with(
        '<image><title>i</title><url>u</url></image><item rdf:about="http://a.example/1">'
        "<title>Một</title><link>http://a.example/1</link><dc:date>2026-02-05</dc:date>"
        "<dc:subject>y</dc:subject><dc:creator>z</dc:creator></item>"
        "<textinput><title>t</title><name>n</name></textinput>",
        "<items/><dc:language>vi</dc:language><image/><title>again</title>"
        "<sy:updatePeriod>daily</sy:updatePeriod>",
    ),
    "podcast": rss_with(
        "<item><title>x</title><itunes:title>y</itunes:title><description>d</description>"
        "<itunes:summary>một hai ba</itunes:summary><itunes:author>A</itunes:author>"
        '<itunes:image href="http://x/i.jpg"/><itunes:keywords>a, b ,,c</itunes:keywords>'
        "<itunes:duration>1:00</itunes:duration><itunes:explicit>no</itunes:explicit></item>",
        "<description>D</description><itunes:summary>S</itunes:summary>"
        "<itunes:subtitle>kênh</itunes:subtitle><itunes:owner><itunes:name>N</itunes:name>"
        '</itunes:owner><itunes:category text="News"><itunes:category text="Local"/>'
        "</itunes:category>",
    ),
    "wishes": rss_with(
        "<item><title>x</title></item>",
        "<ttl>60</ttl><skipHours><hour>1</hour></skipHours><skipDays><day>Sunday</day></skipDays>",
    ),
    "rss 0.91": rss("<item><title>x</title></item>").replace('"2.0"', '"0.91"'),
    "redirected": rss_with(
        "<item><title>x</title><link>http://r/1</link>"
        "<feedburner:origLink>http://o/1?a&amp;amp;b;</feedburner:origLink></item>"
    ),
    "local dates": rss_with("<item><title>x</title><pubDate>05/02/2026 7:30</pubDate></item>"),
    "elements of its own": rss_with(
        "<item><title>x</title><anh>1</anh><image>http://x/i.jpg</image>"
        "<xa:hop><xa:con a='b'>1</xa:con></xa:hop><georss:point>1 2</georss:point></item>"
    ),
    "empty": rss_with("<item/><item><guid/></item><item><title/><title>x</title></item>"),
    "descriptions": rss_with(
        "<item><description>one</description><description>&lt;b>two&lt;/b></description>"
        "<description>three</description></item><item><content:encoded>c</content:encoded></item>"
        "<item><media:content url='x'><media:description>m</media:description></media:content>"
        "<description/></item>"
    ),
    "sources": rss_with("<item><title>x</title><source url='u'>s</source><title>y</title></item>"),
}


@pytest.mark.parametrize("name", PLAIN)
def test_plain_feeds_are_taken_and_read_alike(name: str) -> None:
    assert agrees(PLAIN[name])


@pytest.mark.parametrize("number", range(10))
def test_the_benchmark_feeds_are_taken_and_read_alike(number: int) -> None:
    assert agrees(benchmark_feed(number, Shape(10, 8)))


def test_the_samples_are_read_alike_and_most_are_taken(samples: Path) -> None:
    rows = [json.loads(line) for line in (samples / "INDEX.jsonl").read_text().splitlines()]
    feeds = [row["file"] for row in rows if row["kind"] == "feed" and ".json" not in row["file"]]
    taken = [agrees((samples / name).read_bytes()) for name in feeds]
    assert sum(taken) >= 0.75 * len(taken)  # 32 of 38; one is no feed, two are broken


NOT_PLAIN = {
    "broken": rss("<item><title>x</item>"),
    "xhtml": atom("<entry><title type='xhtml'>x</title></entry>"),
    "markup in a text": rss("<item><title>a <b>c</b></title></item>"),
    "base64": atom("<entry><content type='image/png'>eHh4</content></entry>"),
    "a row in a row": rss("<item><title>x</title><item/></item>"),
    "two channels": rss("</channel><channel>"),
    "a base that is none": rss("<item/>", attributes='xml:base="tin/"'),
    "a base in disguise": rss("<item/>", attributes='base="http://x/"'),
    "a prefix of two minds": rss_with("<item xmlns:dc='x:y'><dc:title>x</dc:title></item>"),
    "a name with a meaning": rss("<item><t:date xmlns:t='x:y'>x</t:date><date>2026</date></item>"),
    "fields by the back door": rss("<item><media_content url='x'/></item>"),
    "a taken prefix": rss("<item><title:detail xmlns:title='x:y'>x</title:detail></item>"),
    "a person with words beside": atom("<entry><author>x<name>y</name></author></entry>"),
    "too many rows": rss("<item/>" * 2001),
    "too many tags": rss("<item>" + "<x/>" * 200_001 + "</item>"),
    "half a character": rss("<item><title>x</title></item>").encode("utf-16-le")[:-1],
}


@pytest.mark.parametrize("name", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_feedparser(name: str) -> None:
    assert not agrees(NOT_PLAIN[name])


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_feeds_are_left_to_the_limits_or_read_alike(name: str) -> None:
    agrees(HOSTILE[name])


# Texts as they stand in a document; what they hold is chosen to meet every branch of both readers.
RAW_TEXTS = [
    "", " ", "x", "\n Tin \n", "Tin phường", "&lt;b&gt;đậm&lt;/b&gt;", "a &amp; b", "a &amp;amp; b",
    "<![CDATA[<p>đoạn</p>\n\n<p>hai</p>]]>", "một\n\nhai", "<![CDATA[a]]> b <![CDATA[c]]>",
    "&amp;#8217;", "&amp;nbsp;x", "&#224;", "cÃ´ng", "caf\u00e9", "a\u0085b", "&#x92;",
    "&#0000147;",
    "<!-- c -->x", "x<?pi y?>z", "http://x/1", "http:////x/1", "/a/../b?c&amp;d;e", "42", "true",
    "http://x/?a=1&amp;amp;b;=2", "a@b.vn (Ban)", "y, z,,", "yes", "60", "http://[", "&lt;/foo>",
    "&lt;br/&gt;", "0" * 1100, "ngày, " * 300, "<b>x</b>", "&#65;", "\u2028", "\u00a0", "]]&gt;",
    "1 &lt; 2 &gt; 1", "&lt;x&gt;&lt;/x&gt;", "&quot;&apos;",
]  # fmt: skip
RAW_DATES = [
    "Thu, 05 Feb 2026 07:30:00 +0700", "Thu, 05 Feb 2026 07:30:00 GMT", "2026-02-05T07:30:00Z",
    "2026-02-05T07:30:00.5+07:00", "2026-02-05", "05/02/2026 07:30",
    "Thu, 32 Feb 2026 07:30:00 GMT",
    "0001-01-01T00:00:00+23:00", "2026-02-05T24:00:00Z", "Sat, 5 Oct 2026 7:30 EST", "hôm nay",
]  # fmt: skip
ATTRIBUTES = [
    "type='html'", "type='text'", "type='TEXT/html'", "type='xhtml'", "type=''", "type='plain'",
    "xml:lang='vi_VN'", "xml:lang=''", "xml:base='http://b.example/x/'", "xml:base='/y'",
    "xml:base=''", "lang='vi'", "base='http://b/'", "url='/u.jpg'", "url=''", "URL='U'",
    "href='http://h/1'", "href=''", "href='/h.pdf'", "uri='q'", "rel='SELF'", "rel='enclosure'",
    "rel='hub'", "rel='next'", "rel='alternate'", "length='7'", "fileSize='8'", "medium='image'",
    "width='9'", "isPermaLink='false'", "isPermaLink='True'", "ispermalink='false'", "term='t'",
    "term=''", "scheme='s'", "domain='d'", "label='L'", "src='s'", "mode='base64'", "title='x'",
    "media:type='x'", "xa:url='x'", "xa:odd='x'", "xa:type='W3C'", "xa:href='x'", "text='x'",
    "version='2.0'", "rdf:about='x'", "lastmod='2026'",
]  # fmt: skip
TEXT_ELEMENTS = [
    "title", "description", "summary", "content", "content:encoded", "link", "guid", "id",
    "author", "dc:creator", "itunes:author", "category", "dc:subject", "keywords",
    "media:keywords", "itunes:keywords", "media:category", "itunes:summary", "itunes:subtitle",
    "subtitle", "media:title", "media:description", "dc:title", "dc:description", "enclosure",
    "media:content", "media:thumbnail", "itunes:image", "a:link", "feedburner:origLink", "image",
    "source", "comments", "ttl", "language", "dc:language", "sy:updatePeriod",
    "sy:updateFrequency", "name", "skipHours", "hour", "generator", "docs", "cloud",
    "slash:comments", "xa:y", "odd", "rights", "contributor", "cc:license", "textInput",
    "modified", "issued", "tags", "managingEditor", "webMaster", "dc:publisher", "dc:contributor",
    "tagline", "abstract", "url", "width", "email", "media:credit", "media:rating", "media:player",
    "dcterms:valid", "georss:point", "thr:total", "div", "xhtml:div", "xhtml:body", "svg",
    "dc:rights", "date", "links", "media_content", "media:text", "itunes:explicit",
    "feedburner:info", "TITLE", "pubdate", "a:summary", "expirationDate", "a:content", "rating",
    "icon",
]  # fmt: skip
DATE_ELEMENTS = [
    "pubDate", "published", "updated", "dc:date", "dcterms:created", "dcterms:modified",
    "dcterms:issued", "lastBuildDate", "created",
]  # fmt: skip
CONTAINERS = [
    "media:group", "media:content", "author", "a:author", "contributor", "image", "textinput",
    "itunes:owner", "xa:y", "odd", "div", "dc:rights", "rights", "categories", "source",
    "skipDays", "itunes:category", "title", "enclosure", "georss:where",
]  # fmt: skip


def tag(name: str, attributes: list[str], inner: str) -> str:
    unique = {each.split("=")[0]: each for each in attributes}.values()
    opened = " ".join([name, *unique])
    return f"<{opened}>{inner}</{name}>" if inner else f"<{opened}/>"


few_attributes = st.just([]) | st.just([]) | st.lists(st.sampled_from(ATTRIBUTES), max_size=2)
texts = st.sampled_from(RAW_TEXTS)
leaves = st.builds(tag, st.sampled_from(TEXT_ELEMENTS), few_attributes, texts) | st.builds(
    tag, st.sampled_from(DATE_ELEMENTS), few_attributes, st.sampled_from(RAW_DATES)
)
common = st.builds(
    tag,
    st.sampled_from(["title", "link", "description", "content:encoded", "guid", "summary"]),
    st.just([]),
    texts,
)
nodes = (
    common
    | leaves
    | st.builds(
        tag,
        st.sampled_from(CONTAINERS),
        few_attributes,
        st.lists(leaves, max_size=3).map("".join),
    )
)
heads = st.lists(nodes, max_size=3).map("".join)
bodies = st.lists(nodes, max_size=6).map("".join)
root_attributes = st.just("") | st.sampled_from(
    ["xml:lang='vi_VN'", "xml:base='http://r.example/a/b?c'", "lang='vi'", "xml:lang=''"]
)


@st.composite
def feeds(draw: st.DrawFn) -> str:
    form, row = draw(
        st.sampled_from([(rss_with, "item"), (atom_with, "entry"), (rdf_with, "item")])
    )
    rows = [tag(row, draw(few_attributes), draw(bodies)) for _ in range(draw(st.integers(0, 3)))]
    between = draw(st.sampled_from(["", "", "\n  "]))
    return form(between.join([*rows, draw(heads)]), draw(heads), draw(root_attributes))


@settings(max_examples=400)
@given(feeds())
def test_any_feed_is_read_alike(body: str) -> None:
    agrees(body)


@settings(max_examples=300)
@given(st.lists(common | leaves, min_size=1, max_size=5))
def test_any_row_of_simple_elements_is_read_alike(parts: list[str]) -> None:
    agrees(rss_with(f"<item>{''.join(parts)}</item>"))


URIS = [
    "http://purl.org/dc/elements/1.1/", "http://search.yahoo.com/mrss/",
    "http://purl.org/rss/1.0/", "http://search.yahoo.com/mrss", "http://www.w3.org/2005/Atom",
    "x:y", "x:z", "HTTP://purl.org/DC/terms/", "http://purl.org/rss/1.0/modules/content/",
    "http://www.w3.org/1999/xlink", "http://web.resource.org/cc/",
    "http://backend.userland.com/creativeCommonsRssModule", "http://backend.userland.com/rss2",
    "http://www.w3.org/1999/xhtml", "http://purl.org/rss/1.0/modules/thread", "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#", NETSCAPE, "a b",
]  # fmt: skip
PREFIXES = [
    "dc", "media", "DC", "content", "cc", "x", "y", "title", "date", "published", "rdf", "a_b",
    "psc", "creativeCommons", "thr", "xhtml", "author", "",
]  # fmt: skip
LOCALS = [
    "title", "Title", "creator", "date", "content", "encoded", "license", "thumbnail", "detail",
    "parsed", "link", "description", "subject", "ttl", "published_parsed", "id", "tag", "Rdf",
    "issued",
]  # fmt: skip
declarations = st.dictionaries(st.sampled_from(PREFIXES), st.sampled_from(URIS), max_size=3)


def declared(names: dict[str, str]) -> str:
    return " ".join(
        f"xmlns:{prefix}='{uri}'" if prefix else f"xmlns='{uri}'" for prefix, uri in names.items()
    )


@settings(max_examples=400)
@given(
    declarations,
    st.lists(
        st.tuples(
            st.sampled_from(LOCALS),
            st.integers(0, 3),
            st.just({}) | st.just({}) | declarations,
            st.sampled_from(
                [
                    "",
                    "",
                    "",
                    "url='u'",
                    "x:url='v'",
                    "rdf:about='x'",
                    "dc:type='html'",
                    "xlink:href='x'",
                ]
            ),
        ),
        min_size=1,
        max_size=4,
    ),
)
def test_any_declarations_are_read_alike(
    names: dict[str, str], elements: list[tuple[str, int, dict[str, str], str]]
) -> None:
    row = ""
    for local, which, own, attribute in elements:
        prefixes = sorted({*names, *own, ""})
        prefix = prefixes[which % len(prefixes)]
        name = f"{prefix}:{local}" if prefix else local
        attributes = [declared(own)] if own else []
        if attribute.partition(":")[0] in {*prefixes, attribute}:
            attributes.append(attribute)
        row += f"<{' '.join([name, *attributes])}>2026-02-05</{name}>"
    agrees(
        f"<rss version='2.0' {declared(names)}><channel><title>T</title><item>{row}"
        "<title>x</title></item></channel></rss>"
    )


_PIECES = re.compile(r"<[^<>]*>|[^<>]+")


def mutated(body: str, chance: random.Random) -> str:
    """Drop, double, move or change a few tags of a feed, or a few letters of it."""
    pieces = _PIECES.findall(body)
    for _ in range(chance.randint(1, 4)):
        at, other = chance.randrange(len(pieces)), chance.randrange(len(pieces))
        match chance.randrange(6):
            case 0:
                pieces[at] = ""
            case 1:
                pieces[at] += pieces[at]
            case 2:
                pieces[at], pieces[other] = pieces[other], pieces[at]
            case 3:
                pieces[at] = chance.choice(RAW_TEXTS)
            case 4:
                name = re.compile(r"\b" + re.escape(chance.choice(TEXT_ELEMENTS)) + r"\b")
                replacement = chance.choice(TEXT_ELEMENTS)
                pieces = [name.sub(replacement, piece) for piece in pieces]
            case _:
                pieces[at] = pieces[at].replace(">", f" {chance.choice(ATTRIBUTES)}>", 1)
    return "".join(pieces)


def elements_changed(body: str, chance: random.Random) -> str:
    """Drop, double or move whole elements, so that the feed stays well-formed."""
    leaf = re.compile(r"<([\w:-]+)(?: [^<>]*[^/<>])?>[^<>]*</\1>|<[\w:-]+ [^<>]*/>|<[\w:-]+/>")
    found = [match[0] for match in leaf.finditer(body)]
    for _ in range(chance.randint(1, 5)):
        one, two = chance.choice(found), chance.choice(found)
        kind = chance.randrange(3)
        body = body.replace(one, ("", one + one, two)[kind], 1)
    return body


@settings(max_examples=300)
@given(
    st.sampled_from(sorted(PLAIN)),
    st.sampled_from([mutated, elements_changed]),
    st.integers(0, 2**32),
)
def test_mutations_of_feeds_are_read_alike(
    name: str, change: Callable[[str, random.Random], str], seed: int
) -> None:
    agrees(change(PLAIN[name], random.Random(seed)))


@settings(max_examples=300)
@given(
    st.sampled_from(RAW_DATES)
    | st.from_regex(
        r"\A(Mon|Tue|Sat), [0-3]?[0-9] (Feb|Oct|Sep) (0000|1999|2026|9999) [0-2][0-9]:[0-6][0-9]:"
        r"[0-6][0-9] (GMT|[+-][0-9]{4})\Z"
    )
    | st.from_regex(
        r"\A(0001|2026|9999)-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\.[0-9]{1,9})?"
        r"(Z|[+-][0-9]{2}:[0-9]{2})\Z"
    )
)
def test_dates_are_feedparsers(text: str) -> None:
    ours, its = parsed_date(text), _parse_date(text)
    if ours is None or its is None:
        assert ours == its
    else:
        moment = ours.timetuple() if hasattr(ours, "timetuple") else ours
        assert tuple(moment[:6]) == tuple(its[:6])


def handlers() -> Iterator[str]:
    for name in dir(_FeedParserMixin):
        for kind in ("_start_", "_end_"):
            if name.startswith(kind):
                yield name.removeprefix(kind).lower()


def test_the_tables_of_names_are_feedparsers() -> None:
    assert _cp1252 == _WINDOWS_1252
    known = {uri.lower(): prefix.lower() for uri, prefix in _FeedParserMixin.namespaces.items()}
    assert known == plain_names.NAMESPACES
    for name in sorted(set(handlers())):
        prefix, _, local = name.partition("_")
        if not local:
            assert name in plain_names.BASIC
        elif prefix not in {"georss", "gml", "psc"}:
            assert name in plain_names.RULED


def test_every_field_that_is_read_has_a_guarded_name() -> None:
    class Noting(dict[str, object]):
        read: ClassVar[set[str]] = set()

        def get(self, key: str, default: object = None) -> object:
            self.read.add(key)
            return super().get(key, default)

    rows = [Noting({"title": "x"}), Noting({"title": "x", "published": "y", "updated": "z"})]
    for version in ("rss20", "atom10"):
        read_rows(Reading(version=version, about=Noting(), rows=rows, cut=False), "http://x/")
    names = Noting.read | {"published", "updated", "created", "language", "id", "link", "subtitle"}
    assert len(names) > 15
    assert names.isdisjoint({"ttl"})
    renamed = [
        key
        for key, kept in FeedParserDict.keymap.items()
        if not names.isdisjoint([kept] if isinstance(kept, str) else kept)
    ]
    for name in {*names, *renamed, "ttl"}:
        beginning, _, rest = name.partition("_")
        if rest:
            assert beginning in plain_names.BEGINNINGS or name in plain_names.RULED
        else:
            assert name in plain_names.BASIC


def test_a_name_is_refused_where_declarations_leave_it_open() -> None:
    names = PlainNames()
    names.declare("dc", "http://purl.org/dc/elements/1.1/")
    with pytest.raises(NotPlainError):
        names.declare("dc", "x:y")
    names = PlainNames()
    names.declare("cc", "http://backend.userland.com/creativeCommonsRssModule")
    with pytest.raises(NotPlainError):
        names.declare("license", "http://web.resource.org/cc/")


def test_feedparser_is_imported_only_when_a_feed_is_not_plain() -> None:
    code = (
        "import sys; from datetime import UTC, datetime\n"
        "from feedhub.model.document import Document\n"
        "from feedhub.model.source import Source\n"
        "from feedhub.parse.feed import parse_feed\n"
        "body = sys.stdin.buffer.read()\n"
        "document = Document(requested_url='http://x/', url='http://x/', body=body,\n"
        "    fetched_at=datetime(2026, 3, 1, tzinfo=UTC))\n"
        "parse_feed(document, Source(id='x', name='x', url='http://x/'))\n"
        "print('feedparser' in sys.modules)"
    )

    def imported(body: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], input=body.encode(), capture_output=True, check=True
        )
        return done.stdout.decode().strip()

    assert imported(PLAIN["wordpress"]) == "False"
    assert imported(NOT_PLAIN["markup in a text"]) == "True"

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedhub.text.markup import _SETTLING, _bounded, _cleaner, _one_pass, clean
from feedhub.text.settled import is_settled

CLEANER = _cleaner("https://xa.example.vn/tin/1.html")

#: pieces that are moved, closed, dropped or escaped by parsing
PIECES = [
    "<p>", "</p>", "<div>", "</div>", "<h2>", "</h2>", "<ul>", "</ul>", "<li>", "</li>", "<dl>",
    "<dt>", "<dd>", "<table>", "</table>", "<caption>", "<tbody>", "<tr>", "</tr>", "<td>", "<th>",
    "</td>", "<a href=/x>", "<a>", "</a>", "<b>", "</b>", "<em>", "</em>", "<q>", "</q>", "<pre>\n",
    "</pre>", "<hr>", "<br>", "<span>", "<font>", "<nobr>", "<form>", "<button>", "<svg>",
    "<title>", "<select>", "<ruby><rt>", "<center>", "<marquee>", "<!--", "-->", "\n", " ", "x",
    "&", "<", ">", "\u0338", "&nbsp;", "&amp;lt;", "&#8;", "<img src=/a.jpg alt='\"<'>",
    "<img alt=x src=//1.2.3.4.5/>", "<a href=//1.2.3.4.5/ title=x>", "<q cite=//xn--0/>",
    "<a href='javascript:x' title=x lang=vi>", "<p onclick=x dir=ltr lang=vi>",
    "<a href=mailto:a@example.vn>", "<a title='\u0338'>",
]  # fmt: skip
junk = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)

FLOW = ["p", "h2", "h3", "div", "blockquote", "ul", "ol", "dl", "figure", "details", "pre"]
PHRASING = ["a", "b", "em", "strong", "u", "sub", "q", "time"]
PARTS = ["li", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"]
texts = st.sampled_from(["", " ", "\n", "Tin ", "&amp;", "&nbsp;", "<br>", "<hr>"])


def within(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    names = st.sampled_from(FLOW + PHRASING + PARTS)
    content = st.lists(inner, max_size=3).map("".join)
    element = st.builds(lambda name, inside: f"<{name}>{inside}</{name}>", names, content)
    cell = content.map(lambda inside: f"<tr><td>{inside}</td></tr>")
    table = cell.map(lambda rows: f"<table><tbody>{rows}</tbody></table>")
    points = content.map(lambda inside: f"<ul><li>{inside}</li></ul>")
    return element | table | points


#: every element is closed where it was opened, whether it may stand there or not
nested = st.lists(st.recursive(texts, within, max_leaves=12), max_size=4).map("".join)


@settings(deadline=None, max_examples=300)
@given(junk | nested)
def test_what_is_settled_stays_as_it_is(html: str) -> None:
    once = _one_pass(_bounded(clean(html)), CLEANER)
    assert not is_settled(once) or _one_pass(once, _SETTLING) == once


@settings(deadline=None, max_examples=300)
@given(nested.filter(lambda html: "<a" not in html))
def test_what_nobody_cleaned_is_settled_only_if_it_stays(html: str) -> None:
    assert not is_settled(html) or _SETTLING.clean(html) == html


@pytest.mark.parametrize(
    "html",
    [
        "", "Tin", "<p>Tin</p>", "<p>a &amp; b&nbsp;&lt;</p>\n<p><b><i>c</i></b><br>d</p>",
        '<p><a href="https://xa.vn/?a=1&amp;b=2" title="x" rel="noopener noreferrer">x</a></p>',
        '<figure><img src="http://xa.vn:8080/a.jpg" alt=""><figcaption>x</figcaption></figure>',
        "<h2>a</h2><ul><li>b<ul><li><p>c</p></li></ul></li></ul><dl><dt>d</dt><dd>e</dd></dl><hr>",
        "<table>\n<caption>a</caption><thead><tr> <th>b</th></tr></thead></table>",
        '<table><tbody><tr><td colspan="2"><p>c</p><table></table></td></tr>\n</tbody></table>',
        "<strong><p>a</p><ul><li>b</li></ul></strong><b><b><b><b><b>c</b></b></b></b></b>",
        '<p><img src="http://10.0.0.7:60999/a.jpg" alt=""><img src="https://255.1.20.199"></p>',
    ],
    ids=range(11),
)  # fmt: skip
def test_ordinary_articles_need_no_second_pass(html: str) -> None:
    assert is_settled(html)
    assert _one_pass(html, _SETTLING) == html


@pytest.mark.parametrize(
    "html",
    [
        "<p><p>a</p></p>", "<p><div>a</div></p>", "<p><b><ul></ul></b></p>", "<h2><h3></h3></h2>",
        "<p>a<hr></p>", "<p>a<br>", "<li>a</li>", "<ul><div><li>a</li></div></ul>",
        "<dl><li>a</li></dl>", "<a><b><a>x</a></b></a>", "<b><i>a</b></i>", "<p>a", "a</p>",
        "</p>", "<pre>\na</pre>", "<table>a</table>", "<table><tr></tr></table>",
        "<table><tbody><tr><td>a</td>b</tr></tbody></table>", "<table><table></table></table>",
        "<table><tbody><tr><td>a</td></tr><p>b</p></tbody></table>", "<tr><td>a</td></tr>",
        "<table><tbody> \n<br></tbody></table>", "<span>a</span>", "a < b", "a & b", "&hellip;",
        "a > b", "<p\u226f", '<a title="x>y">a</a>', '<a rel="x" title="y">a</a>',
        '<a href="http://1.2.3.4.5/">a</a>', '<a href="http://a.0x1/">a</a>', '<a href="/a">a</a>',
        '<a href="http://xn--0/">a</a>', '<a href="http://xn--0.vn/">a</a>',
        '<a href="http://a.vn:99999/">a</a>', '<img src="javascript:x">',
        '<a href="http://1.2.3/">a</a>', '<a href="http://01.2.3.4/">a</a>',
        '<a href="http://1.2.3.256/">a</a>', '<a href="http://1.2.3.4:65000/">a</a>',
    ],
    ids=range(41),
)  # fmt: skip
def test_everything_else_is_tried(html: str) -> None:
    assert not is_settled(html)

"""A source's text inside our pages."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.unit.render import garbage

from feedhub.render.body import page_body

BASE = "https://nguon.example/tin/1"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("<h1>To</h1><h5>Nhỏ</h5>", "<h2>To</h2><h2>Nhỏ</h2>"),
        ('<p><img src="/a.png" alt="Vườn hoa">Chữ</p>', "[Ảnh: Vườn hoa]</span>Chữ</p>"),
        ('<a href="/x"><img src="/a.png"></a>', "[Ảnh]</span></a>"),
        ('<p>Một <a href="/x"></a>hai</p>', "<p>Một hai</p>"),
        ("<p>Một</p><p> </p><h2></h2><ul></ul>", "<p>Một</p>"),
        ("<div><li>Một</li></div>", "<div><div>Một</div></div>"),
        ("<section><article>Một</article></section>", "<div><div>Một</div></div>"),
        ("Chữ trần<p>Một</p>", "<p>Chữ trần</p><p>Một</p>"),
        ('<p>Một <a href="../tep.pdf">tệp</a></p>', 'href="https://nguon.example/tep.pdf"'),
        ("<table><tr><td>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>"),
        ("<script>x</script>", ""),
        ("", ""),
    ],
)
def test_a_text_becomes_fit_for_a_page(content: str, expected: str) -> None:
    body = str(page_body(content, BASE, "Ảnh"))
    assert expected in body
    assert bool(body) is bool(expected)


@given(garbage.words)
def test_no_picture_script_or_handler_gets_into_a_page(content: str) -> None:
    body = str(page_body(content, BASE, "Ảnh"))
    for forbidden in ("<img", "<script", "<iframe", "<h1", " onerror=", " style="):
        assert forbidden not in body

"""Titles that try to break out of a header, of HTML, of a line or of a window."""

from __future__ import annotations

__all__ = ["HOSTILE"]

HOSTILE = (
    "Chợ hoa\r\nBcc: everyone@mau.example",
    "Chợ hoa\nSubject: another",
    "Chợ hoa\r\n\r\n<html>a body of its own",
    "Chợ hoa\x00\x07\x1b[31m",
    "Chợ hoa\u2028Bcc: x@mau.example",
    "Chợ hoa\x85To: x@mau.example",
    "=?utf-8?q?Bcc:_x=40mau.example?=",
    "=?utf-8?b?DQpCY2M6IHhAbWF1LmV4YW1wbGU=?=",
    "\u202eoah ợhC",
    "\u2066Chợ\u2069 hoa\u200f",
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><a href="javascript:alert(1)">x</a>',
    "' onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;b&amp;gt;đậm&amp;lt;/b&amp;gt;",
    "<!--",
    "--><h1>x</h1>",
    "<![CDATA[x]]>",
    "{{ 7 * 7 }}{% raw %}",
    "%(number)s %s %n {0}",
    "</td></tr></table></body></html>",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0;url=https://mau.example/>",
    ".\r\n.\r\nQUIT",
    "",
    " \t\u00a0\u200b\ufeff",
    "x" * 5_000,
    "Hội\u0301\u0302" * 800,
    "\ud800\udfff một nửa chữ",
    "😀" * 300,
)

"""Turning a snapshot and a request into the one right answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

from feedhub.web.conditions import Verdict, judge, ranges_of, wants_range
from feedhub.web.negotiation import coding_for
from feedhub.web.security import OPEN_TO_SCRIPTS, SAFE_HEADERS, plain_headers
from feedhub.web.snapshots import Snapshot

__all__ = ["Answer", "Headers", "answer", "coding_of", "http_now", "plain"]

Headers = list[tuple[bytes, bytes]]

_WORDS = {
    400: "Địa chỉ không hợp lệ.\nThis address is not valid.\n",
    403: "Không được phép.\nNot allowed.\n",
    404: "Không tìm thấy trang này.\nThere is no such page.\n",
    405: "Chỉ đọc được trang này.\nThis page can only be read.\n",
    406: "Trình duyệt không nhận dạng nén nào có ở đây.\n"
    "None of the encodings we have is acceptable to your program.\n",
    410: "Trang này đã được gỡ bỏ và sẽ không trở lại.\n"
    "This page was taken away and will not come back.\n",
    412: "Trang này đã thay đổi.\nThe page is not as you expect it.\n",
    413: "Yêu cầu quá lớn.\nThe request is too large.\n",
    414: "Địa chỉ quá dài.\nThe address is too long.\n",
    416: "Không có phần được yêu cầu.\nThe file has no such part.\n",
    429: "Quá nhiều yêu cầu, xin thử lại sau.\nToo many requests, please try again later.\n",
    500: "Máy chủ gặp lỗi.\nSomething went wrong here.\n",
    503: "Máy chủ đang bận, xin thử lại sau.\nBusy at the moment, please try again later.\n",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer. For HEAD the body is left out by whoever sends it."""

    status: int
    headers: Headers
    body: bytes = b""


def http_now(now: float) -> bytes:
    """Return the value of a Date header for a moment in seconds since 1970."""
    return _date_of(int(now))


@lru_cache(maxsize=4)
def _date_of(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode("ascii")


def plain(status: int, *extra: tuple[bytes, bytes], text: str = "") -> Answer:
    """Return an error as text/plain, in Vietnamese and English."""
    body = (text or _WORDS[status]).encode("utf-8")
    return Answer(status, [*plain_headers(len(body)), *SAFE_HEADERS, *extra], body)


def coding_of(snapshot: Snapshot, headers: Mapping[str, str]) -> str | None:
    """Return the coding this client gets of this file, or None (406)."""
    return coding_for(headers.get("accept-encoding"), packable=snapshot.packable)


def answer(
    snapshot: Snapshot,
    headers: Mapping[str, str],
    method: str,
    *,
    fixed: Callable[[Snapshot], Headers],
    pack_up_to: int | None = None,
) -> Answer | None:
    """Answer a GET or HEAD. ``fixed`` gives the headers of a file that no request changes.

    None when a body larger than ``pack_up_to`` bytes must be packed first: the caller does that
    where nobody waits for it, and asks again.
    """
    coding = coding_of(snapshot, headers)
    if coding is None:
        return _no(snapshot, 406)
    etag = snapshot.etag(coding)
    verdict = judge(headers, etag=etag, modified=snapshot.modified)
    if verdict is Verdict.FAILED:
        return _no(snapshot, 412)
    if verdict is Verdict.NOT_MODIFIED:
        return Answer(304, _head(snapshot, coding, 304, fixed))
    if pack_up_to is not None and len(snapshot.body) > pack_up_to and not snapshot.ready(coding):
        return None
    body = snapshot.variant(coding).body
    if method == "GET" and wants_range(headers, etag=etag, modified=snapshot.modified):
        asked = ranges_of(headers["range"], len(body))
        if asked is not None:
            return _part(snapshot, coding, body, asked, fixed)
    return Answer(200, _head(snapshot, coding, 200, fixed), body)


def _no(snapshot: Snapshot, status: int, *extra: tuple[bytes, bytes]) -> Answer:
    open_to = OPEN_TO_SCRIPTS if snapshot.kind.open else ()
    return plain(status, (b"vary", b"Accept-Encoding"), *open_to, *extra)


def _head(
    snapshot: Snapshot, coding: str, status: int, fixed: Callable[[Snapshot], Headers]
) -> Headers:
    """Return the headers of a whole answer or of a 304 (RFC 9110, 15.4.5), kept for next time."""
    key = (coding, status)
    known = snapshot.headers.get(key)
    if known is not None:
        return known
    head = [
        (b"etag", snapshot.etag(coding).encode("ascii")),
        (b"vary", b"Accept-Encoding"),
        *fixed(snapshot),
    ]
    if status != 304:
        head += [
            (b"content-type", snapshot.kind.media_type.encode("ascii")),
            (b"last-modified", snapshot.last_modified.encode("ascii")),
            (b"accept-ranges", b"bytes"),
        ]
        if status == 200:
            length = len(snapshot.variant(coding).body)
            head.append((b"content-length", b"%d" % length))
        if coding != "identity":
            head.append((b"content-encoding", coding.encode("ascii")))
    snapshot.headers[key] = head
    return head


def _part(
    snapshot: Snapshot,
    coding: str,
    body: bytes,
    asked: Sequence[tuple[int, int]],
    fixed: Callable[[Snapshot], Headers],
) -> Answer:
    size = len(body)
    if not asked:
        return _no(snapshot, 416, (b"content-range", b"bytes */%d" % size))
    head = list(_head(snapshot, coding, 206, fixed))
    if len(asked) == 1:
        first, last = asked[0]
        head.append((b"content-range", b"bytes %d-%d/%d" % (first, last, size)))
        head.append((b"content-length", b"%d" % (last - first + 1)))
        return Answer(206, head, body[first : last + 1])
    # several parts (RFC 9110, 14.6): each with its own type and place
    boundary = secrets.token_hex(12).encode("ascii")
    media_type = snapshot.kind.media_type.encode("ascii")
    parts = [
        b"\r\n--%s\r\nContent-Type: %s\r\nContent-Range: bytes %d-%d/%d\r\n\r\n%s"
        % (boundary, media_type, first, last, size, body[first : last + 1])
        for first, last in asked
    ]
    whole = b"".join([*parts, b"\r\n--%s--\r\n" % boundary])
    head = [pair for pair in head if pair[0] != b"content-type"]
    head.append((b"content-type", b"multipart/byteranges; boundary=" + boundary))
    head.append((b"content-length", b"%d" % len(whole)))
    return Answer(206, head, whole)

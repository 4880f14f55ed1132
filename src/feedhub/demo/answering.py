"""Answer a request as the portals would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import blake2b
from html import escape
from urllib.parse import parse_qsl, unquote

from feedhub.demo.feeds import changes_by_itself, feed
from feedhub.demo.layouts import article_page, front_page, notice_page
from feedhub.demo.pictures import picture
from feedhub.demo.portals import PORTALS, Portal
from feedhub.demo.showing import Showing, Shown, showing
from feedhub.demo.timeline import TIMELINE, Change, Happening, happened
from feedhub.demo.written import title_of

__all__ = ["Answer", "answer"]

_HTML = "text/html; charset=utf-8"
_BASE = "http://127.0.0.1:8001"
_LONGEST = 2_000
_CHANGES = {
    Change.APPEARS: "tin mới",
    Change.CORRECTED: "đính chính",
    Change.POLISHED: "sửa lỗi chữ",
    Change.WITHDRAWN: "gỡ tin",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names are lower-case."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the header of that (lower-case) name."""
        return next((value for key, value in self.headers if key == name), None)


def answer(
    path: str, query: str, elapsed: timedelta, started: datetime, *, base: str = _BASE
) -> Answer:
    """Return what the demo server answers to GET ``path?query``.

    ``started`` is when the demo began (aware), ``elapsed`` how long ago that is; ``base`` is the
    server's own address without a slash at the end. The same input gives the same bytes. Unknown
    addresses get 404, a withdrawn article 410.
    """
    if len(path) + len(query) > _LONGEST:
        return _page(414, notice_page("Địa chỉ quá dài", "The address is too long."))
    try:
        asked = dict(parse_qsl(query, max_num_fields=20))
    except ValueError:
        asked = {}
    elapsed = max(elapsed, timedelta())
    portal_id, slash, rest = unquote(path).removeprefix("/").partition("/")
    if not slash:
        return _root(portal_id)
    portal = PORTALS.get(portal_id)
    if portal is None:
        return _not_found()
    now = showing(portal.id, started, happened(elapsed))
    if portal.feed and rest == portal.feed_path and not asked:
        return _feed(now, base, elapsed)
    for shown in (*now.articles, *now.withdrawn):
        if _asks_for(portal, shown, rest, asked):
            if shown in now.withdrawn:
                return _page(410, notice_page("Tin đã được gỡ", "This page was withdrawn."))
            return _with_validators(_page(200, article_page(now, shown, elapsed)), now)
        if shown.picture and rest == shown.picture:
            body = picture(shown.slug)
            return Answer(200, (("content-type", "image/png"),), body)
    if rest == "" and portal.identity not in asked:
        section = asked.get(portal.section_parameter, "")
        return _with_validators(_page(200, front_page(now, section, elapsed)), now)
    return _not_found()


def _root(name: str) -> Answer:
    if name == "":
        return _page(200, notice_page("Các cổng thông tin mẫu", _list_of_portals()))
    if name == "robots.txt":
        return Answer(200, (("content-type", "text/plain"),), b"User-agent: *\nAllow: /\n")
    if name in PORTALS:
        return Answer(301, (("location", f"/{name}/"), ("content-type", "text/plain")), b"")
    return _not_found()


def _list_of_portals() -> str:
    rows = []
    for portal in PORTALS.values():
        faults = "; ".join(sorted(portal.faults))
        feed_link = ""
        if portal.feed:
            feed_link = f' · <a href="/{portal.id}/{portal.feed_path}">{portal.feed}</a>'
        remark = f"<br><small>{escape(faults)}</small>" if faults else ""
        rows.append(
            f'<li><a href="/{portal.id}/">{escape(portal.name)}</a>{feed_link}{remark}</li>'
        )
    return (
        "<p>Các trang mẫu để chạy thử; mọi địa danh và tên người đều được đặt ra. "
        "Sample pages to try the hub with; every place and name is invented.</p>"
        f"<ul>{''.join(rows)}</ul>"
        "<h2>Những gì sẽ xảy ra <small>What happens while you watch</small></h2>"
        f"<table>{''.join(map(_row, TIMELINE))}</table>"
    )


def _row(row: Happening) -> str:
    minutes, seconds = divmod(int(row.after.total_seconds()), 60)
    portal = PORTALS[row.article.partition("/")[0]]
    return (
        f"<tr><td>{minutes}:{seconds:02}</td><td>{_CHANGES[row.change]}</td>"
        f"<td>{escape(portal.name)}</td><td>{escape(title_of(row.article))}</td></tr>"
    )


def _asks_for(portal: Portal, shown: Shown, rest: str, asked: dict[str, str]) -> bool:
    path, _, query = shown.address.partition("?")
    if path != rest:
        return False
    if not query:
        return True
    return dict(parse_qsl(query))[portal.identity] == asked.get(portal.identity)


def _feed(now: Showing, base: str, elapsed: timedelta) -> Answer:
    content_type, body = feed(now, base, elapsed)
    plain = Answer(200, (("content-type", content_type),), body)
    return plain if changes_by_itself(now.portal) else _stamped(plain, now)


def _with_validators(plain: Answer, now: Showing) -> Answer:
    return _stamped(plain, now) if now.portal.validators else plain


def _stamped(plain: Answer, now: Showing) -> Answer:
    tag = blake2b(plain.body, digest_size=8).hexdigest()
    stamp = format_datetime(now.changed.astimezone(UTC), usegmt=True)
    return Answer(
        plain.status, (*plain.headers, ("etag", f'"{tag}"'), ("last-modified", stamp)), plain.body
    )


def _page(status: int, html: str) -> Answer:
    return Answer(status, (("content-type", _HTML),), html.encode())


def _not_found() -> Answer:
    return _page(404, notice_page("Không tìm thấy trang", "There is no page at this address."))

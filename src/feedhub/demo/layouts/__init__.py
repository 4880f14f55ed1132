"""The pages of the portals: one module per product that real portals run."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from feedhub.demo.layouts import council, liferay, nukeviet, plain, ward
from feedhub.demo.layouts.parts import notice_page
from feedhub.demo.portals import Layout
from feedhub.demo.showing import Showing, Shown

__all__ = ["article_page", "front_page", "notice_page"]


class _Pages(Protocol):
    """What every module here offers."""

    def front(self, now: Showing, rows: tuple[Shown, ...], elapsed: timedelta) -> str: ...
    def article(self, now: Showing, shown: Shown, elapsed: timedelta) -> str: ...


_MODULES: dict[Layout, _Pages] = {
    Layout.WARD_TABLE: ward,
    Layout.LIFERAY: liferay,
    Layout.NUKEVIET: nukeviet,
    Layout.COUNCIL: council,
    Layout.PLAIN: plain,
}


def front_page(now: Showing, section: str, elapsed: timedelta) -> str:
    """Return the portal's listing as HTML, of one section or (``""``) of all."""
    module = _MODULES[now.portal.layout]
    rows = tuple(shown for shown in now.articles if section in {"", shown.section})
    return module.front(now, rows, elapsed)


def article_page(now: Showing, shown: Shown, elapsed: timedelta) -> str:
    """Return the page of one article as HTML."""
    return _MODULES[now.portal.layout].article(now, shown, elapsed)

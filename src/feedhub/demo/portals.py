"""The portals of the demo: who they are, how their pages look, which faults their feeds have.

Layouts and faults are those that real portals have: the pages of one product that serves every
ward of a city, Liferay, NukeViet, an English council's news flash; feeds with the faults that
aggregators' bug trackers are full of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["PORTALS", "Fault", "FeedFormat", "Layout", "Portal"]


class Layout(StrEnum):
    """How a portal's pages are built."""

    WARD_TABLE = "ward-table"  # one product, every ward: tables, identity in the query
    LIFERAY = "liferay"
    NUKEVIET = "nukeviet"
    COUNCIL = "council"  # an English council's "News Flash"
    PLAIN = "plain"  # the pages behind a feed


class FeedFormat(StrEnum):
    """The format of a portal's feed."""

    RSS2 = "rss2"
    ATOM = "atom"
    RSS1 = "rss1"
    JSON = "json"


class Fault(StrEnum):
    """What is wrong with a feed."""

    HEADER_SAYS_1252 = "the header says windows-1252, the bytes are UTF-8"
    BYTES_ARE_1258 = "the bytes are windows-1258, in the decomposed letters of that code page"
    NEW_GUIDS = "every fetch has new guids"
    ONE_GUID = "one guid on all entries"
    NO_GUID = "no guid at all"
    FLIPPING_SCHEME = "the ids flip between http and https"
    DAY_ONLY = "dates without a time of day"
    FUTURE_DATE = "an event's date where the publication date belongs"
    RELATIVE_LINKS = "links without a host"
    CONTROL_CHARACTER = "a character that XML forbids"
    HTML_IN_TITLES = "markup in titles"


@dataclass(frozen=True, slots=True, kw_only=True)
class Portal:
    """One portal.

    ``address`` makes an article's address under the portal's own prefix from ``{slug}``,
    ``{number}``, ``{guid}`` and ``{section}``; ``identity`` names the query parameter that tells
    articles apart where the path does not. ``sections`` are (id, name in the menu).
    """

    id: str
    name: str
    layout: Layout
    address: str
    sections: tuple[tuple[str, str], ...]
    first_number: int
    identity: str = ""
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    feed: FeedFormat | None = None
    feed_path: str = ""
    full_content: bool = False
    faults: frozenset[Fault] = frozenset()
    section_parameter: str = "muc"

    @property
    def validators(self) -> bool:
        """Whether pages carry ETag and Last-Modified; the old products never send them."""
        return self.layout not in {Layout.WARD_TABLE, Layout.COUNCIL}


_WARD_SECTIONS = (("121", "Tin tức - Sự kiện"), ("124", "Thông báo"), ("130", "Điểm tin báo chí"))

PORTALS: dict[str, Portal] = {
    portal.id: portal
    for portal in (
        Portal(
            id="nguyet-giang",
            name="Cổng thông tin điện tử thành phố Nguyệt Giang",
            layout=Layout.PLAIN,
            address="vi-vn/{section}/tid/{slug}/newsid/{guid}",
            sections=(("Thong-bao", "Thông báo"), ("Tin-tuc", "Tin tức"), ("Quy-hoach", "Đô thị")),
            first_number=485_100,
            feed=FeedFormat.RSS2,
            feed_path="rss/tin-moi.rss",
            full_content=True,
        ),
        Portal(
            id="bao-nguyet-giang",
            name="Báo Nguyệt Giang điện tử",
            layout=Layout.PLAIN,
            address="{section}/{slug}-{number}.html",
            sections=(
                ("thoi-su", "Thời sự"),
                ("doi-song", "Đời sống"),
                ("van-hoa", "Văn hóa"),
                ("kinh-te", "Kinh tế"),
            ),
            first_number=144_900,
            feed=FeedFormat.ATOM,
            feed_path="feed.atom",
            faults=frozenset({Fault.FLIPPING_SCHEME, Fault.HTML_IN_TITLES}),
        ),
        Portal(
            id="thach-van",
            name="Trang thông tin điện tử phường Thạch Vân",
            layout=Layout.WARD_TABLE,
            address="?gd=4&cn={section}&tc={number}",
            identity="tc",
            sections=_WARD_SECTIONS[:2],
            first_number=23_800,
            section_parameter="cn",
        ),
        Portal(
            id="dong-ngu",
            name="Trang thông tin điện tử phường Đông Ngự",
            layout=Layout.WARD_TABLE,
            address="?cn={section}&gd=4&tc={number}",
            identity="tc",
            sections=_WARD_SECTIONS,
            first_number=11_330,
            section_parameter="cn",
        ),
        Portal(
            id="bach-lieu",
            name="Cổng thông tin phường Bạch Liễu",
            layout=Layout.NUKEVIET,
            address="{section}/{slug}-{number}.html",
            sections=(("tin-tuc", "Tin tức"), ("thong-bao", "Thông báo")),
            first_number=81_900,
            feed=FeedFormat.RSS2,
            feed_path="rss/",
        ),
        Portal(
            id="con-mai",
            name="Cổng thông tin xã Cồn Mai",
            layout=Layout.PLAIN,
            address="1222/27362/{section}/{number}/{slug}",
            sections=(("45707", "Tin trong xã"), ("45712", "Thông báo")),
            first_number=612_700,
            feed=FeedFormat.RSS1,
            feed_path="rss.rdf",
            full_content=True,
            faults=frozenset({Fault.BYTES_ARE_1258, Fault.NO_GUID, Fault.DAY_ONLY}),
        ),
        Portal(
            id="da-tram",
            name="Xã Đá Trầm - Cổng thông tin điện tử",
            layout=Layout.LIFERAY,
            address="web/guest/{section}/-/asset_publisher/q7XbTe9LmA2c/content/{slug}",
            sections=(("tin-tuc", "Tin tức"), ("thong-bao", "Thông báo")),
            first_number=6_576_400,
        ),
        Portal(
            id="hai-ngan",
            name="Xã Hải Ngạn",
            layout=Layout.PLAIN,
            address="pages/detail/{number}/{slug}.html",
            sections=(("tin", "Tin tức"), ("tb", "Thông báo")),
            first_number=39_000,
            feed=FeedFormat.RSS2,
            feed_path="rss.aspx",
            full_content=True,
            faults=frozenset({Fault.NEW_GUIDS, Fault.RELATIVE_LINKS, Fault.CONTROL_CHARACTER}),
        ),
        Portal(
            id="van-hoa",
            name="Sở Văn hóa và Thể thao Nguyệt Giang",
            layout=Layout.PLAIN,
            address="Trang/ChiTietTinTuc.aspx?nid={number}",
            identity="nid",
            sections=(("le-hoi", "Lễ hội"), ("di-san", "Di sản"), ("the-thao", "Thể thao")),
            first_number=2_500,
            feed=FeedFormat.JSON,
            feed_path="feed.json",
            full_content=True,
            faults=frozenset({Fault.FUTURE_DATE}),
        ),
        Portal(
            id="y-te",
            name="Trung tâm Y tế thành phố Nguyệt Giang",
            layout=Layout.PLAIN,
            address="tin/{slug}-{number}.html",
            sections=(("tiem-chung", "Tiêm chủng"), ("phong-benh", "Phòng bệnh")),
            first_number=7_200,
            feed=FeedFormat.RSS2,
            feed_path="rss",
            faults=frozenset({Fault.HEADER_SAYS_1252, Fault.ONE_GUID, Fault.DAY_ONLY}),
        ),
        Portal(
            id="english",
            name="Nguyet Giang City in English",
            layout=Layout.PLAIN,
            address="en/node/{number}",
            sections=(("news", "News"), ("visitors", "Visitors"), ("residents", "Residents")),
            first_number=101_000,
            language="en",
            feed=FeedFormat.ATOM,
            feed_path="en/feed",
            full_content=True,
        ),
        Portal(
            id="marram-bay",
            name="Marram Bay Town Council",
            layout=Layout.COUNCIL,
            address="CivicAlerts.aspx?AID={number}",
            identity="AID",
            sections=(("news", "News Flash"), ("meetings", "Meetings")),
            first_number=400,
            language="en",
            timezone="Europe/London",
            section_parameter="CID",
        ),
    )
}

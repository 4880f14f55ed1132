"""The shape of the config file, as pydantic reads it, and what it becomes.

Every key has a default; the smallest config is a title and one source URL. The JSON Schema that
editors use (``feedhub.schema.json``) is written from these classes by ``make docs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from feedhub.config.units import read_duration, read_size
from feedhub.model.channel import Channel
from feedhub.model.digest import Digest
from feedhub.model.source import DateOrder, RowReach, Source

__all__ = [
    "BIND",
    "DIGEST_HOUR",
    "ID",
    "LANGUAGE",
    "RATE",
    "SELECTOR_NAME",
    "AlertSection",
    "CollectSection",
    "File",
    "HubSection",
    "MailSection",
    "ServeSection",
    "ServiceSection",
    "Settings",
]


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError('expected a time zone such as "Asia/Ho_Chi_Minh"') from error
    return name


def _web_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError('expected a web address such as "https://town.example/news"')
    return url


def _selector(rule: str) -> str:
    if rule:
        from feedhub.text.dom import check_selector

        check_selector(rule)
    return rule


def _web_url_if_any(url: str) -> str:
    return _web_url(url) if url else url


#: what RFC 5321 (4.5.3.1.1) leaves of 64 characters beside a plus sign and an id
_LONGEST_RETURN = 48


def _mail_address(text: str) -> str:
    from feedhub.text.addresses import mail_address

    return mail_address(text).address if text else ""


def _return_address(text: str) -> str:
    """Check an address that has to hold the id of a message behind a plus sign as well."""
    address = _mail_address(text)
    if len(address.rpartition("@")[0]) > _LONGEST_RETURN:
        raise ValueError(f"expected at most {_LONGEST_RETURN} characters before the @")
    return address


def _sender(text: str) -> str:
    """Check a From value: an address, alone or in <> behind a name."""
    if text:
        name, opened, rest = text.rpartition("<")
        try:
            _mail_address(rest.removesuffix(">") if opened else text)
        except ValueError as error:
            raise ValueError(
                f'expected a sender such as "Town news <news@town.example>": {error}'
            ) from None
        if opened and (not rest.endswith(">") or not name.isprintable()):
            raise ValueError('expected a sender such as "Town news <news@town.example>"')
    return text


def _mail_server(address: str) -> str:
    if address:
        from feedhub.deliver.server import MailServer

        MailServer.parse(address)
    return address


def _allowed(text: str) -> str:
    """Check an address that may be written to, or all those of a domain."""
    if not text.startswith("@"):
        return _mail_address(text)
    _mail_address(f"x{text}")
    return text.lower()


#: the forms of texts; words.py says each in words
BIND = r"^(\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}$"
DIGEST_HOUR = r"^([01]\d|2[0-3]):[0-5]\d$"
ID = r"^[a-z0-9][a-z0-9-]{0,63}$"
LANGUAGE = r"^[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*$"
RATE = r"^([1-9]\d{0,5}/(s|m|h))?$"
SELECTOR_NAME = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"

Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    Field(json_schema_extra={"type": "string", "examples": ["30s", "15m", "2h", "1d"]}),
]
Size = Annotated[int, BeforeValidator(read_size)]
TimeZone = Annotated[str, AfterValidator(_timezone)]
WebUrl = Annotated[str, AfterValidator(_web_url)]
#: messages per second, minute or hour, such as "60/m"
Rate = Annotated[str, Field(pattern=RATE)]
Selector = Annotated[str, AfterValidator(_selector)]
Id = Annotated[str, Field(pattern=ID)]
Language = Annotated[str, Field(pattern=LANGUAGE)]


class Section(BaseModel):
    """A table of the config file: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class HubSection(Section):
    """``[hub]``: who publishes, where, and where the data lies."""

    title: str = "FeedHub"
    description: str = ""
    base_url: WebUrl = "http://127.0.0.1:8000/"
    language: Language = "vi"
    timezone: TimeZone = "Asia/Ho_Chi_Minh"
    data_dir: Path = Path("var")
    publish_dir: Path | None = None
    database_url: str = ""
    contact: str = ""
    websub_hub: str = ""
    theme_dir: Path | None = None


class CollectSection(Section):
    """``[collect]``: how politely sources are asked."""

    every: Duration = timedelta(minutes=30)
    in_flight: Annotated[int, Field(ge=1, le=1000)] = 100
    per_host: Annotated[int, Field(ge=1, le=64)] = 2
    per_host_gap: Duration = timedelta(seconds=2)
    timeout: Duration = timedelta(seconds=30)
    max_bytes: Size = 5_000_000
    robots: Literal["pages", "all", "none"] = "pages"
    websub: bool | None = None
    allow_private: tuple[str, ...] = ()


class ServeSection(Section):
    """``[serve]``: where the built-in server listens."""

    bind: Annotated[str, Field(pattern=BIND)] = "127.0.0.1:8000"


class ServiceSection(Section):
    """``[service]``: how ``feedhub run`` works: alone, or as one of many on one PostgreSQL."""

    engine: Literal["local", "procrastinate"] = "local"
    does: tuple[Literal["pull", "publish", "mail"], ...] = ("pull", "publish", "mail")


class ListingSection(Section):
    """``[sources.listing]``: how entries are read off a listing page."""

    entry: Selector
    link: Selector = ""
    title: Selector = ""
    date: Selector = ""
    summary: Selector = ""
    reach: RowReach = RowReach.INSIDE
    heading: Selector = ""
    dated: bool = False
    date_order: DateOrder | None = None
    identity: tuple[str, ...] = ()
    pages: Selector = ""
    page_limit: Annotated[int, Field(ge=1, le=20)] = 1


class ArticleSection(Section):
    """``[sources.article]``: how article pages are read."""

    full_text: bool = False
    title: Selector = ""
    date: Selector = ""
    author: Selector = ""
    body: Selector = ""
    image: Selector = ""
    remove: tuple[Selector, ...] = ()


class SourceSection(Section):
    """``[[sources]]``: a place to pull from. Only ``url`` is needed."""

    url: WebUrl
    id: Id | None = None
    name: str = ""
    kind: Literal["auto", "feed", "listing"] = "auto"
    place: str = ""
    topics: tuple[str, ...] = ()
    language: Language | None = None
    timezone: TimeZone | None = None
    every: Duration | None = None
    weight: Annotated[float, Field(ge=0)] = 1.0
    identity: tuple[str, ...] = ()
    backfill: Annotated[int, Field(ge=0)] = 10
    enabled: bool = True
    homepage: str = ""
    ca_file: str = ""
    verify_tls: bool = True
    listing: ListingSection | None = None
    article: ArticleSection = ArticleSection()


class ChannelSection(Section):
    """``[[channels]]``: one published output stream."""

    id: Id
    title: str = ""
    description: str = ""
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    content: Literal["full", "summary"] = "full"
    dedupe: bool = True


class DigestSection(Section):
    """``[[digests]]``: what is mailed, and when."""

    id: Id
    title: str = ""
    channel: str = "all"
    every: Literal["day", "week"] = "day"
    at: Annotated[str, Field(pattern=DIGEST_HOUR)] = "07:00"
    on: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] = "mon"
    sections: Literal["place", "topic", "source"] = "place"
    timezone: TimeZone | None = None


class MailSection(Section):
    """``[mail]``: who sends, and through which server.

    Without ``smtp`` every message is written to ``outbox_dir`` as an .eml file. ``only_to`` names
    the only addresses (or ``@domains``) that are written to, for trials.
    """

    sender: Annotated[str, AfterValidator(_sender)] = ""
    smtp: Annotated[str, AfterValidator(_mail_server)] = ""
    smtp_ca_file: str = ""
    dkim_key_file: str = ""
    dkim_selector: Annotated[str, Field(pattern=SELECTOR_NAME)] = "feedhub"
    rate: Rate = ""
    rate_per_domain: Rate = ""
    bounces_to: Annotated[str, AfterValidator(_return_address)] = ""
    bounce_folder: Path | None = None
    outbox_dir: Path | None = None
    only_to: tuple[Annotated[str, AfterValidator(_allowed)], ...] = ()
    on_unknown: Literal["retry", "hold"] = "retry"
    postal_address: str = ""


class AlertSection(Section):
    """``[[alerts]]``: where the operator is told."""

    mail: str = ""
    webhook: Annotated[str, AfterValidator(_web_url_if_any)] = ""


class File(Section):
    """A whole config file."""

    include: tuple[str, ...] = ()
    hub: HubSection = HubSection()
    collect: CollectSection = CollectSection()
    serve: ServeSection = ServeSection()
    service: ServiceSection = ServiceSection()
    sources: tuple[SourceSection, ...] = ()
    channels: tuple[ChannelSection, ...] = ()
    digests: tuple[DigestSection, ...] = ()
    mail: MailSection = MailSection()
    alerts: tuple[AlertSection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A config that was read and checked. Paths are absolute."""

    file: Path
    hub: HubSection
    collect: CollectSection
    serve: ServeSection
    sources: tuple[Source, ...]
    channels: tuple[Channel, ...]
    digests: tuple[Digest, ...]
    mail: MailSection
    alerts: tuple[AlertSection, ...]
    data_dir: Path
    publish_dir: Path
    database_url: str
    service: ServiceSection

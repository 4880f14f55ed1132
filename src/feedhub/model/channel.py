"""Published output streams."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Channel", "Hub"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """What every page and feed needs to know of the hub itself.

    ``base_url`` ends with a slash. ``tag_base`` is the beginning of every id in our feeds, such as
    ``tag:hue.example,2026:`` (RFC 4151); it is minted once and survives a change of address.
    """

    title: str
    base_url: str
    tag_base: str
    language: str = "vi"
    timezone: str = "Asia/Ho_Chi_Minh"
    contact: str = ""
    description: str = ""
    websub_hub: str = ""
    #: whether people are invited to sign up for digests by mail
    by_mail: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One published output stream: which stories, how many, how much of them.

    Empty tuples mean "all". ``include`` and ``exclude`` are words or phrases, compared without
    case and diacritics. ``content`` is ``full`` or ``summary``.
    """

    id: str
    title: str
    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int = 100
    content: str = "full"
    dedupe: bool = True
    description: str = ""

"""What every page of the site has around its content: addresses, languages, feeds, JSON-LD."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from feedhub.model.channel import Hub
from feedhub.model.edition import StoryCard
from feedhub.model.page import FeedLink
from feedhub.render.addresses import page_address, story_address
from feedhub.render.language import Language, language, languages
from feedhub.render.safety import language_tag, title_text, uri

__all__ = ["Alternate", "Frame", "json_ld", "short_title", "site_data", "story_data"]


#: letters of a title, as written in HTML, that browsers and search engines show
_TITLE_LIMIT = 70


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same page in another language of the interface."""

    code: str
    own_name: str
    href: str
    address: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """One page's surroundings. ``path`` is its address below the base URL, without language."""

    hub: Hub
    words: Language
    path: str
    title: str
    description: str
    feeds: tuple[FeedLink, ...]
    indexed: bool = True
    #: which entry of the navigation is marked
    room: str = ""
    data: Markup | None = None

    @property
    def canonical(self) -> str:
        """The page's own absolute address."""
        return page_address(self.hub, self.path, self.words.prefix)

    @property
    def document_title(self) -> str:
        """The title for tabs and search results: with the site's name where both are short."""
        site = title_text(self.hub.title)
        whole = self.title if self.title == site else f"{self.title} · {site}"
        return whole if len(escape(whole)) <= _TITLE_LIMIT else short_title(self.title)

    @property
    def root(self) -> str:
        """The path under which the site stands on its host, with slashes at both ends."""
        path = urlsplit(self.hub.base_url).path
        return path if path.endswith("/") else path + "/"

    def href(self, path: str) -> str:
        """The address of a page in this language, from the root of the host."""
        return f"{self.root}{self.words.prefix}{path}"

    def file(self, path: str) -> str:
        """The address of what exists once for all languages: feeds, style sheets."""
        return f"{self.root}{path}"

    @property
    def alternates(self) -> tuple[Alternate, ...]:
        """The page in every language of the interface, this one among them."""
        found = [language(code) for code in languages()]
        return tuple(
            Alternate(
                code=one.code,
                own_name=one.own_name,
                href=f"{self.root}{one.prefix}{self.path}",
                address=page_address(self.hub, self.path, one.prefix),
                current=one.code == self.words.code,
            )
            for one in found
        )


def short_title(title: str) -> str:
    """Return a title short enough for tabs and search results, cut at a word."""
    if len(escape(title)) <= _TITLE_LIMIT:
        return title
    short = title[: _TITLE_LIMIT - 1]
    while len(escape(short)) >= _TITLE_LIMIT:
        short = short[:-1]
    return short.rsplit(" ", 1)[0] + "…"


def json_ld(data: dict[str, Any]) -> Markup:
    """Return data as the text of a JSON-LD block: a data block, not run and not held back by CSP.

    No ``<`` stands in it, so nothing in it can end the block.
    """
    kept = {key: value for key, value in data.items() if value}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    for character, escaped in (("&", "\\u0026"), ("<", "\\u003c"), (">", "\\u003e")):
        text = text.replace(character, escaped)
    return Markup(text)  # noqa: S704 - escaped just above


def site_data(hub: Hub, words: Language) -> Markup:
    """Return what the front page says of the site to machines."""
    search = page_address(hub, "search/", words.prefix) + "?q={search_term_string}"
    return json_ld(
        {
            "@context": "https://schema.org",
            "@type": "WebSite",
            "name": title_text(hub.title),
            "url": page_address(hub, "", words.prefix),
            "inLanguage": words.code,
            "description": title_text(hub.description),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": search},
                "query-input": "required name=search_term_string",
            },
        }
    )


def story_data(hub: Hub, card: StoryCard) -> Markup:
    """Return what a story's page says to machines: the sources' pages are what it is based on.

    It never claims to be the author or the publisher of a source's text.
    """
    links = [uri(printing.link) for printing in card.printings]
    source = card.lead.source
    return json_ld(
        {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": title_text(card.title)[:110],
            "url": story_address(hub, card),
            "mainEntityOfPage": story_address(hub, card),
            "isBasedOn": list(dict.fromkeys(link for link in links if link)),
            "datePublished": card.published.isoformat(),
            "dateModified": card.updated.isoformat(timespec="seconds"),
            "inLanguage": language_tag(card.language),
            "creditText": title_text(source.name),
            "sourceOrganization": {
                "@type": "GovernmentOrganization",
                "name": title_text(source.name),
                **({"url": uri(source.homepage)} if uri(source.homepage) else {}),
            },
        }
    )

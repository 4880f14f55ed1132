"""What all layouts share: escaping, links, the outer page."""

from __future__ import annotations

from html import escape

from feedhub.demo.portals import Portal
from feedhub.demo.showing import Showing, Shown

__all__ = ["document", "esc", "href", "menu", "notice_page", "others", "source_of"]


def esc(text: str) -> str:
    """Escape text for HTML, quotes included."""
    return escape(text)


def href(portal: Portal, shown: Shown) -> str:
    """Return the article's address for an attribute: without host, as old portals write it."""
    return escape(f"/{portal.id}/{shown.address}")


def source_of(portal: Portal, shown: Shown) -> str:
    """Return the picture's address for an attribute."""
    return escape(f"/{portal.id}/{shown.picture}")


def others(now: Showing, shown: Shown, limit: int = 5) -> tuple[Shown, ...]:
    """Return the newest articles beside this one."""
    return tuple(other for other in now.articles if other.slug != shown.slug)[:limit]


def menu(portal: Portal, home: str, *, between: str = " | ") -> str:
    """Return the links to the portal's sections."""
    links = [f'<a href="/{portal.id}/">{home}</a>']
    front = "gd=1&amp;" if portal.section_parameter == "cn" else ""
    links += [
        f'<a href="/{portal.id}/?{front}{portal.section_parameter}={section}">{esc(name)}</a>'
        for section, name in portal.sections
    ]
    return between.join(links)


def document(portal: Portal, title: str, body: str, *, head: str = "", style: str = "") -> str:
    """Return a whole HTML page."""
    return (
        f'<!DOCTYPE html>\n<html lang="{portal.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{esc(title)}</title>\n{head}<style>{style}</style>\n</head>\n"
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def notice_page(title: str, inner: str) -> str:
    """Return a page that belongs to no portal; ``inner`` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8">'
        f"<title>{esc(title)}</title>"
        "<style>body{font:1rem/1.6 sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}"
        "li{margin:.6rem 0}small{color:#666}td{padding:.15rem .8rem .15rem 0;vertical-align:top}"
        "</style></head>"
        f"<body><h1>{esc(title)}</h1><div>{inner}</div></body></html>\n"
    )

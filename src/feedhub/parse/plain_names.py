"""Names of elements and attributes as feedparser takes them, without feedparser.

feedparser knows an element by the prefix it has for the element's namespace, or for an unknown one
by the prefix that the document declares, anywhere and for good. Where a document's declarations
could make that ambiguous, ``NotPlainError`` is raised; so a name found here is the one feedparser
finds. tests/unit/parse/test_plain_feed.py compares the tables with feedparser's own.
"""

from __future__ import annotations

__all__ = [
    "BASIC",
    "BEGINNINGS",
    "FOREIGN",
    "NAMESPACES",
    "NETSCAPE",
    "RULED",
    "UNKNOWN",
    "NotPlainError",
    "PlainNames",
]

#: of RSS 0.90
NETSCAPE = "http://my.netscape.com/rdf/" + "simple/0.9/"

# well below the limit of bounded_reader: prefixes are counted here, and namespaces there
_MAX_NAMESPACES = 100

#: stands for every element of another namespace that nothing is read of
FOREIGN = ":"
#: stands for every element of the feed's own namespace, or of none, that nothing is read of
UNKNOWN = "?"

_XML = "http://www.w3.org/XML/1998/namespace"
_XLINK = "http://www.w3.org/1999/xlink"
_MODULES = "http://purl.org/rss/1.0/modules/"
#: feedparser's prefixes by namespace, both in lower case (``_FeedParserMixin.namespaces``)
NAMESPACES = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    NETSCAPE: "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    _MODULES + "rss091#": "",
    "http://webns.net/mvcb/": "admin",
    _MODULES + "aggregation/": "ag",
    _MODULES + "annotate/": "annotate",
    "http://media.tangent.org/rss/1.0/": "audio",
    "http://backend.userland.com/blogchannelmodule": "blogchannel",
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    _MODULES + "company": "co",
    _MODULES + "content/": "content",
    "http://my.theinfo.org/changed/1.0/rss/": "cp",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    _MODULES + "email/": "email",
    _MODULES + "event/": "ev",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://freshmeat.net/rss/fm/": "fm",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://postneo.com/icbm/": "icbm",
    _MODULES + "image/": "image",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    _MODULES + "link/": "l",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://madskills.com/public/xml/rss/module/pingback/": "pingback",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    _MODULES + "reference/": "ref",
    _MODULES + "richequiv/": "reqv",
    _MODULES + "search/": "search",
    _MODULES + "slash/": "slash",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap",
    _MODULES + "servicestatus/": "ss",
    "http://hacks.benhammersley.com/rss/streaming/": "str",
    _MODULES + "subscription/": "sub",
    _MODULES + "syndication/": "sy",
    "http://schemas.pocketsoap.com/rss/mydescmodule/": "szf",
    _MODULES + "taxonomy/": "taxo",
    _MODULES + "threading/": "thr",
    _MODULES + "textinput/": "ti",
    "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
    "http://wellformedweb.org/commentapi/": "wfw",
    _MODULES + "wiki/": "wiki",
    "http://www.w3.org/1999/xhtml": "xhtml",
    _XLINK: "xlink",
    _XML.lower(): "xml",
    "http://podlove.org/simple-chapters": "psc",
}
# Beginnings of feedparser's names for what is read of its records: an element "date:parsed" would
# be kept as "date_parsed", its own name for "updated_parsed".
BEGINNINGS = frozenset({
    "author", "copyright", "created", "date", "description", "issued", "modified", "published",
    "subtitle", "summary", "tagline", "title", "updated",
})  # fmt: skip
#: elements of namespaces that feedparser has rules for, or whose text is read; but for those of
#: places (georss, gml) and chapters (psc), which touch no field
RULED = frozenset({
    "admin_errorreportsto", "admin_generatoragent", "cc_license", "content_encoded",
    "creativecommons_license", "dc_author", "dc_contributor", "dc_creator", "dc_date",
    "dc_description", "dc_language", "dc_publisher", "dc_rights", "dc_subject", "dc_title",
    "dcterms_created", "dcterms_issued", "dcterms_modified", "dcterms_valid",
    "feedburner_browserfriendly", "feedburner_origlink", "itunes_author", "itunes_block",
    "itunes_category", "itunes_email", "itunes_explicit", "itunes_image", "itunes_keywords",
    "itunes_link", "itunes_name", "itunes_owner", "itunes_subtitle", "itunes_summary",
    "media_category", "media_content", "media_credit", "media_description", "media_group",
    "media_keywords", "media_license", "media_player", "media_rating", "media_restriction",
    "media_thumbnail", "media_title", "rdf_rdf", "sy_updatefrequency", "sy_updateperiod",
    "xhtml_body",
})  # fmt: skip
#: elements of the feed formats that feedparser has rules for, and its names for what is read
BASIC = frozenset({
    "abstract", "author", "authors", "body", "category", "channel", "cloud", "content",
    "contributor", "copyright", "created", "date", "description", "email", "enclosure", "entry",
    "expirationdate", "feed", "fullitem", "generator", "geom", "georssgeom", "guid", "height",
    "homepage", "id", "image", "info", "issued", "item", "keywords", "language", "lastbuilddate",
    "link", "links", "managingeditor", "modified", "name", "newlocation", "pubdate", "published",
    "rights", "rss", "source", "subtitle", "summary", "tagline", "tags", "textinput", "title",
    "ttl", "updated", "uri", "url", "webmaster", "where", "width",
})  # fmt: skip
# Beginnings of names with "_" that must not stand without a namespace.
_RULED_BEGINNINGS = BEGINNINGS | {name.split("_")[0] for name in RULED} | {"georss", "gml", "psc"}

# Attributes that feedparser's rules, or the readers of its records, ask for.
_ASKED_FOR = frozenset({
    "about", "base", "domain", "filesize", "href", "ispermalink", "label", "lang", "lastmod",
    "length", "medium", "mode", "rel", "scheme", "src", "term", "text", "type", "uri", "url",
    "version", "width",
})  # fmt: skip


class NotPlainError(Exception):
    """Something stands in the document that only feedparser may read."""


class PlainNames:
    """The names of one document, as its declarations make them."""

    def __init__(self) -> None:
        #: the namespace of each declared prefix
        self._prefixes: dict[str, str] = {}
        #: feedparser's name of each declared prefix of a namespace it knows
        self._aliases: dict[str, str] = {}
        #: the first namespace behind each name that feedparser uses
        self._used: dict[str, str] = {}
        #: the declared prefix of each namespace that feedparser does not know
        self._unknown: dict[str, str] = {}
        self._attributes: dict[str, str] = {}
        self._begun = False
        #: "rss10", "rss090" or "atom10" as the first telling declaration has it, else ""
        self.version = ""

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take in a declaration (expat's ``StartNamespaceDeclHandler``)."""
        # feedparser takes a declaration of XLink for an attribute; at the root it does no harm.
        if not uri or (self._begun and uri == _XLINK) or len(self._prefixes) >= _MAX_NAMESPACES:
            raise NotPlainError
        low = uri.lower()
        if not self.version:
            if prefix is None and low == NETSCAPE:
                self.version = "rss090"
            elif low == "http://purl.org/rss/1.0/":
                self.version = "rss10"
            elif low == "http://www.w3.org/2005/atom":
                self.version = "atom10"
        known = _canonical(low)
        lowered = (prefix or "").lower()
        # One prefix, one namespace.
        if self._prefixes.setdefault(lowered, uri) != uri:
            raise NotPlainError
        if known is None:
            if (
                not prefix
                or lowered in BEGINNINGS
                or self._unknown.setdefault(uri, lowered) != lowered
            ):
                raise NotPlainError
            name = lowered  # which feedparser takes for its own, where it has it
        else:
            self._aliases[lowered] = name = known
        self._used.setdefault(name, uri)
        if (
            name
            and self._used[name] != uri
            and (known is None or _canonical(self._used[name].lower()) is None)
        ):
            raise NotPlainError
        # No known prefix as another name for another namespace.
        if any(self._aliases.get(used, used) != used for used in self._used):
            raise NotPlainError

    def element(self, name: str) -> str:
        """Return feedparser's name for expat's, or ``FOREIGN`` or ``UNKNOWN``."""
        self._begun = True
        parts = name.split(" ")
        known = _canonical(parts[0].lower()) if len(parts) > 1 else ""
        if known is None:
            known = self._unknown.get(parts[0])
            if known is None:
                raise NotPlainError
        local = parts[-1 if len(parts) == 1 else 1].lower()
        if not known:
            if local in BASIC:
                return local
            if "_" in local and local.split("_")[0] in _RULED_BEGINNINGS:
                raise NotPlainError
            return UNKNOWN
        key = f"{known}_{local}"
        return key if key in RULED else FOREIGN

    def attributes(self, attributes: dict[str, str], wanted: frozenset[str]) -> dict[str, str]:
        """Return the attributes that are ``wanted``; refuse others that feedparser may ask for."""
        if len(attributes) > 100:
            raise NotPlainError  # beyond a limit, or near it
        found: dict[str, str] = {}
        for name, value in attributes.items():
            key = self._attributes.get(name)
            if key is None:
                key = self._attributes[name] = _attribute(name)
            if not key:
                continue
            if key not in wanted or key in found:
                raise NotPlainError
            found[key] = value.lower() if key in {"rel", "type"} else value
        return found


def _canonical(uri: str) -> str | None:
    return "" if "backend.userland.com/rss" in uri else NAMESPACES.get(uri)


def _attribute(name: str) -> str:
    """Return an attribute's name for feedparser, "" for one that nobody asks for."""
    parts = name.split(" ")
    local = parts[-1 if len(parts) == 1 else 1].lower()
    if len(parts) == 1:
        return local if local in _ASKED_FOR else ""
    if parts[0] == _XML and local in {"lang", "base"}:
        return f"xml:{local}"
    known = _canonical(parts[0].lower())
    if known == "rdf":
        return "rdf:about" if local == "about" else ""
    if len(parts) != 3 or parts[2].lower() in {"rdf", "xml", "xmlns"}:
        raise NotPlainError  # feedparser also keeps an attribute under its name as written
    # An attribute of an unknown namespace is kept under its bare name ("xsi:type" as "type").
    return local if not known and local in _ASKED_FOR else ""

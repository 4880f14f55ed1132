"""Which element may stand where in a plain feed, and what it does.

Each place in a feed (channel, row, author ...) has a table. An element that is not in its place's
table makes the feed not plain; only what feedparser has no rule for and nothing is read of
(``FOREIGN``) is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from feedhub.parse import plain_rules as rules
from feedhub.parse.plain_names import FOREIGN, UNKNOWN
from feedhub.parse.plain_records import PlainRecords

__all__ = ["DOCUMENT", "PASSED_OVER", "Rule"]


class Rule(NamedTuple):
    """What an element does where it begins and ends, and what may stand in it.

    ``wanted`` are its attributes that feedparser reads; with None it must have none at all.
    Without ``inner`` it holds text only.
    """

    wanted: frozenset[str] | None = frozenset()
    begin: Callable[[PlainRecords, dict[str, str]], None] | None = None
    end: Callable[[PlainRecords, str], None] | None = None
    inner: Mapping[str, Rule] | None = None


_ANY = frozenset({
    "about", "domain", "filesize", "href", "ispermalink", "label", "lastmod", "length", "medium",
    "mode", "rdf:about", "rel", "scheme", "src", "term", "text", "type", "uri", "url", "version",
    "width", "xml:base", "xml:lang",
})  # fmt: skip
_SCOPE = frozenset({"xml:base", "xml:lang"})
_TEXT = _SCOPE | {"type"}
_LINK = _SCOPE | {"href", "rel", "type", "length"}
_TAG = _SCOPE | {"term", "scheme", "domain", "label"}
_MEDIA = _SCOPE | {"url", "href", "type", "medium", "width", "length", "filesize"}

#: an element that changes nothing, with others that change nothing in it
PASSED_OVER = Rule(_ANY, inner={})
_PERSON_PARTS = dict.fromkeys(("name", "email", "uri", "url", "homepage"), PASSED_OVER)
_CONTRIBUTOR = Rule(_ANY, inner=_PERSON_PARTS)
_IN_PERSON = Rule(_ANY, rules.blank_so_far, rules.end_blank)
_PERSON = {
    "name": Rule(_ANY, rules.blank_so_far, rules.end_of_author("name")),
    "email": Rule(_ANY, rules.blank_so_far, rules.end_of_author("email")),
    "uri": Rule(_ANY, rules.blank_so_far, rules.end_of_author("href")),
    "url": Rule(_ANY, rules.blank_so_far, rules.end_of_author("href")),
    UNKNOWN: _IN_PERSON,
    FOREIGN: _IN_PERSON,
}
_AUTHOR = Rule(_ANY, rules.author, rules.end_author, _PERSON)
_TITLE = Rule(_TEXT, rules.plain_text, rules.end_title)
_DESCRIPTION = Rule(_TEXT, rules.description, rules.end_summary)
_SUMMARY = Rule(_TEXT, rules.summary, rules.end_summary)
_CATEGORY = Rule(_TAG, rules.category, rules.end_category)
_PUBLISHED = Rule(_ANY, None, rules.date("published"))
_UPDATED = Rule(_ANY, None, rules.date("updated"))
_CREATED = Rule(_ANY, None, rules.date("created"))
_ID = Rule(_SCOPE | {"ispermalink"}, rules.identifier, rules.end_identifier)

# An element that feedparser does not expect in a box ends the box for it.
_IN_BOX = {UNKNOWN: Rule(begin=rules.not_plain)}
_SIZES = dict.fromkeys(("url", "width", "height"), PASSED_OVER)
_BOX = (
    _IN_BOX
    | dict.fromkeys(("link", "description"), PASSED_OVER)
    | {"title": Rule(_ANY, None, rules.end_box_title)}
)
_MEDIA_GROUP: dict[str, Rule] = {
    "media_title": Rule(_TEXT, rules.plain_text, rules.end_media_title),
    "media_description": _DESCRIPTION,
    "media_thumbnail": Rule(_MEDIA, rules.thumbnail, rules.end_thumbnail),
    "media_category": Rule(_TAG, rules.media_category, rules.end_category),
    "media_keywords": Rule(None, None, rules.keywords(None)),
}
_MEDIA_CONTENT = Rule(_MEDIA, rules.media_content, None, _MEDIA_GROUP)
_IN_GROUP = _MEDIA_GROUP | {"media_content": _MEDIA_CONTENT}

_ROW = _IN_GROUP | {
    "title": _TITLE,
    "dc_title": _TITLE,
    "link": Rule(_LINK, rules.link, rules.end_row_link),
    "guid": _ID,
    "id": _ID,
    "description": _DESCRIPTION,
    "dc_description": _DESCRIPTION,
    "summary": _SUMMARY,
    "itunes_summary": _SUMMARY,
    "content": Rule(_TEXT, rules.content, rules.end_content),
    "content_encoded": Rule(_TEXT, rules.content_encoded, rules.end_content),
    "pubdate": _PUBLISHED,
    "published": _PUBLISHED,
    "dcterms_issued": _PUBLISHED,
    "updated": _UPDATED,
    "dc_date": _UPDATED,
    "dcterms_modified": _UPDATED,
    "dcterms_created": _CREATED,
    "category": _CATEGORY,
    "dc_subject": _CATEGORY,
    "itunes_keywords": Rule(None, None, rules.keywords("http://www.itunes.com/")),
    "author": _AUTHOR,
    "dc_creator": _AUTHOR,
    "dc_author": _AUTHOR,
    "itunes_author": _AUTHOR,
    "contributor": _CONTRIBUTOR,
    "enclosure": Rule(_MEDIA | {"uri"}, rules.enclosure),
    "media_group": Rule(_ANY, inner=_IN_GROUP),
    "itunes_image": Rule(_SCOPE | {"href", "url"}, rules.itunes_image),
    "itunes_subtitle": PASSED_OVER,
    "image": Rule(_ANY, rules.retitled, inner=_IN_BOX | _SIZES),
    "source": Rule(_SCOPE | {"url"}, rules.rss_source),
    "feedburner_origlink": Rule(None, None, rules.field("feedburner_origlink")),
    "keywords": _CATEGORY,
    **dict.fromkeys(("rights", "copyright", "language", "dc_language"), PASSED_OVER),
}
_ROW_RULE = Rule(_SCOPE | {"rdf:about"}, rules.row, rules.end_row, _ROW)
_PICTURE = Rule(_ANY, rules.retitled, None, _BOX | _SIZES)
_TEXT_INPUT = Rule(_ANY, rules.retitled, None, _BOX | {"name": PASSED_OVER})
_FEED: dict[str, Rule] = {
    "title": _TITLE,
    "link": Rule(_LINK, rules.link, rules.end_feed_link),
    "subtitle": Rule(_TEXT, rules.plain_text, rules.end_subtitle),
    "updated": PASSED_OVER,
    "published": PASSED_OVER,
    "category": PASSED_OVER,
    "contributor": _CONTRIBUTOR,
    "ttl": Rule(None, None, rules.field("ttl")),
    "sy_updateperiod": Rule(None, None, rules.field("sy_updateperiod")),
    "sy_updatefrequency": Rule(None, None, rules.field("sy_updatefrequency")),
    **dict.fromkeys(
        ("generator", "rights", "creativecommons_license", "cc_license"),
        PASSED_OVER,
    ),
}
_OWNER = dict.fromkeys(("itunes_name", "itunes_email", "name", "email"), PASSED_OVER)
_CHANNEL = _FEED | {
    "dc_title": _TITLE,
    "description": Rule(_TEXT, rules.feed_description, rules.end_subtitle),
    "dc_description": Rule(_TEXT, rules.feed_description, rules.end_subtitle),
    "itunes_subtitle": Rule(_TEXT, rules.plain_text, rules.end_subtitle),
    "itunes_summary": Rule(_TEXT, rules.feed_summary),
    "language": Rule(_ANY, None, rules.field("language")),
    "dc_language": Rule(_ANY, None, rules.field("language")),

    "image": _PICTURE,
    "textinput": _TEXT_INPUT,
    "itunes_owner": Rule(_ANY, inner=_OWNER),
    "itunes_category": Rule(_ANY, inner={"itunes_category": PASSED_OVER}),
    "item": _ROW_RULE,
    **dict.fromkeys(
        (
            "pubdate", "lastbuilddate", "copyright", "managingeditor", "webmaster", "cloud",
            "author", "itunes_author", "itunes_image", "itunes_keywords", "dc_creator",
            "dc_author", "dc_date", "dc_subject", "dcterms_created", "dcterms_issued",
            "dcterms_modified", "media_thumbnail", "media_content", "media_category",
            "media_keywords", "feedburner_origlink",
        ),
        PASSED_OVER,
    ),
}  # fmt: skip
_CHANNEL_RULE = Rule(_SCOPE | {"rdf:about"}, rules.channel, None, _CHANNEL)
#: the table of root elements
DOCUMENT = {
    "rss": Rule(_SCOPE | {"version"}, rules.rss, None, {"channel": _CHANNEL_RULE}),
    "rdf_rdf": Rule(
        _SCOPE,
        rules.rdf,
        None,
        {
            "channel": _CHANNEL_RULE,
            "item": _ROW_RULE,
            "image": _PICTURE,
            "textinput": _TEXT_INPUT,
        },
    ),
    "feed": Rule(
        _SCOPE | {"version"},
        rules.atom,
        None,
        _FEED | {"id": _ID, "author": _AUTHOR, "entry": _ROW_RULE},
    ),
}

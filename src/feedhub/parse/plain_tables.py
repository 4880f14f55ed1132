"""Which element may stand where in a plain feed, and what it does.

Each place in a feed (channel, row, author ...) has a table. An element that is not in its place's
table makes the feed not plain; only what feedparser has no rule for and nothing is read of
(``FOREIGN``) is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from feedhub.parse import plain_places as places
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

_CATEGORY = Rule(_TAG, rules.category, rules.end_category)
#: an element that feedparser has no rule for, or none that matters whatever stands in it
PASSED_OVER = Rule(_ANY, inner={"category": _CATEGORY})
# an element whose text changes nothing
_IDLE = Rule(_ANY)


def _idle(*names: str) -> dict[str, Rule]:
    return dict.fromkeys(names, _IDLE)


_CONTRIBUTOR = Rule(_ANY, inner=_idle("name", "email", "uri", "url", "homepage"))
_IN_PERSON = Rule(_ANY, places.blank_so_far, places.end_blank)
_PERSON = {
    "name": Rule(_ANY, places.blank_so_far, places.end_of_author("name")),
    "email": Rule(_ANY, places.blank_so_far, places.end_of_author("email")),
    "uri": Rule(_ANY, places.blank_so_far, places.end_of_author("href")),
    "url": Rule(_ANY, places.blank_so_far, places.end_of_author("href")),
    UNKNOWN: _IN_PERSON,
    FOREIGN: _IN_PERSON,
}
_AUTHOR = Rule(_ANY, places.author, places.end_author, _PERSON)
_TITLE = Rule(_TEXT, rules.plain_text, rules.end_title)
_DESCRIPTION = Rule(_TEXT, rules.description, rules.end_summary)
_SUMMARY = Rule(_TEXT, rules.summary, rules.end_summary)
_PUBLISHED = Rule(_ANY, None, rules.date("published"))
_UPDATED = Rule(_ANY, None, rules.date("updated"))
_CREATED = Rule(_ANY, None, rules.date("created"))
_ID = Rule(_SCOPE | {"ispermalink"}, rules.identifier, rules.end_identifier)

# Any other element than these ends a picture for feedparser, which then goes on outside it.
_SIZES = {UNKNOWN: Rule(begin=places.not_plain), FOREIGN: _IDLE} | _idle("url", "width", "height")
_BOX = _SIZES | _idle("link", "description") | {"title": Rule(_ANY, None, places.end_box_title)}
_PICTURE = Rule(_ANY, places.retitled, None, _BOX)
_TEXT_INPUT = Rule(_ANY, places.retitled, None, _BOX | _idle("name"))
# In a row feedparser takes the picture's title for the row's.
_ROW_PICTURE = Rule(
    _ANY, places.retitled, None, _SIZES | {"title": _TITLE, "link": Rule(_SCOPE | {"rel", "type"})}
)
_IDLE_ANYWHERE = _idle(
    "copyright", "dc_contributor", "dc_publisher", "dc_rights", "dcterms_valid", "expirationdate",
    "feedburner_browserfriendly", "itunes_block", "itunes_explicit", "media_credit",
    "media_license", "media_player", "media_rating", "media_restriction", "rights",
)  # fmt: skip
_MEDIA_GROUP: dict[str, Rule] = {
    "media_title": Rule(_TEXT, rules.plain_text, rules.end_media_title),
    "media_description": _DESCRIPTION,
    "media_thumbnail": Rule(_MEDIA, rules.thumbnail, rules.end_thumbnail),
    "media_category": Rule(_TAG, rules.media_category, rules.end_category),
    "media_keywords": Rule(None, None, rules.keywords(None)),
    **_idle("media_credit", "media_license", "media_player", "media_rating", "media_restriction"),
}
_MEDIA_CONTENT = Rule(_MEDIA, rules.media_content, None, _MEDIA_GROUP)
_IN_GROUP = _MEDIA_GROUP | {"media_content": _MEDIA_CONTENT}

_ROW = (
    _IDLE_ANYWHERE
    | _IN_GROUP
    | {
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
        "issued": _PUBLISHED,
        "updated": _UPDATED,
        "modified": _UPDATED,
        "dc_date": _UPDATED,
        "dcterms_modified": _UPDATED,
        "created": _CREATED,
        "dcterms_created": _CREATED,
        "category": _CATEGORY,
        "dc_subject": _CATEGORY,
        "itunes_keywords": Rule(None, None, rules.keywords("http://www.itunes.com/")),
        "author": _AUTHOR,
        "dc_creator": _AUTHOR,
        "dc_author": _AUTHOR,
        "itunes_author": _AUTHOR,
        "contributor": _CONTRIBUTOR,
        "cc_license": Rule(_ANY, rules.license_link),
        "creativecommons_license": Rule(_ANY, rules.license_link),
        "enclosure": Rule(_MEDIA | {"uri"}, rules.enclosure),
        "media_group": Rule(_ANY, inner=_IN_GROUP),
        "itunes_image": Rule(_SCOPE | {"href", "url"}, rules.itunes_image),
        "image": _ROW_PICTURE,
        "source": Rule(_SCOPE | {"url"}, rules.rss_source),
        "feedburner_origlink": Rule(None, None, rules.field("feedburner_origlink")),
        "keywords": _CATEGORY,
        **_idle("language", "dc_language", "itunes_subtitle"),
    }
)
_ROW_RULE = Rule(_SCOPE | {"rdf:about"}, places.row, places.end_row, _ROW)
_SUBTITLE = Rule(_TEXT, rules.plain_text, rules.end_subtitle)
_FEED = _IDLE_ANYWHERE | {
    "title": _TITLE,
    "link": Rule(_LINK, rules.link, rules.end_feed_link),
    "id": _ID,
    "subtitle": _SUBTITLE,
    "tagline": _SUBTITLE,
    "author": _AUTHOR,
    "contributor": _CONTRIBUTOR,
    "ttl": Rule(None, None, rules.field("ttl")),
    "sy_updateperiod": Rule(None, None, rules.field("sy_updateperiod")),
    "sy_updatefrequency": Rule(None, None, rules.field("sy_updatefrequency")),
    **_idle("category", "created", "generator", "issued", "modified", "published", "updated"),
}
_CHANNEL = _FEED | {
    "dc_title": _TITLE,
    "description": Rule(_TEXT, rules.feed_description, rules.end_subtitle),
    "dc_description": Rule(_TEXT, rules.feed_description, rules.end_subtitle),
    "itunes_subtitle": _SUBTITLE,
    "itunes_summary": Rule(_TEXT, rules.feed_summary),
    "language": Rule(_ANY, None, rules.field("language")),
    "dc_language": Rule(_ANY, None, rules.field("language")),
    "image": _PICTURE,
    "textinput": _TEXT_INPUT,
    "itunes_owner": Rule(_ANY, inner=_idle("itunes_name", "itunes_email", "name", "email")),
    "itunes_category": Rule(_ANY, inner=_idle("itunes_category")),
    "item": _ROW_RULE,
    **dict.fromkeys(("dc_author", "dc_creator", "itunes_author", "managingeditor"), _AUTHOR),
    **_idle(
        "admin_errorreportsto", "admin_generatoragent", "cc_license", "cloud",
        "creativecommons_license", "dc_date", "dc_subject",
        "dcterms_created", "dcterms_issued", "dcterms_modified", "feedburner_origlink",
        "itunes_image", "itunes_keywords", "keywords", "lastbuilddate", "media_category",
        "media_content", "media_keywords", "media_thumbnail", "pubdate", "webmaster",
    ),
}  # fmt: skip
_CHANNEL_RULE = Rule(_SCOPE | {"rdf:about"}, places.channel, None, _CHANNEL)
#: the table of root elements
DOCUMENT = {
    "rss": Rule(_SCOPE | {"version"}, places.rss, None, {"channel": _CHANNEL_RULE}),
    "rdf_rdf": Rule(
        _SCOPE,
        places.rdf,
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
        places.atom,
        None,
        _FEED | {"entry": _ROW_RULE},
    ),
}

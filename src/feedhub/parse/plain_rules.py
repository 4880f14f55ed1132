"""What single elements do to the records where they begin and end, as feedparser has it.

``feedhub.parse.plain_tables`` says which element does what.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from feedhub.parse.plain_dates import parsed_date
from feedhub.parse.plain_names import NotPlainError
from feedhub.parse.plain_records import PlainRecords
from feedhub.parse.reading import SHORT_LENGTH

_LIKE_A_REFERENCE = re.compile(r"&([A-Za-z0-9_]+);")
_PAGE_KINDS = frozenset({"html", "text/html", "xhtml", "application/xhtml+xml"})


def link(records: PlainRecords, attributes: dict[str, str]) -> None:
    link = {"rel": "alternate"} | attributes
    link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
    records.link_open = "href" not in link
    records.record.setdefault("links", []).append(link)
    if not records.link_open:
        if not link["href"]:
            raise NotPlainError
        link["href"] = records.resolved(link["href"])
        if link["rel"] == "alternate" and link["type"] in _PAGE_KINDS:
            records.record["link"] = link["href"]


def end_row_link(records: PlainRecords, text: str) -> None:
    if records.link_open:
        text = records.repaired(records.resolved(text) if text else text)
        if "&" in text:
            text = _LIKE_A_REFERENCE.sub(r"&\g<1>", text.replace("&amp;", "&"))
        records.record["link"] = text
        if text:
            records.record["links"][-1]["href"] = text


def end_feed_link(records: PlainRecords, text: str) -> None:
    if records.link_open:
        text = records.repaired(records.resolved(text) if text else text)
        text = _LIKE_A_REFERENCE.sub(r"&\g<1>", text)
        records.record["link"] = records.record["links"][-1]["href"] = text


def identifier(records: PlainRecords, attributes: dict[str, str]) -> None:
    records.is_permalink = attributes.get("ispermalink", "true") == "true"


def end_identifier(records: PlainRecords, text: str) -> None:
    if text and records.is_permalink:
        text = records.resolved(text)
    text = records.record["id"] = records.repaired(text)
    if records.is_permalink:
        records.record.setdefault("link", text)


def plain_text(records: PlainRecords, attributes: dict[str, str]) -> None:
    records.begin_text(attributes, "text/plain")


def end_title(records: PlainRecords, text: str) -> None:
    detail = records.end_text(text)
    # The first title that says something counts.
    if not -1 < records.title_depth <= records.depth:
        if records.record is records.about:
            records.record["title"] = detail["value"]
        else:
            records.keep("title", detail["value"])
        records.record["title_detail"] = detail
    if detail["value"]:
        records.title_depth = records.depth


def end_media_title(records: PlainRecords, text: str) -> None:
    before = records.title_depth
    end_title(records, text)
    records.title_depth = before


def summary_or_content(records: PlainRecords, attributes: dict[str, str], default: str) -> None:
    # A second description is content, while there is no other content.
    records.as_content = "summary" in records.record and not records.has_content
    if records.as_content:
        records.has_content = True
        default = "text/plain"
    records.begin_text(attributes, default)


def description(records: PlainRecords, attributes: dict[str, str]) -> None:
    summary_or_content(records, attributes, "text/html")


def summary(records: PlainRecords, attributes: dict[str, str]) -> None:
    summary_or_content(records, attributes, "text/plain")


def end_summary(records: PlainRecords, text: str) -> None:
    if records.as_content:
        end_content(records, text)
        return
    detail = records.end_text(text)
    records.keep("summary", detail["value"])
    records.record["summary_detail"] = detail


def content(records: PlainRecords, attributes: dict[str, str]) -> None:
    records.has_content = True
    records.begin_text(attributes, "text/plain")


def content_encoded(records: PlainRecords, attributes: dict[str, str]) -> None:
    records.has_content = True
    records.begin_text(attributes, "text/html")


def end_content(records: PlainRecords, text: str) -> None:
    detail = records.end_text(text)
    records.record.setdefault("content", []).append(detail)
    records.record.setdefault("summary", detail["value"])


def feed_description(records: PlainRecords, attributes: dict[str, str]) -> None:
    if "summary" in records.about:
        raise NotPlainError  # now feedparser would take it, and the first row's, for content
    records.begin_text(attributes, "text/html")


def feed_summary(records: PlainRecords, attributes: dict[str, str]) -> None:
    feed_description(records, attributes)
    records.about["summary"] = ""


def end_subtitle(records: PlainRecords, text: str) -> None:
    records.about["subtitle"] = records.end_text(text)["value"]


def field(name: str) -> Callable[[PlainRecords, str], None]:
    def end(records: PlainRecords, text: str) -> None:
        records.record[name] = records.repaired(text)

    return end


def date(name: str) -> Callable[[PlainRecords, str], None]:
    parsed = f"{name}_parsed"

    def end(records: PlainRecords, text: str) -> None:
        text = records.record[name] = records.repaired(text)
        records.record[parsed] = parsed_date(text[:SHORT_LENGTH])

    return end


def category(records: PlainRecords, attributes: dict[str, str]) -> None:
    scheme = attributes.get("scheme", attributes.get("domain"))
    records.add_tag(attributes.get("term"), scheme, attributes.get("label"))


def media_category(records: PlainRecords, attributes: dict[str, str]) -> None:
    category(records, {"scheme": "http://search.yahoo.com/mrss/category_schema"} | attributes)


def end_category(records: PlainRecords, text: str) -> None:
    term = records.repaired(text)[:SHORT_LENGTH]
    if not term:
        return
    tags = records.record["tags"]
    if tags and not tags[-1]["term"]:
        tags[-1]["term"] = term
    else:
        records.add_tag(term, None, None)


def keywords(scheme: str | None) -> Callable[[PlainRecords, str], None]:
    def end(records: PlainRecords, text: str) -> None:
        for term in records.repaired(text)[:SHORT_LENGTH].split(","):
            if term.strip():
                records.add_tag(term.strip(), scheme, None)

    return end


def enclosure(records: PlainRecords, attributes: dict[str, str]) -> None:
    href = attributes.get("url", attributes.get("uri", attributes.get("href")))
    if not href:
        raise NotPlainError
    file = attributes | {"href": href, "rel": "enclosure"}
    file.pop("url", None)
    file.pop("uri", None)
    records.record.setdefault("links", []).append(file)


def license_link(records: PlainRecords, _attributes: dict[str, str]) -> None:
    # Its address is not read; that there is a link is.
    records.record.setdefault("links", []).append({"rel": "license"})


def media_content(records: PlainRecords, attributes: dict[str, str]) -> None:
    records.record.setdefault("media_content", []).append(attributes)


def thumbnail(records: PlainRecords, attributes: dict[str, str]) -> None:
    records.record.setdefault("media_thumbnail", []).append(attributes)


def end_thumbnail(records: PlainRecords, text: str) -> None:
    if text:
        url = records.repaired(records.resolved(text))
        records.record["media_thumbnail"][-1].setdefault("url", url)


def itunes_image(records: PlainRecords, attributes: dict[str, str]) -> None:
    href = attributes.get("href") or attributes.get("url")
    if href:
        records.record["image"] = {"href": href}


def rss_source(records: PlainRecords, _attributes: dict[str, str]) -> None:
    if records.atom:
        raise NotPlainError
    records.title_depth = -1

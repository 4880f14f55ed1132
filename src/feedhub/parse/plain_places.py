"""What elements that hold others do to the records where they begin and end, as feedparser has it.

The roots, the channel, rows, pictures and persons; ``plain_tables`` says what may stand in them.
"""

from __future__ import annotations

from collections.abc import Callable

from feedhub.parse.plain_names import NotPlainError
from feedhub.parse.plain_records import PlainRecords
from feedhub.parse.reading import MAX_ROWS, SHORT_LENGTH

_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}


def author(records: PlainRecords, _attributes: dict[str, str]) -> None:
    records.record.setdefault("authors", []).append({})


def end_author(records: PlainRecords, text: str) -> None:
    authors = records.record["authors"]
    if text and authors[-1]:
        raise NotPlainError  # text beside the elements of a person
    records.record["author"] = records.repaired(text)
    records.name_author()


def blank_so_far(records: PlainRecords, _attributes: dict[str, str]) -> None:
    if "".join(records.pieces).strip():
        raise NotPlainError  # text beside the elements of a person


def end_blank(_records: PlainRecords, text: str) -> None:
    if text:
        raise NotPlainError  # would be the text of what it stands in


def end_of_author(name: str) -> Callable[[PlainRecords, str], None]:
    def end(records: PlainRecords, text: str) -> None:
        text = text[:SHORT_LENGTH]
        records.record.setdefault("author_detail", {})[name] = text
        records.name_author()
        records.record["authors"][-1][name] = text

    return end


def row(records: PlainRecords, attributes: dict[str, str]) -> None:
    if len(records.rows) >= MAX_ROWS:
        raise NotPlainError
    records.record = {}
    records.rows.append(records.record)
    records.title_depth = -1
    records.depths = {}
    if attributes.get("rdf:about"):
        records.record["id"] = attributes["rdf:about"]


def end_row(records: PlainRecords, _text: str) -> None:
    records.record = records.about
    records.has_content = False


def not_plain(_records: PlainRecords, _attributes: dict[str, str]) -> None:
    raise NotPlainError


def retitled(records: PlainRecords, _attributes: dict[str, str]) -> None:
    records.title_depth = -1


def end_box_title(records: PlainRecords, text: str) -> None:
    if text:
        records.title_depth = records.depth


def channel(records: PlainRecords, _attributes: dict[str, str]) -> None:
    records.channels += 1
    if records.channels > 1:
        raise NotPlainError


def rss(records: PlainRecords, attributes: dict[str, str]) -> None:
    if not records.version.startswith("rss"):
        version = attributes.get("version", "")
        records.version = _RSS_VERSIONS.get(version, "rss20" if version.startswith("2.") else "rss")
    _feed_language(records)


def rdf(records: PlainRecords, _attributes: dict[str, str]) -> None:
    if records.version not in {"rss10", "rss090"}:
        raise NotPlainError


def atom(records: PlainRecords, _attributes: dict[str, str]) -> None:
    if records.version != "atom10":
        raise NotPlainError
    records.atom = True
    _feed_language(records)


def _feed_language(records: PlainRecords) -> None:
    if records.lang:
        records.about["language"] = records.lang.replace("_", "-")

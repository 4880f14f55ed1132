"""Writes config files: a first one, and sources added by command, keeping what people wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import tomlkit
from tomlkit.items import AoT, Item

from feedhub.config.units import write_duration
from feedhub.errors import ConfigError
from feedhub.model.source import ArticleRule, ListingRule, Source, SourceKind

__all__ = ["FIRST_CONFIG", "add_source", "source_text"]

FIRST_CONFIG = """\
# A hub of your own. Every key has a default; docs/sources.md explains what a source may say.
[hub]
title = "My towns"
base_url = "http://127.0.0.1:8000/"
language = "vi"                   # of the sources, where a source does not say otherwise
timezone = "Asia/Ho_Chi_Minh"
data_dir = "../var"               # counted from this file's folder
contact = ""                      # "mailto:you@example.org": told to the sites you pull from

[collect]
every = "30m"

[serve]
bind = "127.0.0.1:8000"

# Add sources with: feedhub sources add URL
"""


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _changed(rule: ListingRule | ArticleRule) -> Mapping[str, object]:
    """Return the fields of a rule that differ from their defaults."""
    found: dict[str, object] = {}
    for field in fields(rule):
        value = getattr(rule, field.name)
        if value != field.default and value not in ("", None, ()):
            found[field.name] = _plain(value) if not isinstance(value, str) else str(value)
    return found


def source_table(source: Source, *, language: str = "", timezone: str = "") -> Item:
    """Make the TOML table of a source; what equals the hub's own default is left out."""
    table = tomlkit.table()
    table["id"] = source.id
    table["name"] = source.name
    table["url"] = source.url
    if source.kind is not SourceKind.AUTO:
        table["kind"] = str(source.kind)
    for key in ("place", "homepage", "topics", "identity"):
        value = getattr(source, key)
        if value:
            table[key] = _plain(value)
    if source.language != language:
        table["language"] = source.language
    if source.timezone != timezone:
        table["timezone"] = source.timezone
    if source.every is not None:
        table["every"] = write_duration(source.every)
    for key, rule in (("listing", source.listing), ("article", source.article)):
        if rule is None or not (changed := _changed(rule)):
            continue
        inner = tomlkit.table()
        for name, value in changed.items():
            inner[name] = value
        table[key] = inner
    return table


def source_text(source: Source) -> str:
    """Return a source as it would stand in the config."""
    array = tomlkit.aot()
    array.append(source_table(source, language=source.language, timezone=source.timezone))
    document = tomlkit.document()
    document["sources"] = array
    return tomlkit.dumps(document)


def add_source(path: Path, source: Source, *, language: str = "", timezone: str = "") -> None:
    """Append a source to the config file at ``path``; comments and order of the file stay.

    The file is replaced in one step, so a crash leaves the old or the new one.
    """
    try:
        document = tomlkit.parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(
            'there is no such file; "feedhub init" writes a first one', file=str(path)
        ) from None
    array = document.get("sources")
    if array is None:
        array = tomlkit.aot()
        document["sources"] = array
    if not isinstance(array, AoT):
        raise ConfigError(
            "expected [[sources]] tables, not an inline list", file=str(path), key="sources"
        )
    table = source_table(source, language=language, timezone=timezone)
    before = array[-1].as_string() if len(array) else tomlkit.dumps(document)
    if before.strip() and not before.endswith(("\n\n", "\r\n\r\n")):
        table.trivia.indent = "\n"  # an empty line before its header
    array.append(table)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(tomlkit.dumps(document), encoding="utf-8")
    fresh.replace(path)

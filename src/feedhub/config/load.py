"""Reads a config file with its includes, and explains what is wrong with it.

Every error names the file, the line, the key and what was expected. ``${NAME}`` in a string is
replaced from the environment; ``key_file = "path"`` gives the secret ``key`` from a file.
"""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ValidationError

from feedhub.config.lines import KeyPath, key_lines
from feedhub.config.settings import (
    ChannelSection,
    DigestSection,
    File,
    HubSection,
    MailSection,
    Settings,
    SourceSection,
)
from feedhub.config.toml import read_toml
from feedhub.config.words import expectation
from feedhub.errors import ConfigError
from feedhub.model.channel import Channel
from feedhub.model.digest import Digest, Rhythm
from feedhub.model.source import ArticleRule, ListingRule, Source, SourceKind

__all__ = ["load_settings", "source_id_for"]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_ON_POSTGRESQL = re.compile(r"postgres(ql)?(\+\w+)?://")
_SECRETS: dict[str, type[BaseModel]] = {"hub": HubSection, "mail": MailSection}
_LISTS = ("sources", "channels", "digests", "alerts")


class _Text:
    """One file of the config: its values, and where each stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text, values = read_toml(path)
        self._text = text
        self.folder = path.resolve().parent
        # a backslash may spell the dollar sign; without either, thousands of tables are not walked
        whole = "$" not in text and "\\" not in text
        self.values: dict[str, Any] = values if whole else self._expanded(values, ())
        self._read_secrets()

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """Where each key stands: looked for when there is something wrong."""
        return key_lines(self._text)

    def error(self, message: str, where: KeyPath) -> ConfigError:
        """Make an error that points at ``where``, or at the nearest thing that has a line."""
        place = where
        while place and place not in self.lines:
            place = place[:-1]
        key = ".".join(f"[{part + 1}]" if isinstance(part, int) else part for part in where)
        return ConfigError(
            message,
            file=str(self.path),
            line=self.lines.get(place, 1),
            key=key.replace(".[", "[") or None,
        )

    def _expanded(self, value: Any, where: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: self._expanded(inner, (*where, key)) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._expanded(inner, (*where, n)) for n, inner in enumerate(value)]
        if not isinstance(value, str):
            return value

        def from_environment(match: re.Match[str]) -> str:
            if match[1] not in os.environ:
                raise self.error(f"the environment variable {match[1]} is not set", where)
            return os.environ[match[1]]

        return _VARIABLE.sub(from_environment, value)

    def _read_secrets(self) -> None:
        for section, model in _SECRETS.items():
            table = self.values.get(section)
            if not isinstance(table, dict):
                continue
            for key in [key for key in table if key.endswith("_file")]:
                target = key.removesuffix("_file")
                if key in model.model_fields or target not in model.model_fields:
                    continue
                path = self.path.parent / str(table.pop(key))
                try:
                    table[target] = path.read_text(encoding="utf-8").strip()
                except OSError as error:
                    raise self.error(
                        f"cannot read the secret in {path}: {error.strerror}", (section, key)
                    ) from error


def _validated(text: _Text) -> File:
    try:
        return File.model_validate(text.values)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        raise text.error(expectation(first), tuple(first["loc"])) from None


def _with_includes(path: Path) -> list[tuple[_Text, File]]:
    main = _Text(path)
    parsed = _validated(main)
    found = [(main, parsed)]
    for number, pattern in enumerate(parsed.include):
        matches = sorted(glob.glob(pattern, root_dir=path.parent))  # noqa: PTH207 - takes "../" too
        if not matches and not glob.has_magic(pattern):
            raise main.error(f"there is no file {pattern}", ("include", number))
        for match in matches:
            text = _Text(path.parent / match)
            included = _validated(text)
            beyond = set(text.values) - set(_LISTS)
            if beyond:
                raise text.error(
                    f"an included file may hold only {', '.join(_LISTS)}", (min(beyond),)
                )
            found.append((text, included))
    return found


def source_id_for(url: str, taken: Collection[str] = ()) -> str:
    """Make a readable source id out of an address: host and path, in lower-case words."""
    parts = urlsplit(url)
    host = (parts.hostname or "source").removeprefix("www.")
    words = re.sub(r"[^a-z0-9]+", "-", f"{host}-{parts.path}-{parts.query}".lower()).strip("-")
    name = words[:60].strip("-") or "source"
    if name not in taken:
        return name
    return next(f"{name}-{n}" for n in range(2, len(taken) + 3) if f"{name}-{n}" not in taken)


def _source(
    section: SourceSection, hub: HubSection, taken: Collection[str], folder: Path
) -> Source:
    rule = section.listing
    listing = ListingRule(**rule.model_dump(exclude={"identity"})) if rule is not None else None
    article = ArticleRule()
    if section.article.model_fields_set:
        article = ArticleRule(**section.article.model_dump())
    return Source(
        id=section.id or source_id_for(section.url, taken),
        name=section.name or (urlsplit(section.url).hostname or section.url),
        url=section.url,
        kind=SourceKind(section.kind),
        place=section.place,
        topics=section.topics,
        language=section.language or hub.language,
        timezone=section.timezone or hub.timezone,
        every=section.every,
        weight=section.weight,
        identity=section.identity or (rule.identity if rule else ()),
        listing=listing,
        article=article,
        backfill=section.backfill,
        enabled=section.enabled,
        ca_file=str(folder / section.ca_file) if section.ca_file else "",
        verify_tls=section.verify_tls,
        homepage=section.homepage,
    )


def _channel(section: ChannelSection) -> Channel:
    values = section.model_dump()
    return Channel(**{**values, "title": section.title or section.id})


def _digest(section: DigestSection, hub: HubSection) -> Digest:
    return Digest(
        id=section.id,
        title=section.title,
        channel=section.channel,
        rhythm=Rhythm(
            every=section.every,
            at=section.at,
            on=section.on,
            timezone=section.timezone or hub.timezone,
        ),
        sections=section.sections,
    )


def _unique(kind: str, seen: dict[str, str], name: str, text: _Text, where: KeyPath) -> None:
    if name in seen:
        raise text.error(f'the {kind} id "{name}" is already used in {seen[name]}', where)
    seen[name] = str(text.path)


def _digests(
    files: Sequence[tuple[_Text, File]], hub: HubSection, channels: Collection[str]
) -> tuple[Digest, ...]:
    digests: list[Digest] = []
    ids: dict[str, str] = {}
    for text, parsed in files:
        for number, section in enumerate(parsed.digests):
            _unique("digest", ids, section.id, text, ("digests", number, "id"))
            if section.channel not in channels:
                raise text.error(
                    f'there is no channel "{section.channel}"', ("digests", number, "channel")
                )
            digests.append(_digest(section, hub))
    if not digests:
        usual = (DigestSection(id="daily"), DigestSection(id="weekly", every="week"))
        digests = [_digest(section, hub) for section in usual]
    return tuple(digests)


def _mail(section: MailSection, folder: Path, data_dir: Path) -> MailSection:
    outbox = folder / section.outbox_dir if section.outbox_dir else data_dir / "outbox"
    paths: dict[str, object] = {"outbox_dir": outbox.resolve()}
    if section.bounce_folder:
        paths["bounce_folder"] = (folder / section.bounce_folder).resolve()
    for key in ("smtp_ca_file", "dkim_key_file"):
        if given := getattr(section, key):
            paths[key] = str((folder / given).resolve())
    return section.model_copy(update=paths)


def load_settings(path: Path) -> Settings:
    """Read the config at ``path`` with its includes.

    Raise ``ConfigError`` with file, line, key and what was expected.
    """
    files = _with_includes(path)
    main = files[0][1]
    folder = path.resolve().parent
    sources: list[Source] = []
    channels: list[Channel] = []
    source_ids: dict[str, str] = {}
    channel_ids: dict[str, str] = {}
    for text, parsed in files:
        for number, section in enumerate(parsed.sources):
            source = _source(section, main.hub, source_ids, text.folder)
            _unique("source", source_ids, source.id, text, ("sources", number, "id"))
            sources.append(source)
        for number, wanted in enumerate(parsed.channels):
            _unique("channel", channel_ids, wanted.id, text, ("channels", number, "id"))
            channels.append(_channel(wanted))
    for text, parsed in files:
        for number, wanted in enumerate(parsed.channels):
            unknown = [name for name in wanted.sources if name not in source_ids]
            if unknown:
                raise text.error(
                    f'there is no source "{unknown[0]}"', ("channels", number, "sources")
                )
    if main.service.engine == "procrastinate" and not _ON_POSTGRESQL.match(main.hub.database_url):
        raise files[0][0].error(
            'work on several machines needs PostgreSQL: [hub] database_url = "postgresql://..."',
            ("service", "engine"),
        )
    if "all" not in channel_ids:
        channels.insert(0, Channel(id="all", title=main.hub.title))
    digests = _digests(files, main.hub, {channel.id for channel in channels})
    data_dir = (folder / main.hub.data_dir).resolve()
    publish_dir = main.hub.publish_dir
    base_url = main.hub.base_url.rstrip("/") + "/"
    return Settings(
        file=path.resolve(),
        hub=main.hub.model_copy(update={"base_url": base_url}),
        collect=main.collect,
        serve=main.serve,
        sources=tuple(sources),
        channels=tuple(channels),
        digests=digests,
        mail=_mail(main.mail, folder, data_dir),
        alerts=tuple(alert for _, parsed in files for alert in parsed.alerts),
        data_dir=data_dir,
        publish_dir=(folder / publish_dir).resolve() if publish_dir else data_dir / "public",
        database_url=main.hub.database_url or f"sqlite:///{data_dir / 'feedhub.sqlite3'}",
        service=main.service,
    )

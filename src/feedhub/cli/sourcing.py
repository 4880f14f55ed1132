"""What the ``feedhub sources`` commands do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typer
from rich.table import Table

from feedhub.cli.context import Options
from feedhub.cli.show import counted, history_table, pulls_as_json
from feedhub.config.load import source_id_for
from feedhub.config.write import add_source, source_text
from feedhub.errors import ConfigError, ListingChanged, SourceError
from feedhub.flow.discover import (
    Discovery,
    Mending,
    check_source,
    discover,
    propose_mending,
)
from feedhub.flow.publishing.opml import sources_opml
from feedhub.flow.publishing.standing import live_standings
from feedhub.model.entry import Precision
from feedhub.model.source import ArticleRule, ListingRule, Source, SourceKind
from feedhub.parse.opml import parse_opml

__all__ = ["add", "check", "export", "history", "import_sources", "list_sources", "suggest"]

_PREVIEW = 10


def _shown_date(moment: datetime | None, precision: Precision, zone: str) -> str:
    """Write a moment as the hub's own people would: a day is a day of their calendar."""
    if moment is None:
        return "-"
    moment = moment.astimezone(ZoneInfo(zone))
    exact = precision in {Precision.MINUTE, Precision.SECOND}
    return moment.strftime("%Y-%m-%d %H:%M" if exact else "%Y-%m-%d")


def list_sources(options: Options, *, as_json: bool) -> None:
    """Show every source and how it is doing."""
    with options.app() as hub, hub.store.reading() as tx:
        standings = live_standings(hub.settings, tx, options.clock.now())
    if as_json:
        rows = [
            {
                "id": one.source.id,
                "name": one.source.name,
                "url": one.source.url,
                "health": str(one.health),
                "entries": one.entries,
                "last_success": one.last_success,
                "next_try": one.next_try,
                "message": one.message,
            }
            for one in standings
        ]
        options.print_json({"sources": rows})
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("id", "name", "health", "entries", "last success", "remark"):
        table.add_column(name, overflow="fold")
    for one in standings:
        last = _shown_date(one.last_success, Precision.MINUTE, hub.settings.hub.timezone)
        table.add_row(
            one.source.id, one.source.name, one.health, str(one.entries), last, one.message
        )
    options.screen.print(table)


def history(options: Options, name: str, *, limit: int, as_json: bool) -> None:
    """Show the newest pulls of a source, newest first."""
    with options.app() as hub:
        _chosen(hub.settings.sources, [name], options)
        with hub.store.reading() as tx:
            pulls = tx.sources.history(name, limit)
    if as_json:
        rows = pulls_as_json(pulls)["sources"]
        for row, pull in zip(rows, pulls, strict=True):
            row["at"] = pull.at.isoformat()
        options.print_json({"source": name, "pulls": rows})
    elif pulls:
        options.screen.print(history_table(pulls, hub.settings.hub.timezone))
    else:
        options.screen.print(f"{name} has not been pulled yet")


def check(options: Options, names: list[str], *, as_json: bool) -> None:
    """Pull sources and show what they give; store nothing."""
    failed = False
    rows: list[dict[str, Any]] = []
    with options.app() as hub:
        for source in _chosen(hub.settings.sources, names, options):
            try:
                reading = check_source(hub.collect_parts(), source)
            except SourceError as error:
                failed = True
                row = {"source": source.id, "ok": False, "message": str(error)}
                if isinstance(error, ListingChanged):
                    row |= _mending_row(propose_mending(hub.collect_parts(), source))
                rows.append(row)
                continue
            entries = [
                {
                    "title": entry.title,
                    "date": entry.published.at,
                    "precision": str(entry.published.precision),
                    "date_note": entry.published.note,
                    "url": entry.link,
                }
                for entry in reading.entries
            ]
            rows.append(
                {
                    "source": source.id,
                    "ok": True,
                    "kind": reading.parsed.kind,
                    "title": reading.parsed.title,
                    "entries": entries,
                    "rejected": list(reading.rejected),
                }
            )
    if as_json:
        options.print_json({"sources": rows})
    else:
        for row in rows:
            _print_check(options, row, hub.settings.hub.timezone)
    if failed:
        raise typer.Exit(1)


def _mending_row(mending: Mending) -> dict[str, Any]:
    rule = mending.suggestion.rule
    return {
        "proposed": _rule_text(rule) if rule else "",
        "kept": [known.title for known in mending.difference.kept],
        "moved": [known.title for known, _ in mending.difference.moved],
        "lost": [known.title for known in mending.difference.lost],
        "gained": [row.title for row in mending.difference.new],
    }


def _rule_text(rule: ListingRule) -> str:
    source = Source(id="x", name="x", url="http://x.example/", listing=rule)
    return source_text(source).partition("[sources.listing]")[2].strip()


def _print_check(options: Options, row: dict[str, Any], zone: str) -> None:
    if not row["ok"]:
        options.screen.print(f"{row['source']}: {row['message']}")
        if row.get("proposed"):
            options.screen.print("a rule that fits the page as it is now:")
            options.screen.print(row["proposed"])
        for sign, name in (("=", "kept"), ("~", "moved"), ("-", "lost"), ("+", "gained")):
            for title in row.get(name, [])[:_PREVIEW]:
                options.screen.print(f"  {sign} {title[:100]}")
        return
    options.screen.print(
        f"{row['source']}: {row['kind']}, {counted(len(row['entries']), 'entry', 'entries')}, "
        f"{len(row['rejected'])} rejected"
    )
    for entry in row["entries"][:_PREVIEW]:
        date = _shown_date(entry["date"], Precision(entry["precision"]), zone)
        options.screen.print(f"  {date:<16}  {entry['title'][:90]}")
    for reason in dict.fromkeys(row["rejected"][:_PREVIEW]):
        options.screen.print(f"  rejected: {reason}")


def _chosen(sources: Iterable[Source], names: list[str], options: Options) -> list[Source]:
    by_id = {source.id: source for source in sources}
    for name in names:
        if name not in by_id:
            raise ConfigError(f'there is no source "{name}"', file=str(options.config))
    return [by_id[name] for name in names] if names else list(by_id.values())


def _print_discovery(options: Options, found: Discovery) -> None:
    screen = options.screen
    if found.is_feed:
        entries = counted(found.entries, "entry", "entries")
        screen.print(f"{found.url} is a feed: {found.title or 'untitled'}, {entries}")
        return
    for link in found.feeds:
        screen.print(f"feed: {link.url}  {link.title}")
    suggestion = found.suggestion
    if suggestion is None:
        return
    screen.print(f"as a listing: confidence {suggestion.confidence:.2f}")
    if suggestion.abstained:
        screen.print(f"not sure enough to propose a rule: {suggestion.reason}")
    shown = suggestion.candidates[: 3 if suggestion.abstained else 1]
    for candidate in shown:
        screen.print("[sources.listing]")
        screen.print(_rule_text(candidate.rule))
        for row in candidate.rows[:_PREVIEW]:
            date = row.date.evidence if row.date else "-"
            screen.print(f"  {date[:24]:<24}  {row.title[:80]}")


def suggest(options: Options, url: str) -> None:
    """Find the feeds of an address, else propose a rule for its listing."""
    with options.app() as hub:
        _print_discovery(options, discover(hub.collect_parts(), url))


def add(options: Options, url: str, *, name: str, place: str) -> None:
    """Look at an address and write it to the config: as a feed, or with a frozen listing rule."""
    with options.app() as hub:
        found = discover(hub.collect_parts(), url)
        settings = hub.settings
    _print_discovery(options, found)
    taken = {source.id for source in settings.sources}
    base = Source(
        id=source_id_for(found.url, taken),
        name=name or found.title or found.url,
        url=found.url,
        place=place,
        language=settings.hub.language,
        timezone=settings.hub.timezone,
    )
    suggestion = found.suggestion
    if found.is_feed:
        source = replace(base, kind=SourceKind.FEED)
    elif found.feeds:
        first = found.feeds[0]
        source = replace(
            base,
            kind=SourceKind.FEED,
            url=first.url,
            id=source_id_for(first.url, taken),
            name=name or first.title or first.url,
            homepage=found.url,
        )
    elif suggestion is not None and suggestion.rule is not None and not suggestion.abstained:
        # a row of a listing says little; the text stands on the article's own page
        source = replace(
            base,
            kind=SourceKind.LISTING,
            listing=suggestion.rule,
            article=ArticleRule(full_text=True),
        )
    else:
        words = "nothing was added: write the source with a [sources.listing] rule by hand"
        options.screen.print(words)
        raise typer.Exit(1)
    known = next((one.id for one in settings.sources if one.url == source.url), None)
    if known is not None:
        words = f"nothing was added: {known} has the address {source.url} already"
        options.screen.print(words)
        return
    add_source(options.config, source, language=base.language, timezone=base.timezone)
    options.screen.print(f"added {source.id} to {options.config}")


def import_sources(options: Options, opml: Path) -> None:
    """Add the feeds of an OPML list to the config; those known already are left out."""
    settings = options.settings()
    try:
        outlines = parse_opml(opml.read_bytes())
    except OSError as error:
        raise typer.BadParameter(f"cannot read {opml}: {error.strerror}") from None
    known = {source.url for source in settings.sources}
    taken = {source.id for source in settings.sources}
    added = 0
    for outline in outlines:
        if outline.url in known:
            continue
        source = Source(
            id=source_id_for(outline.url, taken),
            name=outline.title or outline.url,
            url=outline.url,
            kind=SourceKind.FEED,
            homepage=outline.homepage,
            topics=outline.categories,
            language=settings.hub.language,
            timezone=settings.hub.timezone,
        )
        add_source(options.config, source, language=source.language, timezone=source.timezone)
        known.add(source.url)
        taken.add(source.id)
        added += 1
    new = counted(added, "source", "sources")
    options.screen.print(f"{new} added, {len(outlines) - added} known already")


def export(options: Options) -> None:
    """Print the sources as an OPML list."""
    settings = options.settings()
    typer.echo(sources_opml(settings).decode())

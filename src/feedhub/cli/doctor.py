"""``feedhub doctor``: what works and what does not, in words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from feedhub.cli.context import Options
from feedhub.cli.show import counted
from feedhub.errors import FeedHubError, SourceError

if TYPE_CHECKING:
    from feedhub.app import App

__all__ = ["register"]

_LITTLE_SPACE = 500 * 10**6


@dataclass(frozen=True, slots=True)
class _Finding:
    ok: bool
    subject: str
    words: str


def _config(app: App) -> Iterator[_Finding]:
    settings = app.settings
    sources = counted(len(settings.sources), "source", "sources")
    yield _Finding(True, "config", f"{settings.file} with {sources}")
    if not settings.sources:
        yield _Finding(False, "config", 'there are no sources; add one: "feedhub sources add URL"')
    if not settings.hub.contact:
        words = "hub.contact is empty; webmasters cannot tell whom to write to"
        remedy = 'write contact = "mailto:you@town.example" below [hub]'
        yield _Finding(False, "config", f"{words}; {remedy}")


def _database(app: App) -> Iterator[_Finding]:
    problems = app.store.problems()
    for problem in problems:
        remedy = 'stop the hub and put a backup back: "feedhub db restore FILE"'
        yield _Finding(False, "database", f"{problem}; {remedy}")
    if not problems:
        yield _Finding(True, "database", app.settings.database_url.rsplit("@", 1)[-1])


def _disk(app: App) -> Iterator[_Finding]:
    for folder in (app.settings.data_dir, app.settings.publish_dir):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            free = shutil.disk_usage(folder).free
        except OSError as error:
            words = f"{folder} cannot be used: {error.strerror}; let this user write there"
            yield _Finding(False, "disk", words)
            continue
        writable = os.access(folder, os.W_OK)
        words = f"{folder}: {free / 10**9:.1f} GB free"
        if not writable:
            words += "; it cannot be written: look at its owner and its mount"
        if free <= _LITTLE_SPACE:
            words += "; make room: nothing is stored or published once it is full"
        yield _Finding(writable and free > _LITTLE_SPACE, "disk", words)


def _pages(app: App) -> Iterator[_Finding]:
    from feedhub.flow.unshowable import left_out, try_templates

    broken = try_templates(app.settings, app.store)
    if broken:
        yield _Finding(False, "pages", f"{broken}; its pages stay as they were until it is mended")
    with app.store.reading() as tx:
        for story in sorted(left_out(tx)):
            words = f"the story {story} cannot be shown and is left out"
            remedy = 'once that is mended, "feedhub publish --full" brings it in'
            yield _Finding(False, "pages", f"{words}; {remedy}")
    if not broken:
        yield _Finding(True, "pages", "the templates can be rendered")


def _clock(app: App) -> Iterator[_Finding]:
    now = app.clock.now()
    with app.store.reading() as tx:
        pulled = [state.pulled_at for state in tx.sources.states().values() if state.pulled_at]
    ahead = max(pulled, default=now) > now
    words = f"{now:%Y-%m-%d %H:%M} UTC"
    if ahead:
        words += "; the last pull lies in the future, so the clock was set back: look at the time"
    yield _Finding(not ahead, "clock", words)


def _watch(app: App) -> Iterator[_Finding]:
    from feedhub.flow.collecting.network import network_alarm
    from feedhub.flow.ledger import robots_words

    yield _Finding(True, "robots", robots_words(app.settings.collect.robots))
    with app.store.reading() as tx:
        states = tx.sources.states().values()
        for words in network_alarm(tx):
            yield _Finding(False, "network", words)
    for state in states:
        for trouble in state.troubles:
            words = trouble.words.rstrip(".")
            if trouble.hold:
                words += "; its entries are held back"
            yield _Finding(False, state.id, words)


def _mail(app: App) -> Iterator[_Finding]:
    from feedhub.flow.mailing.health import mail_findings

    for ok, words in mail_findings(app.settings, app.store, app.clock.now()):
        yield _Finding(ok, "mail", words)


def _sources(app: App) -> Iterator[_Finding]:
    from feedhub.flow.discover import check_source

    for source in app.settings.sources:
        if not source.enabled:
            continue
        try:
            reading = check_source(app.collect_parts(), source)
        except SourceError as error:
            yield _Finding(False, source.id, str(error))
        else:
            yield _Finding(True, source.id, counted(len(reading.entries), "entry", "entries"))


def doctor(
    context: typer.Context,
    as_json: bool = typer.Option(False, "--json", help="print one JSON object"),
) -> None:
    """Look at config, database, disk, clock, mail and every source; say what is wrong."""
    options: Options = context.obj
    checks: tuple[Callable[[App], Iterator[_Finding]], ...] = (
        _config,
        _disk,
        _database,
        _pages,
        _clock,
        _watch,
        _mail,
        _sources,
    )
    findings: list[_Finding] = []
    with options.app() as app:
        for check in checks:
            try:
                for finding in check(app):
                    findings.append(finding)
                    if not as_json:
                        mark = "ok     " if finding.ok else "TROUBLE"
                        typer.echo(f"{mark}  {finding.subject}: {finding.words}")
            except FeedHubError as error:
                if any(finding.words == str(error) for finding in findings):
                    continue  # what one fault keeps from being looked at is no fault of its own
                findings.append(_Finding(False, check.__name__.strip("_"), str(error)))
                if not as_json:
                    typer.echo(f"TROUBLE  {check.__name__.strip('_')}: {error}")
    ok = all(finding.ok for finding in findings)
    if as_json:
        rows = [{"ok": f.ok, "subject": f.subject, "words": f.words} for f in findings]
        options.print_json({"ok": ok, "findings": rows})
    if not ok:
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(doctor)

"""``feedhub read`` and ``feedhub dedupe``: the rooms on their own, storing nothing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from feedhub.cli.context import Options
from feedhub.errors import FeedHubError, SourceError
from feedhub.model.document import Document

__all__ = ["register"]


def _from_network(options: Options, url: str, kind: str) -> Document:
    from feedhub.fetch.client import Fetcher, FetchSettings, Request
    from feedhub.flow.collecting.asking import fetch_settings

    known = options.config.is_file()
    settings = fetch_settings(options.settings()) if known else FetchSettings()
    with Fetcher(settings, options.clock) as door:
        answer = door.submit(Request(url=url, kind="feed" if kind == "feed" else "page")).result()
    if not isinstance(answer, Document):
        raise SourceError(f"{url} answered 304 to a request without validators")
    return answer


def _from_file(options: Options, path: Path, url: str, content_type: str) -> Document:
    try:
        body = path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"cannot read {path}: {error.strerror}") from None
    return Document(
        requested_url=url,
        url=url,
        body=body,
        fetched_at=options.clock.now(),
        headers=(("content-type", content_type),) if content_type else (),
    )


def read(  # noqa: PLR0917 - typer passes them by name
    context: typer.Context,
    where: Annotated[str | None, typer.Argument(metavar="FILE or URL")] = None,
    kind: Annotated[str, typer.Option("--as", help="feed, listing or article")] = "feed",
    url: Annotated[str, typer.Option("--url", help="the address the file came from")] = "",
    content_type: Annotated[str, typer.Option("--content-type")] = "",
    batch: Annotated[bool, typer.Option("--batch", help="JSON lines on standard input")] = False,
) -> None:
    """Parse a document and print it as JSON; store nothing."""
    from feedhub.flow.read import KINDS, read_record

    options: Options = context.obj
    if batch:
        _batch(options)
        return
    if where is None or kind not in KINDS:
        raise typer.BadParameter(f"say what to read, and --as one of {', '.join(KINDS)}")
    if where.startswith(("http://", "https://")):
        document = _from_network(options, where, kind)
    else:
        path = Path(where)
        document = _from_file(options, path, url or path.resolve().as_uri(), content_type)
    options.print_json(read_record(kind, document, options.clock))


def _batch(options: Options) -> None:
    from feedhub.flow.read import read_line

    failed = False
    for line in sys.stdin.buffer:
        if not line.strip():
            continue
        record = read_line(line, options.clock)
        failed = failed or "id" not in record
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    if failed:
        raise typer.Exit(1)


def _dedupe_line(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise FeedHubError(f"line {number} of standard input is not JSON: {error}") from None
    if not isinstance(value, dict) or "id" not in value:
        raise FeedHubError(f'line {number} of standard input is no object with an "id"')
    return value


def dedupe(
    batch: Annotated[bool, typer.Option("--batch", help="JSON lines on standard input")] = False,
) -> None:
    """Group texts that are one story: {id, title, text, ...} in, {id, group} out."""
    from feedhub.dedupe.batch import group_records

    if not batch:
        raise typer.BadParameter("say --batch and give JSON lines on standard input")
    lines = enumerate(sys.stdin.buffer, start=1)
    records = [_dedupe_line(line, number) for number, line in lines if line.strip()]
    try:
        groups = group_records(records)
    except ValueError as error:
        raise FeedHubError(str(error)) from None
    for group in groups:
        sys.stdout.write(json.dumps(group, ensure_ascii=False) + "\n")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(read)
    app.command()(dedupe)

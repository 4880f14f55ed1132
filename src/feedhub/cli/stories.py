"""``feedhub stories``: show, split, merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedhub.cli.context import Options

if TYPE_CHECKING:
    from feedhub.flow.correcting import StoryReport

__all__ = ["app"]

app = typer.Typer(help="See why entries are one story; correct it.", no_args_is_help=True)


def _as_json(report: StoryReport) -> dict[str, object]:
    story = report.story
    return {
        "id": story.id,
        "lead": story.lead_id,
        "announced_at": story.announced_at,
        "entries": [
            {
                "id": one.id,
                "source": one.entry.source_id,
                "title": one.entry.title,
                "url": one.entry.link,
                "published": one.entry.published.at,
                "precision": str(one.entry.published.precision),
                "date_used": str(one.entry.published.used),
                "date_note": one.entry.published.note,
                "first_seen": one.first_seen,
                "revised_at": one.revised_at,
                "withdrawn_at": one.withdrawn_at,
            }
            for one in story.entries
        ],
        "links": [
            {
                "entries": [link.first, link.second],
                "verdict": link.verdict,
                "score": round(link.score, 3),
                "reasons": list(link.reasons),
            }
            for link in report.links
        ],
        "split": [sorted(pair) for pair in sorted(report.split, key=sorted)],
        "merged": [sorted(pair) for pair in sorted(report.merged, key=sorted)],
    }


@app.command()
def show(
    context: typer.Context,
    story: str,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Say why these entries are one story: scores and evidence."""
    from feedhub.flow.correcting import report_story

    options: Options = context.obj
    with options.app() as hub, hub.store.reading() as tx:
        report = report_story(tx, story)
    if as_json:
        options.print_json(_as_json(report))
        return
    screen = options.screen
    screen.print(f"story {report.story.id}")
    for one in report.story.entries:
        mark = "lead" if one.id == report.story.lead_id else "    "
        date = f"{one.entry.published.at:%Y-%m-%d %H:%M}"
        screen.print(f"  {mark} {one.id}  {one.entry.source_id}  {date}  {one.entry.title}")
    for link in report.links:
        screen.print(
            f"  {link.verdict} {link.score:.2f}  {link.first} {link.second}: "
            + "; ".join(link.reasons)
        )
    for kind, pairs in (("split", report.split), ("merged", report.merged)):
        for pair in sorted(pairs, key=sorted):
            screen.print(f"  {kind} by an operator: {' '.join(sorted(pair))}")


@app.command()
def split(context: typer.Context, story: str, entry: str) -> None:
    """Give ENTRY a story of its own; the machine never joins them again."""
    from feedhub.flow.correcting import split_story

    options: Options = context.obj
    with options.app() as hub:
        fresh = hub.changing(lambda parts: split_story(parts, story, entry))
    options.screen.print(f"{entry} is now the story {fresh}; it shows after the next publish")


@app.command()
def merge(context: typer.Context, one: str, other: str) -> None:
    """Make two stories one; the older one's address stays, the other points to it."""
    from feedhub.flow.correcting import merge_stories

    options: Options = context.obj
    with options.app() as hub:
        kept = hub.changing(lambda parts: merge_stories(parts, one, other))
    options.screen.print(f"both are now the story {kept}; it shows after the next publish")

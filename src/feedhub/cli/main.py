"""The command itself: its options, its commands, and how errors become exit codes.

Exit codes: 0 done; 1 some of the work failed; 2 wrong usage; 75 another instance holds the data
folder; 78 config error.
"""

from __future__ import annotations

import logging
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from feedhub import __version__
from feedhub.cli import (
    collecting,
    database,
    digests,
    doctor,
    ledger,
    mail,
    reading,
    running,
    sources,
    stories,
    subscribers,
)
from feedhub.cli.context import Options
from feedhub.clock import ShiftedClock, SystemClock
from feedhub.errors import ConfigError, DataFolderHeldError, FeedHubError

__all__ = ["app", "run"]

EXIT_SOME_FAILED = 1
EXIT_HELD = 75
EXIT_CONFIG = 78

app = typer.Typer(
    name="feedhub",
    help="Pulls news from many local government sites, merges reprints, publishes feeds and pages.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(sources.app, name="sources")
app.add_typer(stories.app, name="stories")
app.add_typer(digests.app, name="digest")
app.add_typer(mail.app, name="mail")
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(database.app, name="db")
for module in (collecting, running, reading, doctor, ledger):
    module.register(app)


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        # a file that cannot be read is a config error like one that is missing, not a wrong usage
        typer.Option("-c", "--config", help="the config file", show_default=False, readable=False),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option("--now", help="run as if at this moment (ISO 8601)", show_default=False),
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="say more")] = False,
) -> None:
    """Read the options that stand before the command's name."""
    clock = SystemClock()
    if now is not None:
        try:
            moment = datetime.fromisoformat(now)
        except ValueError:
            raise typer.BadParameter(
                f'"{now}" is no moment; write it as 2026-03-01T06:30:00+07:00', param_hint="--now"
            ) from None
        clock = ShiftedClock(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    path = config or Path(os.environ.get("FEEDHUB_CONFIG") or "config/feedhub.toml")
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    context.obj = Options(config=path, clock=clock, verbose=verbose)


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"feedhub {__version__}")


def run() -> None:
    """Run the command and leave with its exit code."""
    try:
        app()
    except ConfigError as error:
        _leave(f"config: {error}", EXIT_CONFIG)
    except DataFolderHeldError as error:
        _leave(str(error), EXIT_HELD)
    except FeedHubError as error:
        _leave(str(error), EXIT_SOME_FAILED)
    except BrokenPipeError:
        # the reader of our output left; keep Python from complaining about it on the way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(EXIT_SOME_FAILED) from None


def _leave(message: str, code: int) -> None:
    sys.stderr.write(f"feedhub: {message}\n")
    raise SystemExit(code)

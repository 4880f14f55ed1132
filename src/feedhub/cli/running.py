"""``feedhub run``, ``feedhub demo`` and ``feedhub init``."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedhub.cli.context import Options
from feedhub.errors import ConfigError

if TYPE_CHECKING:
    from feedhub.app import App
    from feedhub.service.local import LocalService
    from feedhub.service.workers import WorkerService

__all__ = ["register"]

#: the demo's own config, beside the package in a checkout
_DEMO_CONFIG = Path("config/demo/feedhub.toml")
_DEMO_PORTALS = "127.0.0.1:8001"


def _service(options: Options, app: App) -> LocalService | WorkerService:
    if app.settings.service.engine == "procrastinate":
        from feedhub.service.workers import WorkerService

        return WorkerService(app, options.settings)
    from feedhub.service.local import LocalService

    return LocalService(app, options.settings)


def _say(words: str) -> None:
    """Tell the operator something; a full disk under the log keeps nobody from working."""
    with contextlib.suppress(OSError):
        typer.echo(words, err=True)


def _serve(options: Options, app: App) -> None:
    from feedhub.flow.ledger import robots_words
    from feedhub.web.audience import Audience
    from feedhub.web.desk import desk_apps
    from feedhub.web.files import Look
    from feedhub.web.hub import HubPages
    from feedhub.web.server import WebServer
    from feedhub.web.site import build_site
    from feedhub.web.websub import callback_app

    with app.daemon():
        app.check()
        audience = Audience()
        pages = HubPages(app, audience)
        site = build_site(
            app.settings.publish_dir,
            pages,
            audience=audience,
            further={"/websub": callback_app(app.hear_from_hub), **desk_apps(pages, app.clock)},
            clock=app.clock,
            gone=app.was_removed,
            look=Look(base_url=app.settings.hub.base_url, websub_hub=app.settings.hub.websub_hub),
        )
        server = WebServer(site)
        address = server.start(app.settings.serve.bind)
        _say(f"the hub is on http://{address}/")
        _say(robots_words(app.settings.collect.robots))
        try:
            _service(options, app).run()
        finally:
            server.stop()
            pages.keep_counts()


def run(context: typer.Context) -> None:
    """Run the service: schedule and web server, until TERM."""
    options: Options = context.obj
    with options.app() as app:
        _serve(options, app)


def _empty(options: Options) -> None:
    """Begin the demo anew: its portals date everything from their own start."""
    with options.app() as app, app.daemon():
        for path in app.settings.data_dir.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.suffix != ".lock":
                path.unlink()


def demo(
    context: typer.Context,
    portals_only: Annotated[
        bool, typer.Option("--portals", help="serve only the sample portals")
    ] = False,
    bind: Annotated[str, typer.Option(help="where the sample portals listen")] = _DEMO_PORTALS,
) -> None:
    """Run the demo hub over sample town portals, all on this machine."""
    from feedhub.web.demo import portals_app
    from feedhub.web.server import WebServer

    options: Options = context.obj
    portals = WebServer(portals_app(options.clock, options.clock.now()), name="portals")
    with contextlib.ExitStack() as stack:
        address = portals.start(bind)
        stack.callback(portals.stop)
        typer.echo(f"the sample portals are on http://{address}/", err=True)
        if portals_only:
            _wait_for_end()
            return
        if not _DEMO_CONFIG.is_file():
            raise ConfigError("run the demo from the project's own folder", file=str(_DEMO_CONFIG))
        options.config = _DEMO_CONFIG
        _empty(options)
        app = stack.enter_context(options.app())
        _serve(options, app)


def _wait_for_end() -> None:
    import signal

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: None)
    signal.pause()


def init(context: typer.Context) -> None:
    """Write a first config, to be filled with "feedhub sources add"."""
    from feedhub.config.load import load_settings
    from feedhub.config.write import FIRST_CONFIG

    options: Options = context.obj
    path = options.config
    if path.exists():
        raise ConfigError("there is a config already; it was left as it is", file=str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FIRST_CONFIG, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror}", file=str(path)) from error
    load_settings(path)
    typer.echo(f"wrote {path}; add a source with: feedhub sources add URL")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(run)
    app.command()(demo)
    app.command()(init)

"""What every command shares: the options before its name, and how it speaks."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedhub.clock import Clock

if TYPE_CHECKING:
    from rich.console import Console

    from feedhub.app import App
    from feedhub.config.settings import Settings

__all__ = ["Options"]


@dataclass(slots=True, kw_only=True)
class Options:
    """The options before the command's name."""

    config: Path
    clock: Clock
    verbose: bool = False

    def settings(self) -> Settings:
        """Read the config; raise ``ConfigError``."""
        from feedhub.config.load import load_settings

        return load_settings(self.config)

    @contextmanager
    def app(self) -> Iterator[App]:
        """Open the hub and close it at the end."""
        # what is loaded here stays until the end: the collector need not look through it, neither
        # now nor as the process ends, which would take a fifth of a short command's time
        gc.disable()
        try:
            from feedhub.app import App

            app = App(self.settings(), self.clock)
        finally:
            gc.freeze()
            gc.enable()
        try:
            yield app
        finally:
            app.close()

    @property
    def screen(self) -> Console:
        """The console for what people read; plain lines where it is no terminal.

        Nothing printed is rich's own markup: "[Photos]" in a headline is a word like any other.
        """
        from rich.console import Console

        if sys.stdout.isatty():
            return Console(markup=False, emoji=False)
        return Console(width=200, no_color=True, highlight=False, markup=False, emoji=False)

    @staticmethod
    def print_json(value: Any) -> None:
        """Print one JSON object, and nothing else, on standard output."""
        sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")

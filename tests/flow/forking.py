"""Starts the real command again and again, as processes that share what importing it costs.

Reads from standard input a JSON list of arguments a line, and runs ``feedhub`` with them in a
process of its own; writes that process's id on a line, and at its end its status on another.
"""

from __future__ import annotations

import json
import os
import sys


def _run(arguments: list[str]) -> None:
    from feedhub.cli.main import run

    sys.argv = ["feedhub", *arguments]
    quiet = os.open(os.devnull, os.O_RDWR)
    os.dup2(quiet, 0)
    os.dup2(quiet, 1)
    run()


def main() -> None:
    """Serve until standard input ends."""
    # what a sending run imports by and by is imported once, before the first copy is made
    import feedhub.app
    import feedhub.cli.main
    import feedhub.deliver.smtp
    import feedhub.flow.mailing.mail
    import feedhub.flow.publishing.publish
    import feedhub.render.letters  # noqa: F401

    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                _run(json.loads(line))
            finally:
                sys.stdout.flush()
                os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{status}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

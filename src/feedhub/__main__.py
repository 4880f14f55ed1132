"""``python -m feedhub`` is the ``feedhub`` command."""

from feedhub.cli.main import run

if __name__ == "__main__":
    run()

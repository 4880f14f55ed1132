"""The examples under docs/deploy say what this FeedHub understands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from feedhub.cli.main import app

DEPLOY = Path(__file__).resolve().parents[3] / "docs" / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("feedhub*"))
#: what keeps a service that strangers feed from the rest of its machine
WALLS = {
    "NoNewPrivileges": "yes",
    "CapabilityBoundingSet": "",
    "ProtectSystem": "strict",
    "ProtectHome": "yes",
    "PrivateTmp": "yes",
    "PrivateDevices": "yes",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "SystemCallFilter": "@system-service",
}


def unit(name: str) -> dict[str, str]:
    """Return the last value of every key of a unit."""
    lines = [line for line in (DEPLOY / name).read_text().splitlines() if line[:1] not in {"", "#"}]
    assert lines[0] == "[Unit]"
    settings = [line.partition("=") for line in lines if not line.startswith("[")]
    assert all(sign == "=" for _, sign, _ in settings)
    return {key: value for key, _, value in settings}


def commands() -> set[str]:
    group = typer.main.get_command(app)
    found = set()
    for name, command in group.commands.items():  # type: ignore[attr-defined]  # a group
        found.add(name)
        found |= {f"{name} {inner}" for inner in getattr(command, "commands", {})}
    return found


@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_units_run_known_commands_behind_walls(name: str) -> None:
    said = unit(name)
    ran = re.search(r"/opt/feedhub/bin/feedhub -c \S+ ([a-z]+(?: [a-z]+)?)", said["ExecStart"])
    assert ran is not None
    assert ran[1] in commands()
    assert {key: said.get(key) for key in WALLS} == WALLS


def test_the_timer_starts_a_service_that_is_there() -> None:
    assert "OnCalendar" in unit("feedhub-backup.timer")
    assert "feedhub-backup.service" in UNITS


def test_the_container_is_made_of_files_that_are_there() -> None:
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--" not in line]
    project = DEPLOY.parents[1]
    assert all((project / name).exists() for names in copied for name in names)
    assert {line.partition(" ")[2] for line in lines if line.startswith("USER")} == {"feedhub"}
    assert 'CMD ["run"]' in lines

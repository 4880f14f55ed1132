"""What webmasters see and do, against the real ``collect``: one hub, ninety sources, four pulls.

Every source has one way of behaving, named as a webmaster would call it. All are pulled by the
same four runs of the real command, so each test also shows that the others do not disturb it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.flow.webmasters import CASES, MOMENTS, slug
from tests.unit.fetch.conftest import server_context
from tests.unit.fetch.town import Seen, Town

SOURCE = Path(__file__).resolve().parents[2] / "src"


@dataclass
class Story:
    """What four pulls said and what the servers saw."""

    pulls: list[dict[str, dict[str, Any]]]
    seen: dict[str, list[Seen]]
    most_memory: int


HOSTS = {
    "main": "127.0.0.1",
    "429": "127.0.0.2",
    "503": "127.0.0.3",
    "tls": "127.0.0.1",
    "expired": "127.0.0.1",
    "robots": "127.0.0.1",
}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Pull every source four times with the real command."""
    folder = tmp_path_factory.mktemp("hub")
    contexts = {"tls": "good", "expired": "expired"}
    with ExitStack() as stack:
        towns = {
            name: stack.enter_context(
                Town(
                    host=host,
                    tls=server_context(contexts[name]) if name in contexts else None,
                )
            )
            for name, host in HOSTS.items()
        }
        towns["robots"].answers("/robots.txt", body=b"User-agent: *\nDisallow: /\n")
        lines = ['[hub]\ntitle = "Thử"\ncontact = "mailto:hub@example.org"\n']
        lines.append(
            '[collect]\ntimeout = "4s"\nmax_bytes = "1MB"\nper_host = 64\nin_flight = 200\n'
        )
        private = ", ".join(f'"{town.site}"' for town in towns.values())
        lines.append(f'per_host_gap = "0s"\nallow_private = [{private}]\n')
        authority = Path(__file__).parents[1] / "unit/fetch/certificates/authority.pem"
        for name, case in CASES.items():
            town = towns[case.town]
            path = case.path or f"/{slug(name)}"
            asked = path.replace("ứ", "%E1%BB%A9")
            town.behaves(asked, *case.does)
            for other, behaviours in case.more.items():
                town.behaves(other, *behaviours)
            lines.append(f'[[sources]]\nid = "{slug(name)}"\nurl = "{town.url(path)}"\n')
            lines.append(f'name = "{name}"\n' + case.config.format(authority=authority))
        (folder / "feedhub.toml").write_text("".join(lines), encoding="utf-8")
        pulls, most_memory = [], 0
        for moment in MOMENTS:
            report, memory = collect(folder, moment)
            pulls.append({row["source"]: row for row in report["sources"]})
            most_memory = max(most_memory, memory)
        seen: dict[str, list[Seen]] = {}
        for name, case in CASES.items():
            path = (case.path or f"/{slug(name)}").replace("ứ", "%E1%BB%A9")
            seen[name] = [one for one in towns[case.town].seen if one.target == path]
        yield Story(pulls, seen, most_memory)


COMMAND = """
import runpy, sys, atexit
def tell():
    # getrusage would tell the larger of this process and the one that started it
    lines = open("/proc/self/status").read().splitlines()
    peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    sys.stderr.write(f"\\npeak {int(peak) // 1024}\\n")
atexit.register(tell)
sys.argv[0] = "feedhub"
runpy.run_module("feedhub", run_name="__main__")
"""


def collect(folder: Path, moment: datetime) -> tuple[dict[str, Any], int]:
    """Run ``collect --all`` at a moment; return its report and its peak memory in MB."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            COMMAND,
            *f"--now {moment.isoformat()} collect --all --json".split(),
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={
            **os.environ,
            "FEEDHUB_CONFIG": "feedhub.toml",
            "PYTHONPATH": str(SOURCE),
        },
    )
    assert done.stdout, done.stderr
    assert done.returncode == 1, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report, int(done.stderr.rpartition("peak ")[2])


@pytest.mark.parametrize("name", CASES)
def test_a_source_that(story: Story, name: str) -> None:
    says = CASES[name].says
    for number, pull in enumerate(story.pulls):
        row = pull[slug(name)]
        outcome, _, words = says[min(number, len(says) - 1)].partition(" ")
        told = f"pull {number + 1}: {row['outcome']}, {row['message']}"
        assert row["outcome"] == outcome, told
        assert words in row["message"], told


def test_ninety_ways_at_once_stay_below_300_megabytes(story: Story) -> None:
    assert story.most_memory < 300


def asked(story: Story, name: str) -> list[Seen]:
    return story.seen[name]


def test_every_source_is_told_apart() -> None:
    assert len(CASES) >= 90
    assert len({slug(name) for name in CASES}) == len(CASES)


def test_a_source_gone_for_good_is_not_asked_again_unless_told_to(story: Story) -> None:
    assert len(asked(story, "is gone for good")) == len(MOMENTS)


@pytest.mark.parametrize("name", ["answers well", "hangs", "forbids", "sends a challenge"])
def test_every_source_is_asked_once_a_pull(story: Story, name: str) -> None:
    assert len(asked(story, name)) == len(MOMENTS)


def test_one_address_of_two_sources_is_asked_once_a_pull(story: Story) -> None:
    assert len(asked(story, "feeds two sources")) == len(MOMENTS)


@pytest.mark.parametrize(("code", "times"), [(301, 3), (308, 3), (302, 4), (303, 4), (307, 4)])
def test_a_permanent_move_proven_three_times_is_taken_at_its_word(
    story: Story, code: int, times: int
) -> None:
    assert len(asked(story, f"redirects with {code}")) == times


def test_no_cookie_is_sent_back(story: Story) -> None:
    for name, requests in story.seen.items():
        assert all(one.header("cookie") is None for one in requests), name


def test_no_referrer_is_told(story: Story) -> None:
    for requests in story.seen.values():
        assert all(one.header("referer") is None for one in requests)


def test_the_hub_says_who_it_is(story: Story) -> None:
    (agent,) = {one.header("user-agent") for one in asked(story, "answers well")}
    assert agent is not None
    assert agent.startswith("FeedHub/")
    assert "mailto:hub@example.org" in agent


def validators(story: Story, name: str) -> list[str | None]:
    return [
        one.header("if-none-match") or one.header("if-modified-since") for one in asked(story, name)
    ]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("sends an etag", [None, '"a b"', '"a b"', None]),
        ("renews its etag with a 304", [None, '"1"', '"2"', None]),
        ("stops sending an etag", [None, '"1"', None, None]),
        ("moves its etag though nothing changed", [None, '"1"', '"2"', None]),
        ("breaks down between two answers", [None, '"1"', '"1"', None]),
        ("tears one answer and mends it", [None, None, None, None]),
    ],
)
def test_validators_are_sent_back_and_left_out_once_a_day(
    story: Story, name: str, sent: list[str | None]
) -> None:
    assert validators(story, name) == sent

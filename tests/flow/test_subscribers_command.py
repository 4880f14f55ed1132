"""``feedhub subscribers``: the real command, run within this process to be quick."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from tests.flow.towns import Hub

from feedhub.cli.main import run

MAIL = """
[mail]
sender = "Tin <tin@town.example>"
[[sources]]
id = "thach-van"
url = "https://thach-van.example/tin"
place = "Thạch Vân"
"""


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


class Command:
    """Runs the command on a hub that sends mail and asks nobody."""

    def __init__(
        self, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        hub.configure(MAIL, private="127.0.0.1:1")
        self.folder = hub.folder
        self._config = hub.config
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Done:
        """Run ``feedhub subscribers`` with these arguments."""
        self._monkeypatch.setattr(
            "sys.argv", ["feedhub", "-c", str(self._config), "subscribers", *arguments]
        )
        with pytest.raises(SystemExit) as ended:
            run()
        said = self._capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    def listed(self, *more: str) -> dict[str, dict[str, Any]]:
        """Return everybody by address."""
        found = json.loads(self("list", "--json", *more).out)["subscribers"]
        return {one["address"]: one for one in found}


@pytest.fixture
def people(
    hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """The command, on a hub of its own."""
    return Command(hub, monkeypatch, capsys)


def test_people_are_added_listed_removed_and_erased(people: Command) -> None:
    asked = people("add", "an@town.example").out
    assert "asked to confirm" in asked
    again = people("add", "an@town.example").out
    assert "less than an hour ago" in again
    words = "Yes, at the town hall on 3 March"
    options = ("--digest", "weekly sun 18:30", "--place", "Thạch Vân", "--language", "en")
    people("add", "ba@town.example", "--confirmed", words, *options)
    found = people.listed()
    assert found["an@town.example"]["state"] == "pending"
    ba = found["ba@town.example"]
    assert (ba["state"], ba["language"]) == ("active", "en")
    assert (ba["consent"]["how"], ba["consent"]["words"]) == ("command", words)
    (weekly,) = ba["subscriptions"]
    assert (weekly["at"], weekly["on"], weekly["places"]) == ("18:30", "sun", ["thach-van"])
    assert weekly["next_due_at"]
    assert set(people.listed("--state", "active")) == {"ba@town.example"}
    assert "weekly sun 18:30" in people("list").out
    known = people("add", "ba@town.example", "--confirmed", "other").out
    assert "already" in known
    people("remove", "ba@town.example")
    gone = people.listed()["ba@town.example"]
    assert (gone["state"], gone["ended_because"], gone["subscriptions"]) == ("ended", "removed", [])
    people("erase", "ba@town.example")
    assert set(people.listed()) == {"an@town.example"}


def test_what_cannot_be_done_is_said_in_words(people: Command) -> None:
    for arguments, words in (
        (("add", "an@town"), "has no dot"),
        (("add", "an@town.example", "--digest", "hourly"), "there is no digest"),
        (("add", "an@town.example", "--timezone", "Mars/Base"), "there is no time zone"),
        (("add", "an@town.example", "--place", "Nowhere"), "there is no place"),
        (("import", "missing.csv"), "cannot read"),
    ):
        done = people(*arguments)
        assert (done.code, words in done.err) == (2, True), done.err
    for command in ("remove", "erase"):
        done = people(command, "nobody@town.example")
        assert (done.code, "nobody with this address" in done.err) == (1, True)


def test_a_list_is_taken_in_whole_or_not_at_all_and_given_out_again(people: Command) -> None:
    file = people.folder / "people.csv"
    head = "address,when,how,words,digests\n"
    file.write_text(
        f"{head}an@town.example,2026-03-01,paper,I agree,daily\nba@town.example,,paper,,\n",
        encoding="utf-8",
    )
    done = people("import", str(file))
    assert done.code == 1
    assert "line 3: when, words must not be empty" in done.err
    assert people.listed() == {}
    file.write_text(
        f"{head}an@town.example,2026-03-01,paper,I agree,daily\n"
        "ba@town.example,01/03/2026,=1+1,I agree,weekly fri\n",
        encoding="utf-8",
    )
    done = people("import", str(file), "--json")
    assert json.loads(done.out) == {"added": 2, "known": 0, "kept_out": 0}
    assert people.listed()["an@town.example"]["consent"]["where"] == "paper"
    people("remove", "an@town.example")
    people("add", "chi@town.example")
    out = people("export").out
    rows = {row["address"]: row for row in csv.DictReader(io.StringIO(out))}
    assert {name: row["state"] for name, row in rows.items()} == {
        "an@town.example": "ended",
        "ba@town.example": "active",
        "chi@town.example": "pending",
    }
    assert rows["ba@town.example"]["where"] == "'=1+1"
    one = people("export", "--address", "ba@town.example").out
    assert len(one.splitlines()) == 2
    # nobody comes back by a list that is older than their leaving
    file.write_text(out, encoding="utf-8")
    done = people("import", str(file), "--json")
    assert json.loads(done.out) == {"added": 0, "known": 1, "kept_out": 2}
    people("erase", "ba@town.example")
    people("erase", "chi@town.example")
    done = people("import", str(file), "--json")
    assert json.loads(done.out) == {"added": 0, "known": 0, "kept_out": 3}


def test_a_new_key_makes_old_links_worthless(people: Command) -> None:
    people("add", "an@town.example", "--confirmed", "yes")
    assert "work no more" in people("new-key").out
    people("remove", "an@town.example")
    assert people.listed()["an@town.example"]["state"] == "ended", "people are still known"

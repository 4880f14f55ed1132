"""A hub that outgrows SQLite moves to PostgreSQL, by the real command."""

from __future__ import annotations

import shutil

import pytest
from tests.flow.towns import Hub, Town
from tests.postgres import server


def configure(hub: Hub, towns: Town) -> None:
    hub.configure(f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\n', private=towns.address)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_move_keeps_ids_history_and_every_published_byte(hub: Hub, towns: Town) -> None:
    towns.feed("/a", {"title": "Sửa đường", "guid": "1"}, {"title": "Chợ phiên", "guid": "2"})
    configure(hub, towns)
    hub.run("collect")
    towns.feed("/a", {"title": "Sửa cầu", "guid": "1"}, {"title": "Chợ phiên", "guid": "2"})
    hub.run("collect", "--all")
    hub.run("publish")
    before = hub.files()

    there = server().database()
    refused = hub.run("db", "move", "--to", "mysql://x/y", ok=False)
    assert refused.returncode == 1
    assert "SQLite or PostgreSQL" in refused.stderr
    done = hub.run("db", "move", "--to", there)
    assert "entries: 2" in done.stderr
    assert "database_url" in done.stdout
    (hub.folder / "var" / "feedhub.sqlite3").unlink()
    hub.database = there
    configure(hub, towns)

    assert hub.collected("--all")["a"]["new"] == 0
    published = hub.json("publish")
    assert (published["written"], published["removed"]) == (0, 0)
    assert hub.files() == before
    towns.feed("/a", {"title": "Mưa lớn", "guid": "3"}, {"title": "Sửa cầu", "guid": "1"})
    assert hub.collected("--all")["a"]["new"] == 1
    hub.run("publish")
    assert hub.stories()[0]["title"] == "Mưa lớn"
    assert "sound" in hub.run("db", "check").stdout
    assert "ok       database" in hub.run("doctor").stdout
    server().drop(there)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_backup_of_postgresql_is_put_back(hub: Hub, towns: Town) -> None:
    towns.feed("/a", {"title": "Tin một", "guid": "1"})
    configure(hub, towns)
    hub.run("collect")
    hub.run("publish")
    ids = [story["id"] for story in hub.stories()]
    copy = hub.folder / "copy"
    assert str(copy) in hub.run("db", "backup", str(copy)).stdout
    towns.feed("/a", {"title": "Tin hai", "guid": "2"})
    hub.run("collect", "--all")
    assert "the schema before_restore_" in hub.run("db", "restore", str(copy)).stdout
    shutil.rmtree(hub.public)
    hub.run("publish")
    assert [story["id"] for story in hub.stories()] == ids

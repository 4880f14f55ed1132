"""Faults 54 to 62: mistakes in config and theme, entries that cannot be shown, many readers."""

from __future__ import annotations

import json
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.faults.ground import entry, numbers, run_with
from tests.flow.test_service import ask, check_whole, daemon, free_port, wait_for
from tests.flow.towns import Hub, Town

THEME = '[hub]\ntheme_dir = "theme"\n'

BROKEN = """{% extends "base.html" %}
{% block main %}
{{ card.nothing }}
{% endblock %}"""

#: a bug in our own renderer that one entry brings to light
BUG = """
import feedhub.render.entries as entries
import feedhub.render.feeds as feeds
import feedhub.render.jsonfeed as jsonfeed
real = entries.feed_entry
def broken(card, style):
    if "số 2 " in card.title:
        raise KeyError("nobody thought of this")
    return real(card, style)
for room in (entries, feeds, jsonfeed):
    room.feed_entry = broken
"""


def configure(hub: Hub, towns: Town, port: int = 0, *, every: str = "1h") -> None:
    more = f'[serve]\nbind = "127.0.0.1:{port}"\n' if port else ""
    hub.configure(
        f'[[sources]]\nid = "a"\nurl = "{towns.url("/a")}"\nbackfill = 1000\nevery = "{every}"\n',
        private=towns.address,
        more=more,
    )
    text = hub.config.read_text(encoding="utf-8")
    hub.config.write_text(text.replace("[hub]\n", THEME), encoding="utf-8")
    (hub.folder / "theme").mkdir(exist_ok=True)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("[hub\n", ("feedhub.toml, line 1",)),
        ('[hub]\ntitle = "x"\n\n[collect]\nper_host = "two"\n', ("line 5", "collect.per_host")),
        ('[hub]\ntitle = "x"\ncolour = "red"\n', ("line 3", "hub.colour")),
    ],
)
def test_54_a_config_that_is_broken_at_the_start(
    hub: Hub, wrong: str, said: tuple[str, ...]
) -> None:
    hub.config.write_text(wrong, encoding="utf-8")
    done = hub.run("run", ok=False)
    assert done.returncode == 78
    for words in said:
        assert words in done.stderr


def test_55_58_62_a_running_service_is_given_nonsense_and_asked_often(
    hub: Hub, towns: Town
) -> None:
    """A broken config or template changes nothing, is shown, and is over when it is mended."""
    port = free_port()
    towns.feed("/a", entry(1))
    configure(hub, towns, port, every="1s")
    good = hub.config.read_text(encoding="utf-8")
    with daemon(hub) as process:
        wait_for(port, "/feeds/all.json", "số 1 ".encode())
        # 62: a storm of conditional requests makes nothing anew
        tag = ask(port, "/feeds/all.atom")[1]["etag"]
        before = (hub.public / "feeds/all.atom").stat()

        def again(_: int) -> int:
            return ask(port, "/feeds/all.atom", **{"If-None-Match": tag})[0]

        with ThreadPoolExecutor(8) as readers:
            assert set(readers.map(again, range(300))) == {304}
        assert (hub.public / "feeds/all.atom").stat() == before
        # 55: a config that is broken on reload
        hub.config.write_text(good + "\n[hub\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        page = wait_for(port, "/status/", b"the config was not reloaded").decode()
        assert "feedhub.toml, line" in page
        # 58: a template that is broken while the service runs
        theme = hub.folder / "theme" / "story.html"
        theme.write_text(
            '{% extends "base.html" %}\n{% block main %}\n{{ card.nothing }}\n{% endblock %}'
        )
        hub.config.write_text(good, encoding="utf-8")
        towns.feed("/a", entry(2), entry(1))
        process.send_signal(signal.SIGHUP)
        page = wait_for(port, "/status/", b"broken template").decode()
        assert "the config was not reloaded" not in page
        assert "story.html, line 3" in page
        # feeds have no template; a publishing that broke is tried again after half a minute
        wait_for(port, "/feeds/all.json", "số 2 ".encode(), seconds=60)
        assert "số 2 ".encode() not in ask(port, "/")[2]
        check_whole(hub)
        doctor = hub.run("doctor", ok=False).stdout
        assert re.search(r"TROUBLE +pages: .*story.html, line 3: broken template", doctor), doctor
        theme.unlink()
        process.send_signal(signal.SIGHUP)
        end = time.monotonic() + 90
        while b"broken template" in ask(port, "/status/")[2] and time.monotonic() < end:
            time.sleep(0.5)  # the page that tells of it is the last to be published
        assert b"broken template" not in ask(port, "/status/")[2]
        assert "số 2 ".encode() in ask(port, "/")[2]


def test_59_an_entry_breaks_the_renderer(hub: Hub, towns: Town) -> None:
    """It is left out and told; everything else goes out, and it comes in once that is mended."""
    towns.feed("/a", entry(3), entry(2), entry(1))
    configure(hub, towns)
    hub.run("collect")
    done = run_with(BUG, hub, "publish")
    assert done.returncode == 0, done.stderr
    assert numbers(hub) == [1, 3]
    check_whole(hub)
    (told,) = json.loads((hub.public / "status/feed.json").read_bytes())["items"]
    assert "cannot be shown and is left out (KeyError" in told["title"]
    towns.feed("/a", entry(4), entry(3), entry(2), entry(1))
    hub.run("collect", "a")
    assert run_with(BUG, hub, "publish").returncode == 0
    assert numbers(hub) == [1, 3, 4]
    hub.run("publish", "--full")
    assert numbers(hub) == [1, 2, 3, 4]

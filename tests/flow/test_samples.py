"""The main job on real feeds, where the shared samples stand beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import feedparser
from tests.flow.towns import Hub, Page, Town


def feed_samples(samples: Path) -> list[dict[str, Any]]:
    """Return the labels of all real feeds."""
    lines = (samples / "INDEX.jsonl").read_text(encoding="utf-8").splitlines()
    labels = [json.loads(line) for line in lines]
    return [label for label in labels if label["file"].startswith("feeds/")]


def content_type(label: dict[str, Any]) -> str:
    """Return what a server would say of a sample, by its name."""
    kinds = {".json": "application/feed+json", ".atom": "application/atom+xml"}
    return kinds.get(Path(label["file"]).suffix, "application/rss+xml")


def test_all_real_feeds_are_collected_and_published_in_one_go(
    hub: Hub, towns: Town, samples: Path
) -> None:
    labels = feed_samples(samples)
    assert labels
    sources = ""
    for number, label in enumerate(labels):
        path = f"/{label['file']}"
        towns.pages[path] = Page((samples / label["file"]).read_bytes(), content_type(label))
        sources += f'[[sources]]\nid = "s{number}"\nurl = "{towns.url(path)}"\nkind = "feed"\n'
    hub.configure(sources, private=towns.address)
    collected = hub.collected("--all", ok=False)
    wrong = []
    for number, label in enumerate(labels):
        row, expected = collected[f"s{number}"], label["expected"]
        if expected.get("feed") is False:
            if row["outcome"] != "failed" or not row["message"]:
                wrong.append((label["file"], "should be named as no feed", row))
        elif "item_elements_in_source" in expected:
            if row["entries"] != expected["item_elements_in_source"]:
                wrong.append((label["file"], expected["item_elements_in_source"], row))
        elif row["outcome"] == "failed":
            wrong.append((label["file"], "should be read", row))
    assert not wrong
    hub.run("publish")
    for path, (_, data) in hub.files().items():
        if path.endswith((".atom", ".rss")):
            parsed = feedparser.parse(data)
            assert not parsed.bozo, (path, parsed.bozo_exception)
        elif path.endswith(".json"):
            assert json.loads(data)["version"].startswith("https://jsonfeed.org/version/1.1")
    before = hub.files()
    again = hub.collected("--all", ok=False)
    assert {name: row["new"] for name, row in again.items() if row["new"]} == {}
    hub.run("publish")
    assert hub.files() == before


def test_read_batch_reads_the_same_files_as_json_lines(hub: Hub, samples: Path) -> None:
    labels = feed_samples(samples)
    lines = "".join(
        json.dumps(
            {
                "id": label["file"],
                "kind": "feed",
                "url": label.get("url") or "https://feeds.example/",
                "content_type": content_type(label),
                "path": str(samples / label["file"]),
            }
        )
        + "\n"
        for label in labels
    )
    done = hub.run("read", "--batch", stdin=lines)
    answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    assert len(answers) == len(labels)
    for label in labels:
        answer, expected = answers[label["file"]], label["expected"]
        if expected.get("feed") is False:
            assert not answer["ok"], label["file"]
            assert answer["error"]
        else:
            assert answer["ok"], (label["file"], answer.get("error"))
            if "item_elements_in_source" in expected:
                assert len(answer["entries"]) == expected["item_elements_in_source"], label["file"]


def test_two_saved_versions_of_one_feed_announce_nothing_twice(
    hub: Hub, towns: Town, samples: Path
) -> None:
    before = (samples / "feeds/site_feed.xml").read_bytes()
    after = (samples / "feeds/site_feed_updated.xml").read_bytes()
    towns.pages["/feed"] = Page(before)
    hub.configure(f'[[sources]]\nid = "a"\nurl = "{towns.url("/feed")}"\n', private=towns.address)
    first = hub.collected()["a"]
    hub.run("publish")
    seen = {story["id"]: story["date_published"] for story in hub.stories()}
    towns.pages["/feed"] = Page(after)
    second = hub.collected("--all")["a"]
    hub.run("publish")
    stories = hub.stories()
    titles = [story["title"] for story in stories]
    assert len(titles) == len(set(titles)) == first["new"] + second["new"]
    for story in stories:
        assert seen.get(story["id"], story["date_published"]) == story["date_published"]
    towns.pages["/feed"] = Page(before)
    assert hub.collected("--all")["a"]["new"] == 0

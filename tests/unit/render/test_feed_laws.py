"""Laws of feeds: whatever sources send, feeds are valid, complete and read back as meant."""

from __future__ import annotations

import json

import feedparser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.golden.conformance import faults
from tests.unit.render import garbage
from tests.unit.render.samples import HUB

from feedhub.edit.archives import archive_edition, open_edition, seal
from feedhub.edit.channels import channel_edition
from feedhub.edit.corrections import corrections_edition
from feedhub.model.channel import Channel
from feedhub.model.edition import Edition, StoryCard
from feedhub.render.entries import feed_entry, style_of, with_own_instants
from feedhub.render.feeds import RENDERERS, render_atom, render_json, render_rss

_SLOW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
channels = st.builds(
    Channel,
    id=st.just("all"),
    title=garbage.words,
    description=garbage.words,
    limit=st.integers(min_value=1, max_value=4),
    content=st.sampled_from(["full", "summary"]),
    dedupe=st.booleans(),
)


@_SLOW
@given(garbage.cards(), channels)
def test_every_feed_of_garbage_breaks_no_rule(cards: list[StoryCard], channel: Channel) -> None:
    seals = seal(channel, cards)
    editions = [
        channel_edition(HUB, channel, cards, "feeds/all"),
        open_edition(HUB, channel, cards, "feeds/all", seals),
        corrections_edition(HUB, channel, cards, "feeds/corrections"),
        *(
            archive_edition(HUB, channel, cards, "feeds/all", one, newest=len(seals))
            for one in seals
        ),
    ]
    for edition in editions:
        for suffix, render in RENDERERS.items():
            assert faults(render(edition), suffix) == []


@_SLOW
@given(garbage.cards(), channels)
def test_feeds_read_back_as_the_values_they_were_made_of(
    cards: list[StoryCard], channel: Channel
) -> None:
    edition = channel_edition(HUB, channel, cards, "feeds/all")
    meant = [feed_entry(card, style_of(edition)) for card in with_own_instants(edition.stories)]
    atom, rss = (feedparser.parse(render(edition)) for render in (render_atom, render_rss))
    items = json.loads(render_json(edition))["items"]
    assert not atom.bozo
    assert not rss.bozo
    for read in (atom.entries, rss.entries, items):
        assert [one["id"] for one in read] == [one.id for one in meant]
        assert [one["title"] for one in read] == [one.title for one in meant]
    assert [one["link"] for one in atom.entries] == [one.link for one in meant]
    assert [one["link"] for one in rss.entries] == [one.link for one in meant]
    assert [one["url"] for one in items] == [one.link for one in meant]
    assert [one["content_html"] for one in items] == [one.html for one in meant]
    assert [one["date_modified"] for one in items] == [
        one.updated.isoformat().replace("+00:00", "Z") for one in meant
    ]


def _empty() -> Edition:
    return channel_edition(HUB, Channel(id="all", title="Mọi tin"), (), "feeds/all")


def test_an_empty_feed_is_dated_at_the_epoch_and_valid() -> None:
    for suffix, render in RENDERERS.items():
        assert faults(render(_empty()), suffix) == []
    assert feedparser.parse(render_atom(_empty())).feed.updated.startswith("1970-01-01")

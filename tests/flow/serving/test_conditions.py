"""Validators and conditional requests (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

import os
from email.utils import formatdate, parsedate_to_datetime

import pytest
from tests.flow.serving.ground import ATOM, Site

FEED = "/feeds/all.atom"


def test_a_feed_has_a_strong_tag_and_a_date(site: Site) -> None:
    reply = site.ask(FEED)
    assert reply.status == 200
    assert reply["etag"].startswith('"')
    assert reply["etag"].endswith('"')
    assert reply["last-modified"].endswith(" GMT")
    assert parsedate_to_datetime(reply["last-modified"]) <= parsedate_to_datetime(reply["date"])


def test_the_tag_is_the_same_as_long_as_the_content_is(site: Site) -> None:
    assert site.ask(FEED)["etag"] == site.ask(FEED)["etag"]


def test_each_coding_has_a_tag_of_its_own(site: Site) -> None:
    tags = {site.ask(FEED, accept_encoding=coding)["etag"] for coding in ("br", "gzip", "identity")}
    assert len(tags) == 3


def test_head_tells_the_same_as_get_without_a_body(site: Site) -> None:
    get, head = site.ask(FEED), site.ask(FEED, method="HEAD")
    strip = {"date"}
    assert [x for x in get.fields if x[0] not in strip] == [
        x for x in head.fields if x[0] not in strip
    ]
    assert head["content-length"] == str(len(ATOM))


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '"x",W/{} ', "*", ',, {} , "y"'])
def test_a_matching_tag_is_answered_304(site: Site, form: str, method: str) -> None:
    tag = site.ask(FEED)["etag"]
    reply = site.ask(FEED, method=method, if_none_match=form.format(tag))
    assert reply.status == 304


def test_tags_in_several_header_lines_are_one_list(site: Site) -> None:
    tag = site.ask(FEED)["etag"]
    reply = site.ask(FEED, ("If-None-Match", '"x"'), ("If-None-Match", tag))
    assert reply.status == 304


@pytest.mark.parametrize("wrong", ['"x"', 'W/"x"', "x", '"', '"x', "", "W/", '"*"'])
def test_another_or_a_malformed_tag_is_answered_in_full(site: Site, wrong: str) -> None:
    reply = site.ask(FEED, if_none_match=wrong)
    assert (reply.status, reply.body) == (200, ATOM)


def test_a_tag_without_its_quotes_does_not_match(site: Site) -> None:
    tag = site.ask(FEED)["etag"].strip('"')
    assert site.ask(FEED, if_none_match=tag).status == 200


def test_the_tag_of_another_coding_does_not_match(site: Site) -> None:
    gzipped = site.ask(FEED, accept_encoding="gzip")["etag"]
    reply = site.ask(FEED, accept_encoding="br", if_none_match=gzipped)
    assert (reply.status, reply["content-encoding"]) == (200, "br")
    assert site.ask(FEED, accept_encoding="gzip", if_none_match=gzipped).status == 304


def test_304_carries_what_a_cache_needs_and_no_description_of_a_body(site: Site) -> None:
    full = site.ask(FEED, accept_encoding="br")
    reply = site.ask(FEED, accept_encoding="br", if_none_match=full["etag"])
    assert reply.status == 304
    for name in ("etag", "cache-control", "vary", "content-security-policy"):
        assert reply[name] == full[name]
    assert reply.get("date")
    for name in ("content-type", "content-encoding", "content-length", "last-modified"):
        assert reply.get(name) is None


def test_if_none_match_goes_before_if_modified_since(site: Site) -> None:
    tomorrow = formatdate(4102444800, usegmt=True)
    reply = site.ask(FEED, if_none_match='"x"', if_modified_since=tomorrow)
    assert reply.status == 200
    tag = site.ask(FEED)["etag"]
    long_ago = formatdate(0, usegmt=True)
    assert site.ask(FEED, if_none_match=tag, if_modified_since=long_ago).status == 304


def test_if_modified_since(site: Site) -> None:
    modified = site.ask(FEED)["last-modified"]
    assert site.ask(FEED, if_modified_since=modified).status == 304
    earlier = parsedate_to_datetime(modified).timestamp() - 1
    assert site.ask(FEED, if_modified_since=formatdate(earlier, usegmt=True)).status == 200


def test_dates_in_the_two_old_forms_are_understood(site: Site) -> None:
    assert site.ask(FEED, if_modified_since="Friday, 01-Jan-60 00:00:00 GMT").status == 304
    assert site.ask(FEED, if_modified_since="Sun Nov  6 08:49:37 2044").status == 304
    assert site.ask(FEED, if_modified_since="Sun Nov  6 08:49:37 1994").status == 200


@pytest.mark.parametrize(
    "nonsense", ["yesterday", "", "2030-01-01", "9" * 300, "Xxx, 99 Foo 9999 99:99:99 GMT", "-1"]
)
def test_a_date_that_is_none_is_passed_over(site: Site, nonsense: str) -> None:
    assert site.ask(FEED, if_modified_since=nonsense).status == 200
    assert site.ask(FEED, if_unmodified_since=nonsense).status == 200


def test_if_match(site: Site) -> None:
    tag = site.ask(FEED)["etag"]
    assert site.ask(FEED, if_match=tag).status == 200
    assert site.ask(FEED, if_match="*").status == 200
    assert site.ask(FEED, if_match=f'"x", {tag}').status == 200
    assert site.ask(FEED, if_match='"x"').status == 412
    assert site.ask(FEED, if_match=f"W/{tag}").status == 412  # strong comparison


def test_if_match_goes_before_everything(site: Site) -> None:
    tag = site.ask(FEED)["etag"]
    assert site.ask(FEED, if_match='"x"', if_none_match=tag).status == 412
    assert site.ask(FEED, if_match=tag, if_none_match=tag).status == 304
    long_ago = formatdate(0, usegmt=True)
    assert site.ask(FEED, if_match=tag, if_unmodified_since=long_ago).status == 200


def test_if_unmodified_since(site: Site) -> None:
    assert site.ask(FEED, if_unmodified_since=formatdate(0, usegmt=True)).status == 412
    modified = site.ask(FEED)["last-modified"]
    assert site.ask(FEED, if_unmodified_since=modified).status == 200


def test_a_missing_file_is_404_whatever_the_conditions(site: Site) -> None:
    assert site.ask("/nope", if_none_match="*").status == 404
    assert site.ask("/nope", if_match="*").status == 404


def test_a_change_is_seen_at_the_next_request(site: Site) -> None:
    full = site.root / "changing.atom"
    beside = site.root / "beside"
    full.write_bytes(b"<feed>one</feed>")
    first = site.ask("/changing.atom")
    beside.write_bytes(b"<feed>two</feed>")
    beside.replace(full)
    second = site.ask("/changing.atom", if_none_match=first["etag"])
    assert (second.status, second.body) == (200, b"<feed>two</feed>")
    full.unlink()
    assert site.ask("/changing.atom", if_none_match=second["etag"]).status == 404


def test_a_file_from_the_future_is_not_dated_later_than_the_answer(site: Site) -> None:
    full = site.root / "future.txt"
    full.write_bytes(b"x")
    os.utime(full, (4102444800, 4102444800))
    reply = site.ask("/future.txt")
    assert parsedate_to_datetime(reply["last-modified"]) <= parsedate_to_datetime(reply["date"])

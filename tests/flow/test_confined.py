"""Risky documents are read in a process that may die without harm."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from tests.flow.towns import environment

from feedhub.dedupe.index import index_keys
from feedhub.errors import NotAFeed, ParseError
from feedhub.flow.collecting.confined import (
    Confinement,
    is_risky,
    read_anywhere,
    read_aside,
)
from feedhub.flow.collecting.reading import entry_doc, read_source
from feedhub.flow.parts import Desks
from feedhub.model.document import Document
from feedhub.model.source import Source
from feedhub.parse.feed import parse_feed
from feedhub.text.search_forms import search_forms

SOURCE = Source(id="town", name="Town", url="https://town.example/rss")


def document(body: bytes) -> Document:
    return Document(
        requested_url=SOURCE.url,
        url=SOURCE.url,
        body=body,
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


@pytest.fixture
def confinement() -> Iterator[Confinement]:
    """One worker with tight limits."""
    found = Confinement(workers=1, cpu=1, wall=20.0, memory=512 * 1024 * 1024)
    yield found
    found.close()


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 300_000,
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss/>',
        b"<b>" * 6_000,
        b"<rss " + b"a=1 " * 21_000 + b"/>",
    ],
)
def test_what_is_large_or_made_to_hurt_is_risky(body: bytes) -> None:
    assert is_risky(body)


def test_a_usual_feed_is_read_at_once() -> None:
    row = b"<item><title>Tin</title><description>a &lt;b&gt; c</description></item>"
    assert not is_risky(b'<rss version="2.0"><channel>' + row * 500 + b"</channel></rss>")


def test_a_worker_reads_as_we_do_and_its_errors_are_ours(confinement: Confinement) -> None:
    row = b"<item><title>Tin</title><guid>1</guid></item>"
    feed = document(b'<rss version="2.0"><channel><title>T</title>' + row + b"</channel></rss>")
    assert confinement.call(ParseError, parse_feed, feed, SOURCE) == parse_feed(feed, SOURCE)
    with pytest.raises(NotAFeed) as here:
        parse_feed(document(b"<html><p>x</p></html>"), SOURCE)
    with pytest.raises(NotAFeed) as there:
        confinement.call(ParseError, parse_feed, document(b"<html><p>x</p></html>"), SOURCE)
    assert str(there.value) == str(here.value)


def test_a_bug_in_a_worker_is_loud(confinement: Confinement) -> None:
    with pytest.raises(RuntimeError, match="ValueError"):
        confinement.call(ParseError, int, "x")


@pytest.mark.parametrize(
    ("function", "argument"),
    [
        (time.sleep, 600),  # the wall
        (bytes, 900_000_000),  # the memory
        (sum, range(10**12)),  # the processor
    ],
    ids=["hangs", "eats memory", "burns time"],
)
def test_a_worker_that_goes_too_far_is_replaced(function: object, argument: object) -> None:
    confinement = Confinement(workers=1, cpu=1, wall=8.0, memory=512 * 1024 * 1024)
    try:
        with pytest.raises(ParseError, match="too much time or memory"):
            confinement.call(ParseError, function, argument)  # type: ignore[arg-type]  # any call
        assert confinement.call(ParseError, len, "abc") == 3
    finally:
        confinement.close()


def test_a_worker_that_died_while_idle_is_no_documents_fault(confinement: Confinement) -> None:
    worker = confinement.call(ParseError, os.getpid)
    os.kill(worker, signal.SIGKILL)
    os.waitid(os.P_PID, worker, os.WEXITED | os.WNOWAIT)
    assert confinement.call(ParseError, len, "abc") == 3


def test_a_worker_that_another_thread_took_first_is_not_missed(confinement: Confinement) -> None:
    class Snatched(list[object]):
        """Seems to hold something until it is taken."""

        def __bool__(self) -> bool:
            return True

    confinement._idle = Snatched()  # type: ignore[assignment]  # a moment that threads rarely meet
    assert confinement.call(ParseError, len, "abc") == 3


def test_a_machine_without_processes_costs_a_document_and_no_round(
    confinement: Confinement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_options: object) -> None:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", refuse)
        with pytest.raises(ParseError, match="no process can be started"):
            confinement.call(ParseError, len, "abc")
    assert confinement.call(ParseError, len, "abc") == 3


def told(program: str) -> str:
    """Return what a program of one call says, run in a session of its own."""
    start = (
        "from feedhub.errors import ParseError\n"
        "from feedhub.flow.collecting.confined import Confinement\n"
        "confinement = Confinement(workers=1)\n"
    )
    return subprocess.run(
        [sys.executable, "-c", start + program],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(),
        start_new_session=True,
    ).stdout


def test_who_tells_the_hub_to_end_ends_no_document() -> None:
    """The hub ends its pulls in order; a terminal or a supervisor tells the whole group at once."""
    assert (
        told(
            "import os, signal, threading, time\n"
            "for number in (signal.SIGTERM, signal.SIGINT):\n"
            "    signal.signal(number, lambda *_: None)\n"
            "    for group in (True, False):\n"
            "        worker = confinement.call(ParseError, os.getpid)\n"
            "        send, to = (os.killpg, os.getpgrp()) if group else (os.kill, worker)\n"
            "        threading.Timer(0.3, send, [to, number]).start()\n"
            "        print(confinement.call(ParseError, time.sleep, 0.6), flush=True)\n"
        )
        == "None\n" * 4
    )


def test_limits_that_were_set_already_are_kept() -> None:
    assert (
        told(
            "import resource\n"
            "resource.setrlimit(resource.RLIMIT_CPU, (300, 300))\n"
            "resource.setrlimit(resource.RLIMIT_AS, (800_000_000, 800_000_000))\n"
            "print(confinement.call(ParseError, resource.getrlimit, resource.RLIMIT_AS))\n"
        )
        == "(800000000, 800000000)\n"
    )


def test_a_worker_is_offered_what_it_has_time_for(confinement: Confinement) -> None:
    """Until one is there, and while it is busy, reading goes on where it is."""
    assert confinement.offer(ParseError, os.getpid) == os.getpid()
    confinement.start("feedhub.flow.collecting.reading")
    end = time.monotonic() + 20
    while (worker := confinement.offer(ParseError, os.getpid)) == os.getpid():
        assert time.monotonic() < end
        time.sleep(0.01)
    with ThreadPoolExecutor(1) as other:
        busy = other.submit(confinement.call, ParseError, time.sleep, 0.5)
        while confinement.offer(ParseError, os.getpid) == worker:
            assert not busy.done()
        busy.result()
    assert confinement.offer(ParseError, os.getpid) == worker
    with pytest.raises(NotAFeed):
        confinement.offer(ParseError, parse_feed, document(b"<html><p>x</p></html>"), SOURCE)


@pytest.mark.parametrize("read", [read_aside, read_anywhere])
def test_who_helps_with_reading_leaves_what_is_risky_confined(
    read: Callable[..., int],
) -> None:
    """Not even while no worker has time is it read here."""
    assert read(NotAFeed, b"<b>" * 6_000, os.getpid) != os.getpid()


def test_what_is_risky_is_cleaned_where_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also at an idle desk: cleaning takes longer than parsing, and has no limits of its own."""
    row = (
        b"<item><title>Tin</title><description>"
        + b"&lt;i&gt;x " * 30_000
        + b"</description></item>"
    )
    feed = document(b'<rss version="2.0"><channel><title>T</title>' + row + b"</channel></rss>")
    assert is_risky(feed.body)
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    here = read_source(feed, SOURCE, now)
    monkeypatch.setattr("feedhub.flow.collecting.reading.normalise_entry", None)  # of no use here
    there = read_source(feed, SOURCE, now, desks=Desks(1))
    assert (there.entries, there.rejected) == (here.entries, here.rejected)
    assert len(there.entries) == 1


def test_what_is_read_aside_is_what_is_read_here() -> None:
    """Whoever reads a feed, the same entries come of it; of new ones their keys as well."""
    row = b"<item><title>Tin %d</title><guid>%d</guid><description>a b c d e f</description></item>"
    rows = b"".join(row % (n, n) for n in range(3))
    feed = document(b'<rss version="2.0"><channel><title>T</title>' + rows + b"</channel></rss>")
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    here = read_source(feed, SOURCE, now)
    desks = Desks(1)
    for _ in range(20):
        with desks.seat():
            pass
    assert desks.busy
    newest = max(entry.published.at for entry in here.entries)
    for known_until in (None, newest):
        there = read_source(feed, SOURCE, now, desks=desks, known_until=known_until)
        assert (there.entries, there.rejected) == (here.entries, here.rejected)
        assert len(there.prepared) == (0 if known_until else 3)
        for entry in () if known_until else here.entries:
            prepared = there.prepared[entry.position]
            assert prepared.keys == index_keys(entry_doc("", entry, SOURCE))
            assert prepared.search_forms == search_forms(entry.title, entry.text, entry.summary)
        assert there.parsed.title == "T"

"""A mutation fuzzer for all readers of strangers' bytes. ``make fuzz`` runs it for ten minutes.

    FUZZ_SECONDS=60 FUZZ_SEED=7 FUZZ_FINDINGS=findings python tests/fuzz/fuzz.py

Begins with our own documents (and the shared samples where they are), changes them a little many
times, and hands them to every reader. What breaks a law, raises what is no expected error, or
takes too long is a finding: its bytes are saved as a file, which becomes a case of
``tests/corpus``.
"""

# ruff: noqa: E501 - pieces of markup

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(PROJECT), str(PROJECT / "src")]

from tests.fuzz.readers import NOW, READERS  # noqa: E402 - found by the path set above
from tests.unit.parse.test_bounces import REPORTS  # noqa: E402

from feedhub.demo import PORTALS, answer  # noqa: E402

__all__ = ["Finding", "fuzz", "seeds"]

#: a document longer than this is cut: time should go into many small ones
_LONGEST = 60_000
#: seconds of processor time that one reader may take for one document of that size
_PATIENCE = 4.0
#: findings of one reader after which it is left alone
_ENOUGH = 20

TOKENS = [
    token.encode()
    for token in (
        *("<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE x [", "<!ENTITY a 'b'>", "]>", "&a;", "&#0;"),
        *("&#x110000;", "&#xD800;", "&amp;", "<?xml version='1.1'?>", "<script>", "</script>", "<svg>"),
        *("<math>", "<base href='http://['>", "<base href='javascript:x'>", "<item>", "</item>"),
        *("<entry>", "</entry>", "<title>", "</title>", "<link>", "</link>", "<guid>", "<pubDate>"),
        *("<content type='xhtml'>", "xml:base='//x'", "xmlns:a='b'", "<a:b>", "href='data:text/html,x'"),
        *("href='javascript:alert(1)'", "onclick='x'", "style='x'", "<table>", "<tr><td>", "<form>"),
        *("9999-12-31", "0000-00-00", "30/02/2026", "31/12/1899 25:61", "Thứ Hai", "hôm qua", "2026"),
        *("{", "}", "[", "]", "null", "1e999", "-0", '"\\ud800"', '"items":', '"version":', "NaN"),
        *("http://127.0.0.1/", "http://[::ffff:7f00:1]/", "http://0x7f.1/", "http://017700000001/"),
        *("http://①.②/", "http://a@b/", "http://a\\b/", "//", "://", "%00", "%2e%2e", "#", "?", ":99999"),
        *("\u202e", "\u0000", "\ufeff", "\ufffe", "e\u0301", "đ", "Đ", "\u200b", "\u2028", "\u0085"),
    )
] + [b"\xff", b"\xfe\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\x1f\x8b\x08", b"\x00" * 8, b"\r", b"\x0c"]  # fmt: skip

ADDRESSES = [
    address.encode()
    for address in (
        *("http://town.example/a?b=c", "https://8.8.8.8/", "http://[2606:4700::1111]:8080/x"),
        *("http://127.0.0.1:8000/", "http://2130706433/", "http://0177.1/", "http://[::1]/"),
        *("http://[64:ff9b::a00:1]/", "http://phường.example/tin tức", "//town.example/x"),
    )
]


@dataclass(frozen=True, slots=True)
class Finding:
    """A document that breaks something: the reader's name, the bytes, and what happened."""

    reader: str
    body: bytes
    words: str


def seeds() -> list[bytes]:
    """Return the documents to begin with: our own, and the shared samples where they are."""
    found = list(ADDRESSES)
    for portal in PORTALS.values():
        paths = dict.fromkeys((portal.feed_path or "", ""))
        found += [
            answer(f"/{portal.id}/{path}", "", timedelta(hours=1), NOW).body for path in paths
        ]
    found += [path.read_bytes() for path in sorted((PROJECT / "tests/golden/feeds").iterdir())]
    found.append((PROJECT / "tests/golden/pages/opml.xml").read_bytes())
    found.append((PROJECT / "tests/golden/pages/story.vi.html").read_bytes())
    found += [text.encode() for text, _, _ in REPORTS.values()]
    shared = Path(os.environ.get("FEEDHUB_SHARED", PROJECT.parent / "shared")) / "samples"
    for folder in ("feeds", "listings", "articles"):
        files = [path for path in sorted((shared / folder).glob("*")) if path.is_file()]
        found += [path.read_bytes() for path in files[:40]]
    return [body[:_LONGEST] for body in found if body]


def mutated(chance: random.Random, bodies: list[bytes]) -> bytes:
    """Return one of the documents, changed in one to six places."""
    body = bytearray(chance.choice(bodies))
    for _ in range(chance.randint(1, 6)):
        _change(chance, body, bodies)
    return bytes(body[:_LONGEST])


def _change(chance: random.Random, body: bytearray, bodies: list[bytes]) -> None:
    at = chance.randrange(len(body) + 1)
    end = min(len(body), at + chance.choice((1, 4, 30, 400)))
    kind = chance.randrange(9)
    if kind == 0 and body:
        body[min(at, len(body) - 1)] ^= 1 << chance.randrange(8)
    elif kind == 1:
        del body[at:end]
    elif kind == 2:
        body[at:at] = body[at:end] * chance.choice((1, 2, 50))
    elif kind == 3:
        del body[at:]
    elif kind == 4:
        other = chance.choice(bodies)
        start = chance.randrange(len(other))
        body[at:end] = other[start : start + chance.choice((10, 200, 5000))]
    elif kind == 5:
        body[at:at] = chance.choice(TOKENS) * chance.choice((1, 1, 3, 500))
    elif kind == 6:  # a tag, opened or closed once more
        start = body.find(b"<", at)
        close = body.find(b">", start)
        if 0 <= start < close < start + 200:
            body[start:start] = body[start : close + 1] * chance.choice((1, 2, 300))
    else:
        body[at:at] = chance.choice(TOKENS)


def _tried(name: str, body: bytes) -> Finding | None:
    began = time.process_time()
    try:
        READERS[name](body)
    except Exception:  # noqa: BLE001 - whatever it is, it is what we are looking for
        return Finding(name, body, traceback.format_exc())
    spent = time.process_time() - began
    if spent > _PATIENCE:
        return Finding(name, body, f"{name} took {spent:.1f} s of processor time")
    return None


def fuzz(seconds: float, seed: int, counts: dict[str, int] | None = None) -> Iterator[Finding]:
    """Yield findings for so many seconds; ``counts`` is told how often each reader was tried.

    A kind of finding (where the error was raised) is given once.
    """
    chance = random.Random(seed)
    bodies, end = seeds(), time.monotonic() + seconds
    told: dict[str, set[str]] = {name: set() for name in READERS}
    while time.monotonic() < end:
        name = chance.choice(list(READERS))
        if len(told[name]) >= _ENOUGH:
            continue
        pool = ADDRESSES if name == "guard" and chance.random() < 0.9 else bodies
        finding = _tried(name, mutated(chance, pool))
        if counts is not None:
            counts[name] = counts.get(name, 0) + 1
        if finding is not None:
            place = "".join(finding.words.splitlines(keepends=True)[-3:-1]) or finding.words[:20]
            if place not in told[name]:
                told[name].add(place)
                yield finding


def main() -> int:
    """Fuzz, save what is found, say how much was tried; 1 if anything was found."""
    seconds = float(os.environ.get("FUZZ_SECONDS", "600"))
    seed = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 30)
    folder = Path(os.environ.get("FUZZ_FINDINGS", PROJECT / "var" / "fuzz"))
    counts: dict[str, int] = {}
    found = 0
    for finding in fuzz(seconds, seed, counts):
        found += 1
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{finding.reader}-{hashlib.sha256(finding.body).hexdigest()[:12]}"
        (folder / name).write_bytes(finding.body)
        (folder / f"{name}.txt").write_text(finding.words, encoding="utf-8")
        sys.stdout.write(f"{folder / name}: {finding.words.strip().splitlines()[-1][:200]}\n")
        sys.stdout.flush()
    tried = ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))
    sys.stdout.write(f"fuzz: {found} findings in {seconds:.0f} s (seed {seed}; {tried})\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

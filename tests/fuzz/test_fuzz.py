"""A short run of the fuzzer, with new documents every time, and all it ever found."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.fuzz.fuzz import fuzz
from tests.fuzz.readers import READERS

CASES = sorted((Path(__file__).parents[1] / "corpus").glob("*/*.bin"))


def test_twenty_seconds_of_any_bytes() -> None:
    seed = random.SystemRandom().randrange(1, 1 << 30)
    counts: dict[str, int] = {}
    found = list(fuzz(20, seed, counts))
    assert not found, f"seed {seed}, {found[0].reader}: {found[0].words}\n{found[0].body[:2000]!r}"
    assert set(counts) == set(READERS)


@pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_once_found_is_read_now(case: Path) -> None:
    READERS[case.parent.name](case.read_bytes())

"""A minute of the soak; ``make soak`` is an hour of it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.soak.soak import soak


@pytest.mark.timeout(400)
def test_a_minute_of_fast_life_with_every_misfortune(tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(1, 1 << 30)
    report = soak(60, seed, tmp_path)
    assert not report.broken, f"seed {seed}\n{report}"

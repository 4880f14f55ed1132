from __future__ import annotations

from datetime import UTC, datetime, timedelta

from feedhub.clock import ShiftedClock, SystemClock
from feedhub.errors import ConfigError, FetchError, SourceError


def test_config_error_names_file_line_key_and_what_was_expected() -> None:
    error = ConfigError("expected a duration", file="a.toml", line=3, key="collect.every")
    assert str(error) == "a.toml, line 3: collect.every: expected a duration"


def test_fetch_errors_are_source_errors_and_carry_the_status() -> None:
    error = FetchError("503 from the portal", status=503, retry_after=120.0)
    assert isinstance(error, SourceError)
    assert (error.status, error.retry_after) == (503, 120.0)


def test_a_shifted_clock_starts_at_the_given_moment_and_runs_on() -> None:
    start = datetime(2021, 3, 4, 5, 6, tzinfo=UTC)
    clock = ShiftedClock(start)
    first = clock.now()
    clock.sleep(0.01)
    assert timedelta(0) <= first - start < timedelta(seconds=5)
    assert clock.now() > first


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC

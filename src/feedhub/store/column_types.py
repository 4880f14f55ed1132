"""What columns hold beside what every database has: moments, and the words of strangers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator

from feedhub.text.storable import storable

__all__ = ["UtcTime", "Words", "as_moment", "as_number"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def as_number(moment: datetime) -> int:
    """Return an aware datetime as whole microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def as_moment(number: int) -> datetime:
    """Return the aware datetime, in UTC, of whole microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=number)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, kept as whole microseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Give the number for an aware datetime."""
        return None if value is None else as_number(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the aware datetime for a number."""
        return None if value is None else as_moment(value)


class Words(TypeDecorator[str]):
    """Text of strangers: what no database takes (NUL, halves of surrogate pairs) is left out."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Give the text as it can be stored."""
        return value if value is None else storable(value)

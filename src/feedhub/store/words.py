"""What a database's trouble means, and what to do about it, in words."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

__all__ = ["cause", "damaged"]

_RESTORE = (
    'put a backup back with "feedhub db restore FILE": the damaged file is kept beside it. '
    "Nothing was changed, and what is published stays"
)

#: what SQLite says of trouble that people have to mend, and what they can do
_REMEDIES = {
    "disk is full": "make room on the disk; the hub goes on by itself",
    "disk I/O error": "the disk is full or at fault; the hub goes on by itself once it is well",
    "readonly database": "the data folder can only be read: look at its owner and its mount",
    "unable to open database file": "look at the data folder: its owner, its mount, its disk",
    "malformed": f"the file is damaged; {_RESTORE}",
    "not a database": f"the file is damaged; {_RESTORE}",
}


def cause(error: SQLAlchemyError) -> str:
    """Return what the database said, and what to do where that is known."""
    said = str(getattr(error, "orig", None) or error.__cause__ or error)
    return next((f"{said}; {do}" for sign, do in _REMEDIES.items() if sign in said), said)


def damaged(found: object) -> str:
    """Say that a database is damaged; ``found`` is what its own check says."""
    return f"the database is damaged ({found}); {_RESTORE}"

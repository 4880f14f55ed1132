"""Says what a key of the config expects, in words for the person who writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from pydantic import BaseModel

from feedhub.config.settings import BIND, DIGEST_HOUR, ID, LANGUAGE, RATE, SELECTOR_NAME

__all__ = ["expectation"]

#: keys whose values are told to nobody, not even when they are wrong
_HOLD_PASSWORDS = frozenset(["smtp", "database_url"])
_TABLES = frozenset(["sources", "channels", "digests", "alerts"])
_FORMS = {
    BIND: 'an address and a port such as "127.0.0.1:8000"',
    DIGEST_HOUR: 'an hour such as "07:00"',
    ID: 'a name of small letters a to z, digits and hyphens such as "thach-van"',
    LANGUAGE: 'the code of a language such as "vi" or "en"',
    RATE: 'a number per second, minute or hour such as "60/m"',
    SELECTOR_NAME: 'a name of small letters, digits and hyphens such as "feedhub"',
}


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, date | time) else repr(value)


def expectation(error: Mapping[str, Any]) -> str:
    """Return what pydantic expected; ``error`` is one of ``ValidationError.errors()``."""
    kind, context, where = error["type"], error.get("ctx", {}), error["loc"]
    given = error.get("input")
    secret = bool(_HOLD_PASSWORDS.intersection(where))
    hidden = secret or isinstance(given, dict | list | BaseModel) or given is None
    shown = "" if hidden else f", not {_shown(given)}"
    if kind == "tuple_type" and len(where) == 1 and where[0] in _TABLES:
        return f"each of them is a table of its own, opened by [[{where[0]}]] in double brackets"
    words = {
        "extra_forbidden": "this key is not known here; look for a slip of the pen",
        "missing": "this key is needed here",
        "string_type": f"expected a text in quotes{shown}",
        "bool_type": f"expected true or false{shown}",
        "bool_parsing": f"expected true or false{shown}",
        "int_type": f"expected a whole number{shown}",
        "int_parsing": f"expected a whole number{shown}",
        "int_from_float": f"expected a whole number{shown}",
        "float_type": f"expected a number{shown}",
        "float_parsing": f"expected a number{shown}",
        "tuple_type": f'expected a list such as ["a", "b"]{shown}',
        "model_type": f"expected a table{shown}",
        "model_attributes_type": f"expected a table{shown}",
        "path_type": f"expected a path in quotes{shown}",
    }
    if kind in words:
        return words[kind]
    if kind == "value_error":
        return f"{context['error']}{shown}"
    if kind == "string_pattern_mismatch":
        return f"expected {_FORMS[context['pattern']]}{shown}"
    if kind in {"literal_error", "enum"}:
        return f"expected {context['expected']}{shown}"
    if kind == "greater_than_equal":
        return f"expected at least {context['ge']:g}{shown}"
    if kind == "less_than_equal":
        return f"expected at most {context['le']:g}{shown}"
    return f"{error['msg']}{shown}"

"""What a mail server's refusal means for this message, and for all the others.

Reply codes are those of RFC 5321 (4.2.3), enhanced status codes those of RFC 3463 and 5248. Many
servers give no enhanced code, or a vague one; then the step at which they refused tells most.
"""

from __future__ import annotations

import re
from enum import Enum, auto

from feedhub.model.mail import Handed, Handing, Refusal

__all__ = ["Step", "meaning", "reply_text", "split_status"]

_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?![\d.])\s*")
_GREYLISTED = re.compile(r"gr[ea]y-?list", re.IGNORECASE)

#: how our own standing with the server is put: authentication needed or wrong, encryption needed
_LOGIN_CODES = frozenset({530, 534, 535, 538})
#: X.7.8 credentials invalid, X.7.9 mechanism too weak, X.7.11 encryption needed, and the like
_LOGIN_STATUSES = ("7.8", "7.9", "7.11", "7.12", "7.13", "7.14")


class Step(Enum):
    """Where in the dialogue the reply came."""

    #: greeting, EHLO, STARTTLS, AUTH
    OPENING = auto()
    MAIL = auto()
    RCPT = auto()
    #: the reply to DATA itself, before any content
    DATA = auto()
    #: the reply to the final dot
    CONTENT = auto()


def reply_text(raw: bytes | str) -> str:
    """Return a reply's text as one line."""
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
    return " ".join(text.split())


def split_status(words: str) -> tuple[str, str]:
    """Part a reply's text into the enhanced status (empty if there is none) and the words."""
    found = _STATUS.match(words)
    return (found[1], words[found.end() :]) if found else ("", words)


def meaning(step: Step, code: int, text: str) -> Handed:
    """Return what a refusing reply (4xx, 5xx or nonsense) at ``step`` comes to."""
    status, words = split_status(text)
    detail = status[2:]
    if code in _LOGIN_CODES or detail in _LOGIN_STATUSES:
        handing, refusal = Handing.DEFERRED, Refusal.LOGIN
    elif step is Step.OPENING or not 400 <= code <= 599 or code == 503:
        # the server as such does not want us now, or does not speak SMTP
        handing, refusal = Handing.DEFERRED, Refusal.RELAY
    elif code < 500:
        handing, refusal = Handing.DEFERRED, _passing(step, code, detail, words)
    else:
        handing, refusal = Handing.FAILED, _lasting(step, detail)
    return Handed(handing=handing, refusal=refusal, code=code, status=status, words=words)


def _passing(step: Step, code: int, detail: str, words: str) -> Refusal:
    if _GREYLISTED.search(words):
        return Refusal.RECIPIENT
    if detail.startswith("7."):
        return Refusal.DOMAIN  # too much of this, or not trusted yet
    if detail.startswith(("1.", "2.")):
        return Refusal.RECIPIENT
    if detail.startswith(("3.", "4.", "5.")) or step is Step.MAIL:
        return Refusal.RELAY  # out of space, shutting down, its network
    if code == 421:
        return Refusal.DOMAIN
    if code == 452:
        return Refusal.RELAY  # insufficient system storage
    return Refusal.RECIPIENT if step is Step.RCPT else Refusal.DOMAIN


def _lasting(step: Step, detail: str) -> Refusal:
    if detail.startswith("7."):
        return Refusal.POLICY
    if step is Step.RCPT or (step is Step.CONTENT and detail.startswith(("1.", "2."))):
        return Refusal.RECIPIENT
    # our sender address, or what we send
    return Refusal.POLICY

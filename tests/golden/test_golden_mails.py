"""Letters in both languages, text and HTML, byte for byte."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.render.digests import DAILY, LINKS, POSTAL, WEEKLY, edition
from tests.unit.render.samples import HUB

from feedhub.model.mail import Letter
from feedhub.model.trouble import Notice, TroubleKind
from feedhub.render.letters import (
    render_alert_letter,
    render_change_letter,
    render_confirm_letter,
    render_digest_letter,
)

FILES = Path(__file__).parent / "mails"


def letters() -> dict[str, Letter]:
    """Every kind of letter in every language, by the beginning of its golden files' names."""
    both = [DAILY, WEEKLY]
    late = edition(made_late=True, left_out=12)
    found = {}
    for code in ("vi", "en"):
        found[f"digest.{code}"] = render_digest_letter(
            late, language=code, timezone=HUB.timezone, links=LINKS, postal_address=POSTAL
        )
        found[f"confirm.{code}"] = render_confirm_letter(
            HUB, both, language=code, links=LINKS, postal_address=POSTAL
        )
        found[f"change.{code}"] = render_change_letter(
            HUB, both, language=code, links=LINKS, postal_address=POSTAL
        )
        found[f"alert.{code}"] = render_alert_letter(
            HUB,
            [
                ("Báo Chợ Cũ", Notice(kind=TroubleKind.FAILING, words="Máy chủ trả lời 503.")),
                ("", Notice(kind=TroubleKind.NETWORK, words="Không nguồn nào trả lời.", over=True)),
            ],
            language=code,
        )
    return found


def files() -> dict[str, str]:
    """The parts of all letters by the name of their golden file; the subject heads the text."""
    made = {}
    for name, letter in letters().items():
        made[f"{name}.txt"] = f"Subject: {letter.subject}\n\n{letter.text}"
        made[f"{name}.html"] = letter.html
    return made


@pytest.mark.parametrize("name", sorted(files()))
def test_letter_is_as_agreed(name: str) -> None:
    file = FILES / name
    if os.environ.get("FEEDHUB_GOLDEN") == "rewrite":
        file.parent.mkdir(exist_ok=True)
        file.write_text(files()[name], encoding="utf-8")
    assert files()[name] == file.read_text(encoding="utf-8")

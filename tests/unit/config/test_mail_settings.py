"""``[mail]``: what is refused before a message is lost by it, and in which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedhub.config.load import load_settings
from feedhub.config.settings import MailSection
from feedhub.errors import ConfigError


def load(folder: Path, mail: str) -> MailSection:
    path = folder / "feedhub.toml"
    path.write_text(f"[mail]\n{mail}\n", encoding="utf-8")
    return load_settings(path).mail


def test_all_of_it_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "p%40ss")
    mail = load(
        tmp_path,
        'sender = "Tin tức Huế <news@town.example>"\n'
        'smtp = "smtp+starttls://hub:${MAIL_PASSWORD}@mail.town.example"\n'
        'smtp_ca_file = "ca.pem"\ndkim_key_file = "dkim.pem"\ndkim_selector = "feedhub-2026"\n'
        'rate = "60/m"\nrate_per_domain = "500/h"\nbounces_to = "bounces@town.example"\n'
        'bounce_folder = "bounces"\nonly_to = ["lan@town.example", "@Town.example"]\n',
    )
    assert mail.smtp.endswith("hub:p%40ss@mail.town.example")
    assert mail.smtp_ca_file == str(tmp_path / "ca.pem")
    assert mail.dkim_key_file == str(tmp_path / "dkim.pem")
    assert mail.bounce_folder == tmp_path / "bounces"
    assert mail.outbox_dir == tmp_path / "var" / "outbox"
    assert mail.only_to == ("lan@town.example", "@town.example")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('sender = "Town news"', 'expected a sender such as "Town news <news@town.example>"'),
        ('sender = "Town <news@>"', "expected a sender"),
        ('smtp = "mail.town.example"', "expected an address such as"),
        ('smtp = "smtps://hub:secret@"', "expected an address such as"),
        ('rate = "0/m"', "expected a number per second, minute or hour"),
        ('rate_per_domain = "60 a minute"', "expected a number per second"),
        ('bounces_to = "bounces"', "@"),
        (f'bounces_to = "{"b" * 49}@town.example"', "at most 48 characters"),
        ('only_to = ["town.example"]', "@"),
        ('only_to = ["@"]', "mail.only_to"),
        ('dkim_selector = "a.b"', "expected a name of small letters"),
        ('on_unknown = "forget"', "expected 'retry' or 'hold'"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    with pytest.raises(ConfigError) as told:
        load(tmp_path, f"# a comment\n{line}")
    assert words in str(told.value)
    assert told.value.line == 3
    assert "secret" not in str(told.value)

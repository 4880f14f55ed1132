from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from feedhub.config.lines import key_lines
from feedhub.config.load import load_settings, source_id_for
from feedhub.config.settings import ArticleSection, ListingSection
from feedhub.config.units import read_duration, read_size, write_duration
from feedhub.config.write import FIRST_CONFIG, add_source
from feedhub.errors import ConfigError
from feedhub.model.source import ArticleRule, ListingRule, Source, SourceKind


def config(folder: Path, text: str, name: str = "feedhub.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_title_and_one_url_are_enough(tmp_path: Path) -> None:
    path = config(tmp_path, '[hub]\ntitle = "T"\n[[sources]]\nurl = "https://a.example/rss"\n')
    settings = load_settings(path)
    (source,) = settings.sources
    assert source.id == "a-example-rss"
    assert source.name == "a.example"
    assert [channel.id for channel in settings.channels] == ["all"]
    assert settings.publish_dir == tmp_path / "var" / "public"
    assert settings.database_url == f"sqlite:///{tmp_path}/var/feedhub.sqlite3"


def test_includes_take_globs_and_sources_inherit_the_hub(tmp_path: Path) -> None:
    config(tmp_path, '[[sources]]\nurl = "https://b.example/"\nevery = "2h"\n', "s/b.toml")
    config(tmp_path, '[[sources]]\nurl = "https://a.example/"\nlanguage = "en"\n', "s/a.toml")
    path = config(tmp_path, 'include = ["s/*.toml"]\n[hub]\nlanguage = "vi"\n')
    first, second = load_settings(path).sources
    assert (first.language, second.language) == ("en", "vi")
    assert second.every == timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ('[hub]\ntitel = "x"\n', 2, "hub.titel", "not known"),
        ("[hub]\ntitle = 5\n", 2, "hub.title", "text in quotes, not 5"),
        ('[collect]\n\nevery = "soon"\n', 3, "collect.every", "duration"),
        ('[hub]\ntimezone = "Hue"\n', 2, "hub.timezone", "time zone"),
        (
            '[[sources]]\nurl = "https://a.example"\n[[sources]]\nname = "x"\n',
            3,
            "sources[2].url",
            "needed",
        ),
        ('[[sources]]\nurl = "gopher://a"\n', 2, "sources[1].url", "web address"),
        (
            '[[sources]]\nurl = "https://a.example"\nkind = "page"\n',
            3,
            "sources[1].kind",
            "listing",
        ),
        ("[hub\n", 1, "", "not TOML"),
        (
            '[[sources]]\nurl = "https://a.example"\n[sources.listing]\nentry = "li["\n',
            4,
            "sources[1].listing.entry",
            "neither a CSS selector nor an XPath",
        ),
        ('[serve]\nbind = "here"\n', 2, "serve.bind", 'such as "127.0.0.1:8000", not'),
        ('[[digests]]\nid = "d"\nat = "25:00"\n', 3, "digests[1].at", 'an hour such as "07:00"'),
        ('[[digests]]\nid = "d"\nat = 07:00:00\n', 3, "digests[1].at", "quotes, not 07:00:00"),
        ('[hub]\nlanguage = "vietnamese"\n', 2, "hub.language", 'such as "vi" or "en"'),
        ('[[channels]]\nid = "a b"\n', 2, "channels[1].id", "small letters a to z"),
        ('[mail]\nrate = "60"\n', 2, "mail.rate", 'such as "60/m"'),
        ('[mail]\ndkim_selector = "A"\n', 2, "mail.dkim_selector", 'such as "feedhub"'),
        ("[collect]\nper_host = 0\n", 2, "collect.per_host", "at least 1, not 0"),
        ("[collect]\nin_flight = 5000\n", 2, "collect.in_flight", "at most 1000, not 5000"),
        ("[collect]\nevery = inf\n", 2, "collect.every", "duration"),
        ('[sources]\nurl = "https://a.example"\n', 1, "sources", "opened by [[sources]]"),
        ('[mail]\nsmtp_file = "gone"\n', 2, "mail.smtp_file", "gone: No such file"),
        ('[[channels]]\nid = "x"\nsources = ["nobody"]\n', 3, "channels[1].sources", "no source"),
        ('[hub]\ntitle = "${NOT_SET_ANYWHERE}"\n', 2, "hub.title", "NOT_SET_ANYWHERE"),
        ('include = ["gone.toml"]\n', 1, "include[1]", "no file"),
    ],
)
def test_a_wrong_config_names_file_line_key_and_expectation(
    tmp_path: Path, text: str, line: int, key: str, words: str
) -> None:
    path = config(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    error = caught.value
    assert (error.file, error.line, error.key or "") == (str(path), line, key)
    assert words in error.message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("[hub\n", 1, "not TOML: Expected ']'"),
        ('[hub]\ntitle = "x\nlanguage = "vi"\n', 2, "second quote is missing (column 11)"),
        ('[hub]\r\n\r\ntitle = "x\r\n', 3, "second quote is missing"),
        ("[serve]\nbind = 127.0.0.1:8000\n", 2, "Expected newline"),
        ("[serve]\nbind = here\n", 2, "stands in straight double quotes (column 8)"),
        ("[serve]\nbind = “here”\n", 2, "stands in straight double quotes"),
        ('[hub]\ntitle = "x"\ntitle = "y"\n', 3, "key or table stands in the file already"),
        ('[hub]\n[serve]\n[hub]\ntitle = "x"\n', 3, "table stands in the file already"),
        ('include = ["a", "b"\n[hub]\n', 2, "its ] or a comma is missing (column 1)"),
        ('include = ["a", "b"\n', 2, "its ] or a comma is missing"),
        ('[hub]\n\ndata_dir = "C:\\var"\n', 3, "a backslash in a text is written twice"),
        ('[hub]\ntitle = """x\n\n', 4, "its last quotes are missing"),
        ("[hub]\ntiêu = 1\n", 2, "expected = after a key"),
        ("[hub]\nđề = 1\n", 2, "one with other letters than a to z"),
        ("x = " + "[" * 3000 + "]" * 3000, None, "nested too deep"),
        ("x = " + "9" * 5000, None, "a number in it is too long"),
    ],
)
def test_broken_toml_is_told_in_words(
    tmp_path: Path, text: str, line: int | None, words: str
) -> None:
    path = config(tmp_path, "")
    path.write_bytes(text.encode())
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)
    assert words in caught.value.message


def test_a_file_that_is_no_text_is_told_in_words(tmp_path: Path) -> None:
    path = config(tmp_path, "")
    path.write_bytes("[hub]\n\ntitle = 'Huế'\n".encode("cp1258", "replace") + b"\xe9")
    with pytest.raises(ConfigError, match="is not UTF-8; save the file as UTF-8") as caught:
        load_settings(path)
    assert caught.value.line == 4
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_settings(tmp_path)


def test_two_sources_may_not_share_an_id(tmp_path: Path) -> None:
    one = '[[sources]]\nid = "a"\nurl = "https://a.example/"\n'
    path = config(tmp_path, one + one)
    with pytest.raises(ConfigError, match="already used") as caught:
        load_settings(path)
    assert caught.value.line == 5


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="feedhub init"):
        load_settings(tmp_path / "none.toml")


def test_secrets_come_from_the_environment_or_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_NAME", "Sông Hương")
    (tmp_path / "smtp").write_text("smtps://u:p@mail.example\n")
    path = config(tmp_path, '[hub]\ntitle = "Tin ${HUB_NAME}"\n[mail]\nsmtp_file = "smtp"\n')
    settings = load_settings(path)
    assert settings.hub.title == "Tin Sông Hương"
    assert settings.mail.smtp == "smtps://u:p@mail.example"


def test_work_on_several_machines_needs_postgresql(tmp_path: Path) -> None:
    fleet = '[service]\nengine = "procrastinate"\n'
    with pytest.raises(ConfigError, match=r"line 2: service.engine: .*needs PostgreSQL"):
        load_settings(config(tmp_path, fleet))
    for url in ("postgresql://hub@db/hub", "postgresql+psycopg://hub@db/hub"):
        settings = load_settings(config(tmp_path, f'[hub]\ndatabase_url = "{url}"\n{fleet}'))
        assert settings.service.engine == "procrastinate"
        assert settings.database_url == url


def test_lines_are_found_behind_long_strings_and_lists() -> None:
    text = (
        'a = """\nb = 1\n"""\n[x]\nlist = [\n  "c = 1",\n]\nlast.deep = 2\n'
        "[[y]]\nk = 1\n[[y]]\n[y.z]\nk = 2\n"
    )
    lines = key_lines(text)
    assert lines[("x", "list")] == 5
    assert lines[("x", "last", "deep")] == 8
    assert lines[("y", 0, "k")] == 10
    assert lines[("y", 1, "z", "k")] == 13
    assert ("b",) not in lines


def test_units() -> None:
    assert read_duration("1h 30m") == timedelta(minutes=90)
    assert read_duration(45) == timedelta(seconds=45)
    assert write_duration(timedelta(minutes=90)) == "90m"
    assert read_size("5MB") == 5_000_000
    for wrong in ("", "5 fortnights", True, None, -1, 1e400, float("nan"), f"{'9' * 400}d"):
        with pytest.raises(ValueError):
            read_duration(wrong)
    for wrong in ("5 stones", -1, f"{'9' * 400}MB"):
        with pytest.raises(ValueError):
            read_size(wrong)


def test_an_added_source_is_read_back_and_comments_stay(tmp_path: Path) -> None:
    path = config(tmp_path, FIRST_CONFIG)
    rule = ListingRule(entry="li.tin", date="span.ngay")
    added = Source(
        id="phuong",
        name="Phường An",
        url="https://an.example/?gd=4",
        kind=SourceKind.LISTING,
        place="An",
        topics=("tin",),
        identity=("tc",),
        listing=rule,
        article=ArticleRule(full_text=True),
    )
    add_source(path, added, language="vi", timezone="Asia/Ho_Chi_Minh")
    add_source(path, Source(id="b", name="B", url="https://b.example/", every=timedelta(hours=1)))
    first, second = load_settings(path).sources
    assert first == added
    assert second.every == timedelta(hours=1)
    written = path.read_text(encoding="utf-8")
    assert "# A hub of your own." in written
    assert written.count("\n\n[[sources]]") == 2
    assert "\n\n\n" not in written


def test_ids_made_from_addresses_are_unique() -> None:
    assert source_id_for("https://www.an.example/tin/rss?c=1") == "an-example-tin-rss-c-1"
    assert source_id_for("https://an.example", ["an-example"]) == "an-example-2"


def test_the_config_knows_every_part_of_a_rule() -> None:
    listing = {field.name for field in fields(ListingRule)}
    assert set(ListingSection.model_fields) - {"identity"} == listing
    assert set(ArticleSection.model_fields) == {field.name for field in fields(ArticleRule)}

"""html-validate and the Nu checker find nothing in any page of the hub."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.browser.ground import Site
from tests.browser.markup import html_validate, nu_checker

#: pages that are made when they are asked for
LIVE = (
    "status/",
    "search/",
    "subscribe",
    "confirm",
    "change",
    "unsubscribe",
    "en/subscribe",
    "en/confirm",
)


def answered(url: str, form: bytes | None = None) -> bytes:
    """Return a page as it is answered, also one that says what is wrong."""
    try:
        with urllib.request.urlopen(url, form, timeout=10) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read()


@pytest.fixture(scope="module")
def pages(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every published page, and the live ones as they are answered, as files with plain names."""
    folder = tmp_path_factory.mktemp("markup")
    for path in site.public.rglob("*.html"):
        name = path.relative_to(site.public).as_posix().replace("/", "~")
        shutil.copyfile(path, folder / name)
    for name, path in site.pages.items():
        if path.startswith(LIVE):
            (folder / f"live {name}.html").write_bytes(answered(site.base + path))
    mistaken = urlencode({"address": "an@@town", "zone": "Mars/Base"}).encode()
    wrong = answered(f"{site.base}subscribe", mistaken)
    (folder / "sign up with mistakes.html").write_bytes(wrong)
    assert len(list(folder.iterdir())) > 100
    return folder


def test_html_validate_finds_nothing(pages: Path) -> None:
    assert html_validate(pages, "htmlvalidate.json") == []


def test_nu_checker_finds_nothing(pages: Path) -> None:
    assert nu_checker(pages.iterdir()) == []

"""html-validate and the Nu checker find nothing in any page of the hub."""

from __future__ import annotations

import shutil
import urllib.request
from pathlib import Path

import pytest
from tests.browser.ground import Site
from tests.browser.markup import html_validate, nu_checker


@pytest.fixture(scope="module")
def pages(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every published page, and the live ones as they are answered, as files with plain names."""
    folder = tmp_path_factory.mktemp("markup")
    for path in site.public.rglob("*.html"):
        name = path.relative_to(site.public).as_posix().replace("/", "~")
        shutil.copyfile(path, folder / name)
    for name, path in site.pages.items():
        if path.partition("?")[0] in {"status/", "search/"}:
            with urllib.request.urlopen(site.base + path, timeout=10) as answer:
                (folder / f"live {name}.html").write_bytes(answer.read())
    assert len(list(folder.iterdir())) > 100
    return folder


def test_html_validate_finds_nothing(pages: Path) -> None:
    assert html_validate(pages, "htmlvalidate.json") == []


def test_nu_checker_finds_nothing(pages: Path) -> None:
    assert nu_checker(pages.iterdir()) == []

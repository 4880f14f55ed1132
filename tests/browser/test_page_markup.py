"""html-validate and the Nu checker find nothing in any page of the hub."""

from __future__ import annotations

import json
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest
from tests.browser.ground import PROJECT, Site, missing, node_tool


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


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=PROJECT,
    )


def test_html_validate_finds_nothing(pages: Path) -> None:
    tool = node_tool("html-validate/bin/html-validate.mjs")
    config = PROJECT / "tests" / "browser" / "htmlvalidate.json"
    done = run("node", tool, "--config", config, "--formatter", "json", f"{pages}/*.html")
    assert done.stdout, done.stderr
    found = [
        f"{Path(page['filePath']).name}:{told['line']}: {told['ruleId']}: {told['message']}"
        for page in json.loads(done.stdout)
        for told in page["messages"]
    ]
    assert found == []
    assert done.returncode == 0


def test_nu_checker_finds_nothing(pages: Path) -> None:
    if shutil.which("java") is None:
        missing("Java", "Debian's package default-jre-headless")
    jar = node_tool("vnu-jar/build/dist/vnu.jar")
    done = run("java", "-Xss4m", "-jar", jar, "--format", "json", "--stdout", *pages.iterdir())
    found = [
        f"{Path(told['url']).name}:{told.get('lastLine')}: {told['message']}"
        for told in json.loads(done.stdout)["messages"]
    ]
    assert found == []
    assert done.returncode == 0

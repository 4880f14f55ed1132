"""html-validate and the Nu checker, asked about files."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tests.browser.ground import PROJECT, missing, node_tool

__all__ = ["html_validate", "nu_checker"]


def html_validate(folder: Path, config: str) -> list[str]:
    """Return what html-validate finds in a folder's pages, one line each; skip without it."""
    tool = node_tool("html-validate/bin/html-validate.mjs")
    rules = PROJECT / "tests" / "browser" / config
    done = _run("node", tool, "--config", rules, "--formatter", "json", f"{folder}/*.html")
    assert done.stdout, done.stderr
    found = [
        f"{Path(page['filePath']).name}:{told['line']}: {told['ruleId']}: {told['message']}"
        for page in json.loads(done.stdout)
        for told in page["messages"]
    ]
    assert done.returncode == (1 if found else 0)
    return found


def nu_checker(pages: Iterable[Path]) -> list[str]:
    """Return what the Nu checker finds in pages, one line each; skip without it."""
    if shutil.which("java") is None:
        missing("Java", "Debian's package default-jre-headless")
    jar = node_tool("vnu-jar/build/dist/vnu.jar")
    done = _run("java", "-Xss4m", "-jar", jar, "--format", "json", "--stdout", *pages)
    found = [
        f"{Path(told['url']).name}:{told.get('lastLine')}: {told['message']}"
        for told in json.loads(done.stdout)["messages"]
    ]
    assert done.returncode == (1 if found else 0)
    return found


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        cwd=PROJECT,
    )

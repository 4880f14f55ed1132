from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

PROJECT = Path(__file__).resolve().parents[3]


def test_the_made_files_are_what_the_code_makes() -> None:
    done = subprocess.run(
        [sys.executable, "docs/build.py", "--check"],
        cwd=PROJECT,
        env={"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["config/feedhub.toml", "config/demo/feedhub.toml"])
def test_the_shipped_configs_fit_the_schema(name: str) -> None:
    schema = json.loads((PROJECT / "src/feedhub/config/feedhub.schema.json").read_text())
    main = PROJECT / name
    values = tomllib.loads(main.read_text())
    jsonschema.validate(values, schema)
    for pattern in values["include"]:
        for path in main.parent.glob(pattern):
            jsonschema.validate(tomllib.loads(path.read_text()), schema)

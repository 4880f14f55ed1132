"""The labelled development split, and its own scorer, for the quality benchmarks."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from typing import Any

__all__ = ["inputs", "quality_folder", "scored", "scorer"]


def quality_folder() -> Path | None:
    """Return the folder of labelled data, None where this machine has none."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared"
    folder = Path(os.environ.get("FEEDHUB_SHARED", beside)) / "quality"
    return folder if (folder / "score.py").is_file() else None


def inputs(file: Path, *, given: tuple[str, ...] = ("id", "url", "html")) -> list[dict[str, Any]]:
    """Return the lines of a labelled file, only the fields named: no gold reaches a prediction."""
    with file.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    return [{name: row[name] for name in given if name in row} for row in rows]


def scorer(quality: Path) -> ModuleType:
    """Return score.py as a module."""
    spec = importlib.util.spec_from_file_location("score", quality / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scored(quality: Path, task: str, file: Path, predictions: list[dict[str, Any]]) -> None:
    """Print score.py's figures for predictions of one file (not for task "neardup")."""
    score = scorer(quality)
    by_id = {each["id"]: each for each in predictions}
    getattr(score, task)(score.read(str(file)), by_id)

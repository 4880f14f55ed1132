"""Quality against the labelled split: ``python bench/quality.py [TASK...]``.

Every ``quality_<task>.py`` beside this file has ``run(quality: Path) -> None``, which prints lines
of figures. Reads ``shared/quality`` beside the project, or below ``$FEEDHUB_SHARED``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

from _labelled import quality_folder


def main() -> int:
    """Run the tasks named, or all."""
    here = Path(__file__).resolve().parent
    quality = quality_folder()
    if quality is None:
        print("quality: skipped, no labelled split (shared/quality) beside the project")
        return 0
    tasks = sys.argv[1:] or [
        file.stem.removeprefix("quality_") for file in sorted(here.glob("quality_*.py"))
    ]
    for task in tasks:
        print(f"== {task}")
        importlib.import_module(f"quality_{task}").run(quality)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Writes the files that are made from the code (``make docs``); ``--check`` only compares.

- ``src/feedhub/config/feedhub.schema.json``: the JSON Schema of the config, for editors
- ``src/feedhub/text/month_names.json``: month names of many languages, from CLDR
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from feedhub.config.settings import File
from feedhub.text.month_names import MONTH_LANGUAGES, cldr_month_names

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "feedhub"


def made() -> dict[Path, str]:
    """Return every made file with its text."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "FeedHub config",
        **File.model_json_schema(),
    }
    months = {language: cldr_month_names(language) for language in MONTH_LANGUAGES}
    return {
        PACKAGE / "config" / "feedhub.schema.json": json.dumps(schema, indent=1) + "\n",
        PACKAGE / "text" / "month_names.json": json.dumps(months, ensure_ascii=False, indent=1)
        + "\n",
    }


def main() -> int:
    """Write or compare; return 1 if a file differs from what the code would make."""
    stale = [path for path, text in made().items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv:
        for path in stale:
            sys.stderr.write(f'{path.relative_to(PACKAGE)} is out of date; run "make docs"\n')
        return bool(stale)
    for path in stale:
        path.write_text(made()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Polls with PyPI's ``reader``: ``with_reader.py DATABASE URLS``. Runs in reader's own venv.

A list of addresses adds those that are new; then all feeds are updated, eight at a time.
"""

from __future__ import annotations

import sys
from pathlib import Path

from reader import make_reader

reader = make_reader(sys.argv[1])
for url in Path(sys.argv[2]).read_text(encoding="ascii").split():
    reader.add_feed(url, exist_ok=True)
reader.update_feeds(workers=8, scheduled=False)

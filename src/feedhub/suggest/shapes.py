"""The shape of each element: its path of tags and stable classes, without positions.

Elements of one shape are what a template printed from one line of itself, wherever in the page
they ended up: a list that is cut over several parents stays one list.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from feedhub.text.dom import Page

__all__ = ["Shapes", "shapes_of", "stable_classes"]

#: classes that tell rows of one list apart, or only arrange them
_UNSTABLE = re.compile(
    r"\d|^(?:odd|even|alt|alternate|first|last|active|current|selected|hover|open|show|in|clearfix|"
    r"clear|visited|new|hot|sticky|featured|js|lazy.*|col|row|row-?(?:odd|even|alt|first|last)|"
    r"(?:odd|even)-?row|.*--?(?:odd|even|first|last|alt|active)|wow|fade.*|animated)$",
    re.IGNORECASE,
)
#: ids that name a part of the page's layout part lists that would look alike without them
_LAYOUT_ID = re.compile(
    r"(?:main|content|side|left|right|nav|menu|foot|head|top|bottom|col|center|centre|primary|second)",
    re.IGNORECASE,
)
_MAX_CLASSES = 12


@dataclass(frozen=True, slots=True)
class Shapes:
    """``of[n]`` is the shape of element ``n``, ``steps[n]`` the last step of it."""

    of: list[int]
    steps: list[int]


@lru_cache(maxsize=4096)
def stable_classes(names: str) -> tuple[str, ...]:
    """Return the class names that do not tell rows of one list apart."""
    return tuple(name for name in names.split()[:_MAX_CLASSES] if not _UNSTABLE.search(name))


def shapes_of(page: Page) -> Shapes:
    """Give each element of a page its shape."""
    pairs = [(str(each.tag), each.get("class") or "") for each in page.elements]
    written = Counter(pairs)
    uses: Counter[tuple[str, str]] = Counter()
    for (tag, names), count in written.items():
        for name in stable_classes(names):
            uses[tag, name] += count
    # the class most used on the page is the one the whole list shares
    chosen = {
        (tag, names): max(stable_classes(names), key=lambda name: uses[tag, name], default="")
        for tag, names in written
    }
    known: dict[tuple[int, str, str, str], int] = {}
    known_steps: dict[tuple[str, str], int] = {}
    shapes: list[int] = []
    steps: list[int] = []
    for element, parent, pair in zip(page.elements, page.parents, pairs, strict=True):
        tag, name = pair[0], chosen[pair]
        ident = ""
        if tag in {"div", "section", "td", "ul", "table", "main", "aside"}:
            ident = element.get("id") or ""
            if ident and (not _LAYOUT_ID.search(ident) or any(map(str.isdigit, ident))):
                ident = ""
        key = (shapes[parent] if parent >= 0 else -1, tag, name, ident)
        shapes.append(known.setdefault(key, len(known)))
        steps.append(known_steps.setdefault((tag, name), len(known_steps)))
    return Shapes(shapes, steps)

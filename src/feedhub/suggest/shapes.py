"""The shape of each element: its path of tags and stable classes, without positions.

Elements of one shape are what a template printed from one line of itself, wherever in the page
they ended up: a list that is cut over several parents stays one list.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

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


def stable_classes(names: str | None) -> list[str]:
    """Return the class names that do not tell rows of one list apart."""
    if not names:
        return []
    return [name for name in names.split()[:_MAX_CLASSES] if not _UNSTABLE.search(name)]


def shapes_of(page: Page) -> Shapes:
    """Give each element of a page its shape."""
    uses: Counter[tuple[str, str]] = Counter()
    classes: list[list[str]] = []
    for element in page.elements:
        names = stable_classes(element.get("class"))
        classes.append(names)
        uses.update((str(element.tag), name) for name in names)
    known: dict[tuple[int, str, str, str], int] = {}
    known_steps: dict[tuple[str, str], int] = {}
    shapes = Shapes([], [])
    for number, element in enumerate(page.elements):
        tag = str(element.tag)
        # the class most used on the page is the one the whole list shares
        name = max(classes[number], key=lambda each: uses[tag, each], default="")
        parent = page.parents[number]
        ident = ""
        if tag in {"div", "section", "td", "ul", "table", "main", "aside"}:
            written = element.get("id") or ""
            ident = written if _LAYOUT_ID.search(written) and not _has_digit(written) else ""
        key = (shapes.of[parent] if parent >= 0 else -1, tag, name, ident)
        shapes.of.append(known.setdefault(key, len(known)))
        shapes.steps.append(known_steps.setdefault((tag, name), len(known_steps)))
    return shapes


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))

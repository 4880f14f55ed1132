"""What changed between two texts, word by word, as ``<del>`` and ``<ins>``."""

from __future__ import annotations

from difflib import SequenceMatcher

from markupsafe import Markup, escape

__all__ = ["difference"]

#: words compared of either text; what stands behind is left out of the comparison
_WORDS = 3_000
#: words of unchanged text shown beside a change
_CONTEXT = 14


def difference(before: str, after: str) -> Markup:
    """Return the change from one plain text to another as safe HTML, unchanged stretches shortened.

    "" when the texts do not differ in their words.
    """
    old, new = before.split()[:_WORDS], after.split()[:_WORDS]
    if old == new:
        return Markup()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    parts = _unchanged(old[:same], first=True, last=False)
    matcher = SequenceMatcher(None, old[same:], new[same:])
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            parts += _unchanged(old[same + a : same + b], first=False, last=same + b == len(old))
            continue
        if b > a:
            parts.append(Markup("<del>{}</del>").format(" ".join(old[same + a : same + b])))
        if d > c:
            parts.append(Markup("<ins>{}</ins>").format(" ".join(new[same + c : same + d])))
    return Markup(" ").join(parts)


def _unchanged(words: list[str], *, first: bool, last: bool) -> list[Markup]:
    """A stretch without change, its middle (or the end turned away from any change) left out."""
    if not words:
        return []
    if first:
        shown = words[-_CONTEXT:]
        gap = len(shown) < len(words)
        return [escape("… " * gap + " ".join(shown))]
    if last:
        shown = words[:_CONTEXT]
        gap = len(shown) < len(words)
        return [escape(" ".join(shown) + " …" * gap)]
    if len(words) <= 2 * _CONTEXT:
        return [escape(" ".join(words))]
    return [escape(f"{' '.join(words[:_CONTEXT])} … {' '.join(words[-_CONTEXT:])}")]

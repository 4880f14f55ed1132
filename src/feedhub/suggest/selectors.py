"""Readable CSS selectors for what was found: the shortest that selects it and nothing else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from feedhub.suggest.shapes import stable_classes
from feedhub.text.dom import Page
from feedhub.text.stretches import Stretch

__all__ = ["Selectors"]

_NAME = re.compile(r"-?[A-Za-z_][\w-]*", re.ASCII)
_SPECIAL = re.compile(r"[^\w-]", re.ASCII)
_MAX_ANCESTORS = 8
_CELLS = frozenset({"td", "th"})


@dataclass(frozen=True, slots=True)
class _Compound:
    """One step of a selector, such as ``td.date:nth-child(2)``."""

    tag: str
    name: str = ""
    ident: str = ""
    child: int = 0

    def __str__(self) -> str:
        if self.ident:
            return f"#{self.ident}"
        nth = f":nth-child({self.child})" if self.child else ""
        return f"{_identifier(self.tag)}{'.' + self.name if self.name else ''}{nth}"


def _identifier(tag: str) -> str:
    """Write a tag as CSS reads it: a page may hold ``atom:updated`` and stranger ones.

    One with control characters cannot be written at all; any element stands for it.
    """
    if not tag.isprintable():
        return "*"
    return _SPECIAL.sub(lambda letter: f"\\{ord(letter[0]):x} ", tag)


#: compounds from the outermost to the element itself, each with ">" or " " before it
_Path = tuple[tuple[str, _Compound], ...]


class Selectors:
    """Finds selectors on one page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._classes: dict[int, frozenset[str]] = {}
        self._places: dict[int, int] = {}
        self._uses: Counter[str] = Counter()
        self._by_tag: dict[str, list[int]] = {}
        for number, element in enumerate(page.elements):
            self._by_tag.setdefault(str(element.tag), []).append(number)

    def of_rows(self, rows: Sequence[int], ignored: frozenset[int] = frozenset()) -> str:
        """Return a selector for these elements of one kind.

        Where none fits exactly, the one with the fewest wrong and missing elements is returned.
        Elements in ``ignored`` may be selected or not.
        """
        wanted = set(rows)
        best = ""
        best_errors = len(self._page.elements) + 1
        for path in self._row_paths(rows):
            found = set(self._matching(path)) - ignored
            errors = len(found ^ wanted)
            if errors < best_errors:
                best, best_errors = _written(path), errors
                if not errors:
                    break
        return best

    def of_field(self, elements: Mapping[int, int], stretches: Mapping[int, Stretch]) -> str:
        """Return a selector whose first match in each row is the field's element there.

        ``elements`` and ``stretches`` are by row index.
        """
        if all(stretches[index].row == number for index, number in elements.items()):
            return "./self::*"
        best = ""
        best_right = 0
        tried: set[_Path] = set()
        for index in _few(list(elements)):
            for path in self._field_paths(elements[index], stretches[index]):
                if path in tried:
                    continue
                tried.add(path)
                right = 0
                for each, stretch in stretches.items():
                    first = next(self._matches_in(path, stretch), None)
                    # a row that lacks the field must not get another one's
                    right += first == elements.get(each)
                if right > best_right:
                    best, best_right = _written(path), right
                if best_right == len(stretches):
                    return best
        if best_right > 0.5 * len(stretches):
            return best
        # a selector that misses most rows is worse than the default
        return self._following(elements, stretches)

    def _following(self, elements: Mapping[int, int], stretches: Mapping[int, Stretch]) -> str:
        """Return the XPath of a whole element that stands at one distance behind each row."""
        distances: set[int] = set()
        for index, number in elements.items():
            row, sibling = stretches[index].row, number
            while sibling > row and self._page.parents[sibling] != self._page.parents[row]:
                sibling = self._page.parents[sibling]
            if sibling <= row or self._page.text(sibling) != self._page.text(number):
                return ""
            distances.add(self._place(sibling) - self._place(row))
        if len(distances) != 1:
            return ""
        return f"./following-sibling::*[{distances.pop()}]"

    def _row_paths(self, rows: Sequence[int]) -> Iterator[_Path]:
        """Yield selectors for rows, from the shortest to the whole path."""
        page = self._page
        names = self._shared_names(rows)
        tag = str(page.elements[rows[0]].tag)
        own = [_Compound(tag, name) for name in names] or [_Compound(tag)]
        if not names and tag in _CELLS and len({self._place(row) for row in rows}) == 1:
            own.append(_Compound(tag, child=self._place(rows[0])))
        # a bare tag selects too much as soon as the page grows
        for compound in own:
            if compound.name:
                yield (("", compound),)
        plain: list[_Path] = []
        ancestors: list[_Compound] = []
        level = list(rows)
        for _ in range(_MAX_ANCESTORS):
            level = sorted({page.parents[number] for number in level})
            if level[0] < 0 or len({str(page.elements[number].tag) for number in level}) > 1:
                break
            tag = str(page.elements[level[0]].tag)
            if tag in {"body", "html"}:
                break
            shared = self._shared_names(level)
            compound = _Compound(tag, shared[0] if shared else "")
            ident = page.elements[level[0]].get("id") or ""
            if len(level) == 1 and _NAME.fullmatch(ident) and not re.search(r"\d{3}", ident):
                compound = _Compound(tag, ident=ident)
            named = bool(compound.name or compound.ident)
            for each in own:
                path = (*((">", between) for between in reversed(ancestors)), (">", each))
                if ancestors and named:
                    yield (("", compound), (" ", each))
                    yield (("", compound), (" ", ancestors[0]), (">", each))
                if named or each.name:
                    yield (("", compound), *path)
                else:
                    plain.append((("", compound), *path))
            if len(level) == 1 and not named and self._is_ambiguous(level[0]):
                compound = _Compound(tag, child=self._place(level[0]))
            ancestors.append(compound)
        yield from ((("", compound),) for compound in own)
        yield from plain

    def _is_ambiguous(self, number: int) -> bool:
        element = self._page.elements[number]
        parent = element.getparent()
        return parent is not None and sum(1 for each in parent if each.tag == element.tag) > 1

    def _field_paths(self, number: int, stretch: Stretch) -> Iterator[_Path]:
        """Yield selectors for one element of a row, from the shortest to the whole path."""
        page = self._page
        element = page.elements[number]
        tag = str(element.tag)
        names = self._rarest_names(number)
        for name in names:
            yield (("", _Compound(tag, name)),)
        place = _Compound(tag, child=self._place(number))
        if tag in _CELLS:
            yield (("", place),)
        else:
            yield (("", _Compound(tag)),)
        chain: list[_Compound] = []
        holder = page.parents[number]
        while holder > stretch.row or (stretch.first <= holder != stretch.row):
            holder_tag = str(page.elements[holder].tag)
            compounds = [_Compound(holder_tag, name) for name in self._names(holder)[:2]]
            compounds.append(
                _Compound(holder_tag, child=self._place(holder))
                if holder_tag in _CELLS
                else _Compound(holder_tag)
            )
            if holder_tag not in _CELLS:
                compounds.append(_Compound(holder_tag, child=self._place(holder)))
            for compound in compounds:
                yield (("", compound), (" ", _Compound(tag, names[0] if names else "")))
                yield (("", compound), *((">", each) for each in reversed(chain)), (">", place))
            chain.append(compounds[-1])
            holder = page.parents[holder]
        yield (("", place),)

    def _matching(self, path: _Path) -> Iterator[int]:
        last = path[-1][1]
        for number in self._by_tag.get(last.tag, ()):
            if self._fits(number, path):
                yield number

    def _matches_in(self, path: _Path, stretch: Stretch) -> Iterator[int]:
        """Yield the matches in a row, in order; the row's own element is not inside itself."""
        inside = stretch.first == stretch.row and stretch.last == self._page.last[stretch.row]
        last = path[-1][1]
        for number in range(stretch.first + inside, stretch.last):
            if str(self._page.elements[number].tag) == last.tag and self._fits(number, path):
                yield number

    def _fits(self, number: int, path: _Path) -> bool:
        """Tell whether an element fits a path."""
        if not self._is(number, path[-1][1]):
            return False
        steps = list(path[:-1])
        combinator = path[-1][0]
        parent = self._page.parents[number]
        while steps:
            if parent < 0:
                return False
            if self._is(parent, steps[-1][1]):
                combinator, _ = steps.pop()
            elif combinator == ">":
                return False
            parent = self._page.parents[parent]
        return True

    def _is(self, number: int, compound: _Compound) -> bool:
        element = self._page.elements[number]
        if compound.ident:
            return element.get("id") == compound.ident
        return (
            str(element.tag) == compound.tag
            and (not compound.name or compound.name in self._all_names(number))
            and (not compound.child or self._place(number) == compound.child)
        )

    def _place(self, number: int) -> int:
        """Return an element's place among its parent's children, from 1."""
        if number not in self._places:
            parent = self._page.elements[number].getparent()
            if parent is None:
                return 1
            for place, child in enumerate(parent, start=1):
                child_number = self._page.numbers.get(child)
                if child_number is not None:
                    self._places[child_number] = place
        return self._places.get(number, 1)

    def _all_names(self, number: int) -> frozenset[str]:
        names = self._classes.get(number)
        if names is None:
            names = frozenset((self._page.elements[number].get("class") or "").split())
            self._classes[number] = names
        return names

    def _names(self, number: int) -> list[str]:
        written = stable_classes(self._page.elements[number].get("class") or "")
        return [name for name in written if _NAME.fullmatch(name)]

    def _rarest_names(self, number: int) -> list[str]:
        """Return an element's stable classes, those that say most about it first."""
        names = self._names(number)
        if len(names) < 2:
            return names
        if not self._uses:
            for element in self._page.elements:
                self._uses.update((element.get("class") or "").split())
        return sorted(names, key=lambda name: self._uses[name])

    def _shared_names(self, numbers: Iterable[int]) -> list[str]:
        """Return the stable classes that all of these elements carry, in written order."""
        numbers = list(numbers)
        names = self._names(numbers[0])
        return [
            name for name in names if all(name in self._all_names(number) for number in numbers)
        ]


def _few(indexes: list[int]) -> list[int]:
    """Return the first, a middle and the last row: their paths stand for the others'."""
    return list(dict.fromkeys((indexes[len(indexes) // 2], indexes[0], indexes[-1])))


def _written(path: _Path) -> str:
    parts: list[str] = []
    for combinator, compound in path:
        if combinator == ">":
            parts.append(" > ")
        elif combinator == " ":
            parts.append(" ")
        parts.append(str(compound))
    return "".join(parts)

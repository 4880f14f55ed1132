"""Every fault of the matrix has a test, and every test it names exists."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall((HERE / "README.md").read_text(encoding="utf-8"))


@lru_cache
def _tests_of(path: str) -> frozenset[str]:
    tree = ast.parse((PROJECT / path).read_text(encoding="utf-8"))
    return frozenset(one.name for one in tree.body if isinstance(one, ast.FunctionDef))


def test_the_matrix_has_every_fault_once() -> None:
    assert [int(number) for number, *_ in ROWS] == list(range(1, 73))


@pytest.mark.parametrize(("number", "tests"), [(row[0], row[3]) for row in ROWS])
def test_a_fault_has_tests_that_exist(number: str, tests: str) -> None:
    named = re.findall(r"`([^`]+)::(\w+)`", tests)
    assert named, number
    for path, name in named:
        assert name in _tests_of(path), f"fault {number}: {path} has no {name}"


def test_every_test_here_is_in_the_matrix() -> None:
    named = {name for row in ROWS for _, name in re.findall(r"`([^`]+)::(\w+)`", row[3])}
    for path in HERE.glob("test_[0-9]*.py"):
        found = _tests_of(f"tests/faults/{path.name}")
        assert {name for name in found if name.startswith("test_")} <= named, path

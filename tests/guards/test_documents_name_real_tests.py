"""The tables about security and faults name tests that exist, and leave no requirement out."""

from __future__ import annotations

import ast
import re

import pytest

from tests.guards.sources import ROOT

BEHAVIOURS = {*range(1, 44), 45, 46, *range(48, 51), 55, 56, *range(58, 73), 74, 75}
"""The numbers of the interaction design that are built."""
PROVEN = re.compile(r"Behaviours? ((?:\d+(?:, | and | to )?)+)")
ROWS = re.compile(r"^\| ([\d, to]+) \|", re.MULTILINE)
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
NO_FAULTS = {f"tests/faults/test_{name}.py" for name in ("fuzz", "memory_of_uploads", "two_processes")}
"""Tests of hostile or heavy use, in which nothing fails."""
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4,
    "3.4": 6, "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5,
    "7.5": 2, "7.6": 2, "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3,
    "15.3": 7, "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
}  # fmt: skip
"""The last requirement of levels 1 and 2 in each section of ASVS 5.0.0: they are numbered from 1."""


def missing(text: str) -> list[str]:
    """Return the tests that a document names and nobody has written."""
    found = []
    for path, name in NAMED.findall(text):
        file = ROOT / path
        tests = (
            {node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)}
            if file.exists()
            else None
        )
        if tests is None or (name and name not in tests):
            found.append(f"{path}::{name}")
    return found


@pytest.mark.parametrize("document", ["docs/asvs.md", "docs/reliability.md"])
def test_every_test_that_is_named_exists(document):
    text = (ROOT / document).read_text()

    assert len(NAMED.findall(text)) > 15
    assert missing(text) == []


def test_every_fault_is_tested_beside_the_others_and_has_its_line():
    named = {path for path, _ in NAMED.findall((ROOT / "docs/reliability.md").read_text())}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "tests/faults").glob("test_*.py")}

    assert named == there - NO_FAULTS


def test_the_rule_finds_a_test_that_does_not_exist():
    assert missing("`tests/nothing/test_x.py` `tests/guards/test_documents_name_real_tests.py::test_y`") == [
        "tests/nothing/test_x.py::",
        "tests/guards/test_documents_name_real_tests.py::test_y",
    ]


def named_requirements(text: str) -> list[str]:
    """Return the requirements in the first column of the tables; ``V1.4.1 to V1.4.3`` stands for three."""
    found = []
    for cell in re.findall(r"^\| (V[^|]+) \|", text, re.M):
        for part in cell.split(", "):
            first, _, last = part.strip().removeprefix("V").partition(" to V")
            section, _, number = first.rpartition(".")
            end = int(last.rpartition(".")[2]) if last.startswith(f"{section}.") else int(number)
            found += [f"{section}.{one}" for one in range(int(number), end + 1)]
            if last and not last.startswith(f"{section}."):
                found += [f"{last.rpartition('.')[0]}.{one}" for one in range(1, int(last.rpartition(".")[2]) + 1)]
    return found


def test_every_requirement_has_its_line_once():
    wanted = [f"{section}.{number}" for section, last in LAST.items() for number in range(1, last + 1)]

    assert sorted(named_requirements((ROOT / "docs/asvs.md").read_text())) == sorted(wanted)


def test_ranges_are_counted():
    assert named_requirements("| V1.4.1 to V1.4.3, V2.1.1 | x | n/a |") == ["1.4.1", "1.4.2", "1.4.3", "2.1.1"]


def numbers(lists: list[str]) -> set[int]:
    """Return the numbers of lists like "22 to 24" and "10, 11"."""
    found: set[int] = set()
    for text in lists:
        for first, last in re.findall(r"(\d+)(?: to (\d+))?", text):
            found.update(range(int(first), int(last or first) + 1))
    return found


def test_every_behaviour_of_the_interface_has_a_test_and_a_row():
    sources = "".join(path.read_text() for path in sorted((ROOT / "tests/browser").glob("test_*.py")))
    assert numbers(PROVEN.findall(sources)) >= BEHAVIOURS
    assert numbers(ROWS.findall((ROOT / "docs/interface.md").read_text())) >= BEHAVIOURS


def test_the_tests_of_the_interface_that_are_named_exist():
    text = (ROOT / "docs/interface.md").read_text()
    files = set(re.findall(r"`((?:\.\./portals/)?test_\w+\.py)`", text))
    assert len(files) > 20
    assert [name for name in files if not (ROOT / "tests/browser" / name).exists()] == []


def test_numbers_are_read():
    assert numbers(["22 to 24", "10, 11"]) == {10, 11, 22, 23, 24}

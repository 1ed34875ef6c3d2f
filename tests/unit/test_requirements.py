"""What the requirements page names exists: tests, commands with their options, targets, files."""

from __future__ import annotations

import ast
import re
import shlex
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click
import pytest

from funcyard.cli.main import root

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "requirements.md"
STATES = ("done", "done differently", "not yet")
JOBS = ("generate", "check", "workspace", "deploy", "operate")
ROWS = {
    "Project generator": 194,
    "Runtime decisions": 166,
    "Twin layers": 50,
    "Migration plan": 118,
    "Container Apps journey": 71,
}
"""How many names each document has: one that falls out is missed here, not only on the page."""

_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_CELLS = re.compile(r"(?<!\\)\|")
_REFERENCE = re.compile(r"`([^`]+)`")


class BrokenReferenceError(Exception):
    """The page names something that is not there."""


@dataclass(frozen=True)
class Row:
    """One name of a document, its state, and what shows it."""

    document: str
    named: str
    state: str
    shown: str

    @property
    def references(self) -> list[str]:
        return _REFERENCE.findall(self.shown)

    @property
    def words(self) -> str:
        """What is said besides the references."""
        return _REFERENCE.sub("", self.shown).strip(" :;,.")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in _CELLS.split(line)[1:-1]]


def _sections() -> dict[str, str]:
    _, *parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _table(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [_cells(line) for line in lines[2:]]


def _rows() -> list[Row]:
    found = []
    for document, text in _sections().items():
        for cells in _table(text):
            assert len(cells) == 3, f"{document}: {cells}"
            found.append(Row(document, *cells))
    return found


ALL = _rows()


@cache
def _tests_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name
        for node in ast.walk(tree)
        if isinstance(node, functions) and node.name.startswith("test_")
    )


def _check_test(reference: str) -> None:
    file, _, name = reference.partition("::")
    path = ROOT / file
    if not path.is_file() or name not in _tests_of(path):
        raise BrokenReferenceError(reference)


def _check_command(reference: str) -> None:
    """Follow a command through click: its groups, its options, the number of its arguments."""
    command: click.Command = root
    words = shlex.split(reference)[1:]
    while isinstance(command, click.Group):
        context = click.Context(command)
        found = command.get_command(context, words[0]) if words else None
        if found is None:
            raise BrokenReferenceError(reference)
        command, words = found, words[1:]
    context = click.Context(command)
    try:
        _, left, _ = command.make_parser(context).parse_args(list(words))
    except click.UsageError as fault:
        raise BrokenReferenceError(f"{reference}: {fault.format_message()}") from fault
    if left:
        raise BrokenReferenceError(f"{reference}: {left} is one argument too many")


def _check_target(reference: str) -> None:
    """A target of the Makefile, and the scripts that it runs."""
    target = reference.removeprefix("make ")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n)*)", makefile, re.MULTILINE)
    if recipe is None:
        raise BrokenReferenceError(reference)
    for script in re.findall(r"scripts/\S+", recipe[1]):
        if not (ROOT / script).is_file():
            raise BrokenReferenceError(f"{reference}: there is no {script}")


def _check_path(reference: str) -> None:
    path = (ROOT / reference).resolve()
    if not path.is_relative_to(ROOT) or not path.exists():
        raise BrokenReferenceError(reference)


def _check(reference: str) -> None:
    if "::" in reference:
        _check_test(reference)
    elif reference.startswith("funcyard "):
        _check_command(reference)
    elif reference.startswith("make "):
        _check_target(reference)
    else:
        _check_path(reference)


def test_no_name_of_a_document_falls_out() -> None:
    assert Counter(row.document for row in ALL) == ROWS
    assert list(_sections()) == list(ROWS)


@pytest.mark.parametrize("document", ROWS)
def test_each_section_declares_how_many_rows_it_has(document: str) -> None:
    declared = re.search(r"\bRows: (\d+)\.", _sections()[document])

    assert declared is not None
    assert int(declared[1]) == ROWS[document]
    named = [row.named for row in ALL if row.document == document]
    assert [name for name, times in Counter(named).items() if times > 1] == []


def test_the_totals_are_those_of_the_rows() -> None:
    head = PAGE.read_text(encoding="utf-8").partition("\n## ")[0]
    expected = []
    for name in [*ROWS, "all"]:
        states = Counter(row.state for row in ALL if name in {row.document, "all"})
        expected.append([name, *map(str, [states.total(), *(states[state] for state in STATES)])])

    assert _table(head) == expected


def test_every_row_has_a_name_and_one_of_three_states() -> None:
    assert [row for row in ALL if row.state not in STATES or not row.named] == []


def test_what_is_done_is_shown() -> None:
    assert [row for row in ALL if row.state == "done" and not row.references] == []


def test_what_is_done_differently_has_its_reason_and_is_shown() -> None:
    found = [row for row in ALL if row.state == "done differently"]

    assert [row for row in found if len(row.words.split()) < 2 or not row.references] == []


def test_what_is_not_yet_there_belongs_to_a_job() -> None:
    found = [row for row in ALL if row.state == "not yet"]

    assert [row for row in found if re.split(r"[:,;. ]", row.shown)[0] not in JOBS] == []


@pytest.mark.parametrize("reference", sorted({one for row in ALL for one in row.references}))
def test_what_a_row_names_exists(reference: str) -> None:
    _check(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "tests/unit/test_requirements.py::test_that_nobody_wrote",
        "tests/unit/test_of_nothing.py::test_what_a_row_names_exists",
        "funcyard fly",
        "funcyard memory",
        "funcyard memory forget",
        "funcyard new DIR --colour",
        "funcyard new DIR --blueprint",
        "funcyard down ONE TWO",
        "make money",
        "docs/nothing.md",
        "../" + ROOT.name + "-elsewhere",
    ],
)
def test_a_reference_to_nothing_is_noticed(reference: str) -> None:
    with pytest.raises(BrokenReferenceError):
        _check(reference)


def test_the_page_names_no_job_that_the_readme_does_not_have() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [job for job in JOBS if f"**{job}**" not in readme] == []

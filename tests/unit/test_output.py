from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath

from funcyard.output import first_few, table, to_json, visible


@dataclass
class _Hop:
    path: PurePosixPath
    rows: tuple[int, ...]


def test_a_report_prints_as_one_json_document() -> None:
    document = to_json({"hops": [_Hop(PurePosixPath("raw/a.csv"), (1, 2))]})

    assert json.loads(document) == {"hops": [{"path": "raw/a.csv", "rows": [1, 2]}]}


def test_columns_align_and_numbers_stand_to_the_right() -> None:
    assert table(["chunk", "rows"], [["a", 5], ["long-name", 1000]]) == (
        "chunk      rows\na             5\nlong-name  1000"
    )


def test_a_table_without_rows_is_its_header() -> None:
    assert table(["chunk", "rows"], []) == "chunk  rows"


def test_what_steers_a_terminal_is_shown_as_text_in_one_line() -> None:
    assert visible("a\x1b[2Jb\nc\td\u202ee é") == "a\\x1b[2Jb\\nc\\td\\u202ee é"


def test_many_names_are_told_by_the_first_few_and_a_count() -> None:
    names = [f"app{number}" for number in range(30)]

    assert first_few(names) == "app0, app1, app2 and 27 more"
    assert first_few(names[:2]) == "app0, app1"

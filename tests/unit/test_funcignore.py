from __future__ import annotations

import pytest

from funcyard.funcignore import Funcignore


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("*.json\n!host.json", "host.json", 0),
        ("*.json\n!host.json", "data/a.json", 1),
        ("# c\n\ntests/\n", "a/tests/b.py", 3),
        ("/tests\n", "a/tests/b.py", 0),
        (".git*\n", ".gitignore", 1),
        ("data\n", "data/a.csv", 1),
        ("data/*\n!data/a.csv\n", "data/a.csv", 0),
        ("**/x.py", "x.py", 1),
        ("\ufeffhost.json", "host.json", 1),
        ("", "host.json", 0),
        ("\\#odd", "#odd", 1),
    ],
)
def test_lines_are_read_as_gits(text: str, path: str, line: int) -> None:
    assert Funcignore(text).decides(path) == line

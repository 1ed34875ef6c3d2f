from __future__ import annotations

import ast
from pathlib import Path

import pytest

from funcyard.preflight.fixes.fix import unified
from funcyard.preflight.fixes.text import Edit, Text


def _annotation(content: str) -> tuple[Text, ast.expr]:
    """Return a text, and the annotation of the first parameter of its last function."""
    tree = ast.parse(content)
    function = tree.body[-1]
    assert isinstance(function, ast.FunctionDef)
    annotation = function.args.args[0].annotation
    assert annotation is not None
    return Text(content), annotation


@pytest.mark.parametrize(
    "content",
    [
        "def f(a: dict[str, int]): ...\n",
        "größe = 'ß∂'\r\ndef f(a: dict[str, int]): ...\r\n",
        "x = 1\rdef f(a: dict[str, int]): ...",
        "def f(ä: dict[str, int], b='∂'): ...",
        '"""Page\fbreak."""\ndef f(\n    a: dict[\n        str, int  # why\n    ],\n): ...\n',
    ],
)
def test_a_node_is_replaced_and_every_other_character_stays(content: str) -> None:
    text, node = _annotation(content)

    edited = text.edited([Edit(text.start_of(node), text.end_of(node), "dict")])

    start = content.index("dict[")
    end = content.index("]") + 1
    assert edited == content[:start] + "dict" + content[end:]


def test_a_byte_order_mark_is_no_character_of_the_first_line(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes("\ufeffdef f(a: int): ...\n".encode())
    text = Text.read(path)
    assert text is not None

    start = text.position(1, len("def f(a: "))

    assert text.edited([Edit(start, start + 3, "str")]) == "\ufeffdef f(a: str): ...\n"


def test_what_is_inserted_ends_its_lines_as_the_file_does_and_keeps_its_order() -> None:
    text = Text("import a\r\nb = 1\r\n")
    position = text.after_line(1)

    edited = text.edited([Edit(position, position, "one\n"), Edit(position, position, "two\n")])

    assert edited == "import a\r\none\r\ntwo\r\nb = 1\r\n"
    assert text.after_line(2) == len(text.content)


def test_what_is_no_text_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: latin-1\nname = '\xe4'\n")

    assert Text.read(path) is None
    assert Text.read(tmp_path / "missing.py") is None


def test_a_diff_says_where_a_file_ends_without_a_line_end() -> None:
    assert unified("a.py", "x = 1\ny = 2", "x = 1\ny = 3") == (
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n x = 1\n-y = 2\n\\ No newline at end of file\n"
        "+y = 3\n\\ No newline at end of file\n"
    )
    assert unified("a.py", "same", "same") == ""

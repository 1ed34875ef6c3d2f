from __future__ import annotations

from pathlib import Path

from funcyard.preflight.sources import Source


def _source(folder: Path, content: bytes) -> Source:
    path = folder / "a.py"
    path.write_bytes(content)
    return Source(path, "a.py")


def test_a_byte_order_mark_is_no_code(tmp_path: Path) -> None:
    source = _source(tmp_path, b"\xef\xbb\xbfx = 1\r\ny = 2\r\n")

    assert source.tree is not None
    assert [source.line(number) for number in (0, 1, 2, 3, 9)] == ["", "x = 1", "y = 2", "", ""]


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    source = _source(tmp_path, b"x = 1\n\x0c\ny = '\xe2\x80\xa8'\nz = 3\n")

    assert source.tree is not None
    assert source.line(source.tree.body[-1].lineno) == "z = 3"


def test_what_python_cannot_parse_has_no_tree(tmp_path: Path) -> None:
    for content in (b"def f(:", b"x = '\0'", b"(" * 5000, b"-" * 100_000 + b"1"):
        assert _source(tmp_path, content).tree is None

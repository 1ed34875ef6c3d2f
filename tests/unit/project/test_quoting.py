"""Whatever a spec's text holds, it stays one value of the file it lands in."""

from __future__ import annotations

import ast
import json
import tempfile
import tomllib
from pathlib import Path

import starlark as sl
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from funcyard.project import quoting
from funcyard.settings import read_env_file

NASTY = [
    "",
    "plain",
    "quote \" and ' and `",
    '"""\nimport os\nos.system("x")\n"""',
    "back\\slash\\",
    "${HOME} $$ $(id) `id`",
    "{{ 7 * 7 }} {% raw %}",
    "line\nbreak\r\nand\ttab",
    "# comment",
    "- item: {a: b}, &x *x !!python/object",
    "*/ --> ]]> '; DROP TABLE x;--",
    "\u202e bidi \u200b zero \x00 nul \x7f del \u2028 ls \U0001f600",
    "yes",
    "null",
    "0123",
    "1e3",
    "~",
    " leading and trailing ",
    "END",
]
text = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=["Cs"])))


@given(text)
def test_yaml_reads_the_same_string(value: str) -> None:
    document = YAML(typ="safe", pure=True).load(f"key: {quoting.yaml(value)}\n")
    assert document == {"key": value}


@given(text)
def test_python_reads_the_same_string(value: str) -> None:
    assert ast.literal_eval(quoting.python(value)) == value


@given(text)
def test_a_docstring_stays_one_docstring(value: str) -> None:
    module = ast.parse(f'"""x {quoting.docstring(value)}"""\n')
    assert len(module.body) == 1
    docstring = ast.get_docstring(module)
    assert docstring is not None
    assert docstring.split() == ["x", *quoting.one_line(value).split()]


@given(text)
def test_toml_and_json_read_the_same_string(value: str) -> None:
    assert json.loads(quoting.json_string(value)) == value
    assert tomllib.loads(f"key = {quoting.toml(value)}") == {"key": value}


@given(text)
def test_starlark_reads_the_same_string(value: str) -> None:
    module = sl.Module()
    source = f"value = {quoting.starlark(value)}"
    sl.eval(module, sl.parse("x", source), sl.Globals.standard())
    assert module["value"] == value


def test_starlark_writes_lists_and_dicts() -> None:
    assert quoting.starlark({"a": ["b", 1]}) == '{"a": ["b", 1]}'


@given(text)
def test_a_comment_stays_on_its_line(value: str) -> None:
    assert "".join(quoting.one_line(value).splitlines()) == quoting.one_line(value)
    assert quoting.one_line(value).isprintable()


@given(text)
def test_env_files_read_the_same_value(value: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / ".env"
        file.write_text(f"NAME={quoting.dotenv(value)}\nNEXT=1\n", encoding="utf-8", newline="")
        assert read_env_file(file) == {"NAME": value, "NEXT": "1"}


@given(text)
def test_an_env_file_never_gains_a_line(value: str) -> None:
    assert "\n" not in quoting.dotenv(value)
    assert "\r" not in quoting.dotenv(value)


@given(text)
def test_markdown_shows_no_markup(value: str) -> None:
    shown = quoting.markdown(value)
    assert "\n" not in shown
    for position, char in enumerate(shown):
        if char in "`*_<>[]|":
            assert shown[position - 1] == "\\"

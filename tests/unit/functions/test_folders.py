"""function.json folders are read and refused as the Functions host reads and refuses them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from funcyard.functions.folders import FolderError, folder_names, read_folder
from funcyard.functions.model import Binding

TIMER = {"type": "timerTrigger", "direction": "in", "name": "timer", "schedule": "0 * * * * *"}
OUT = {"type": "queue", "direction": "out", "name": "out", "queueName": "q"}


def folder(tmp_path: Path, config: str | dict[str, Any], *files: str, name: str = "hello") -> Path:
    """Make a folder with that function.json and empty files."""
    made = tmp_path / name
    made.mkdir()
    text = config if isinstance(config, str) else json.dumps(config)
    (made / "function.json").write_text(text, encoding="utf-8")
    for file in files or ("__init__.py",):
        (made / file).touch()
    return made


def refused(made: Path) -> FolderError:
    with pytest.raises(FolderError) as caught:
        read_folder(made)
    return caught.value


def test_a_folder_is_a_function_with_its_bindings(tmp_path: Path) -> None:
    retry = {"strategy": "fixedDelay", "maxRetryCount": 2, "delayInterval": "00:00:10"}
    config = {"scriptFile": "work.py", "entryPoint": "run", "bindings": [TIMER, OUT]}

    read = read_folder(folder(tmp_path, {**config, "retry": retry}, "work.py", "__init__.py"))

    assert (read.name, read.entry_point, read.retry) == ("hello", "run", retry)
    assert read.script == tmp_path / "hello" / "work.py"
    assert read.bindings == (
        Binding("timer", "timerTrigger", "in", TIMER),
        Binding("out", "queue", "out", OUT),
    )


def test_folders_come_in_the_order_of_the_host(tmp_path: Path) -> None:
    for name in ("b", "A", "c"):
        folder(tmp_path, {}, name=name)
    (tmp_path / "shared").mkdir()

    assert folder_names(tmp_path) == ["A", "b", "c"]


def test_comments_trailing_commas_and_a_byte_order_mark_are_read_over(tmp_path: Path) -> None:
    text = '\ufeff{ // a comment, }\n "bindings": [' + json.dumps(TIMER) + ", ],\n /* , */ }"

    assert read_folder(folder(tmp_path, text)).bindings[0].name == "timer"


@pytest.mark.parametrize(
    ("files", "script"),
    [
        (["main.py"], "main.py"),
        (["main.py", "run.py"], "run.py"),
        (["__init__.py", "helper.py"], "__init__.py"),
    ],
)
def test_a_script_that_is_not_named_is_found(tmp_path: Path, files: list[str], script: str) -> None:
    read = read_folder(folder(tmp_path, {"bindings": [TIMER]}, *files))

    assert read.script.name == script


def test_what_is_no_json_is_refused_with_its_line(tmp_path: Path) -> None:
    fault = refused(folder(tmp_path, '{\n "bindings": [\n'))

    assert (fault.kind, fault.line) == ("JsonReaderException", 3)
    assert fault.failure("hello").file == "hello/function.json"


@pytest.mark.parametrize("text", ["[]", "3", "", '{"bindings": ["timer"]}', '{"bindings": {}}'])
def test_json_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(folder(tmp_path, text)).kind in {"JsonReaderException", "InvalidCastException"}


@pytest.mark.parametrize(
    ("bindings", "kind", "message"),
    [
        ([], "FormatException", "At least one binding must be declared."),
        (None, "FormatException", "At least one binding must be declared."),
        (
            [OUT],
            "InvalidOperationException",
            "No trigger binding specified. A function must have a trigger input binding.",
        ),
        (
            [TIMER, {**OUT, "direction": "sideways"}],
            "FormatException",
            "'sideways' is not a valid binding direction.",
        ),
        (
            [TIMER, {**OUT, "dataType": "text"}],
            "JsonSerializationException",
            "'text' is not a valid dataType: undefined, string, binary, stream",
        ),
        ([TIMER, {"name": "x"}], "ArgumentNullException", "A binding has no type."),
        (
            [TIMER, {**OUT, "name": "a-b"}],
            "ArgumentException",
            "The binding name a-b is invalid. Please assign a valid name to the binding.",
        ),
        (
            [TIMER, {**OUT, "name": "a__b"}],
            "ArgumentException",
            "The binding name a__b is invalid. Please assign a valid name to the binding.",
        ),
        (
            [TIMER, {**OUT, "name": "TIMER"}],
            "InvalidOperationException",
            "Multiple bindings with name 'TIMER' discovered. Binding names must be unique.",
        ),
        (
            [TIMER, {**OUT, "name": "$return", "direction": "in"}],
            "ArgumentException",
            "$return bindings must specify a direction of 'out'.",
        ),
    ],
)
def test_bindings_that_the_host_refuses_are_refused_in_its_words(
    tmp_path: Path, bindings: object, kind: str, message: str
) -> None:
    fault = refused(folder(tmp_path, {"bindings": bindings}))

    assert (fault.kind, fault.message) == (kind, message)


def test_disabled_is_no_property_of_a_function(tmp_path: Path) -> None:
    read = read_folder(folder(tmp_path, {"disabled": True, "bindings": [TIMER]}))

    assert [binding.name for binding in read.bindings] == ["timer"]


def test_names_with_single_underscores_and_directions_in_any_case_are_fine(tmp_path: Path) -> None:
    bindings = [{**TIMER, "name": "my_timer", "direction": "IN"}, {**OUT, "direction": 1}]

    read = read_folder(folder(tmp_path, {"bindings": bindings}))

    assert [(b.name, b.direction) for b in read.bindings] == [("my_timer", "in"), ("out", "out")]


@pytest.mark.parametrize("name", ["1st", "_x", "a.b", "host", "Host", "a" * 129])
def test_a_folder_whose_name_no_function_can_have_is_refused(tmp_path: Path, name: str) -> None:
    fault = refused(folder(tmp_path, {"bindings": [TIMER]}, name=name))

    assert fault.kind == "InvalidOperationException"
    assert fault.message == f"'{name}' is not a valid function name."


def test_a_script_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    fault = refused(
        folder(tmp_path, '{"bindings": [' + json.dumps(TIMER) + '],\n"scriptFile": "x.py"}')
    )

    assert (fault.kind, fault.line) == ("FunctionConfigurationException", 2)
    assert "'scriptFile' property is set to a file that does not exist" in fault.message


@pytest.mark.parametrize("files", [["a.py", "b.py"], ["function.json"]])
def test_a_folder_without_a_primary_script_is_refused(tmp_path: Path, files: list[str]) -> None:
    made = folder(tmp_path, "{}", *files)
    (made / "function.json").write_text(json.dumps({"bindings": [TIMER]}), encoding="utf-8")

    assert "Unable to determine the primary function script" in refused(made).message

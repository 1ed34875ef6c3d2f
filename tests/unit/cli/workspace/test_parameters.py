"""What a workflow is given on the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from funcyard.cli.workspace._parameters import InputError, given
from funcyard.cli.workspace._source import SourceError


def test_a_value_is_text_up_to_its_end_and_adds_to_the_object_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "given").write_text('{"a": [1], "b": "ü"}', encoding="utf-8")
    assert given(["b=x=y", "c="], tmp_path / "given") == {"a": [1], "b": "x=y", "c": ""}
    assert given([], None) == {}


def test_an_object_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"a": null}')))
    assert given([], Path("-")) == {"a": None}


@pytest.mark.parametrize("parameters", [["a"], ["=a"], [""], ["a=1", "a=2"]])
def test_what_is_no_parameter_or_one_twice_is_bad_usage(parameters: list[str]) -> None:
    with pytest.raises(InputError) as told:
        given(parameters, None)
    assert told.value.exit_code == 2


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"null", b"\xff", b'{"a": NaN}', b"[" * 100_000),
        *(b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}', b'{"a": 1e999}'),
    ],
)
def test_what_is_no_json_object_is_bad_usage(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "given").write_bytes(content)
    with pytest.raises(InputError) as told:
        given([], tmp_path / "given")
    assert str(tmp_path / "given") in told.value.message


def test_what_cannot_be_read_or_never_ends_is_bad_usage(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing", Path("/dev/zero")):
        with pytest.raises(SourceError) as told:
            given([], place)
        assert str(place) in told.value.message
        assert told.value.exit_code == 2

import json

import pytest
from data_utils.answers import answer, filename_of
from data_utils.errors import InputError, SettingError


def test_filename_is_read_from_json() -> None:
    assert filename_of(b'{"filename": "a.csv", "more": 1}') == "a.csv"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"\xff", "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'"a.csv"', "missing-filename"),
        (b'{"filename": null}', "missing-filename"),
        (b'{"filename": ""}', "missing-filename"),
    ],
)
def test_other_bodies_are_refused(body: bytes, code: str) -> None:
    with pytest.raises(InputError) as refused:
        filename_of(body)
    assert (refused.value.code, refused.value.status) == (code, 400)


def test_fault_of_the_pipeline_becomes_its_answer() -> None:
    def work() -> tuple[int, dict[str, object]]:
        raise SettingError("X is missing")

    status, body = answer(work)
    assert status == 500
    assert json.loads(body) == {"error": "wrong-setting", "message": "X is missing"}


def test_other_faults_are_left_to_the_host() -> None:
    def work() -> tuple[int, dict[str, object]]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        answer(work)

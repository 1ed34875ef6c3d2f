"""What the functions of orchestrator answer before any storage is asked."""

import json

import azure.functions as func
import function_app
import pytest
from data_utils.errors import InputError


class Unset(func.Out[str]):
    """An output that nothing may set."""

    def set(self, val: str) -> None:
        pytest.fail(f"the message {val} was sent")

    def get(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", "not-json"),
        (b"{}", "missing-filename"),
        (b'{"filename": "../airports.csv"}', "bad-filename"),
    ],
)
def test_wrong_announcement_is_refused_and_nothing_is_queued(body: bytes, code: str) -> None:
    request = func.HttpRequest(method="POST", url="/api/orchestrate", body=body)
    response = function_app.orchestrate(request, Unset())
    assert response.status_code == 400
    assert json.loads(response.get_body())["error"] == code


def test_status_of_a_wrong_name_is_refused() -> None:
    request = func.HttpRequest(
        method="GET", url="/api/status/..", body=b"", route_params={"filename": ".."}
    )
    assert function_app.status(request).status_code == 400


@pytest.mark.parametrize("body", ["airports.csv", '{"filename": "a.csv", "job": "mine"}'])
def test_message_that_names_no_file_is_raised(body: str) -> None:
    with pytest.raises(InputError):
        function_app.split_file(func.QueueMessage(id="1", body=body))

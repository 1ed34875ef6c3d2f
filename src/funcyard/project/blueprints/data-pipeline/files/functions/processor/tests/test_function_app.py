"""What the functions of processor answer before any storage is asked."""

import json
import logging

import azure.functions as func
import function_app
import pytest
from azure.functions.blob import InputStream


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", "not-json"),
        (b"{}", "missing-filename"),
        (b'{"filename": "a/b.csv"}', "bad-filename"),
    ],
)
def test_wrong_request_is_refused(body: bytes, code: str) -> None:
    request = func.HttpRequest(method="POST", url="/api/process", body=body)
    response = function_app.process(request)
    assert response.status_code == 400
    assert json.loads(response.get_body())["error"] == code


def test_blob_with_a_wrong_name_is_logged_and_not_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    function_app.process_chunk(InputStream(data=b"", name="queued/folder/notes.txt"))
    assert "folder/notes.txt failed" in caplog.text

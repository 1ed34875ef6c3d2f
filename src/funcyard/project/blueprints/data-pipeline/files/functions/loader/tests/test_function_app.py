"""What the functions of loader answer before any storage is asked."""

import json
from pathlib import Path

import azure.functions as func
import function_app
import pytest


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"not json", "not-json"),
        (b"{}", "missing-filename"),
        (b'{"filename": "a.csv/../b.csv"}', "bad-filename"),
    ],
)
def test_wrong_request_is_refused(body: bytes, code: str) -> None:
    request = func.HttpRequest(method="POST", url="/api/load", body=body)
    response = function_app.load(request)
    assert response.status_code == 400
    assert json.loads(response.get_body())["error"] == code


@pytest.mark.parametrize(("name", "status"), [("a.csv", 404), ("..", 400)])
def test_file_that_is_not_loaded_is_not_found(
    name: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXTERNAL_DATABASE", str(tmp_path / "external.db"))
    request = func.HttpRequest(
        method="GET", url=f"/api/loaded/{name}", body=b"", route_params={"filename": name}
    )
    assert function_app.loaded(request).status_code == status

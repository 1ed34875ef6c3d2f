"""Functions as an app serves them: what is sent to them, and what they answer."""

from __future__ import annotations

import types

import azure.functions as func
import pytest

from funcyard.twin.providers.azure.azure_functions.shared.registering import register


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000])
async def test_what_is_no_json_is_refused_for_good(body: bytes) -> None:
    app = func.FunctionApp()
    register(app, "l2", {"default-processor": types.ModuleType("never_asked")})
    (one,) = app.get_functions()

    answer = await one.get_user_function()(func.HttpRequest("POST", "/", body=body, headers={}))

    assert answer.status_code == 400

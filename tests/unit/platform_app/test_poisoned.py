"""What the queue of syncs gives up on is said, with the sync that it was for."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from typing import Any

import azure.functions as func
import pytest

APP = Path(__file__).parents[3] / "workflows"


@pytest.fixture(scope="module")
def syncing() -> Any:  # noqa: ANN401 - a module
    """The app's module of syncs, imported as the Functions worker does."""
    sys.path.insert(0, str(APP))
    try:
        return importlib.import_module("functions.github_sync")
    finally:
        sys.path.remove(str(APP))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"scope": "acme", "jobId": "j1"}', "the queue gave up on sync j1 of acme"),
        (b"what is this", "was dropped: the message names no job"),
        (b"\xff\xfe", "was dropped: the message names no job"),
    ],
)
async def test_it_is_told_in_the_log(
    syncing: Any,  # noqa: ANN401 - a module
    caplog: pytest.LogCaptureFixture,
    body: bytes,
    said: str,
) -> None:
    caplog.set_level(logging.WARNING)
    told = syncing.tell_poisoned.build().get_user_function()

    await told(func.QueueMessage(body=body))

    assert said in caplog.text

from __future__ import annotations

from pathlib import Path

import pytest

from funcyard.twin.providers.azure.azure_functions.shared.faults import (
    UnknownError,
    UserCodeError,
)
from funcyard.twin.providers.azure.azure_functions.shared.user_code import run_user_code

_PROCESS = """
import sys

from .helper import NAME


def process(event):
    if "ends" in event:
        sys.exit(3)
    if "wrong" in event:
        raise ValueError("hunter2")
    return {**event, "by": NAME}
"""


def _code(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    (made / "process.py").write_text(_PROCESS)
    (made / "helper.py").write_text(f"NAME = {name!r}\n")
    return made


async def test_each_folder_has_helpers_of_its_own(tmp_path: Path) -> None:
    folders = [_code(tmp_path, name) for name in ("cold-room-1", "cold_room_1")]

    told = [await run_user_code(one, {"a": 1}) for one in folders]

    assert told == [{"a": 1, "by": "cold-room-1"}, {"a": 1, "by": "cold_room_1"}]


async def test_what_fails_in_it_is_not_told_to_callers(tmp_path: Path) -> None:
    with pytest.raises(UserCodeError) as caught:
        await run_user_code(_code(tmp_path, "failing"), {"wrong": 1})

    assert caught.value.message == "the code of failing failed; the log says why"


async def test_code_that_ends_its_script_ends_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(UserCodeError):
        await run_user_code(_code(tmp_path, "ending"), {"ends": 1})


async def test_code_that_there_is_not_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnknownError):
        await run_user_code(tmp_path / "nobody", {})

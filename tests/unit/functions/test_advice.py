"""An app without HTTP starts without a warning that its author can do nothing about."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

APP = """\
import logging

import azure.functions as func

app = func.FunctionApp()
logging.warning("my own words")


@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def tidy(timer: func.TimerRequest) -> None: ...
"""
LOAD = """\
import asyncio, os, pathlib
from funcyard.functions.loader import load_app

async def main():
    print([one.name for one in load_app(pathlib.Path.cwd(), os.environ).index.functions])

asyncio.run(main())
"""


def test_only_the_apps_own_warnings_are_logged(tmp_path: Path) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}')
    (tmp_path / "function_app.py").write_text(APP)

    done = subprocess.run(
        [sys.executable, "-c", LOAD],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "['tidy']\n"
    assert done.stderr == "WARNING:root:my own words\n"

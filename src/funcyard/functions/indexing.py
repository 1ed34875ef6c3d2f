"""The far side of :mod:`.index`: indexes the app in the current folder, reports on a pipe.

Runs on the app's interpreter through ``bootstrap.py``. The report goes to a descriptor of its own,
so whatever the app prints cannot corrupt it: a line ``loading`` before the app's code runs, then
the index as one JSON document. When the app crashes or hangs, Python's faulthandler tells where.
"""

from __future__ import annotations

import asyncio
import faulthandler
import json
import os
import sys
from pathlib import Path

from .legacy import load_any

LOADING = b"loading\n"
"""Said first: from here on, an end without an index is the app's doing."""


def main(descriptor: int, milliseconds: int) -> None:
    """Index the app in the current folder with the environment as its settings, then end.

    Args:
        descriptor: Where the report is written.
        milliseconds: After this time the process writes its stack to standard error and ends.
    """
    asyncio.run(_index(descriptor, milliseconds))


async def _index(descriptor: int, milliseconds: int) -> None:
    """Do it on a running event loop, where the worker does it; see :func:`.loader.load_app`."""
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - positional only
    faulthandler.enable()
    faulthandler.dump_traceback_later(milliseconds / 1000, exit=True)
    with os.fdopen(descriptor, "wb") as report:
        report.write(LOADING)
        report.flush()
        index = load_any(Path.cwd(), os.environ).index
        report.write(json.dumps(index.as_dict()).encode())
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that the app started at import time must not hold the end up.
    os._exit(0)

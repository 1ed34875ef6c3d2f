"""The environment of processes that import an app: this process's own, as they can use it."""

from __future__ import annotations

import os
from pathlib import Path

_PATH = "PYTHONPATH"


def importing_environment() -> dict[str, str]:
    """Return this process's environment; they start in the app's folder, so its paths are absolute.

    An empty entry of ``PYTHONPATH`` means the current folder, and stays out: it is not the app's.
    """
    environment = dict(os.environ)
    if given := environment.get(_PATH):
        entries = (str(Path(entry).absolute()) for entry in given.split(os.pathsep) if entry)
        environment[_PATH] = os.pathsep.join(entries)
    return environment

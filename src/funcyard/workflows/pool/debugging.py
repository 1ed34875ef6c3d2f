"""Whether this process is being debugged, and how its workers are, too: through the same port.

debugpy, where it listens in this process, has an adapter beside it that an editor connects to. A
worker connects to that adapter by itself (``worker/debugger.py``) and is shown as a child of this
process, so one port serves the platform's code and that of workspaces, and workers in any number.

pydevd, the debugger in debugpy, would do so in its own way: it rewrites the command line of every
Python that is started. A worker is kept from that: what it may import depends on its command line.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

INTERPRETER_OPTIONS: Final = ("-X", "frozen_modules=off")
"""What a debugged interpreter is started with: debugpy misses breakpoints in frozen modules."""


def adapter() -> dict[str, Any] | None:
    """Return what a worker needs to connect to the adapter, None where there is none.

    Returns:
        ``host``, ``port``, ``access_token``, ``client_access_token``: as ``pydevd.settrace`` takes
        them.
    """
    setup = getattr(getattr(_pydevd(), "SetupHolder", None), "setup", None)
    if not setup:
        return None
    return {
        "host": setup["client"],
        "port": setup["port"],
        "access_token": setup.get("access-token"),
        "client_access_token": setup.get("client-access-token"),
    }


def command_line_kept() -> AbstractContextManager[None]:
    """Return a context in which pydevd leaves the command lines of new processes as they are."""
    pydevd = _pydevd()
    kept: AbstractContextManager[None] = (
        nullcontext() if pydevd is None else pydevd.skip_subprocess_arg_patch()
    )
    return kept


def _pydevd() -> Any:  # noqa: ANN401 - a module without types, loaded by debugpy alone
    return sys.modules.get("pydevd")

"""debugpy in a worker: it joins the adapter of the process that started it.

https://github.com/microsoft/debugpy
"""

from __future__ import annotations

import importlib
import logging
import threading
from typing import Any, Final

_log = logging.getLogger("funcyard.debugger")

_PATIENCE_SECONDS: Final = 10.0


def join(adapter: dict[str, Any]) -> None:
    """Connect to an adapter; an editor that is attached to it sets its breakpoints meanwhile.

    An editor that knows nothing of child processes never says that it has done so: after some
    seconds the worker goes on all the same.

    Args:
        adapter: ``host``, ``port``, ``access_token``, ``client_access_token``.
    """
    try:
        importlib.import_module("debugpy.server")  # brings pydevd, and says how it speaks
        pydevd = importlib.import_module("pydevd")
    except ImportError as fault:
        _log.warning("workflows cannot be debugged: %s", fault)
        return
    waiting = threading.Timer(_PATIENCE_SECONDS, _go_on, (pydevd,))
    waiting.daemon = True
    waiting.start()
    try:
        pydevd.settrace(**adapter, suspend=False, patch_multiprocessing=True, notify_stdin=False)
    except (Exception, SystemExit) as fault:  # noqa: BLE001 - whatever it raises, the code runs
        _log.warning("workflows cannot be debugged: %s", fault)
    finally:
        waiting.cancel()


def _go_on(pydevd: Any) -> None:  # noqa: ANN401 - a module without types
    debugger = pydevd.get_global_debugger()
    if debugger is not None:
        debugger.ready_to_run = True

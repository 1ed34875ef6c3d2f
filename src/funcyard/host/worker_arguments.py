"""``languageWorkers__python__arguments``: how a container says that its app shall be debugged.

In Microsoft's images the host puts that setting before the worker's script, so
``-m debugpy --listen 0.0.0.0:5678`` runs the worker under debugpy. Here the worker starts debugpy
by itself, because only so can new code take the port over from old; the setting is therefore read,
not executed, and what it cannot mean here is refused.
https://learn.microsoft.com/azure/azure-functions/functions-app-settings
"""

from __future__ import annotations

import argparse
import shlex
from typing import TYPE_CHECKING, NoReturn

from funcyard.errors import UsageError
from funcyard.host.setting_names import lookup

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTING = "languageWorkers__python__arguments"
_HIGHEST_PORT = 65535


class WorkerArgumentsError(UsageError):
    """The setting asks for something other than debugpy listening on an address."""

    code = "worker-arguments"


def debugger_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings by which a worker listens for a debugger as the arguments ask.

    Args:
        settings: The app's settings; an absent or empty argument setting gives no settings.

    Returns:
        ``ENABLE_DEBUGGING``, ``DEBUG_WAIT``, ``FUNCYARD_DEBUG_ADDRESS`` and
        ``FUNCYARD_DEBUG_PORT``; or nothing.

    Raises:
        WorkerArgumentsError: It is not ``-m debugpy --listen [HOST:]PORT [--wait-for-client]``.
    """
    text = lookup(settings, SETTING)
    if text is None:
        return {}
    try:
        asked = _parser(text).parse_args(shlex.split(text))
    except ValueError as fault:
        raise _refusal(text) from fault
    address, _, port = str(asked.listen).rpartition(":")
    if asked.module != "debugpy" or not port.isdigit() or not 0 < int(port) <= _HIGHEST_PORT:
        raise _refusal(text)
    return {
        "ENABLE_DEBUGGING": "true",
        "DEBUG_WAIT": "true" if asked.wait else "false",
        "FUNCYARD_DEBUG_ADDRESS": address.strip("[]") or "127.0.0.1",
        "FUNCYARD_DEBUG_PORT": port,
    }


class _Parser(argparse.ArgumentParser):
    """Raises instead of printing usage and ending the process."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def _parser(text: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=text, add_help=False, allow_abbrev=False)
    parser.add_argument("-m", dest="module", required=True)
    parser.add_argument("--listen", required=True)
    parser.add_argument("--wait-for-client", dest="wait", action="store_true")
    return parser


def _refusal(text: str) -> WorkerArgumentsError:
    return WorkerArgumentsError(
        f"{SETTING} cannot be honoured: {text}",
        hint="-m debugpy --listen [HOST:]PORT [--wait-for-client] is understood",
    )

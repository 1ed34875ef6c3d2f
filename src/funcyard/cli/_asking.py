"""Requests to a running project, where a name that it does not have is bad usage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from funcyard.errors import UsageError
from funcyard.host.client import RemoteError, ask

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMING = frozenset({"no-such-app", "no-such-function"})


class MisnamedError(UsageError):
    """The running project has no app, or its app no function, of a name that was given."""

    def __init__(self, fault: RemoteError) -> None:
        super().__init__(fault.message, hint=fault.hint)
        self._told = fault.as_dict()

    def as_dict(self) -> dict[str, object]:
        """Return the error as the host told it."""
        return self._told


def asked(state: Path, **request: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON values
    """Send one request to a running project and yield its answers, as ``client.ask`` does.

    Raises:
        MisnamedError: It has no such app or function.
        NotRunningError, RemoteError: See ``client.ask``.
    """
    try:
        yield from ask(state, **request)
    except RemoteError as fault:
        if fault.as_dict()["code"] in _NAMING:
            raise MisnamedError(fault) from fault
        raise

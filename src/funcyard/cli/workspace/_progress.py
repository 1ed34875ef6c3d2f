"""How many bytes have come, on a terminal, once that lasts longer than a second."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Self

import click

if TYPE_CHECKING:
    from types import TracebackType

_FIRST_AFTER = 1.0
_EVERY = 0.2
_MEGABYTE = 1_000_000


class Bytes:
    """Tells of bytes that come while the block runs.

    Args:
        total: How many will; None where nobody knows.
    """

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._next = time.monotonic() + _FIRST_AFTER
        self._shown = False
        self._quiet = not sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown:
            click.echo(err=True)

    def came(self, count: int) -> None:
        """Tell that so many bytes are there by now."""
        if self._quiet or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _EVERY
        self._shown = True
        click.echo(f"\r{described(count, self._total)}", nl=False, err=True)


def described(count: int, total: int | None) -> str:
    """Return how far it is, as wide each time."""
    of = "" if total is None else f" of {total / _MEGABYTE:.1f}"
    return f"{count / _MEGABYTE:8.1f}{of} MB"

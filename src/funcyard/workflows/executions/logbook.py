"""What one running execution has said: held whole, shown live, kept in storage as it grows.

Entries are lines of JSON; a place in a log is a number of bytes, the same in memory, in the row of
a short execution and in the blob of a longer one. Whoever reads on another engine sees the blob,
which is at most :data:`_DELAY_SECONDS` behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Final

from funcyard.errors import FuncyardError
from funcyard.workflows.executions.payloads import LogTakenOverError

if TYPE_CHECKING:
    from funcyard.workflows.executions.model import Execution
    from funcyard.workflows.executions.payloads import Payloads

INLINE: Final = 24_000
"""Characters of log that an execution's row takes."""

_DELAY_SECONDS: Final = 1.0
_MARGIN: Final = 8
"""Bytes of JSON that a character of text may take, and a little more."""


def log_name(organization: str, identity: str) -> str:
    """Return the name of the blob that holds an execution's log."""
    return f"logs/{organization}/{identity}.jsonl"


class LogBook:
    """The log of one execution while it runs here.

    Args:
        execution: Which.
        payloads: Where it is kept.
        limit: Bytes of text that it takes; the worker keeps to less, unless the code speaks in
            its stead.
        kept: Bytes that earlier attempts have left in storage.
    """

    def __init__(self, execution: Execution, payloads: Payloads, limit: int, kept: int = 0) -> None:
        self._name = log_name(execution.organization, execution.id)
        self._payloads = payloads
        self._room = limit * _MARGIN
        self._base = kept
        self._stored = kept
        self._text = bytearray()
        self._news = asyncio.Event()
        self._ending = asyncio.Event()
        self._keeping = asyncio.create_task(self._keep())
        self.over = False

    @property
    def base(self) -> int:
        """The place at which what is held here begins."""
        return self._base

    def add(self, entries: list[dict[str, Any]]) -> None:
        """Take entries; what is no entry, or too much, is dropped."""
        for entry in entries:
            line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
            if self._room > 0:
                self._text += line
            self._room -= len(line)
        self._tell()

    def read(self, place: int) -> bytes:
        """Return what was said from a place on."""
        return bytes(self._text[max(0, place - self._base) :])

    async def news(self) -> None:
        """Wait until more was said, or it is over."""
        if not self.over:
            await self._news.wait()

    async def close(self, *, final: bool) -> str | None:
        """End it; return the text to be kept in the row, None where a blob has it.

        Args:
            final: Whether no attempt follows that would say more.
        """
        self._ending.set()
        await self._keeping
        inline = final and self._stored == 0 and len(self._text) <= INLINE
        if not inline:
            await self._store()
        return self._text.decode() if inline else None

    def finish(self) -> None:
        """Tell readers that nothing follows."""
        self.over = True
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    async def _keep(self) -> None:
        # Never cut off in the middle: whether an append has landed must be known before the next.
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DELAY_SECONDS):
                    await self._ending.wait()
                return
            await self._store()

    async def _store(self) -> None:
        rest = bytes(self._text[self._stored - self._base :])
        if not rest:
            return
        # A storage that is away for a while costs delay, and a log that was taken over is of an
        # execution that was: neither ends what runs.
        with contextlib.suppress(FuncyardError, LogTakenOverError):
            await self._payloads.append(self._name, rest, self._stored)
            self._stored += len(rest)

"""One streamed body on its way over the channel: sent in pieces, taken piece by piece.

A sender may send as many bytes as it has credit for; the receiver grants credit again as it takes
what came. So a body of any length needs a window's memory at each end, a slow receiver slows its
own sender alone, and the channel stays free for others. Host and worker use both classes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .channel import Head

    Post = Callable[[Head, Sequence[bytes]], None]

PIECE = 64 * 1024
"""Bytes of a body that a message holds at most; less than what the channel cuts into frames."""

WINDOW = 4 * PIECE
"""Bytes that may be on their way to a receiver that has taken none of them."""

END = "end"
"""Key of a message's head that says: this is the last piece."""


class Outflow:
    """Sends one body.

    Args:
        post: Sends a message.
        credit: Bytes that may be sent at once.
    """

    def __init__(self, post: Post, credit: int) -> None:
        self._post = post
        self._credit = credit
        self._granted = asyncio.Event()
        self._closed = False

    def grant(self, size: int) -> None:
        """Allow ``size`` more bytes."""
        self._credit += size
        self._granted.set()

    def close(self) -> None:
        """Drop what is to be sent from now on: the receiver is gone."""
        self._closed = True
        self._granted.set()

    async def room(self) -> None:
        """Wait until something may be sent, or the receiver is gone."""
        while not self._credit and not self._closed:
            self._granted.clear()
            await self._granted.wait()

    async def send(self, body: bytes | memoryview, *, end: bool = False) -> None:
        """Send the next bytes, waiting for credit; ``end`` says that they are the last."""
        size, position = len(body), 0
        while position < size:
            await self.room()
            if self._closed:
                return
            piece = bytes(body[position : position + min(PIECE, self._credit)])
            position += len(piece)
            self._credit -= len(piece)
            self._post({END: True} if end and position == size else {}, (piece,))
        if end and not size and not self._closed:
            self._post({END: True}, ())


class Inflow:
    """Receives one body.

    Args:
        grant: Tells the sender how many more bytes it may send.
        owed: Bytes to be granted when the first piece is asked for: the window of a sender that
            begins without credit.
    """

    def __init__(self, grant: Callable[[int], None], owed: int = 0) -> None:
        self._grant = grant
        self._owed = owed
        self._messages: deque[tuple[Head, bytes]] = deque()
        self._news = asyncio.Event()
        self._ended = False
        self._finished = False

    @property
    def ended(self) -> bool:
        """Whether the last piece has arrived, taken or not."""
        return self._ended

    def put(self, head: Head, piece: bytes) -> None:
        """Keep what arrived until it is taken."""
        self._messages.append((head, piece))
        self._ended |= END in head
        self._news.set()

    def finish(self) -> None:
        """Expect nothing more: what has arrived can still be taken."""
        self._finished = True
        self._news.set()

    def close(self) -> None:
        """Drop what was not taken and expect nothing more."""
        self._messages.clear()
        self.finish()

    async def take(self) -> tuple[Head, bytes] | None:
        """Return the next message, waiting for it; None after the flow was finished.

        Asking for a piece says that the one before is dealt with.
        """
        while not self._messages:
            if self._finished:
                return None
            self._give_back()
            self._news.clear()
            await self._news.wait()
        self._give_back()
        head, piece = self._messages.popleft()
        self._owed += len(piece)
        return head, piece

    def _give_back(self) -> None:
        """Grant what was dealt with, in large steps so that credit costs few messages."""
        if self._owed >= WINDOW // 2 and not self._ended:
            self._grant(self._owed)
            self._owed = 0

"""Processes that services of the local Azure start, ended: asked first, killed where that fails."""

from __future__ import annotations

import asyncio
import contextlib


async def end(process: asyncio.subprocess.Process, seconds: float) -> bool:
    """End a process that was started with asyncio; one that has ended is no error.

    Args:
        process: Which.
        seconds: How long it may take to end by itself.

    Returns:
        Whether it did.
    """
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    ended = asyncio.ensure_future(process.wait())
    try:
        # Not asyncio.timeout: in Python 3.11.2 it tells who cleans up after a cancellation of
        # another one instead of the time-out (gh-102780), and nobody would kill the process.
        is_over, _ = await asyncio.wait((ended,), timeout=seconds)
        if not is_over:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await ended
    finally:
        ended.cancel()
    return bool(is_over)

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
    try:
        async with asyncio.timeout(seconds):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
    return True

"""Packages that are installed beside a scope's files: ``.packages`` in its root of the view.

They are no part of a version (decision 7): a worker imports what lies there. So that no worker goes
on with what was there before, the folder is looked at before each start, at most once a second; the
view may be away, and nobody waits for it then.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final

from funcyard.workflows.worker.modules import PACKAGES

_LOOK_SECONDS: Final = 1.0
_WAIT_SECONDS: Final = 1.0


def changed(view: str) -> int:
    """Return when something was last installed or removed there, in nanoseconds; 0 for nothing.

    Installers put a package's folders into the one that they are given, and so change its time.

    Args:
        view: What the scope's root is called in the view.
    """
    with suppress(OSError):
        return (Path(view) / PACKAGES).stat().st_mtime_ns
    return 0


class Installed:
    """When packages were last changed, by view."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float]] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}

    async def changed(self, view: str) -> int:
        """Return what :func:`changed` says, or did when the view could last be looked at."""
        known = self._known.get(view)
        if known is None or monotonic() - known[1] >= _LOOK_SECONDS:
            if view not in self._looking:
                self._looking[view] = asyncio.create_task(self._look(view))
            await asyncio.wait([self._looking[view]], timeout=_WAIT_SECONDS)
            # One that hangs is asked again no sooner than it answers.
            self._known.setdefault(view, (0, monotonic()))
        return self._known[view][0]

    async def _look(self, view: str) -> None:
        try:
            self._known[view] = (await asyncio.to_thread(changed, view), monotonic())
        finally:
            del self._looking[view]

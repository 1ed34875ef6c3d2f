"""Saved files, turned into the apps that must load again.

Only source and host.json count: an app may write data below its own folder without being reloaded.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from watchfiles import Change, DefaultFilter, watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

_DEBOUNCE_MS = 60
_STEP_MS = 20
_SUFFIXES = frozenset({".py", ".pyi"})
_NAMES = frozenset({"host.json"})


class _Sources(DefaultFilter):
    """Lets through what a reload depends on, outside environments, caches and Git."""

    def __call__(self, change: Change, path: str) -> bool:
        name = Path(path)
        interesting = name.suffix in _SUFFIXES or name.name in _NAMES
        return interesting and super().__call__(change, path)


async def changed_apps(
    folders: Mapping[str, Sequence[Path]], stop: asyncio.Event
) -> AsyncIterator[dict[str, list[Path]]]:
    """Yield, for each burst of saves, the apps concerned and the files that changed.

    Args:
        folders: For each app its own folder and those of the local packages that it uses.
        stop: Ends the iteration when set.
    """
    owners: dict[Path, list[str]] = {}
    for app, paths in folders.items():
        for path in paths:
            owners.setdefault(path.resolve(), []).append(app)
    # Not `awatch`: what it runs on takes longer to import than the rest of the watcher.
    watcher = watch(
        *owners,
        watch_filter=_Sources(),
        debounce=_DEBOUNCE_MS,
        step=_STEP_MS,
        stop_event=stop,
        recursive=True,
    )
    try:
        while (changes := await asyncio.to_thread(next, watcher, None)) is not None:
            concerned: dict[str, list[Path]] = {}
            for _, text in changes:
                path = Path(text)
                for folder, apps in owners.items():
                    if path.is_relative_to(folder):
                        for app in apps:
                            concerned.setdefault(app, []).append(path)
            if concerned:
                yield concerned
    finally:
        stop.set()  # else the thread of a cancelled watch would go on

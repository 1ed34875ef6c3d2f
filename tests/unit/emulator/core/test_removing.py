"""Deleting a resource with what is below it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from funcyard.emulator.core.records import Kept
from funcyard.emulator.core.removing import remove_below
from funcyard.emulator.core.store import Store


def _kept(identifier: str) -> Kept:
    return Kept(identifier, "N.S/t", {"properties": {}}, "Succeeded", "now", "now")


async def test_what_is_in_the_making_goes_with_what_it_is_made_in(tmp_path: Path) -> None:
    store = Store(tmp_path)
    taken_down: list[str] = []

    async def deleted(_core: Any, kept: Kept) -> None:  # noqa: ANN401 - the stand-in below
        taken_down.append(kept.id)

    async def abandon(_key: str) -> None:
        """Nothing goes on."""

    core: Any = SimpleNamespace(
        store=store,
        writing={"/s/g/x"},
        operations=SimpleNamespace(abandon=abandon),
        type_of=lambda _: SimpleNamespace(deleted=deleted),
    )
    deleting = asyncio.create_task(remove_below(core, _kept("/s/g")))
    await asyncio.sleep(0)
    store.save(_kept("/s/g/x"))
    core.writing.clear()
    await deleting
    assert taken_down == ["/s/g/x", "/s/g"]
    assert store.below("/s/g") == []
    store.close()

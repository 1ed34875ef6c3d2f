"""Which tokens a twin has to be replaced, and that a step is made under the state's lock."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.deploying.contexts import across, example

from funcyard.deploy.folder import FolderStore
from funcyard.deploy.store import StateLockedError
from funcyard.twin.contract import settings
from funcyard.twin.deploying.rotating import (
    UnknownTokenError,
    advance,
    take_back,
    tokens_of,
    unsettled,
)
from funcyard.twin.secrets import Generation, read_generations

_ONE = settings.HOT_READER_TOKEN


def test_a_twin_has_a_token_for_each_boundary_and_one_for_readers(tmp_path: Path) -> None:
    assert tokens_of(example()) == (_ONE,)
    found = tokens_of(across(tmp_path, "layer_2_provider"))
    assert set(found) >= {settings.INGESTION_TOKEN, settings.HOT_WRITER_TOKEN, _ONE}
    with pytest.raises(UnknownTokenError, match="INGESTION_TOKEN"):
        tokens_of(example(), (settings.INGESTION_TOKEN,))


async def test_three_steps_replace_a_token(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, "twin")
    begun = []
    for _ in range(3):
        await advance(tmp_path, store, (_ONE,))
        begun.append(unsettled(tmp_path, (_ONE, "OTHER")))
    assert begun == [(_ONE,), (_ONE,), ()]
    assert read_generations(tmp_path) == {_ONE: Generation(2, (2,))}


async def test_a_step_that_is_declined_leaves_what_counted(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, "twin")
    await advance(tmp_path, store, (_ONE,))
    begun = read_generations(tmp_path)

    await take_back(tmp_path, store, await advance(tmp_path, store, (_ONE,)))

    assert read_generations(tmp_path) == begun


async def test_no_step_is_made_while_another_deploys(tmp_path: Path) -> None:
    store = FolderStore(tmp_path, "twin")
    async with store.open():
        with pytest.raises(StateLockedError):
            await advance(tmp_path, store, (_ONE,))
    assert read_generations(tmp_path) == {}

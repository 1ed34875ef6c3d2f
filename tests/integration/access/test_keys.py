"""Workflow keys on a real Table Storage."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from funcyard.access.errors import UnauthenticatedError
from funcyard.access.keys import NoSuchKeyError, WorkflowKeys
from funcyard.access.principal import Principal
from funcyard.azure.storage import StorageAccount

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOSS = Principal("boss", "tenant", "Boss")


@pytest.fixture
async def keys(connection: str) -> AsyncIterator[WorkflowKeys]:
    async with StorageAccount.from_connection_string(connection).tables() as tables:
        made = WorkflowKeys(tables, table=f"t{uuid.uuid4().hex}")
        await made.provision()
        yield made


async def test_a_key_opens_until_it_is_removed(keys: WorkflowKeys) -> None:
    key, text = await keys.create("acme", workflow="greet", description="CRM", by=BOSS)
    assert await keys.find(text) == key
    assert await keys.all("acme") == [key]
    assert await keys.all("other") == []
    with pytest.raises(NoSuchKeyError):
        await keys.remove("other", key.id)
    await keys.remove("acme", key.id)
    with pytest.raises(UnauthenticatedError):
        await keys.find(text)
    with pytest.raises(NoSuchKeyError):
        await keys.remove("acme", key.id)


async def test_all_keys_of_a_scope_are_removed_together(keys: WorkflowKeys) -> None:
    opened = [(await keys.create("acme", by=BOSS))[1] for _ in range(3)]
    other, text = await keys.create("acme-2", by=BOSS)
    await keys.clear("acme")
    assert await keys.all("acme") == []
    for one in opened:
        with pytest.raises(UnauthenticatedError):
            await keys.find(one)
    assert await keys.find(text) == other


async def test_storage_holds_nothing_that_opens(keys: WorkflowKeys) -> None:
    key, text = await keys.create("GLOBAL", by=BOSS)
    for guess in (
        key.id,
        f"wfk_{key.id}",
        text[:-1],
        text + "a",
        text.upper(),
        "wfk_",
        "",
        "\ud800",
    ):
        with pytest.raises(UnauthenticatedError):
            await keys.find(guess)


@pytest.mark.parametrize("identity", ["", "x" * 32, "../../a", "'", "A" * 32])
async def test_what_cannot_be_an_id_names_no_key(keys: WorkflowKeys, identity: str) -> None:
    with pytest.raises(NoSuchKeyError):
        await keys.remove("acme", identity)

"""Organisations and their members on a real Table Storage."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest

from funcyard.access.directory import Directory
from funcyard.access.errors import (
    ForbiddenError,
    InvalidOrganisationError,
    NoSuchOrganisationError,
    OrganisationChangedError,
    OrganisationInUseError,
    OrganisationRemovedError,
    OrganisationThereError,
)
from funcyard.access.principal import ADMIN, Principal
from funcyard.azure.storage import StorageAccount

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BOSS = Principal("boss", "tenant", "Boss", frozenset({ADMIN}))
USER = Principal("user", "tenant", "User")


@pytest.fixture
async def directory(connection: str) -> AsyncIterator[Directory]:
    account = StorageAccount.from_connection_string(connection)
    async with account.tables() as tables:
        made = Directory(tables, table=f"t{uuid.uuid4().hex}")
        await made.provision()
        yield made


async def test_a_member_acts_for_their_organisation_until_it_is_deactivated(
    directory: Directory,
) -> None:
    await directory.create("acme", "Acme Ltd", by=BOSS)
    with pytest.raises(ForbiddenError):
        await directory.grant(USER, None)
    await directory.add_member("acme", USER.key, by=BOSS)
    assert (await directory.grant(USER, None)).scope == "acme"
    assert (await directory.grant(USER, "acme")).scope == "acme"
    await directory.change("acme", is_active=False)
    with pytest.raises(ForbiddenError):
        await directory.grant(USER, None)
    with pytest.raises(NoSuchOrganisationError):
        await directory.grant(BOSS, "acme")


async def test_somebody_belongs_to_one_organisation_only(directory: Directory) -> None:
    await directory.create("one", "One", by=BOSS)
    await directory.create("two", "Two", by=BOSS)
    await directory.add_member("one", USER.key, by=BOSS)
    await directory.add_member("two", USER.key, by=BOSS)
    assert await directory.members("one") == []
    await directory.remove_member("one", USER.key)
    assert (await directory.grant(USER, None)).scope == "two"
    await directory.remove_member("two", USER.key)
    await directory.remove_member("two", USER.key)
    with pytest.raises(ForbiddenError):
        await directory.grant(USER, None)


async def test_members_are_listed_of_their_organisation_alone(directory: Directory) -> None:
    for name in ("one", "one-more", "on"):
        await directory.create(name, name, by=BOSS)
    for name, keys in {"one": ("t:b", "t:a", "of:one"), "one-more": ("t:c",)}.items():
        for key in keys:
            await directory.add_member(name, key, by=BOSS)
            await directory.add_member(name, key, by=BOSS)
    assert await directory.members("one") == ["of:one", "t:a", "t:b"]
    assert await directory.members("one-more") == ["t:c"]
    assert await directory.members("on") == []
    await directory.add_member("on", "t:a", by=BOSS)
    assert await directory.members("one") == ["of:one", "t:b"]
    assert await directory.members("on") == ["t:a"]


async def test_of_many_who_move_somebody_at_once_one_has_them(directory: Directory) -> None:
    names = [f"o{number}" for number in range(6)]
    for name in names:
        await directory.create(name, name, by=BOSS)
    moves = [directory.add_member(name, USER.key, by=BOSS) for name in names]
    moved = await asyncio.gather(*moves, return_exceptions=True)
    assert {type(one) for one in moved} <= {type(None), OrganisationChangedError}
    own = await directory.membership(USER)
    listed = [name for name in names if await directory.members(name)]
    assert listed == [own]


async def test_an_organisation_in_use_is_not_removed(directory: Directory) -> None:
    await directory.create("acme", "Acme", by=BOSS)
    await directory.add_member("acme", USER.key, by=BOSS)
    with pytest.raises(OrganisationInUseError, match="active"):
        await directory.remove("acme")
    await directory.change("acme", is_active=False)
    with pytest.raises(OrganisationInUseError, match="belongs"):
        await directory.remove("acme")
    await directory.remove_member("acme", USER.key)
    await directory.remove("acme")
    with pytest.raises(NoSuchOrganisationError):
        await directory.get("acme")


async def test_what_a_removed_organisation_left_is_handed_to_nobody(directory: Directory) -> None:
    await directory.create("acme", "Acme", by=BOSS)
    await directory.change("acme", is_active=False)
    await directory.remove("acme")
    with pytest.raises(OrganisationRemovedError, match="still there"):
        await directory.create("acme", "Beta, really", by=BOSS)
    assert await directory.all() == []
    assert not await directory.is_served("acme")
    for change in (
        directory.change("acme", is_active=True),
        directory.add_member("acme", USER.key, by=BOSS),
        directory.remove("acme"),
    ):
        with pytest.raises(NoSuchOrganisationError):
            await change
    with pytest.raises(NoSuchOrganisationError):
        await directory.grant(BOSS, "acme")


async def test_an_id_is_given_once(directory: Directory) -> None:
    await directory.create("acme", "Acme", by=BOSS)
    with pytest.raises(OrganisationThereError):
        await directory.create("acme", "Other", by=BOSS)
    assert [one.name for one in await directory.all()] == ["Acme"]
    assert (await directory.change("acme", name="New")).name == "New"


@pytest.mark.parametrize("identity", ["global", "GLOBAL", "a/b", "..", "", "a" * 64, "con", "'"])
async def test_what_cannot_be_an_organisation_is_none(directory: Directory, identity: str) -> None:
    with pytest.raises(InvalidOrganisationError):
        await directory.create(identity, "Name", by=BOSS)
    assert await directory.find(identity) is None


@pytest.mark.parametrize("key", ["", "a", "a:", ":a", "a/b:c", "a:b\n", "a:#", "x" * 101 + ":a"])
async def test_what_names_nobody_is_no_member(directory: Directory, key: str) -> None:
    await directory.create("acme", "Acme", by=BOSS)
    with pytest.raises(InvalidOrganisationError):
        await directory.add_member("acme", key, by=BOSS)

"""Engines tell each other what to end, and nothing of a dead one is left."""

from __future__ import annotations

from tests.integration.workflows.platform import Platform, until

from funcyard.workflows.engines import TABLE, Engines


async def test_what_an_engine_is_asked_for_is_told_to_it_alone_and_once(made: Platform) -> None:
    async with made.account.tables() as tables:
        one, other = Engines(tables, 20), Engines(tables, 20)
        await one.provision()
        await other.provision()
        await one.signal(other.own, made.org, "a")
        await one.signal(other.own, made.org, "b")
        assert await one.signals() == []
        assert await other.look() >= {one.own, other.own}
        assert await other.signals() == ["a", "b"]
        assert await other.signals() == []
        await one.leave()
        await other.leave()


async def test_what_a_dead_engine_was_asked_for_is_forgotten(made: Platform) -> None:
    async with made.account.tables() as tables:
        dead, lives = Engines(tables, 0.2), Engines(tables, 0.2)
        await dead.provision()
        await lives.provision()
        await lives.signal(dead.own, made.org, "a")
        await lives.signal("long-gone", made.org, "b")

        async def left() -> list[str]:
            await lives.look()
            rows = tables.get_table_client(TABLE).query_entities("PartitionKey eq 'signals'")
            return [row["RowKey"] async for row in rows if row["Organization"] == made.org]

        assert await until(left, lambda keys: not keys) == []
        await lives.leave()

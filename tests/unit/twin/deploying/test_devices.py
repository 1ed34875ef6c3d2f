"""The keys by which simulated devices connect."""

from __future__ import annotations

from typing import cast

from tests.unit.twin.deploying.contexts import context, example

from funcyard.deploy.resources.reach import Reach
from funcyard.twin.deploying.devices import keys_of
from funcyard.twin.deploying.stack import twin_graph


async def test_nobody_asks_for_keys_of_devices_that_send_nothing() -> None:
    """A hub answers so many questions a second; and a key that nobody needs is not read."""
    nowhere = cast("Reach", None)
    assert await keys_of((), twin_graph(context(example())), nowhere) == {}

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from tests.integration.host.host_app import until

from funcyard.host.listeners.lease import Lease
from funcyard.host.queue_access import ensure_queue

if TYPE_CHECKING:
    from azure.storage.queue.aio import QueueClient
    from tests.integration.host.host_app import App


class _SlowToAnswer:
    """A real queue whose answer to a renewal is held back."""

    def __init__(self, queue: QueueClient) -> None:
        self._queue = queue
        self.renewed = asyncio.Event()
        self.answer = asyncio.Event()

    async def update_message(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the SDK's own
        result = await self._queue.update_message(*arguments, **options)
        self.renewed.set()
        await self.answer.wait()
        return result

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the SDK's own
        return getattr(self._queue, name)


async def test_deleting_waits_for_a_renewal_under_way_and_takes_its_receipt(
    app: App, unique: str
) -> None:
    queue = app.storage.queues().get_queue_client(unique)
    await ensure_queue(queue)
    await queue.send_message("precious")
    message = await queue.receive_message(visibility_timeout=2)
    assert message is not None
    slow = _SlowToAnswer(queue)
    lease = Lease(cast("QueueClient", slow), message, 2)
    await asyncio.wait_for(slow.renewed.wait(), 20)

    deleting = asyncio.create_task(lease.delete())
    await asyncio.sleep(0.1)
    assert not deleting.done()
    slow.answer.set()
    await deleting

    assert await until(lambda: _is_empty(queue))


async def _is_empty(queue: QueueClient) -> bool:
    return not await queue.peek_messages()

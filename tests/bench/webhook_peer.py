"""The least that can take a delivery: checks its signature, puts its commit into a queue.

Started by uvicorn, with ``STORAGE`` (a connection string), ``QUEUE`` and ``SECRET`` in its
environment.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
from typing import TYPE_CHECKING

from azure.storage.queue import TextBase64EncodePolicy
from azure.storage.queue.aio import QueueClient
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

_queue = QueueClient.from_connection_string(
    os.environ["STORAGE"], os.environ["QUEUE"], message_encode_policy=TextBase64EncodePolicy()
)


async def take(request: Request) -> JSONResponse:
    """Take a delivery."""
    body = await request.body()
    made = hmac.new(os.environ["SECRET"].encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"sha256={made}", request.headers["x-hub-signature-256"]):
        return JSONResponse({}, 401)
    await _queue.send_message(json.dumps({"commit": json.loads(body)["after"]}))
    return JSONResponse({}, 202)


@contextlib.asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncIterator[None]:
    async with _queue:
        await _queue.create_queue()
        yield


app = Starlette(routes=[Route("/", take, methods=["POST"])], lifespan=_lifespan)

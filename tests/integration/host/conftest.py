"""A real Azurite with a key of its own, and apps on it."""

from __future__ import annotations

import asyncio
import json
import sys
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.host.host_app import App, new_key

from funcyard.host.azurite.locate import Azurite, Places, find
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events
from funcyard.host.host_json import parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from funcyard.functions.model import Json


@pytest.fixture(scope="session")
def azurite() -> Azurite:
    return find(
        Places(
            prefix=Path(sys.prefix),
            data_home=Path.home() / ".local" / "share",
            search_path="/usr/local/bin:/usr/bin:/bin",
        )
    )


@pytest.fixture(scope="session")
def connection(azurite: Azurite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The connection string of one Azurite, run on a loop of its own for the whole session."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    process = AzuriteProcess(
        azurite,
        location=tmp_path_factory.mktemp("azurite"),
        key=new_key(),
        ports=Ports(),
        events=Events(),
    )
    asyncio.run_coroutine_threadsafe(process.start(), loop).result(60)
    yield process.connection_string
    asyncio.run_coroutine_threadsafe(process.stop(), loop).result(60)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
async def make_app(connection: str) -> AsyncIterator[Callable[..., App]]:
    """Build apps on the session's Azurite; their clients are closed at the end."""
    apps: list[App] = []

    def build(host_json: Json | None = None, **rest: Any) -> App:  # noqa: ANN401 - App's fields
        text = (
            '{"version": "2.0"}'
            if host_json is None
            else json.dumps({"version": "2.0", **host_json})
        )
        app = App(rest.pop("connection", connection), parse(text), **rest)
        apps.append(app)
        return app

    yield build
    for app in apps:
        await app.storage.close()
        await app.topics.close()


@pytest.fixture
def app(make_app: Callable[..., App]) -> App:
    return make_app()


@pytest.fixture
def unique() -> str:
    """A name nobody else uses, valid for containers, queues and, as it stands, tables."""
    return f"t{uuid.uuid4().hex[:16]}"

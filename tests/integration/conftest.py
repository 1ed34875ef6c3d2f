"""One real Azurite, with a key of its own, for all tests of a process that need no other."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.host.host_app import new_key

from funcyard.host.azurite.locate import Azurite, Places, find
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events


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

"""What commands that serve show, and what they do not."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from funcyard.cli._serving import serve
from funcyard.cli._up_view import PlainView
from funcyard.host.events import Events


class _Service:
    """Is up at once and ends at once; meanwhile a client of Azure's warns."""

    in_flight = 0

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def status(self) -> dict[str, Any]:
        return {"apps": [], "storage": {}}

    def request_stop(self) -> None:
        self._asked.set()

    async def start(self) -> None:
        logging.getLogger("azure.core.pipeline").warning("between the lines")
        self.request_stop()

    async def wait(self) -> None:
        await self._asked.wait()

    async def stop(self) -> None:
        pass


async def test_what_azure_s_clients_warn_of_does_not_stand_between_the_lines(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own, which no command has
    service = _Service()
    assert await serve(service, service.start(), Events(), PlainView()) == 0
    told = capfd.readouterr()
    assert "ended" in told.out
    assert "between the lines" not in told.out + told.err

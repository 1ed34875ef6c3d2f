"""Apps on the Azurite of all integration tests."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from tests.integration.host.host_app import App

from funcyard.host.host_json import parse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from funcyard.functions.model import Json


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

"""Whatever is sent to a Grafana is taken or refused in its own way; nothing fails on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.emulator.odd_documents import changed

from funcyard.emulator.core.clock import Clock
from funcyard.emulator.grafana import dashboards, data_sources, folders, service_accounts
from funcyard.emulator.grafana.access import User
from funcyard.emulator.grafana.call import Call
from funcyard.emulator.grafana.errors import GrafanaError
from funcyard.emulator.grafana.store import GrafanaStore
from funcyard.emulator.http import Answer, Request

_SOURCE = {
    "name": "Readings",
    "type": "json",
    "url": "https://x",
    "jsonData": {"a": 1},
    "secureJsonData": {"b": "c"},
}
_DASHBOARD = {
    "dashboard": {"id": None, "uid": "rooms", "title": "Rooms", "tags": ["iot"], "version": 1},
    "folderUid": "",
    "overwrite": True,
}
_FOLDER = {"title": "Twin", "uid": "twin", "overwrite": True}
_ACCOUNT = {"name": "program", "role": "Viewer", "isDisabled": False}
_TOKEN = {"name": "token", "secondsToLive": 60}
_ASKED: list[tuple[Callable[[Call], Answer], tuple[str, ...], dict[str, Any]]] = [
    (data_sources.add, (), _SOURCE),
    (data_sources.put_by_uid, ("kept",), _SOURCE),
    (dashboards.put, (), _DASHBOARD),
    (folders.add, (), _FOLDER),
    (folders.put, ("kept",), _FOLDER),
    (service_accounts.add, (), _ACCOUNT),
    (service_accounts.add_token, ("1",), _TOKEN),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GrafanaStore]:
    made = GrafanaStore(tmp_path_factory.mktemp("grafana") / "grafana.sqlite")
    service_accounts.add(_call(made, (), _ACCOUNT))
    data_sources.add(_call(made, (), {**_SOURCE, "uid": "kept"}))
    folders.add(_call(made, (), {"title": "Kept", "uid": "kept"}))
    yield made
    made.close()


def _call(store: GrafanaStore, names: tuple[str, ...], body: object) -> Call:
    request = Request("POST", "/", {}, {}, json.dumps(body).encode())
    return Call(store, Clock(), User("ada", "Admin"), request, names, {})


@given(
    asked=st.sampled_from(_ASKED).flatmap(
        lambda one: st.tuples(st.just(one[0]), st.just(one[1]), changed(one[2]))
    )
)
def test_a_body_is_taken_or_refused(
    store: GrafanaStore, asked: tuple[Callable[[Call], Answer], tuple[str, ...], Any]
) -> None:
    handler, names, body = asked
    try:
        handler(_call(store, names, body))
    except GrafanaError as refused:
        assert 400 <= refused.status < 500  # noqa: PT017 - which it may be is what counts
    # Whatever was taken is shown and found.
    dashboards.search(_call(store, (), {}))
    data_sources.listed(_call(store, (), {}))
    folders.listed(_call(store, (), {}))

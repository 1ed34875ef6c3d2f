"""Whatever is sent is taken or refused with Azure's codes; nothing fails on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integration.emulator.twins import HALL, HEATER, ROOM, room
from tests.unit.emulator.digitaltwins.graphs import graph
from tests.unit.emulator.odd_documents import changed

from funcyard.emulator.digitaltwins.bodies import twin_of
from funcyard.emulator.digitaltwins.dtdl.elements import ElementError
from funcyard.emulator.digitaltwins.dtdl.reading import interface_of
from funcyard.emulator.digitaltwins.errors import TwinsError
from funcyard.emulator.digitaltwins.graph import Graph
from funcyard.emulator.digitaltwins.patches import patched


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Graph]:
    made = graph(tmp_path_factory.mktemp("graph"), HEATER, ROOM, HALL)
    yield made
    made.store.close()


@given(document=st.sampled_from([ROOM, HALL, HEATER]).flatmap(changed))
def test_a_document_is_a_model_or_refused(document: Any) -> None:  # noqa: ANN401 - JSON
    try:
        found, _ = interface_of(document)
    except ElementError:
        return
    assert found.id == document["@id"]


@given(twin=changed(room(temperature=1, tags={"a": True}, label="x")))
def test_a_body_is_a_twin_or_refused(known: Graph, twin: Any) -> None:  # noqa: ANN401 - JSON
    if not isinstance(twin, dict):
        return
    try:
        kept = twin_of(known, "room", twin, None)
    except TwinsError as refused:
        assert refused.status == 400  # noqa: PT017 - which it may be is what counts
        return
    assert kept["$metadata"]["$model"] == twin["$metadata"]["$model"]


_PATCH = [
    {"op": "replace", "path": "/temperature", "value": 2},
    {"op": "add", "path": "/tags/b", "value": False},
    {"op": "remove", "path": "/label"},
]


@given(patch=changed(_PATCH))
def test_a_patch_is_applied_or_refused(known: Graph, patch: Any) -> None:  # noqa: ANN401 - JSON
    before = twin_of(known, "room", room(temperature=1, tags={"a": True}, label="x"), None)
    try:
        twin_of(known, "room", patched(before, patch), before)
    except TwinsError as refused:
        assert refused.status == 400  # noqa: PT017 - which it may be is what counts

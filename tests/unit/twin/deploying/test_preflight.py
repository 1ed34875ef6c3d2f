"""What keeps a twin from being deployed is told by layer, in words, all at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.twin.deploying.contexts import context, example
from tests.unit.twin.twins import changed, copied

from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.twin import Twin
from funcyard.twin.deploying.preflight import NotReadyError, check_ready, obstacles
from funcyard.twin.deploying.stack import brought, twin_graph

_CONNECTION = {"url": "https://twin.example.org/api/ingestion", "token": "env:THEIR_TOKEN"}


def _elsewhere(folder: Path, slot: str, *, connections: Mapping[str, object] | None = None) -> Twin:
    made = copied(folder)
    changed(made, "config_providers.json", (slot,), "aws")
    if connections is not None:
        (made / "config_inter_cloud.json").write_text("{}")
        changed(made, "config_inter_cloud.json", ("connections",), connections)
    return read_twin(made).twin


def test_nothing_is_in_the_way_of_the_example() -> None:
    assert obstacles(context(example())) == []
    check_ready(context(example()))


def test_a_token_that_is_not_set_is_named_with_its_layer(tmp_path: Path) -> None:
    connections = {
        "azure_l1_to_aws_l2": _CONNECTION,
        "aws_l2_to_azure_l3": {**_CONNECTION, "token": "env:OTHER_TOKEN"},
    }
    twin = _elsewhere(tmp_path, "layer_2_provider", connections=connections)
    (found,) = [one for one in obstacles(context(twin)) if "THEIR_TOKEN" in one.message]
    assert str(found) == "[l1] THEIR_TOKEN is not set: it is the token of azure_l1_to_aws_l2"
    told = context(twin, environ={"THEIR_TOKEN": "x"})
    assert not [one for one in obstacles(told) if "THEIR_TOKEN" in one.message]


def test_a_slot_where_nothing_is_deployed_is_named(tmp_path: Path) -> None:
    twin = _elsewhere(tmp_path, "layer_5_provider")
    with pytest.raises(NotReadyError, match=r"\[l5\] layer_5_provider is aws") as caught:
        check_ready(context(twin))
    assert "the twin cannot be deployed as it is" in caught.value.message
    check_ready(context(twin), ("l1", "l2"))


def test_what_keeps_functions_from_working_that_come_along_is_told_too(tmp_path: Path) -> None:
    """L1 alone brings the functions of L2, and of L3 nothing but what keeps readings."""
    made = copied(tmp_path)
    changed(made, "config_events.json", (0, "action", "autoDeploy"), False)  # noqa: FBT003 - a value
    changed(made, "config_events.json", (1, "action", "autoDeploy"), False)  # noqa: FBT003 - a value
    given = context(read_twin(made).twin)

    assert brought(twin_graph(given, ("l1",)), ("l1",)) == {"l1", "l2"}
    assert brought(twin_graph(given), ()) == frozenset()
    with pytest.raises(NotReadyError, match=r"\[l2\] the function raise-alarm"):
        check_ready(given, brought(twin_graph(given, ("l1",)), ("l1",)))


def test_feedback_has_no_way_to_devices_elsewhere(tmp_path: Path) -> None:
    twin = _elsewhere(tmp_path, "layer_1_provider")
    found = [str(one) for one in obstacles(context(twin))]
    assert any(one.startswith("[l2] devices of aws get no feedback") for one in found)
    assert not any(one.startswith("[l1]") for one in found), found


def test_a_function_that_is_deployed_by_nobody_is_named(tmp_path: Path) -> None:
    made = copied(tmp_path)
    for number in (0, 1):
        changed(made, "config_events.json", (number, "action", "autoDeploy"), False)  # noqa: FBT003 - a value
    found = [str(one) for one in obstacles(context(read_twin(made).twin))]
    assert len(found) == 1
    assert found[0].startswith("[l2] the function raise-alarm is not deployed with the twin")

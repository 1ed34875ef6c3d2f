"""Room for the agents of a run: told before anything is made."""

from __future__ import annotations

import pytest

from funcyard.orchestrator.room import RoomError, check_room

_E16 = {"name": "E16", "workloadProfileType": "E16", "minimumCount": 0, "maximumCount": 2}
_CONSUMPTION = {"name": "Consumption", "workloadProfileType": "Consumption"}


def test_agents_that_fill_a_node_need_a_node_each() -> None:
    with pytest.raises(RoomError) as told:
        check_room(_E16, 16, 128, 5)

    assert "need 5 nodes of E16, and E16 has at most 2" in str(told.value)
    assert told.value.hint is not None
    assert "maximumCount" in told.value.hint
    assert check_room(_E16, 16, 128, 2) == "2 agents on 2 nodes of E16"


def test_agents_of_64_gib_share_nodes_in_pairs() -> None:
    assert check_room({**_E16, "maximumCount": 3}, 2, 64, 5) == "5 agents on 3 nodes of E16"


def test_an_agent_that_is_larger_than_a_node_fits_nowhere() -> None:
    with pytest.raises(RoomError, match="larger than a node of E16"):
        check_room(_E16, 32, 64, 1)


def test_the_shared_profile_has_fixed_pairs_and_the_nearest_is_named() -> None:
    assert check_room(_CONSUMPTION, 2, 4, 30) == "agents of 2 vCPU and 4 GiB on Consumption"
    with pytest.raises(RoomError) as told:
        check_room(_CONSUMPTION, 1, 4, 5)
    assert told.value.hint == "AGENT_CPU and AGENT_MEMORY_GIB: 2 vCPU and 4 GiB"
    with pytest.raises(RoomError) as told:
        check_room(_CONSUMPTION, 2, 64, 5)
    assert told.value.hint == "a dedicated profile"


def test_of_a_type_that_is_not_known_nothing_is_claimed() -> None:
    assert "not known" in check_room({"name": "x", "workloadProfileType": "Z99"}, 2, 4, 5)

from __future__ import annotations

from collections import Counter

import pytest

from funcyard.twin.contract import settings
from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.functions import (
    FUNCTIONS,
    Function,
    Guard,
    Trigger,
    address,
    function,
    in_layer,
)

_NAMED = {value for name, value in vars(settings).items() if name.isupper()}
_CORE = {
    "l0": [
        "ingestion", "hot-writer", "cold-writer", "archive-writer", "hot-reader",
        "hot-reader-last-entry", "adt-pusher",
    ],
    "l1": ["dispatcher", "connector"],
    "l2": [
        "default-processor", "processor_wrapper", "persister", "event-checker", "event-feedback",
        "event-action",
    ],
    "l3": ["hot-reader", "hot-reader-last-entry", "hot-to-cold-mover", "cold-to-archive-mover"],
    "l4": [
        "digital-twin-data-connector", "digital-twin-data-connector-last-entry", "adt-updater",
    ],
}  # fmt: skip


@pytest.mark.parametrize("layer", _CORE)
def test_every_layer_has_its_functions(layer: str) -> None:
    assert [one.name for one in in_layer(layer)] == _CORE[layer]


@pytest.mark.parametrize("layer", _CORE)
def test_no_two_functions_of_an_app_have_one_name_or_route(layer: str) -> None:
    functions = in_layer(layer)
    routes = Counter(one.route for one in functions if one.route)

    assert len({one.name for one in functions}) == len(functions)
    assert set(routes.values()) <= {1}


@pytest.mark.parametrize("one", FUNCTIONS, ids=lambda one: f"{one.layer}-{one.name}")
def test_what_a_function_reads_is_a_setting_with_a_name(one: Function) -> None:
    assert one.settings <= _NAMED
    assert not set(one.needs) & set(one.may_need)


@pytest.mark.parametrize("one", FUNCTIONS, ids=lambda one: f"{one.layer}-{one.name}")
def test_no_function_answers_to_anybody(one: Function) -> None:
    assert (one.guard is None) == (one.trigger is not Trigger.HTTP)
    assert (one.token is not None) == (one.guard is Guard.TOKEN)
    assert (one.schedule is not None) == (one.trigger is Trigger.TIMER)


@pytest.mark.parametrize(
    ("sender", "layer", "receiver", "where"),
    [
        ("connector", "l1", "ingestion", settings.INGESTION_URL),
        ("persister", "l2", "hot-writer", settings.HOT_WRITER_URL),
        ("persister", "l2", "adt-pusher", settings.ADT_PUSHER_URL),
        ("hot-to-cold-mover", "l3", "cold-writer", settings.COLD_WRITER_URL),
        ("cold-to-archive-mover", "l3", "archive-writer", settings.ARCHIVE_WRITER_URL),
        ("digital-twin-data-connector", "l4", "hot-reader", settings.HOT_READER_URL),
        (
            "digital-twin-data-connector-last-entry", "l4", "hot-reader-last-entry",
            settings.HOT_READER_LAST_ENTRY_URL,
        ),
    ],
)  # fmt: skip
def test_sender_and_receiver_read_one_token(
    sender: str, layer: str, receiver: str, where: str
) -> None:
    token = function(receiver, "l0").token

    assert {token, where} <= function(sender, layer).settings


def test_an_address_is_made_of_app_route_and_parameters() -> None:
    route = function("processor_wrapper", "l2").route or ""
    base = "https://app.example.org/"

    assert address(base, route, device="cold-room-1") == (
        "https://app.example.org/api/processors/cold-room-1"
    )
    assert address(base, "persister") == "https://app.example.org/api/persister"


@pytest.mark.parametrize("device", ["", "..", "a/b", "a?b", "a b", "é"])
def test_an_id_cannot_lead_elsewhere(device: str) -> None:
    with pytest.raises(ContractError, match="device cannot be part of an address"):
        address("https://x", "processors/{device}", device=device)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(ContractError, match="no function persister in l0"):
        function("persister", "l0")
    with pytest.raises(ContractError, match="a parameter that was not given"):
        address("https://x", "processors/{device}")

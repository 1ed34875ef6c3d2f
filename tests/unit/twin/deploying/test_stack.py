"""A twin as a graph of resources: all of it there, every reference sound, no secret in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.twin.deploying.contexts import KEY, across, context, example

from funcyard.deploy.apply import within
from funcyard.deploy.graph import Graph
from funcyard.deploy.plan import Plan
from funcyard.deploy.refs import Given, Ref, SecretRef, Text
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.app_settings import AppSettings
from funcyard.deploy.resources.event_subscription import EventSubscription
from funcyard.deploy.resources.reach import Reach
from funcyard.twin.config.clouds import SLOTS
from funcyard.twin.contract import settings
from funcyard.twin.contract.functions import FUNCTIONS
from funcyard.twin.deploying.stack import LAYER_NAMES, scope_of, twin_graph
from funcyard.twin.providers.azure.places import layer_of
from funcyard.twin.secrets import Secrets


def settings_in(graph: Graph[Reach], address: str) -> Mapping[str, Any]:
    found = graph.resources[address]
    assert isinstance(found, AppSettings)
    return found.properties


def test_the_example_has_every_layer_and_its_names_are_one_of_a_kind() -> None:
    graph = twin_graph(context(example()))
    assert {layer_of(one.address) for one in graph} == set(LAYER_NAMES) - {"l0"}
    assert len({one.identity.lower() for one in graph}) == len(graph.resources)


@pytest.mark.parametrize(
    "slots", list(itertools.chain.from_iterable(itertools.combinations(SLOTS, n) for n in (1, 2)))
)
def test_however_its_layers_are_split_over_two_subscriptions_every_function_has_what_it_needs(
    tmp_path: Path, slots: Sequence[str]
) -> None:
    """A graph with a dangling reference or a circle is not made at all."""
    given = context(across(tmp_path, *slots))
    graph = twin_graph(given)
    for (layer, cloud), shipped in given.packages.items():
        told = settings_in(graph, given.places[cloud].address(layer, "settings"))
        for function in shipped.functions:
            assert set(function.needs) <= told.keys(), function.name
            assert function.token is None or function.token in told


@pytest.mark.parametrize("slot", SLOTS)
def test_sender_and_receiver_of_a_boundary_have_its_token_and_meet_at_its_address(
    tmp_path: Path, slot: str
) -> None:
    given = context(across(tmp_path, slot))
    graph = twin_graph(given)
    for boundary in given.boundaries:
        receiver = given.places[boundary.receiver]
        there = settings_in(graph, receiver.address("l0", "settings"))
        for caller in boundary.callers:
            here = settings_in(
                graph, given.places[boundary.sender].address(caller.layer, "settings")
            )
            assert here[boundary.token] == there[boundary.token]
            for function, setting in boundary.crossing.addresses.items():
                url = here[setting]
                assert isinstance(url, Text)
                assert url.parts == (Ref(receiver.address("l0", "app"), "url"), f"/api/{function}")


def test_a_layer_alone_brings_what_it_depends_on_and_speaks_of_itself() -> None:
    graph = twin_graph(context(example()), ("l3",))
    layers = {layer_of(one.address) for one in graph}
    assert layers == {"setup", "l3"}
    about = scope_of(("l3",))
    assert {one.address for one in graph if about(one.address)} == {
        one.address for one in graph if layer_of(one.address) == "l3"
    }


def test_a_run_about_the_whole_twin_is_so_too_when_it_is_resumed() -> None:
    """What came into the files after it was killed belongs to the whole twin, too."""
    made: Plan[Reach] = Plan({})

    assert within(made, scope_of(())) is None
    assert within(made, scope_of(("l3",))) == ()


def test_events_are_handed_to_functions_only_once_those_answer() -> None:
    graph = twin_graph(context(example()))
    for one in graph:
        if isinstance(one, EventSubscription):
            needed = set(_before(graph, one.address))
            assert {"l2.code", "l2.key"} <= needed or "l4.code" in needed
    assert {"l1.code", "l2.code", "l2.key"} <= set(_before(graph, "l1.dispatcher-events"))


@pytest.mark.parametrize("layer", ["l1", "l5"])
def test_what_takes_or_asks_for_readings_alone_brings_what_keeps_them(
    tmp_path: Path, layer: str
) -> None:
    """Else every reading would fail, and every dashboard, until L3 is deployed some day."""
    across_clouds = across(tmp_path, "layer_2_provider", "layer_3_hot_provider")
    assert "l3.hot" in twin_graph(context(example()), (layer,)).resources
    assert "l3@plant.hot" in twin_graph(context(across_clouds), (layer,)).resources


@pytest.mark.parametrize("slot", SLOTS)
def test_what_receives_in_another_cloud_is_there_and_new_before_what_sends(
    tmp_path: Path, slot: str
) -> None:
    """Both sides of a boundary follow the same contract: neither layer is deployed without L0."""
    given = context(across(tmp_path, slot))
    graph = twin_graph(given)
    for boundary in given.boundaries:
        receiver = given.places[boundary.receiver].address("l0", "code")
        for caller in boundary.callers:
            sender = given.places[boundary.sender].address(caller.layer, "code")
            assert receiver in graph.dependencies[sender]
            assert receiver in twin_graph(given, (caller.layer,)).resources


def _before(graph: Graph[Reach], address: str) -> Iterator[str]:
    for one in graph.dependencies[address]:
        yield one
        yield from _before(graph, one)


def test_no_secret_is_in_the_text_of_a_graph() -> None:
    """Only values that are sealed in records hold one."""
    secrets = Secrets(KEY)
    hidden = [secrets.of(name).value for name in ("l1-key", "l2-key", settings.HOT_READER_TOKEN)]
    graph = twin_graph(context(example()))
    told = "".join(f"{one!r}" for one in graph)
    assert not any(one in told for one in hidden)
    keys = [one for one in graph if one.kind == "host-key"]
    assert keys
    assert all(isinstance(one.properties["value"], Given) for one in keys)


def test_a_twin_whose_days_pass_in_seconds_has_a_clock_and_timers_that_go_by_it() -> None:
    clock = '{"at": "2026-11-22T00:00:00.000Z", "to": "2026-11-22T00:00:00.000Z", "scale": 1000000}'
    usual = settings_in(twin_graph(context(example())), "l3.settings")
    fast = settings_in(twin_graph(context(example(), clock=clock)), "l3.settings")
    assert (usual.get(settings.CLOCK), usual[settings.MOVERS_SCHEDULE]) == (None, "0 0 0 * * *")
    assert (fast[settings.CLOCK], fast[settings.MOVERS_SCHEDULE]) == (clock, "*/1 * * * * *")


def test_what_a_device_measured_first_is_not_held_and_what_is_constant_is() -> None:
    twin = twin_graph(context(example())).resources["l4.twin.cold-room-1"]
    assert twin.properties["serialNumber"] == "CR-0417"
    assert "temperature" not in twin.properties
    assert getattr(twin, "begins_with") == {"temperature": -20.0, "doorOpen": False}  # noqa: B009 - of a subclass


@pytest.mark.parametrize("slots", [(), ("layer_2_provider", "layer_3_hot_provider")])
def test_a_device_that_comes_or_goes_is_a_matter_of_its_own_resources(
    tmp_path: Path, slots: Sequence[str]
) -> None:
    """No app's settings or code are among them, so none restarts."""
    twin = across(tmp_path, *slots)
    fewer = replace(twin, devices=tuple(one for one in twin.devices if one.id != "compressor"))
    more, less = (_held(twin_graph(context(one))) for one in (twin, fewer))
    assert {_part(one) for one in more.keys() - less.keys()} == {
        "device.compressor", "description.compressor", "dashboard.compressor",
    }  # fmt: skip
    assert less.keys() <= more.keys()
    assert {one for one in less if less[one] != more[one]} == {"l4.twin.compressor"}


def test_which_functions_an_app_has_is_no_matter_of_the_devices_without_code() -> None:
    twin = example()
    fewer = replace(twin, devices=tuple(one for one in twin.devices if one.id in twin.processors))
    apps, same = (
        {address: one for address, one in _held(twin_graph(context(each))).items()
         if _part(address) in {"code", "settings", "updater-events"}}
        for each in (twin, fewer)
    )  # fmt: skip
    assert apps.keys() == same.keys()
    assert apps == same


def test_a_device_that_changes_is_a_matter_of_its_own_resources() -> None:
    twin = example()
    room = next(one for one in twin.devices if one.id == "cold-room-1")
    humidity = next(one for one in room.properties if one.name == "humidity")
    changed = {
        "properties": tuple(one for one in room.properties if one is not humidity),
        "twin_id": "compressor-room",
    }
    devices = tuple(one.model_copy(update=changed) if one is room else one for one in twin.devices)
    before, after = (
        _held(twin_graph(context(one))) for one in (twin, replace(twin, devices=devices))
    )
    assert after.keys() - before.keys() == {"l1.twin-of.compressor-room"}
    assert {one for one in before if before[one] != after[one]} == {
        "l1.description.cold-room-1", "l4.twin.cold-room-1", "l5.dashboard.cold-room-1",
        "l1.device.cold-room-1",
    }  # fmt: skip


def _held(graph: Graph[Reach]) -> dict[str, Any]:
    """Return what is held of each resource, and after what it is made."""
    return {one.address: (one.identity, one.properties, one.depends_on) for one in graph}


def _part(address: str) -> str:
    return address.partition(".")[2]


@pytest.mark.parametrize("slot", SLOTS)
def test_devices_are_described_wherever_functions_ask_for_them(tmp_path: Path, slot: str) -> None:
    given = context(across(tmp_path, slot))
    graph = twin_graph(given)
    for (layer, cloud), shipped in given.packages.items():
        place = given.places[cloud]
        if any(settings.INFO_CONTAINER in one.needs for one in shipped.functions):
            told = settings_in(graph, place.address(layer, "settings"))
            container = graph.resources[place.address("setup", "twin-info")]
            assert container.identity.endswith(f"/{told[settings.INFO_CONTAINER]}")
            for device in given.twin.devices:
                assert place.address("l1", f"description.{device.id}") in graph.resources


def test_no_reading_of_a_device_comes_before_functions_know_it_and_its_code_is_there(
    tmp_path: Path,
) -> None:
    graph = twin_graph(context(across(tmp_path, "layer_2_provider")))
    for device in ("cold-room-1", "cold-room-2"):
        before = set(_before(graph, f"l1.device.{device}"))
        told = {f"l1.description.{device}", f"l1@plant.description.{device}"}
        assert told <= before
        assert ("l2@plant.code" in before) is (device == "cold-room-2")


def test_code_is_shipped_for_every_function_that_settings_are_made_for() -> None:
    given = context(example())
    graph = twin_graph(given)
    shipped = {one.address: one.functions for one in graph if isinstance(one, AppCode)}
    names = {name for found in shipped.values() for name in found}
    assert names <= {one.name for one in FUNCTIONS}
    assert all(shipped.values())


def test_a_connection_string_is_a_secret_of_its_resource() -> None:
    told = settings_in(twin_graph(context(example())), "l2.settings")
    assert told["AzureWebJobsStorage"] == SecretRef("setup.storage", "connection_string")
    assert told[settings.COSMOS_KEY] == SecretRef("l3.cosmos", "key")
    assert told[settings.IOT_HUB_CONNECTION] == SecretRef("l1.hub", "service_connection_string")
    assert told[settings.WORKFLOW_URL] == SecretRef("l2.workflow", "callback_url")

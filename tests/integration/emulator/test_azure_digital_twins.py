"""Digital Twins of the local Azure, as Microsoft's own clients use them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any

import pytest
import requests
from azure.core import MatchConditions
from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceModifiedError,
    ResourceNotFoundError,
)
from azure.digitaltwins.core import DigitalTwinsClient, DigitalTwinsEventRoute
from azure.digitaltwins.core._generated.models import QueryTwinsOptions
from azure.digitaltwins.core.aio import DigitalTwinsClient as AsyncClient
from azure.identity.aio import ClientSecretCredential
from azure.mgmt.digitaltwins import AzureDigitalTwinsManagementClient
from azure.mgmt.digitaltwins.models import CheckNameRequest, DigitalTwinsPatchDescription
from tests import local_azure
from tests.integration.emulator import twins
from tests.integration.emulator.twins import MODELS, room
from tests.local_azure import LocalAzure

_GROUP = "twins"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture(scope="module")
def scope(azure: LocalAzure) -> str:
    """The group of all instances, over which the application owns what is in graphs."""
    made = twins.group(azure, _GROUP)
    twins.assign(azure, made, twins.OWNER, azure.issuer.application_id)
    return made


@pytest.fixture
def endpoint(azure: LocalAzure, scope: str) -> str:
    assert scope
    return twins.instance(azure, _GROUP, f"graph-{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="module")
def asked(azure: LocalAzure, scope: str) -> Iterator[Callable[..., requests.Response]]:
    """Sends requests as they are to a graph with models and a twin."""
    assert scope
    url = twins.instance(azure, _GROUP, "asked-as-it-is")
    with requests.Session() as session:
        session.params = {"api-version": "2023-10-31"}
        token = azure.issuer.application_token("https://digitaltwins.azure.net")
        session.headers["Authorization"] = f"Bearer {token}"

        def ask(method: str, path: str, **more: Any) -> requests.Response:  # noqa: ANN401 - as requests takes it
            return session.request(method, f"{url}{path}", timeout=20, verify=azure.ca, **more)

        assert ask("POST", "/models", json=MODELS).status_code == 201
        assert ask("PUT", "/digitaltwins/a", json=room()).status_code == 200
        yield ask


@pytest.fixture
def client(azure: LocalAzure, endpoint: str) -> Iterator[DigitalTwinsClient]:
    with twins.client(azure, endpoint) as made:
        made.create_models(MODELS)
        yield made


def _asked(client: DigitalTwinsClient, query: str) -> list[Any]:
    return list(client.query_twins(query))


def test_models_are_made_listed_decommissioned_and_deleted(client: DigitalTwinsClient) -> None:
    listed = {one.id: one for one in client.list_models()}
    assert set(listed) == {one["@id"] for one in MODELS}
    assert listed["dtmi:test:Room;1"].display_name == {"en": "Room"}
    needed = client.list_models(dependencies_for=["dtmi:test:Hall;1", "dtmi:test:Heater;1"])
    assert len(list(needed)) == 3
    alone = list(client.list_models(["dtmi:test:Heater;1"]))
    assert [one.id for one in alone] == ["dtmi:test:Heater;1"]
    whole = client.get_model("dtmi:test:Room;1", include_model_definition=True)
    assert whole.model == MODELS[0]

    with pytest.raises(ResourceExistsError) as again:
        client.create_models([MODELS[0]])
    assert again.value.error is not None
    assert again.value.error.code == "ModelAlreadyExists"
    with pytest.raises(ResourceExistsError) as needed_by:
        client.delete_model("dtmi:test:Heater;1")
    assert needed_by.value.error is not None
    assert needed_by.value.error.code == "ModelReferencesNotDeleted"
    client.decommission_model("dtmi:test:Room;1")
    assert client.get_model("dtmi:test:Room;1").decommissioned is True
    with pytest.raises(HttpResponseError, match="ModelDecommissioned"):
        client.upsert_digital_twin("room", room())
    client.delete_model("dtmi:test:Hall;1")
    with pytest.raises(ResourceNotFoundError):
        client.get_model("dtmi:test:Hall;1")


def test_a_twin_is_made_changed_and_deleted(client: DigitalTwinsClient) -> None:
    made = client.upsert_digital_twin("room", room(temperature=20.5, tags={"red": True}))
    assert made["$dtId"] == "room"
    assert made["$metadata"]["temperature"]["lastUpdateTime"]
    with pytest.raises(ResourceExistsError):
        client.upsert_digital_twin("room", room(), match_condition=MatchConditions.IfMissing)
    patch: list[MutableMapping[str, Any]] = [
        {"op": "replace", "path": "/temperature", "value": 21},
        {"op": "add", "path": "/label", "value": "north"},
        {"op": "remove", "path": "/tags/red"},
        {"op": "add", "path": "/heater/power", "value": 3},
    ]
    client.update_digital_twin(
        "room", patch, etag=made["$etag"], match_condition=MatchConditions.IfNotModified
    )
    found = client.get_digital_twin("room")
    assert (found["temperature"], found["label"], found["tags"]) == (21, "north", {})
    assert found["heater"]["power"] == 3
    assert found["$etag"] != made["$etag"]
    times = found["$metadata"]
    assert times["temperature"]["lastUpdateTime"] > made["$metadata"]["$lastUpdateTime"]
    with pytest.raises(ResourceModifiedError):
        client.update_digital_twin(
            "room", patch, etag=made["$etag"], match_condition=MatchConditions.IfNotModified
        )
    client.delete_digital_twin("room")
    with pytest.raises(ResourceNotFoundError):
        client.get_digital_twin("room")


@pytest.mark.parametrize(
    ("twin", "said"),
    [
        (room(temperature="hot"), 'temperature: "hot" is no double'),
        (room(temprature=1), "temprature: dtmi:test:Room;1 has no such property"),
        (room(noise=1), "noise: is telemetry"),
        ({"$metadata": {"$model": "dtmi:test:Room;1"}}, "heater: the component is missing"),
        (room(heater={"$metadata": {}, "power": 2.5}), "heater.power: 2.5 is no integer"),
        ({"$metadata": {"$model": "dtmi:test:Attic;1"}}, "dtmi:test:Attic;1 or one of its dep"),
        ({}, "the model of the twin is missing"),
    ],
)
def test_a_twin_that_does_not_fit_its_model_is_refused(
    client: DigitalTwinsClient, twin: dict[str, object], said: str
) -> None:
    with pytest.raises(HttpResponseError) as refused:
        client.upsert_digital_twin("room", twin)
    assert refused.value.status_code == 400
    assert refused.value.error is not None
    assert refused.value.error.code == "ValidationFailed"
    assert said in str(refused.value)


def test_a_property_that_was_never_set_cannot_be_replaced(client: DigitalTwinsClient) -> None:
    client.upsert_digital_twin("room", room())
    with pytest.raises(HttpResponseError, match="JsonPatchInvalid"):
        client.update_digital_twin("room", [{"op": "replace", "path": "/temperature", "value": 1}])
    client.update_digital_twin("room", [{"op": "add", "path": "/temperature", "value": 1}])
    assert client.get_digital_twin("room")["temperature"] == 1


def test_a_twin_of_another_model_has_what_that_has(client: DigitalTwinsClient) -> None:
    context = "dtmi:dtdl:context;2"
    plain = {"@type": "Property", "name": "x", "schema": "string"}
    part = {"@type": "Component", "name": "x", "schema": "dtmi:test:Plain;1"}
    client.create_models(
        [
            {"@id": f"dtmi:test:{name};1", "@type": "Interface", "@context": context, **more}
            for name, more in (("Plain", {"contents": [plain]}), ("Parted", {"contents": [part]}))
        ]
    )
    client.upsert_digital_twin("t", {"$metadata": {"$model": "dtmi:test:Plain;1"}, "x": "text"})
    model = {"op": "replace", "path": "/$metadata/$model", "value": "dtmi:test:Parted;1"}
    value = {"op": "replace", "path": "/x", "value": {"$metadata": {}, "x": "inner"}}
    client.update_digital_twin("t", [model, value])
    assert client.get_digital_twin("t")["x"]["x"] == "inner"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/digitaltwins/odd", room(label="\ud800")),
        ("PUT", "/digitaltwins/odd", room(temperature=float("nan"))),
        ("PUT", "/digitaltwins/a/relationships/r", {"$targetId": "\ud800"}),
        ("PATCH", "/digitaltwins/a", [{"op": "add", "path": "/x", "value": {"$metadata": 5}}]),
        ("PATCH", "/digitaltwins/a", [{"op": "remove", "path": f"/label/{'1' * 5000}"}]),
        (
            "POST",
            "/query",
            {"query": "SELECT * FROM DIGITALTWINS", "continuationToken": "W" * 9999},
        ),
    ],
)
def test_what_nobody_can_mean_is_refused(
    asked: Callable[..., requests.Response], method: str, path: str, body: object
) -> None:
    refused = asked(method, path, data=json.dumps(body))
    assert refused.status_code == 400, refused.text


def test_values_lie_in_each_other_only_so_deep(asked: Callable[..., requests.Response]) -> None:
    for depth in (99, 600, 5000):
        patch = f'[{{"op": "add", "path": "/label", "value": {"[" * depth}{"]" * depth}}}]'
        assert asked("PATCH", "/digitaltwins/a", data=patch).status_code == 400


def test_a_size_of_pages_that_is_none_is_refused(asked: Callable[..., requests.Response]) -> None:
    for size in ("0", "many", "1" * 5000):
        refused = asked("GET", "/models", headers={"max-items-per-page": size})
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "InvalidArgument")


def test_components_are_read_changed_and_tell(client: DigitalTwinsClient) -> None:
    client.upsert_digital_twin("room", room())
    client.update_component("room", "heater", [{"op": "add", "path": "/power", "value": 7}])
    assert client.get_component("room", "heater")["power"] == 7
    with pytest.raises(ResourceNotFoundError, match="ComponentNotFound"):
        client.get_component("room", "stove")
    client.publish_telemetry("room", {"noise": 3.5})
    client.publish_component_telemetry("room", "heater", {"clicks": 3})
    with pytest.raises(HttpResponseError, match="ValidationFailed"):
        client.publish_component_telemetry("room", "heater", {"clicks": "many"})


def test_relationships_join_twins_and_hold_them(client: DigitalTwinsClient) -> None:
    for name in ("hall", "room", "attic"):
        client.upsert_digital_twin(name, room(label=name))
    for number, target in enumerate(("room", "attic")):
        client.upsert_relationship(
            "hall",
            f"door-{number}",
            {"$targetId": target, "$relationshipName": "leadsTo", "wide": bool(number)},
        )
    assert [one["$targetId"] for one in client.list_relationships("hall")] == ["room", "attic"]
    (incoming,) = client.list_incoming_relationships("room")
    assert (incoming.source_id, incoming.relationship_name) == ("hall", "leadsTo")
    client.update_relationship(
        "hall", "door-0", [{"op": "replace", "path": "/wide", "value": True}]
    )
    assert client.get_relationship("hall", "door-0")["wide"] is True
    refused: list[tuple[dict[str, Any], str]] = [
        ({"$targetId": "cellar", "$relationshipName": "leadsTo"}, "TargetTwinNotFound"),
        ({"$targetId": "room", "$relationshipName": "contains"}, "InvalidRelationship"),
        ({"$targetId": "hall", "$relationshipName": "leadsTo"}, "OperationNotAllowed"),
        ({"$targetId": "room", "$relationshipName": "leadsTo", "wide": 1}, "ValidationFailed"),
    ]
    for wrong, code in refused:
        with pytest.raises(HttpResponseError, match=code):
            client.upsert_relationship("hall", "door-9", wrong)
    with pytest.raises(HttpResponseError, match="RelationshipsNotDeleted"):
        client.delete_digital_twin("room")
    client.delete_relationship("hall", "door-0")
    client.delete_digital_twin("room")

    found = _asked(
        client,
        "SELECT T.label, R.wide AS broad FROM DIGITALTWINS H JOIN T RELATED H.leadsTo R"
        " WHERE H.$dtId = 'hall'",
    )
    assert found == [{"label": "attic", "broad": True}]
    assert len(_asked(client, "SELECT * FROM RELATIONSHIPS WHERE $sourceId = 'hall'")) == 1


def test_lists_go_on_behind_their_first_page(client: DigitalTwinsClient) -> None:
    for name in ("hall", "room"):
        client.upsert_digital_twin(name, room())
    door: dict[str, Any] = {"$targetId": "room", "$relationshipName": "leadsTo"}
    names = [f"door-{number:03d}" for number in range(105)]
    for name in names:
        client.upsert_relationship("hall", name, door)
    listed = client.list_relationships("hall")
    assert [one["$relationshipId"] for one in listed] == names
    assert len(list(client.list_incoming_relationships("room"))) == 105
    assert list(client.list_relationships("hall", relationship_id="other")) == []


def test_queries_come_in_pages(client: DigitalTwinsClient) -> None:
    for number in range(7):
        client.upsert_digital_twin(f"room-{number}", room(temperature=number))
    query = "SELECT * FROM digitaltwins WHERE temperature >= 2"
    options = QueryTwinsOptions(max_items_per_page=2)
    pages = client.query_twins(query, query_twins_options=options).by_page()
    assert [len(list(page)) for page in pages] == [2, 2, 1]
    assert _asked(client, "SELECT COUNT() FROM digitaltwins") == [{"COUNT": 7}]
    assert len(_asked(client, "SELECT TOP(3) FROM digitaltwins")) == 3
    hall = {**room(seats=[4, 5]), "$metadata": {"$model": "dtmi:test:Hall;1"}}
    client.upsert_digital_twin("hall", hall)
    of_model = "SELECT T.$dtId FROM digitaltwins T WHERE IS_OF_MODEL(T, 'dtmi:test:Room;1'{})"
    assert len(_asked(client, of_model.format(""))) == 8
    assert len(_asked(client, of_model.format(", exact"))) == 7


def test_a_query_that_is_none_says_where(client: DigitalTwinsClient) -> None:
    with pytest.raises(HttpResponseError) as refused:
        _asked(client, "foo")
    assert refused.value.error is not None
    assert refused.value.error.code == "SqlQueryError"
    assert "Line=1, Position=0, Message=missing SELECT at 'foo'" in str(refused.value)


def test_only_roles_of_data_open_a_graph(azure: LocalAzure) -> None:
    group = twins.group(azure, "closed")
    closed = twins.instance(azure, "closed", "closed-graph")
    with twins.client(azure, closed) as client:
        with pytest.raises(HttpResponseError) as refused:
            list(client.list_models())
        assert refused.value.status_code == 403
        twins.assign(azure, group, twins.READER, azure.issuer.application_id)
        assert list(client.list_models()) == []
        with pytest.raises(HttpResponseError, match="models/write"):
            client.create_models(MODELS)
    for token in ("none", azure.issuer.application_token("https://management.azure.com")):
        with (
            twins.client(azure, closed, _Bearer(token)) as client,
            pytest.raises(ClientAuthenticationError),
        ):
            list(client.list_models())


class _Bearer:
    """Whoever bears a token."""

    def __init__(self, token: str) -> None:
        self._token = token

    def get_token(self, *_: str, **__: object) -> AccessToken:
        return AccessToken(self._token, 2**31)


async def test_the_asynchronous_client_works_too(azure: LocalAzure, endpoint: str) -> None:
    settings = azure.settings
    async with (
        ClientSecretCredential(
            settings["AZURE_TENANT_ID"],
            settings["AZURE_CLIENT_ID"],
            settings["AZURE_CLIENT_SECRET"],
            authority=azure.url,
            disable_instance_discovery=True,
            connection_verify=azure.ca,
        ) as credential,
        AsyncClient(endpoint, credential, connection_verify=azure.ca) as client,
    ):
        await client.create_models(MODELS)
        await client.upsert_digital_twin("room", room(temperature=1))
        found = [one async for one in client.query_twins("SELECT * FROM digitaltwins")]
        assert [one["$dtId"] for one in found] == ["room"]


def test_event_routes_are_refused_aloud(client: DigitalTwinsClient) -> None:
    assert list(client.list_event_routes()) == []
    with pytest.raises(HttpResponseError, match="has no event routes"):
        client.upsert_event_route(
            "route", DigitalTwinsEventRoute(endpoint_name="hub", filter="true")
        )


def test_an_instance_is_a_resource_with_its_own_name(azure: LocalAzure, scope: str) -> None:
    assert scope
    management = azure.client(AzureDigitalTwinsManagementClient)
    twins.instance(azure, _GROUP, "one-name")
    named = CheckNameRequest(name="one-name")
    checked = management.digital_twins.check_name_availability("westeurope", named)
    assert (checked.name_available, checked.reason) == (False, "AlreadyExists")
    twins.group(azure, "other")
    with pytest.raises(HttpResponseError, match="not available"):
        twins.instance(azure, "other", "one-name")
    updated = management.digital_twins.begin_update(
        _GROUP, "one-name", DigitalTwinsPatchDescription(tags={"a": "b"})
    )
    assert updated.result().tags == {"a": "b"}
    management.digital_twins.begin_delete(_GROUP, "one-name", polling_interval=0).result()
    with pytest.raises(ResourceNotFoundError):
        management.digital_twins.get(_GROUP, "one-name")


def test_a_graph_outlives_a_kill(tmp_path_factory: pytest.TempPathFactory) -> None:
    location = tmp_path_factory.mktemp("azure") / "kept"
    first = local_azure.start(location, "--scale", "1000")
    twins.assign(first, twins.group(first, "kept"), twins.OWNER, first.issuer.application_id)
    endpoint = twins.instance(first, "kept", "kept-graph")
    with twins.client(first, endpoint) as client:
        client.create_models(MODELS)
        client.upsert_digital_twin("room", room(temperature=1))
        client.update_digital_twin("room", [{"op": "replace", "path": "/temperature", "value": 2}])
    port = first.url.rpartition(":")[2]
    first.kill()
    second = local_azure.start(location, "--scale", "1000", "--port", port)
    try:
        with twins.client(second, endpoint) as client:
            assert client.get_digital_twin("room")["temperature"] == 2
            client.upsert_digital_twin("other", room())
    finally:
        second.end()

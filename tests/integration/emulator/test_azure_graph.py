"""Microsoft Graph of the local tenant: applications that sign in, and that roles let do things."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ClientSecretCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from tests import local_azure
from tests.local_azure import MANAGER, SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import ClientSecret, credential
from funcyard.azure.graph import Graph

_GRAPH = "https://graph.microsoft.com"
_ENDS = "2099-01-01T00:00:00Z"
_CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_SCOPE = f"/subscriptions/{SUBSCRIPTION}"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
async def graph(azure: LocalAzure) -> AsyncIterator[Graph]:
    given = azure.settings
    who = ClientSecret(
        given["AZURE_TENANT_ID"], given["AZURE_CLIENT_ID"], given["AZURE_CLIENT_SECRET"]
    )
    cloud = cloud_of(given)
    async with credential(who, cloud) as token, Graph(token, cloud) as client:
        yield client


def _ask(
    azure: LocalAzure, method: str, path: str, body: object = None, **headers: str
) -> tuple[int, Any]:
    token = azure.issuer.application_token(_GRAPH)
    status, _, told = azure.ask(method, f"/v1.0/{path}", body, token=token, **headers)
    return status, told


def _sign_in(azure: LocalAzure, client: str, secret: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        azure.settings["AZURE_TENANT_ID"],
        client,
        secret,
        authority=azure.settings["AZURE_AUTHORITY_HOST"],
        disable_instance_discovery=True,
        connection_verify=azure.ca,
    )


async def _made(graph: Graph, name: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    application = await graph.ensure_application(name, {"displayName": name})
    principal = await graph.ensure_service_principal(application["appId"])
    secret = await graph.add_password(application["id"], "test", _ENDS)
    return application, principal, secret


async def test_making_an_application_twice_makes_one(graph: Graph) -> None:
    first = await graph.ensure_application("twice", {"displayName": "twice", "tags": ["run"]})
    again = await graph.ensure_application("twice", {"displayName": "twice", "tags": ["run"]})
    principal = await graph.ensure_service_principal(first["appId"])
    principal_again = await graph.ensure_service_principal(first["appId"])

    assert again["appId"] == first["appId"]
    assert principal_again["id"] == principal["id"]
    assert [one["id"] for one in await graph.applications("twice")] == [first["id"]]


async def test_an_application_signs_in_and_does_what_its_role_allows(
    azure: LocalAzure, graph: Graph
) -> None:
    application, principal, secret = await _made(graph, "worker")
    signed_in = _sign_in(azure, application["appId"], secret)
    groups = ResourceManagementClient(
        signed_in,
        SUBSCRIPTION,
        base_url=azure.url,
        connection_verify=azure.ca,
        credential_scopes=[f"{MANAGER}/.default"],
    ).resource_groups

    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        groups.create_or_update("of-worker", {"location": "westus"})
    azure.client(AuthorizationManagementClient).role_assignments.create(
        _SCOPE,
        str(uuid.uuid4()),
        {
            "principal_id": principal["id"],
            "role_definition_id": f"{_SCOPE}/providers/Microsoft.Authorization/roleDefinitions"
            f"/{_CONTRIBUTOR}",
        },
    )

    assert groups.create_or_update("of-worker", {"location": "westus"}).name == "of-worker"


async def test_an_application_that_is_deleted_signs_in_no_more(
    azure: LocalAzure, graph: Graph
) -> None:
    application, _, secret = await _made(graph, "short-lived")
    signed_in = _sign_in(azure, application["appId"], secret)
    assert signed_in.get_token(f"{MANAGER}/.default").token

    await graph.delete_application(application["id"])
    await graph.delete_application(application["id"])

    assert await graph.application("short-lived") is None
    assert await graph.service_principal(application["appId"]) is None
    with pytest.raises(ClientAuthenticationError, match="AADSTS700016"):
        _sign_in(azure, application["appId"], secret).get_token(f"{MANAGER}/.default")


async def test_a_deleted_application_stays_among_what_was_deleted_until_it_is_purged(
    azure: LocalAzure, graph: Graph
) -> None:
    application, _, _ = await _made(graph, "purged")
    await graph.delete_application(application["id"])
    place = f"directory/deletedItems/{application['id']}"

    found, shown = _ask(azure, "GET", place)
    listed, deleted = _ask(azure, "GET", "directory/deletedItems/microsoft.graph.application")
    purged, _ = _ask(azure, "DELETE", place)
    gone, told = _ask(azure, "GET", place)

    assert (found, listed, purged, gone) == (200, 200, 204, 404)
    assert shown["deletedDateTime"]
    assert application["id"] in {one["id"] for one in deleted["value"]}
    assert told["error"]["code"] == "Request_ResourceNotFound"


async def test_a_password_that_was_removed_counts_no_more(azure: LocalAzure, graph: Graph) -> None:
    application, _, secret = await _made(graph, "rotated")
    other = await graph.add_password(application["id"], "other", _ENDS)
    (first, _) = (await graph.applications("rotated"))[0]["passwordCredentials"]

    await graph.remove_password(application["id"], first["keyId"])

    assert first["secretText"] is None
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        _sign_in(azure, application["appId"], secret).get_token(f"{MANAGER}/.default")
    assert _sign_in(azure, application["appId"], other).get_token(f"{MANAGER}/.default").token


async def test_an_expired_password_or_a_missing_service_principal_lets_nobody_in(
    azure: LocalAzure, graph: Graph
) -> None:
    application = await graph.ensure_application("hollow", {"displayName": "hollow"})
    wanted = {"startDateTime": "2020-01-01T00:00:00Z", "endDateTime": "2020-02-01T00:00:00Z"}
    _, expired = _ask(
        azure,
        "POST",
        f"applications/{application['id']}/addPassword",
        {"passwordCredential": wanted},
    )
    good = await graph.add_password(application["id"], "good", _ENDS)

    for secret, told in ((expired["secretText"], "AADSTS7000215"), (good, "AADSTS7000229")):
        with pytest.raises(ClientAuthenticationError, match=told):
            _sign_in(azure, application["appId"], secret).get_token(f"{MANAGER}/.default")


async def test_every_page_of_a_list_is_had_and_only_what_begins_so(graph: Graph) -> None:
    names = sorted(f"many-{number:03}'s" for number in range(101))
    for name in names:
        await graph.ensure_application(name, {"displayName": name})

    found = await graph.applications("many-")
    assert sorted(one["displayName"] for one in found) == names
    assert [one["displayName"] for one in await graph.applications("many-007's")] == ["many-007's"]
    assert await graph.applications("nobody's-") == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "users", None, 400, "BadRequest"),
        ("GET", "applications(uniqueName='none')", None, 404, "Request_ResourceNotFound"),
        ("GET", "applications?$filter=appId in ('x')", None, 400, "Request_UnsupportedQuery"),
        ("GET", "applications?$expand=owners", None, 400, "Request_UnsupportedQuery"),
        ("GET", "applications?$top=0", None, 400, "Request_BadRequest"),
        ("PATCH", "applications(uniqueName='n')", {}, 404, "Request_ResourceNotFound"),
        ("POST", "applications", {}, 400, "Request_BadRequest"),
        ("POST", "applications", {"displayName": 1}, 400, "Request_BadRequest"),
        ("POST", "applications", {"displayName": "a", "web": {}}, 400, "Request_BadRequest"),
        ("POST", "applications", b"[", 400, "Request_BadRequest"),
        ("POST", "applications", b'{"displayName":' + b"[" * 9999, 400, "Request_BadRequest"),
        ("GET", "applications?$top=\u0665", None, 400, "Request_BadRequest"),
        ("POST", "servicePrincipals", {"appId": "x"}, 400, "NoBackingApplicationObject"),
        ("PUT", "applications", {}, 405, "Request_BadRequest"),
        ("POST", "servicePrincipals/x/addPassword", {}, 400, "BadRequest"),
        ("POST", "applications/x/addPassword", {}, 404, "Request_ResourceNotFound"),
    ],
)
def test_what_is_not_answered_here_is_refused_in_graph_s_shape(
    azure: LocalAzure, method: str, path: str, body: object, status: int, code: str
) -> None:
    answered, told = _ask(azure, method, quote(path, safe="/?$=()',"), body)

    assert (answered, told["error"]["code"]) == (status, code)
    assert set(told["error"]["innerError"]) == {"date", "request-id", "client-request-id"}


async def test_a_second_service_principal_of_an_application_is_refused(
    azure: LocalAzure, graph: Graph
) -> None:
    application, _, _ = await _made(graph, "one-only")

    status, told = _ask(azure, "POST", "servicePrincipals", {"appId": application["appId"]})

    assert (status, told["error"]["code"]) == (409, "Request_MultipleObjectsWithSameKeyValue")


async def test_only_the_tenant_s_own_application_may_ask_and_with_a_token_for_graph(
    azure: LocalAzure, graph: Graph
) -> None:
    application, _, secret = await _made(graph, "curious")
    theirs = _sign_in(azure, application["appId"], secret).get_token(f"{_GRAPH}/.default").token
    tokens = {
        None: (401, "InvalidAuthenticationToken"),
        "none": (401, "InvalidAuthenticationToken"),
        azure.issuer.application_token(MANAGER): (401, "InvalidAuthenticationToken"),
        theirs: (403, "Authorization_RequestDenied"),
    }

    for token, expected in tokens.items():
        status, _, told = azure.ask("GET", "/v1.0/applications", token=token)
        assert (status, told["error"]["code"]) == expected


def test_applications_outlive_a_kill_of_the_emulator_and_no_password_is_in_its_files(
    tmp_path: Path,
) -> None:
    azure = local_azure.start(tmp_path / "location")
    _ask(azure, "POST", "applications", {"displayName": "kept"})
    (kept,) = _ask(azure, "GET", "applications")[1]["value"]
    _, made = _ask(azure, "POST", f"applications/{kept['id']}/addPassword", {})
    azure.kill()
    files = [path.read_bytes() for path in (tmp_path / "location" / "graph").iterdir()]
    azure = local_azure.start(tmp_path / "location")

    (found,) = _ask(azure, "GET", "applications")[1]["value"]
    azure.end()

    assert found["id"] == kept["id"]
    assert [one["keyId"] for one in found["passwordCredentials"]] == [made["keyId"]]
    assert not any(made["secretText"].encode() in content for content in files)

"""Managed identities and roles through the real SDKs: who one is, and what one may."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.mgmt.authorization import AuthorizationManagementClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.resource.resources import ResourceManagementClient
from tests import local_azure
from tests.local_azure import COMMAND, MANAGER, SUBSCRIPTION, LocalAzure

from funcyard.emulator.core.finding import find, identity_settings

_SCOPE = f"/subscriptions/{SUBSCRIPTION}"
_IDENTITIES = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2023-01-31"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_WEBSITE_CONTRIBUTOR = "de139f84-1756-47ae-9be6-808fbbe84772"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    yield service
    service.end()


@pytest.fixture
def group(azure: LocalAzure) -> str:
    name = f"g-{uuid.uuid4().hex[:8]}"
    azure.resources().resource_groups.create_or_update(name, {"location": "westus"})
    return name


def _made(azure: LocalAzure, group: str, name: str = "worker") -> tuple[str, str, str]:
    """Return id, object id and client id of a new identity."""
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    made = identities.create_or_update(group, name, {"location": "westus"})
    return str(made.id), str(made.principal_id), str(made.client_id)


def _settings(azure: LocalAzure, identity: str) -> dict[str, str]:
    return identity_settings(azure.location, find(azure.location), identity)


@pytest.fixture
def become(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Become:
    return Become(azure, monkeypatch)


class Become:
    """Makes this process an app that has an identity."""

    def __init__(self, azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> None:
        self._azure = azure
        self._monkeypatch = monkeypatch

    def __call__(self, identity: str, client_id: str | None = None) -> ManagedIdentityCredential:
        for name, value in _settings(self._azure, identity).items():
            self._monkeypatch.setenv(name, value)
        return ManagedIdentityCredential(client_id=client_id)


def _assign(azure: LocalAzure, scope: str, principal: str, role: str, name: str = "") -> str:
    roles = azure.client(AuthorizationManagementClient).role_assignments
    body = {
        "role_definition_id": f"{_SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        "principal_id": principal,
        "principal_type": "ServicePrincipal",
    }
    assigned = name or str(uuid.uuid4())
    roles.create(scope, assigned, body)
    return assigned


def test_an_app_gets_tokens_of_its_identity(azure: LocalAzure, group: str, become: Become) -> None:
    identity, principal, client = _made(azure, group)
    token = become(identity).get_token(f"{MANAGER}/.default").token
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["oid"], claims["azp"], claims["aud"]) == (principal, client, MANAGER)
    assert become(identity, client).get_token("https://storage.azure.com/.default").token
    with pytest.raises(ClientAuthenticationError):
        become(identity, str(uuid.uuid4())).get_token(f"{MANAGER}/.default")


def test_the_command_line_tells_what_an_app_is_told(azure: LocalAzure, group: str) -> None:
    identity, *_ = _made(azure, group)
    words = ("connection", "azure", "--json", "--location", str(azure.location))
    run = subprocess.run(
        [*COMMAND, *words, "--identity", identity], capture_output=True, text=True, check=True
    )
    told = json.loads(run.stdout)
    assert told == _settings(azure, identity)
    assert "AZURE_CLIENT_SECRET" not in told
    refused = subprocess.run(
        [*COMMAND, *words, "--identity", "me"], capture_output=True, text=True, check=False
    )
    assert (refused.returncode, "bad-resource-id" in refused.stderr) == (2, True)


def test_nobody_gets_tokens_without_the_app_s_header(azure: LocalAzure, group: str) -> None:
    settings = _settings(azure, _made(azure, group)[0])
    asked = f"{settings['IDENTITY_ENDPOINT']}?api-version=2019-08-01&resource={MANAGER}"
    right = settings["IDENTITY_HEADER"]
    changed = ("B" if right[0] == "A" else "A") + right[1:]
    for header in ("", "nothing", changed, right[:-4]):
        assert azure.ask("GET", asked, **{"x-identity-header": header})[0] == 401
    assert azure.ask("GET", asked, **{"x-identity-header": right})[0] == 200


def test_an_identity_keeps_who_it_is_while_it_changes(azure: LocalAzure, group: str) -> None:
    first = _made(azure, group)
    assert _made(azure, group) == first
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    assert identities.update(group, "worker", {"tags": {"a": "b"}}).principal_id == first[1]
    identities.delete(group, "worker")
    assert _made(azure, group)[1] != first[1]


def test_an_identity_may_do_what_its_roles_allow(
    azure: LocalAzure, group: str, become: Become
) -> None:
    identity, principal, _ = _made(azure, group)
    client = ResourceManagementClient(
        become(identity),
        SUBSCRIPTION,
        base_url=azure.url,
        connection_verify=azure.ca,
        credential_scopes=[f"{MANAGER}/.default"],
    )
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        client.resource_groups.get(group)
    scope = f"{_SCOPE}/resourceGroups/{group}"
    _assign(azure, scope, principal, _READER)
    assert client.resource_groups.get(group).name == group
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        client.resource_groups.update(group, {"tags": {"a": "b"}})
    _assign(azure, scope, principal, _CONTRIBUTOR)
    assert client.resource_groups.update(group, {"tags": {"a": "b"}}).tags == {"a": "b"}
    with pytest.raises(HttpResponseError, match="AuthorizationFailed"):
        list(client.resource_groups.list())


def test_contributors_give_no_roles(azure: LocalAzure, group: str) -> None:
    _, principal, client = _made(azure, group)
    scope = f"{_SCOPE}/resourceGroups/{group}"
    _assign(azure, scope, principal, _CONTRIBUTOR)
    token = azure.issuer.identity_token(MANAGER, client, principal)
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    body = {"properties": {"roleDefinitionId": _READER, "principalId": principal}}
    for address in (path, path.removeprefix(scope)):
        answered = azure.ask("PUT", f"{address}?api-version=2022-04-01", body, token=token)
        assert answered[0] in {403, 404}, answered


def _token(azure: LocalAzure, group: str) -> tuple[str, str]:
    """Return a token of a new identity, and its object id."""
    _, principal, client = _made(azure, group)
    return azure.issuer.identity_token(MANAGER, client, principal), principal


@pytest.mark.parametrize(
    "path",
    [
        _IDENTITIES,
        f"/{_SCOPE}{_IDENTITIES}",
        "/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01",
        f"{_SCOPE}/resources?api-version=2022-09-01",
    ],
)
def test_who_has_no_role_finds_nothing_by_an_address_without_a_subscription(
    azure: LocalAzure, group: str, path: str
) -> None:
    token, _ = _token(azure, group)
    status, _, answered = azure.ask("GET", path, token=token)
    assert (status, answered["error"]["code"]) == (403, "AuthorizationFailed")


def test_roles_are_told_to_whoever_signed_in(azure: LocalAzure, group: str) -> None:
    token, _ = _token(azure, group)
    path = "/providers/Microsoft.Authorization/roleDefinitions"
    assert azure.ask("GET", f"{path}?api-version=2022-04-01", token=token)[0] == 200
    found = azure.ask("GET", f"{path}/{_READER}?api-version=2022-04-01", token=token)
    assert found[2]["properties"]["roleName"] == "Reader"


def test_resources_are_listed_in_a_subscription_not_in_a_tenant(azure: LocalAzure) -> None:
    path = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    status, _, answered = azure.call("GET", path, version="2023-01-31")
    assert (status, answered["error"]["code"]) == (404, "InvalidResourceType")


def test_a_reader_reads_neither_settings_nor_keys_of_a_site(azure: LocalAzure, group: str) -> None:
    scope = f"{_SCOPE}/resourceGroups/{group}"
    site = f"{scope}/providers/Microsoft.Web/sites/{group}"
    config = {"siteConfig": {"appSettings": [{"name": "PASSWORD", "value": "hush"}]}}
    body = {"location": "westus", "kind": "functionapp,linux", "properties": config}
    assert azure.call("PUT", site, body)[0] == 200
    token, principal = _token(azure, group)

    def asked(part: str, method: str = "GET") -> int:
        path = f"{site}{part}?api-version=2022-09-01"
        return azure.ask(method, path, token=token)[0]

    _assign(azure, scope, principal, _READER)
    assert (asked(""), asked("/config/web"), asked("/config")) == (200, 200, 200)
    keys = "/host/default/functionKeys"
    for part in ("/config/appsettings", "/config/AppSettings", keys, f"{keys}/default"):
        assert asked(part) == 403, part
    assert asked("/config/appsettings/list", "POST") == 403
    _assign(azure, scope, principal, _WEBSITE_CONTRIBUTOR)
    for part in ("/config/appsettings", keys, f"{keys}/default"):
        assert asked(part) == 200, part


def test_a_role_for_groups_opens_groups(azure: LocalAzure, group: str) -> None:
    token, principal = _token(azure, group)
    scope = f"{_SCOPE}/resourceGroups/{group}"
    _assign(azure, scope, principal, _WEBSITE_CONTRIBUTOR)
    assert azure.ask("GET", f"{scope}?api-version=2022-09-01", token=token)[0] == 200
    body = {"location": "westus"}
    status, _, told = azure.ask("PUT", f"{scope}?api-version=2022-09-01", body, token=token)
    assert status == 403
    assert "Microsoft.Resources/subscriptions/resourceGroups/write" in told["error"]["message"]


@pytest.mark.parametrize(
    "below", ["/some/thing", "/providers/Microsoft.Storage/storageAccounts", "/some"]
)
def test_roles_are_assigned_to_what_can_be(azure: LocalAzure, group: str, below: str) -> None:
    _, principal = _token(azure, group)
    scope = f"{_SCOPE}/resourceGroups/{group}{below}"
    with pytest.raises(HttpResponseError) as refused:
        _assign(azure, scope, principal, _READER)
    assert refused.value.status_code == 404


def test_roles_are_for_those_that_an_id_can_name(azure: LocalAzure, group: str) -> None:
    with pytest.raises(HttpResponseError) as refused:
        _assign(azure, f"{_SCOPE}/resourceGroups/{group}", "somebody", _READER)
    assert refused.value.error is not None
    assert refused.value.error.code == "InvalidPrincipalId"


def test_assignments_are_unique_and_stay_who_they_are_for(azure: LocalAzure, group: str) -> None:
    _, principal, _ = _made(azure, group)
    _, other, _ = _made(azure, group, "other")
    scope = f"{_SCOPE}/resourceGroups/{group}"
    name = _assign(azure, scope, principal, _READER)
    assert _assign(azure, scope, principal, _READER, name) == name
    with pytest.raises(HttpResponseError, match="RoleAssignmentExists"):
        _assign(azure, scope, principal, _READER)
    with pytest.raises(HttpResponseError, match="RoleAssignmentUpdateNotPermitted"):
        _assign(azure, scope, other, _READER, name)
    with pytest.raises(HttpResponseError, match="RoleDefinitionDoesNotExist"):
        _assign(azure, scope, principal, str(uuid.uuid4()))
    with pytest.raises(HttpResponseError, match="InvalidRoleAssignmentId"):
        _assign(azure, scope, principal, _CONTRIBUTOR, "reader")
    with pytest.raises(HttpResponseError, match="ResourceGroupNotFound"):
        _assign(azure, f"{scope}-not", principal, _READER)


def test_assignments_are_listed_below_and_above_a_scope(azure: LocalAzure, group: str) -> None:
    _, principal, _ = _made(azure, group)
    roles = azure.client(AuthorizationManagementClient).role_assignments
    scope = f"{_SCOPE}/resourceGroups/{group}"
    name = _assign(azure, scope, principal, _READER)
    wanted = f"principalId eq '{principal}'"
    assert [one.name for one in roles.list_for_subscription(filter=wanted)] == [name]
    assert [one.name for one in roles.list_for_scope(scope, filter=wanted)] == [name]
    assert name in [one.name for one in roles.list_for_scope(scope, filter="atScope()")]
    assert name not in [one.name for one in roles.list_for_scope(_SCOPE, filter="atScope()")]
    azure.resources().resource_groups.begin_delete(group).result()
    assert list(roles.list_for_subscription(filter=wanted)) == []


def test_roles_are_found_by_name(azure: LocalAzure) -> None:
    roles = azure.client(AuthorizationManagementClient).role_definitions
    (found,) = roles.list(_SCOPE, filter="roleName eq 'Storage Blob Data Contributor'")
    assert found.name == "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    assert roles.get(_SCOPE, str(found.name)).role_name == "Storage Blob Data Contributor"
    assert roles.get_by_id(str(found.id)).id == found.id
    with pytest.raises(HttpResponseError, match="MethodNotAllowed"):
        roles.delete(_SCOPE, _READER)


def test_a_role_counts_after_a_while_where_that_is_wanted(tmp_path: Path) -> None:
    slow = local_azure.start(tmp_path / "location", "--faults", "roles=36000")
    try:
        slow.resources().resource_groups.create_or_update("g", {"location": "westus"})
        _, principal, client = _made(slow, "g")
        _assign(slow, _SCOPE, principal, _READER)
        token = slow.issuer.identity_token(MANAGER, client, principal)
        path = f"{_SCOPE}/resourceGroups/g?api-version=2022-09-01"
        status, _, answered = slow.ask("GET", path, token=token)
        assert (status, answered["error"]["code"]) == (403, "AuthorizationFailed")
    finally:
        slow.end()

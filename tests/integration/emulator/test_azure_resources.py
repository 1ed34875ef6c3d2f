"""Groups, tags, providers and lists through the real azure-mgmt-resource."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError
from azure.keyvault.secrets import SecretClient
from azure.mgmt.msi import ManagedServiceIdentityClient
from tests import local_azure
from tests.local_azure import MANAGER, OTHER_SUBSCRIPTION, SUBSCRIPTION, LocalAzure

_WORKFLOW = (
    "schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01"
    "/workflowdefinition.json#"
)


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    yield service
    service.end()


def test_a_group_is_made_found_changed_and_deleted(azure: LocalAzure) -> None:
    groups = azure.resources().resource_groups
    made = groups.create_or_update("g-life", {"location": "West US", "tags": {"a": "b"}})
    assert made.location == "westus"
    assert made.properties is not None
    assert made.properties.provisioning_state == "Succeeded"
    assert groups.check_existence("G-LIFE")
    assert groups.update("g-life", {"tags": {"c": "d"}}).tags == {"c": "d"}
    groups.begin_delete("g-life").result()
    assert not groups.check_existence("g-life")
    with pytest.raises(ResourceNotFoundError, match="ResourceGroupNotFound"):
        groups.get("g-life")
    with pytest.raises(ResourceNotFoundError, match="ResourceGroupNotFound"):
        groups.begin_delete("g-life")


def test_an_operation_ends_whatever_its_end_fails_on(azure: LocalAzure) -> None:
    azure.resources().resource_groups.create_or_update("g-full", {"location": "westus"})
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g-full"
    with closing(sqlite3.connect(azure.location / ".store" / "state.sqlite")) as broken:
        broken.execute(
            "CREATE TRIGGER full BEFORE UPDATE ON operations WHEN NEW.state='Succeeded'"
            " BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        _, headers, _ = azure.call("DELETE", path)
        deadline = time.monotonic() + 20
        while (answered := azure.call("GET", headers["location"])[0]) == 202:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        broken.execute("DROP TRIGGER full")
    assert answered == 500
    azure.resources().resource_groups.begin_delete("g-full").result()


def test_groups_are_listed_in_pages_and_by_tag(azure: LocalAzure) -> None:
    groups = azure.resources().resource_groups
    for number in range(3):
        groups.create_or_update(f"g-list-{number}", {"location": "westus", "tags": {"n": "l"}})
    groups.create_or_update("g-list-other", {"location": "westus", "tags": {"n": "m"}})
    found = groups.list(filter="tagName eq 'n' and tagValue eq 'l'", top=2)
    assert [group.name for group in found] == ["g-list-0", "g-list-1", "g-list-2"]
    with pytest.raises(HttpResponseError, match="InvalidFilterInQueryString"):
        list(groups.list(filter="colour eq 'red'"))


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ("tagName eq 'KIND' and tagValue eq 'Research and Development'", 1),
        ("tagValue eq 'research and development'", 0),
        ("tagValue eq 'this or that' or tagValue eq 'Research and Development'", 1),
        ("name eq 'G-FILTER' and tagName ne 'kind'", 0),
    ],
)
def test_values_of_tags_are_compared_as_they_are(
    azure: LocalAzure, wanted: str, count: int
) -> None:
    tags = {"Kind": "Research and Development"}
    groups = azure.resources().resource_groups
    groups.create_or_update("g-filter", {"location": "westus", "tags": tags})
    assert [one.name for one in groups.list(filter=wanted)] == ["g-filter"] * count


def test_resources_that_are_asked_for_by_a_tag_are_told_without_their_tags(
    azure: LocalAzure,
) -> None:
    resources = azure.resources()
    resources.resource_groups.create_or_update("g-tagged", {"location": "westus"})
    identity = "/resourceGroups/g-tagged/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    body = {"location": "westus", "tags": {"run": "tagged-1"}}
    azure.call("PUT", f"/subscriptions/{SUBSCRIPTION}{identity}/one", body, "2023-01-31")

    (by_tag,) = resources.resources.list(filter="tagName eq 'run' and tagValue eq 'tagged-1'")
    (by_group,) = resources.resources.list_by_resource_group("g-tagged")

    assert by_tag.tags is None
    assert by_group.tags == {"run": "tagged-1"}


@pytest.mark.parametrize(
    ("path", "version"),
    [
        ("/resources", "2022-09-01"),
        ("/providers", "2022-09-01"),
        ("/locations", "2022-12-01"),
        ("/resourcegroups", "2022-09-01"),
    ],
)
def test_a_slash_at_the_end_changes_nothing(azure: LocalAzure, path: str, version: str) -> None:
    azure.resources().resource_groups.create_or_update("g-slash", {"location": "westus"})
    identity = "/resourceGroups/g-slash/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
    of = f"/subscriptions/{SUBSCRIPTION}"
    azure.call("PUT", f"{of}{identity}/one", {"location": "westus"}, "2023-01-31")
    asked = f"{of}{path}"
    plain = azure.call("GET", asked, version=version)[2]["value"]
    assert plain
    assert azure.call("GET", f"{asked}/", version=version)[2]["value"] == plain


def test_a_filter_that_a_list_has_not_is_refused(azure: LocalAzure) -> None:
    path = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ManagedIdentity"
    path = f"{path}/userAssignedIdentities?$filter=name%20eq%20'x'"
    status, _, answered = azure.call("GET", path, version="2023-01-31")
    assert (status, answered["error"]["code"]) == (400, "InvalidFilterInQueryString")


def test_a_group_of_one_subscription_is_not_in_the_other(azure: LocalAzure) -> None:
    azure.resources().resource_groups.create_or_update("g-one", {"location": "westus"})
    assert not azure.resources(OTHER_SUBSCRIPTION).resource_groups.check_existence("g-one")
    with pytest.raises(ResourceNotFoundError, match="SubscriptionNotFound"):
        azure.resources("00000000-0000-0000-0000-000000000009").resource_groups.get("g-one")


def test_a_group_stays_where_it_is(azure: LocalAzure) -> None:
    groups = azure.resources().resource_groups
    groups.create_or_update("g-place", {"location": "westus"})
    with pytest.raises(ResourceExistsError, match="InvalidResourceGroupLocation"):
        groups.create_or_update("g-place", {"location": "eastus"})
    with pytest.raises(HttpResponseError, match="LocationNotAvailableForResourceGroup"):
        groups.create_or_update("g-nowhere", {"location": "atlantis"})


def test_tags_are_changed_alone(azure: LocalAzure) -> None:
    client = azure.resources()
    client.resource_groups.create_or_update("g-tags", {"location": "westus", "tags": {"a": "1"}})
    scope = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g-tags"

    def patch(operation: str, **tags: str) -> dict[str, str]:
        body = {"operation": operation, "properties": {"tags": tags}}
        result = client.tags.begin_update_at_scope(scope, body).result()
        return dict(result.properties.tags or {})

    assert patch("Merge", b="2") == {"a": "1", "b": "2"}
    assert patch("Delete", a="1", b="other") == {"b": "2"}
    assert patch("Merge", B="3") == {"B": "3"}  # names are the same in any case
    assert patch("Delete", b="3") == {}
    assert patch("Replace", c="3") == {"c": "3"}
    assert client.resource_groups.get("g-tags").tags == {"c": "3"}
    with pytest.raises(HttpResponseError, match="InvalidTagNameCharacters"):
        patch("Merge", **{"a/b": "1"})


def test_providers_are_registered(azure: LocalAzure) -> None:
    providers = azure.resources().providers
    names = {provider.namespace for provider in providers.list()}
    assert "Microsoft.Resources" in names
    found = providers.get("microsoft.resources")
    assert found.registration_state == "Registered"
    kinds = {kind.resource_type: kind.api_versions for kind in found.resource_types or ()}
    assert "2022-09-01" in (kinds["resourceGroups"] or ())


def test_an_unregistered_provider_is_registered_by_the_clients(
    azure: LocalAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("azure.mgmt.core.policies._base.time.sleep", lambda _: None)
    azure.resources().resource_groups.create_or_update("g-register", {"location": "westus"})
    providers = azure.resources().providers
    left = providers.unregister("Microsoft.ManagedIdentity")
    assert left.registration_state == "Unregistered"
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g-register/providers"
    path = f"{path}/Microsoft.ManagedIdentity/userAssignedIdentities/worker"
    status, _, answered = azure.call("PUT", path, {"location": "westus"}, "2023-01-31")
    assert (status, answered["error"]["code"]) == (409, "MissingSubscriptionRegistration")
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    assert identities.create_or_update("g-register", "worker", {"location": "westus"}).client_id
    assert providers.get("Microsoft.ManagedIdentity").registration_state == "Registered"
    words = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.ManagedIdentity/REGISTER"
    assert azure.call("POST", words)[2]["registrationState"] == "Registered"
    with pytest.raises(HttpResponseError, match="CannotUnregisterProvider"):
        providers.unregister("Microsoft.Resources")


def test_subscriptions_and_regions_are_listed(azure: LocalAzure) -> None:
    status, _, found = azure.call("GET", "/subscriptions", version="2022-12-01")
    assert status == 200
    assert [one["subscriptionId"] for one in found["value"]] == [SUBSCRIPTION, OTHER_SUBSCRIPTION]
    _, _, regions = azure.call(
        "GET", f"/subscriptions/{SUBSCRIPTION}/locations", version="2022-12-01"
    )
    assert "westeurope" in {one["name"] for one in regions["value"]}
    _, _, tenants = azure.call("GET", "/tenants", version="2022-12-01")
    assert tenants["value"][0]["tenantId"] == azure.settings["AZURE_TENANT_ID"]


@pytest.mark.parametrize(
    ("method", "path", "version", "status", "code"),
    [
        ("GET", "/resourceGroups/g?x=1", "1999-01-01", 400, "InvalidApiVersionParameter"),
        ("GET", "/resourceGroups/g?api-version=", "", 400, "MissingApiVersionParameter"),
        ("GET", "/providers/Microsoft.Nothing", "2022-09-01", 404, "InvalidResourceNamespace"),
        ("GET", "/nothing", "2022-09-01", 404, "InvalidResourceType"),
        ("POST", "/resourceGroups/g", "2022-09-01", 405, "MethodNotAllowed"),
        ("PUT", "/resourceGroups/g.", "2022-09-01", 400, "InvalidResourceGroup"),
        (
            "PUT",
            "/resourceGroups/g/providers/Microsoft.Resources/resourceGroups/inner",
            "2022-09-01",
            404,
            "InvalidResourceType",
        ),
        (
            "PUT",
            "/resourceGroups/g/some/providers/Microsoft.ManagedIdentity/userAssignedIdentities/who",
            "2023-01-31",
            404,
            "InvalidResourceType",
        ),
    ],
)
def test_what_is_not_known_is_refused_as_azure_does(
    azure: LocalAzure, method: str, path: str, version: str, status: int, code: str
) -> None:
    body = {"location": "westus"} if method == "PUT" else None
    answered = azure.call(method, f"/subscriptions/{SUBSCRIPTION}{path}", body, version)
    assert (answered[0], answered[2]["error"]["code"]) == (status, code)


@pytest.mark.parametrize("token", ["LTU=", "x"])
def test_a_page_that_is_none_is_refused(azure: LocalAzure, token: str) -> None:
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
    status, _, answered = azure.call("GET", f"{path}?$skiptoken={token}")
    assert (status, answered["error"]["code"]) == (400, "InvalidSkipToken")
    status, _, answered = azure.call("GET", f"{path}?$top={'9' * 5000}")
    assert (status, answered["error"]["code"]) == (400, "InvalidTopInQueryString")


@pytest.mark.parametrize(
    "name", ["%2e%2e", "a%2e", "a%00b", "a%0d%0aX-More:%20b", "a%3Fb", "a%25b", "a%23b"]
)
def test_a_resource_has_a_name_that_an_address_can_hold(azure: LocalAzure, name: str) -> None:
    azure.resources().resource_groups.create_or_update("g-named", {"location": "westus"})
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g-named/providers"
    path = f"{path}/Microsoft.ManagedIdentity/userAssignedIdentities/who"
    azure.call("PUT", path, {"location": "westus"}, "2023-01-31")
    federated = {"issuer": "https://x.test", "subject": "s", "audiences": ["a"]}
    path = f"{path}/federatedIdentityCredentials/{name}"
    status, _, answered = azure.call("PUT", path, {"properties": federated}, "2023-01-31")
    assert (status, answered["error"]["code"]) == (400, "InvalidResourceName")
    assert azure.call("DELETE", path, version="2023-01-31")[0] == 204


def test_no_name_of_a_workflow_leads_to_the_files_of_others(azure: LocalAzure) -> None:
    azure.resources().resource_groups.create_or_update("g-flows", {"location": "westus"})
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g-flows/providers"
    definition = {"$schema": f"https://{_WORKFLOW}", "triggers": {"call": {"type": "Request"}}}
    body = {"location": "westus", "properties": {"definition": definition}}
    answered = {
        name: azure.call("PUT", f"{path}/Microsoft.Logic/workflows/{name}", body, "2019-05-01")[0]
        for name in ("there", "%2e%2e", "%2e")
    }
    assert answered == {"there": 201, "%2e%2e": 400, "%2e": 400}
    assert azure.call("DELETE", f"{path}/Microsoft.Logic/workflows/%2e%2e", version="2019-05-01")
    assert (azure.location / "logic" / SUBSCRIPTION / "g-flows" / "there").is_dir()


def test_names_of_groups_are_written_in_any_script(azure: LocalAzure) -> None:
    name = "gru\N{LATIN SMALL LETTER L WITH STROKE}"
    azure.resources().resource_groups.create_or_update(name, {"location": "westus"})
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/gru%C5%82/providers"
    for one in ("one", "two"):
        identity = f"{path}/Microsoft.ManagedIdentity/userAssignedIdentities/{one}"
        status, headers, _ = azure.call("PUT", identity, {"location": "westus"}, "2023-01-31")
        assert status == 201
        assert headers["location"].endswith(f"/gru%C5%82{identity.partition('gru%C5%82')[2]}")
    listed = azure.resources().resources.list_by_resource_group(name, top=1)
    assert [one.name for one in listed] == ["one", "two"]
    azure.resources().resource_groups.begin_delete(name).result()


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b"", b'{"location": "westus", "colour": "red"}'),
        b'{"location": "westus", "tags": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"location": "westus", "properties": {"a": NaN}}',
    ],
)
def test_a_body_that_is_none_is_refused(azure: LocalAzure, body: bytes) -> None:
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g"
    status, _, answered = azure.call("PUT", path, body)
    assert (status, answered["error"]["code"]) == (400, "InvalidRequestContent")


def test_only_tokens_for_the_manager_count(azure: LocalAzure) -> None:
    path = "/subscriptions?api-version=2022-12-01"
    status, headers, _ = azure.ask("GET", path)
    assert status == 401
    assert azure.settings["AZURE_TENANT_ID"] in headers["www-authenticate"]
    wrong = azure.issuer.application_token("https://vault.azure.net")
    assert azure.ask("GET", path, token=wrong)[0] == 401
    assert azure.ask("GET", path, token="nothing")[0] == 401  # noqa: S106 - none
    right = azure.issuer.application_token(f"{MANAGER}/")
    assert azure.ask("GET", path, token=right)[0] == 200


def test_the_vault_is_at_the_same_address(azure: LocalAzure) -> None:
    client = SecretClient(
        azure.settings["AZURE_KEYVAULT_URL"],
        azure.credential(),
        verify_challenge_resource=False,
        connection_verify=azure.ca,
    )
    client.set_secret("name", "value")
    assert client.get_secret("name").value == "value"

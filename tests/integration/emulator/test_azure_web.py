"""Plans and sites through the real azure-mgmt-web."""

from __future__ import annotations

import http.client
import io
import json
import ssl
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.web import WebSiteManagementClient
from tests import local_azure
from tests.local_azure import MANAGER, LocalAzure

from funcyard.emulator.core.store import key_of
from funcyard.emulator.managed_identity import app_header

Web: TypeAlias = Any
"""A client of azure-mgmt-web; its models say that nothing need be there."""

_VERSION = "2024-11-01"
_GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g"
_READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_PLANS = "/providers/Microsoft.Web/serverfarms"
_PLAN: Any = {
    "location": "westus",
    "kind": "linux",
    "sku": {"name": "B1"},
    "properties": {"reserved": True},
}


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.resources().resource_groups.create_or_update("g", {"location": "westus"})
    yield service
    service.end()


@pytest.fixture(scope="module")
def web(azure: LocalAzure) -> Web:
    client: Web = azure.client(WebSiteManagementClient)
    client.app_service_plans.begin_create_or_update("g", "plan", _PLAN).result()
    return client


def _body(settings: dict[str, str] | None = None, **more: Any) -> Any:  # noqa: ANN401 - JSON
    properties: dict[str, Any] = {
        "serverFarmId": f"{_GROUP}{_PLANS}/plan",
        "reserved": True,
        "siteConfig": {"linuxFxVersion": "Python|3.11"},
    }
    if settings is not None:
        named = [{"name": name, "value": value} for name, value in settings.items()]
        properties["siteConfig"]["appSettings"] = named
    return {
        "location": "westus",
        "kind": "functionapp,linux",
        "tags": {"a": "b"},
        "properties": properties,
        **more,
    }


def _site(web: Web, name: str, body: Any) -> Any:  # noqa: ANN401 - a model
    return web.web_apps.begin_create_or_update("g", name, body).result()


def test_a_plan_is_made_changed_listed_and_deleted(web: Web) -> None:
    plans = web.app_service_plans
    made = plans.begin_create_or_update("g", "other", {**_PLAN, "sku": {"name": "P1v3"}}).result()
    assert (made.sku.tier, made.sku.size, made.location) == ("PremiumV3", "P1v3", "West US")
    assert made.properties.provisioning_state == "Succeeded"
    smaller = plans.begin_create_or_update("g", "other", {**_PLAN, "tags": {"x": "y"}}).result()
    assert (smaller.sku.tier, smaller.tags) == ("Basic", {"x": "y"})
    assert {one.name for one in plans.list_by_resource_group("g")} >= {"other", "plan"}
    plans.delete("g", "other")
    with pytest.raises(HttpResponseError) as refused:
        plans.get("g", "other")
    assert refused.value.status_code == 404


def test_a_plan_with_sites_stays_with_what_hangs_on_it(azure: LocalAzure, web: Web) -> None:
    _site(web, "occupant", _body())
    assert web.app_service_plans.get("g", "plan").properties.number_of_sites
    name = str(uuid.uuid4())
    hung = f"{_GROUP}{_PLANS}/plan/providers/Microsoft.Authorization/roleAssignments/{name}"
    reader = {"roleDefinitionId": _READER, "principalId": azure.issuer.application_id}
    assert azure.call("PUT", hung, {"properties": reader}, "2022-04-01")[0] == 201
    with pytest.raises(HttpResponseError, match="has web app") as refused:
        web.app_service_plans.delete("g", "plan")
    assert refused.value.status_code == 409
    assert azure.call("GET", hung, version="2022-04-01")[0] == 200


def test_a_group_goes_with_its_plans_and_sites(azure: LocalAzure) -> None:
    azure.resources().resource_groups.create_or_update("gone", {"location": "westus"})
    web: Web = azure.client(WebSiteManagementClient)
    web.app_service_plans.begin_create_or_update("gone", "plan-of-a-long-name", _PLAN).result()
    body = _body()
    body["properties"]["serverFarmId"] = f"{_GROUP}one{_PLANS}/plan-of-a-long-name"
    web.web_apps.begin_create_or_update("gone", "s1", body).result()
    azure.resources().resource_groups.begin_delete("gone").result()
    assert not [one for one in web.web_apps.list() if one.name == "s1"]


def test_settings_are_a_sites_own_and_survive_a_change_of_it(web: Web) -> None:
    made = _site(web, "settled", _body({"A": "1", "B": ""}))
    assert made.properties.site_config.app_settings is None
    settings = web.web_apps.list_application_settings("g", "settled").properties
    assert settings == {"A": "1", "B": ""}
    kept = web.web_apps.update_application_settings("g", "settled", {"properties": {"C": "3"}})
    assert kept.properties == {"C": "3"}
    _site(web, "settled", _body())
    assert web.web_apps.list_application_settings("g", "settled").properties == {"C": "3"}


def test_the_configuration_of_a_site_is_changed_alone(web: Web) -> None:
    _site(web, "configured", _body())
    change: Any = {"properties": {"alwaysOn": True}}
    web.web_apps.update_configuration("g", "configured", change)
    found = web.web_apps.get_configuration("g", "configured").properties
    assert (found.always_on, found.linux_fx_version) == (True, "Python|3.11")
    wrong: Any = {"properties": {"alwayOn": True}}
    with pytest.raises(HttpResponseError, match="alwayOn"):
        web.web_apps.update_configuration("g", "configured", wrong)


def test_a_site_has_addresses_a_password_and_policies(web: Web) -> None:
    made = _site(web, "reachable", _body())
    states = {one.host_type: one.name for one in made.properties.host_name_ssl_states}
    assert states["Standard"] == made.properties.default_host_name
    assert states["Repository"] in made.properties.enabled_host_names
    found = web.web_apps.begin_list_publishing_credentials("g", "reachable").result().properties
    assert found.publishing_user_name == "$reachable"
    assert found.scm_uri.endswith(f"{found.publishing_password}@{states['Repository']}")
    assert web.web_apps.get_scm_allowed("g", "reachable").properties.allow
    changed = web.web_apps.update_scm_allowed("g", "reachable", {"properties": {"allow": False}})
    assert not changed.properties.allow


def test_a_site_is_stopped_and_started(web: Web) -> None:
    _site(web, "turned", _body())
    web.web_apps.stop("g", "turned")
    assert web.web_apps.get("g", "turned").properties.state == "Stopped"
    web.web_apps.start("g", "turned")
    assert web.web_apps.get("g", "turned").properties.state == "Running"


def test_keys_are_a_sites_own(web: Web) -> None:
    for name in ("one", "two"):
        _site(web, f"keys-{name}", _body())
    found = [web.web_apps.list_host_keys("g", f"keys-{name}") for name in ("one", "two", "one")]
    assert found[0].master_key == found[2].master_key != found[1].master_key
    assert found[0].function_keys["default"] != found[0].master_key


def test_a_site_has_keys_by_names_of_ones_own(web: Web) -> None:
    _site(web, "keyed", _body())

    def listed() -> dict[str, str]:
        return dict(web.web_apps.list_host_keys("g", "keyed").function_keys)

    def put(name: str, value: str) -> None:
        # The client's own model leaves the envelope out, which the recorded exchanges have.
        key = json.dumps({"properties": {"name": name, "value": value}}).encode()
        web.web_apps.create_or_update_host_secret(
            "g", "keyed", "functionKeys", name, io.BytesIO(key)
        )

    default = listed()["default"]
    put("partner", "first")
    put("partner", "second")
    assert listed() == {"default": default, "partner": "second"}
    put("default", "mine")
    web.web_apps.delete_host_secret("g", "keyed", "functionKeys", "partner")
    assert listed() == {"default": "mine"}
    for name, value in (("a b", "x"), ("good", "two\nlines"), ("good", "x" * 1025)):
        with pytest.raises(HttpResponseError):
            put(name, value)
    assert listed() == {"default": "mine"}


def test_a_site_has_the_identities_that_are_there(azure: LocalAzure, web: Web) -> None:
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    made = identities.create_or_update("g", "somebody", {"location": "westus"})
    given = {"type": "UserAssigned", "userAssignedIdentities": {made.id: {}}}
    site = _site(web, "identified", _body(identity=given))
    (told,) = site.identity.user_assigned_identities.values()
    assert told.client_id == made.client_id
    absent = {"type": "UserAssigned", "userAssignedIdentities": {f"{made.id}-not": {}}}
    with pytest.raises(HttpResponseError, match="was not found"):
        _site(web, "identified", _body(identity=absent))
    with pytest.raises(HttpResponseError, match="not served here"):
        _site(web, "identified", _body(identity={"type": "SystemAssigned"}))


def test_an_identity_is_a_site_s_as_long_as_the_site_has_it(azure: LocalAzure, web: Web) -> None:
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    made = identities.create_or_update("g", "lent", {"location": "westus"})
    given = {"type": "UserAssigned", "userAssignedIdentities": {made.id: {}}}
    header = app_header.header(
        key_of(azure.location), (str(made.id),), f"{_GROUP}/providers/Microsoft.Web/sites/borrower"
    )

    def asked() -> int:
        path = "/msi/token?api-version=2019-08-01&resource=https://vault.azure.net"
        return azure.ask("GET", path, **{"x-identity-header": header})[0]

    assert asked() == 400
    _site(web, "borrower", _body(identity=given))
    assert asked() == 200
    _site(web, "borrower", _body(identity={"type": "None"}))
    assert asked() == 400


def test_an_identity_is_taken_away_by_a_null(azure: LocalAzure, web: Web) -> None:
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    ids = [
        identities.create_or_update("g", name, {"location": "westus"}).id for name in ("aaa", "bbb")
    ]
    given = {"type": "UserAssigned", "userAssignedIdentities": {one: {} for one in ids}}
    _site(web, "changing", _body(identity=given))
    change = {"identity": {"type": "UserAssigned", "userAssignedIdentities": {ids[0]: None}}}
    left = web.web_apps.update("g", "changing", change).identity.user_assigned_identities
    assert list(left) == [ids[1]]
    none = web.web_apps.update("g", "changing", {"identity": {"type": "None"}})
    assert none.identity.type == "None"


@pytest.mark.usefixtures("web")
def test_what_only_answers_tell_cannot_be_set(azure: LocalAzure) -> None:
    body = _body()
    body["properties"] |= {"state": "Stopped", "usageState": "Exceeded", "httpsOnly": True}
    path = f"{_GROUP}/providers/Microsoft.Web/sites/unmoved"
    told = azure.call("PUT", path, body, _VERSION)[2]["properties"]
    assert (told["state"], told["usageState"], told["httpsOnly"]) == ("Running", "Normal", True)


@pytest.mark.parametrize(
    ("name", "change", "status", "text"),
    [
        ("occupied", {}, 409, "already exists"),
        ("windows", {"kind": "functionapp"}, 400, "functionapp,linux"),
        ("-", {}, 400, "invalid"),
        (
            "odd",
            {"properties": {"serverFarmId": "/subscriptions/x", "reserved": True}},
            404,
            "Farm",
        ),
        ("typo", {"properties": {"siteConfig": {"linuxFxVersio": ""}}}, 400, "linuxFxVersio"),
        (
            "unset",
            {"properties": {"siteConfig": {"appSettings": [{"name": "A=B", "value": ""}]}}},
            400,
            "A=B",
        ),
    ],
)
def test_what_cannot_be_a_site_is_refused(
    azure: LocalAzure,
    web: Web,
    name: str,
    change: dict[str, Any],
    status: int,
    text: str,
) -> None:
    azure.resources().resource_groups.create_or_update("h", {"location": "westus"})
    if name == "occupied":
        _site(web, name, _body())
    path = f"{_GROUP.removesuffix('g')}h/providers/Microsoft.Web/sites/{name}"
    answered = azure.call("PUT", path, {**_body(), **change}, _VERSION)
    assert answered[0] == status
    assert text in str(answered[2])


def test_a_name_is_one_site_s_whoever_asks_at_once(azure: LocalAzure, web: Web) -> None:
    azure.resources().resource_groups.create_or_update("other", {"location": "westus"})
    token = azure.issuer.application_token(MANAGER)
    trusting = ssl.create_default_context(cafile=azure.ca)

    def put(group: str, name: str) -> int:
        host = azure.url.removeprefix("https://")
        connection = http.client.HTTPSConnection(host, timeout=20, context=trusting)
        path = f"{_GROUP.rpartition('/')[0]}/{group}/providers/Microsoft.Web/sites/{name}"
        headers = {"authorization": f"Bearer {token}"}
        connection.request(
            "PUT", f"{path}?api-version={_VERSION}", json.dumps(_body()), headers=headers
        )
        status = connection.getresponse().status
        connection.close()
        return status

    with ThreadPoolExecutor(2) as both:
        for number in range(4):
            asked = [both.submit(put, group, f"twice-{number}") for group in ("g", "other")]
            assert sorted(one.result() for one in asked) == [200, 409]
    assert len([one for one in web.web_apps.list() if one.name.startswith("twice-")]) == 4


@pytest.mark.parametrize(
    ("method", "part", "status"),
    [
        ("PUT", "basicPublishingCredentialsPolicies/scm", 400),
        ("PUT", "host/default/functionKeys/mine", 400),
        ("POST", "config/web/list", 405),
        ("POST", "config/slotConfigNames/list", 405),
    ],
)
def test_what_nobody_can_mean_of_a_site_is_refused(
    azure: LocalAzure, web: Web, method: str, part: str, status: int
) -> None:
    _site(web, "meant", _body())
    path = f"{_GROUP}/providers/Microsoft.Web/sites/meant/{part}"
    for properties in ([1], {"name": {"a": 1}}):
        assert azure.call(method, path, {"properties": properties}, _VERSION)[0] == status


def test_errors_have_the_providers_own_shape(azure: LocalAzure) -> None:
    path = f"{_GROUP}/providers/Microsoft.Web/sites/shape"
    _, _, told = azure.call("PUT", path, {**_body(), "kind": "app"}, _VERSION)
    assert told.keys() == {"Code", "Message", "Target", "Details", "Innererror"}
    assert told["Details"][2]["ErrorEntity"]["Code"] == told["Code"] == "BadRequest"


def test_a_name_is_checked(web: Web) -> None:
    name = f"free-{uuid.uuid4().hex[:8]}"
    asked: Any = {"name": name, "type": "Microsoft.Web/sites"}
    assert web.check_name_availability(asked).name_available
    _site(web, name, _body())
    told = web.check_name_availability(asked)
    assert (told.name_available, told.reason) == (False, "AlreadyExists")
    web.web_apps.delete("g", name)
    assert web.check_name_availability(asked).name_available


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("POST", "config/appsettings/list"),
        ("POST", "host/default/listkeys"),
        ("GET", "config/web"),
        ("GET", "deployments"),
        ("GET", "deployments/latest"),
        ("GET", "functions"),
    ],
)
def test_parts_of_a_site_that_is_not_there_are_not_there(
    azure: LocalAzure, method: str, part: str
) -> None:
    path = f"{_GROUP}/providers/Microsoft.Web/sites/nowhere/{part}"
    assert azure.call(method, path, version=_VERSION)[0] == 404

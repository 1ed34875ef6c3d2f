"""Who calls: what each way of telling believes, and what it does not."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funcyard.access.authentication import DevelopmentAuthentication, StaticWebAppsAuthentication
from funcyard.access.configuring import authentication_of
from funcyard.access.errors import AccessSettingsError, UnauthenticatedError
from funcyard.access.principal import ADMIN
from funcyard.access.request import Asking

_HEADER = "X-MS-CLIENT-PRINCIPAL"
_GATEWAY = {"FUNCYARD_DEVELOPMENT_GATEWAY": "true"}
_PERSON = {
    "identityProvider": "aad",
    "userId": "0123456789abcdef0123456789abcdef",
    "userDetails": "ann@example.com",
    "userRoles": ["anonymous", "authenticated", ADMIN],
}


def encoded(told: object) -> str:
    return base64.b64encode(json.dumps(told).encode()).decode()


def swa(*values: str) -> Asking:
    return Asking.of([(_HEADER, value) for value in values], "203.0.113.9")


def behind_swa(**settings: str) -> StaticWebAppsAuthentication:
    """As on Funcyard's own host, unless said otherwise."""
    return StaticWebAppsAuthentication({"FUNCYARD_HOST": "1", **settings})


async def test_static_web_apps_tell_who_calls_and_in_which_roles() -> None:
    found = await behind_swa().principal(swa(encoded(_PERSON)))
    assert found.key == "aad:0123456789abcdef0123456789abcdef"
    assert found.name == "ann@example.com"
    assert found.is_admin


@pytest.mark.parametrize("role", ["platformadmin", "PLATFORMADMIN"])
async def test_a_role_counts_however_static_web_apps_spell_it(role: str) -> None:
    person = {**_PERSON, "userRoles": ["anonymous", "authenticated", role]}
    assert (await behind_swa().principal(swa(encoded(person)))).is_admin
    other = {**_PERSON, "userRoles": ["anonymous", "authenticated", f"{role}s"]}
    assert not (await behind_swa().principal(swa(encoded(other)))).is_admin


@pytest.mark.parametrize(
    "change",
    [
        {"userId": None},
        {"userId": ""},
        {"userId": ["x"]},
        {"userId": "a/b"},
        {"userId": "x" * 300},
        {"identityProvider": None},
        {"identityProvider": "a:b"},
        {"identityProvider": "a\nb"},
        {"userRoles": None},
        {"userRoles": ADMIN},
        {"userRoles": [ADMIN]},
        {"userRoles": ["anonymous"]},
        {"userRoles": [["authenticated"]]},
    ],
)
async def test_a_principal_that_does_not_say_who_calls_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(UnauthenticatedError) as refused:
        await behind_swa().principal(swa(encoded({**_PERSON, **change})))
    assert refused.value.status == 401


@pytest.mark.parametrize(
    "value",
    [
        "",
        "{}",
        "not base64",
        base64.b64encode(b"\xff\xfe").decode(),
        encoded([]),
        encoded(None),
        encoded("x"),
        base64.b64encode(b"[" * 12_000).decode(),
        encoded({**_PERSON, "claims": ["x" * 20_000]}),
        encoded(_PERSON) + "\u00fc",
    ],
    ids=lambda value: ascii(value[:20]),
)
async def test_what_is_no_principal_is_refused_whatever_its_size(value: str) -> None:
    with pytest.raises(UnauthenticatedError):
        await behind_swa().principal(swa(value))


@given(st.text(max_size=200))
async def test_no_text_for_a_principal_is_more_than_refused(value: str) -> None:
    with pytest.raises(UnauthenticatedError):
        await behind_swa().principal(swa(value))


async def test_a_second_principal_makes_both_worthless() -> None:
    with pytest.raises(UnauthenticatedError, match="more than once"):
        await behind_swa().principal(swa(encoded(_PERSON), encoded(_PERSON)))
    with pytest.raises(UnauthenticatedError):
        await behind_swa().principal(swa())


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.0.1", "::ffff:127.0.0.1", "::", "", "x"])
async def test_no_principal_comes_from_this_machine_where_workflows_run(peer: str) -> None:
    asking = Asking.of([(_HEADER, encoded(_PERSON))], peer)
    with pytest.raises(UnauthenticatedError, match="this machine"):
        await behind_swa().principal(asking)


async def test_a_host_that_tells_its_own_address_for_everybody_s_refuses_nobody_for_it() -> None:
    asking = Asking.of([(_HEADER, encoded(_PERSON))], "127.0.0.1")
    assert (await StaticWebAppsAuthentication({}).principal(asking)).is_admin


async def test_the_emulator_of_static_web_apps_calls_from_this_machine() -> None:
    asking = Asking.of([(_HEADER, encoded(_PERSON))], "127.0.0.1")
    assert (await behind_swa(FUNCYARD_SWA_EMULATOR="true").principal(asking)).is_admin


def here(peer: str = "127.0.0.1", host: str | None = "localhost:7071", **more: str) -> Asking:
    headers = [(name.replace("_", "-"), value) for name, value in more.items()]
    return Asking.of([*headers, *([("Host", host)] if host is not None else [])], peer)


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "127.8.0.1"])
@pytest.mark.parametrize("host", ["localhost:7071", "127.0.0.1", "[::1]:7071", "app.localhost"])
async def test_on_this_machine_a_developer_is_an_admin(peer: str, host: str) -> None:
    found = await DevelopmentAuthentication({}).principal(here(peer, host))
    assert found.is_admin


@pytest.mark.parametrize(
    "asking",
    [
        here("10.0.0.1"),
        here("::ffff:10.0.0.1"),
        here(""),
        here("localhost.example.com"),
        here(host=None),
        here(host="example.com"),
        here(host="127.0.0.1.example.com"),
        here(host="[::1"),
        here(x_forwarded_for="127.0.0.1"),
        here(forwarded="for=127.0.0.1"),
        here(origin="https://example.com"),
        here(origin="null"),
        here(origin="http://localhost.example.com"),
        Asking.of([("Host", "localhost"), ("host", "localhost")], "127.0.0.1"),
    ],
    ids=lambda asking: f"{asking.peer}-{asking.headers}",
)
async def test_nobody_else_is_a_developer(asking: Asking) -> None:
    with pytest.raises(UnauthenticatedError):
        await DevelopmentAuthentication({}).principal(asking)


async def test_a_page_of_this_machine_may_call() -> None:
    found = await DevelopmentAuthentication({}).principal(here(origin="http://localhost:5173"))
    assert found.is_admin


@pytest.fixture
def container(tmp_path: Path) -> Path:
    """The routes of a container, whose gateway is 172.18.0.1."""
    routes = tmp_path / "route"
    routes.write_text(
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n"
        "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
        "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n",
        encoding="ascii",
    )
    return routes


async def test_the_machine_of_a_container_calls_through_its_gateway(container: Path) -> None:
    in_container = DevelopmentAuthentication(_GATEWAY, container)
    assert (await in_container.principal(here("172.18.0.1"))).is_admin
    assert (await in_container.principal(here("127.0.0.1"))).is_admin


@pytest.mark.parametrize(
    "asking",
    [
        here("172.18.0.2"),  # another container
        here("172.18.0.1", host="example.com"),
        here("172.18.0.1", origin="https://example.com"),
        here("172.18.0.1", x_forwarded_for="172.18.0.1"),
    ],
    ids=lambda asking: f"{asking.peer}-{asking.headers}",
)
async def test_nobody_else_is_a_developer_of_a_container(asking: Asking, container: Path) -> None:
    with pytest.raises(UnauthenticatedError):
        await DevelopmentAuthentication(_GATEWAY, container).principal(asking)


async def test_the_gateway_is_nobody_unless_the_settings_say_so(container: Path) -> None:
    with pytest.raises(UnauthenticatedError):
        await DevelopmentAuthentication({}, container).principal(here("172.18.0.1"))


@pytest.mark.parametrize("text", [None, "Iface\tDestination\n"])
def test_a_gateway_that_there_is_not_lets_nobody_in(tmp_path: Path, text: str | None) -> None:
    routes = tmp_path / "route"
    if text is not None:
        routes.write_text(text, encoding="ascii")
    with pytest.raises(AccessSettingsError, match="no gateway"):
        DevelopmentAuthentication(_GATEWAY, routes)


@pytest.mark.parametrize(
    "settings",
    [
        {"WEBSITE_INSTANCE_ID": "1"},
        {"CONTAINER_APP_NAME": "app"},
        {"KUBERNETES_SERVICE_HOST": "10.0.0.1"},
        {"WEBSITE_HOSTNAME": "app.azurewebsites.net"},
    ],
)
def test_there_is_no_developer_where_others_can_reach_the_app(settings: dict[str, str]) -> None:
    with pytest.raises(AccessSettingsError):
        authentication_of({"FUNCYARD_AUTH": "development", **settings})
    with pytest.raises(AccessSettingsError, match="FUNCYARD_SWA_EMULATOR"):
        authentication_of({"FUNCYARD_AUTH": "swa", "FUNCYARD_SWA_EMULATOR": "true", **settings})
    found = authentication_of({"FUNCYARD_AUTH": "swa", **settings})
    assert isinstance(found, StaticWebAppsAuthentication)


def test_the_local_host_s_own_name_is_no_cloud() -> None:
    settings = {"FUNCYARD_AUTH": "development", "WEBSITE_HOSTNAME": "localhost:7071"}
    assert isinstance(authentication_of(settings), DevelopmentAuthentication)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"FUNCYARD_AUTH": ""},
        {"FUNCYARD_AUTH": "none"},
        {"FUNCYARD_AUTH": "Development"},
        {"FUNCYARD_AUTH": "entra"},
        {"FUNCYARD_AUTH": "entra", "FUNCYARD_ENTRA_TENANT": "t"},
        {"FUNCYARD_AUTH": "entra", "FUNCYARD_ENTRA_AUDIENCE": "api://x"},
        {"FUNCYARD_AUTH": "entra", "FUNCYARD_ENTRA_TENANT": "t", "FUNCYARD_ENTRA_AUDIENCE": " , "},
    ],
)
def test_nobody_is_let_in_by_settings_that_are_left_out(settings: dict[str, str]) -> None:
    with pytest.raises(AccessSettingsError):
        authentication_of(settings)

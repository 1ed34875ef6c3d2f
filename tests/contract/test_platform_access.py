"""Who may call what: every route that the app has, with every role and organisation, from outside.

The routes are the app's own list, so a new one is asked here without being written down; that the
contracts say the same of each is held in ``test_platform_contracts``.
"""

from __future__ import annotations

import base64
import json
import re

import pytest
from tests.platform_routes import Route, served
from tests.running_platform import Callers, RunningPlatform, known_callers, platform

__all__ = ["known_callers", "platform"]

_ORGANISATIONS = (None, "GLOBAL", "acme", "other", "old", "unknown", "", "ACME", "acme/../other")
_ASKED = [one for one in served() if one.role != "anyone"]
_OPEN = {
    "live": "tells nothing but that the app answers",
    "github_webhook": "proves itself by its signature",
    "call_endpoint": "asks for a key, unless workflow and settings say that it is public",
}
_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE")
_SAMPLES = {
    "scope": "GLOBAL",
    "job": "fe5e00c2-b256-84b2-9e08-f6d7502b4022",
    "executionId": "fe5e00c2-b256-84b2-9e08-f6d7502b4022",
    "keyId": "0" * 32,
    "organizationId": "nobody-s",
    "principalId": "a:b",
}


def _path(route: Route) -> str:
    """Return an address of things that are not there, so that calls do nothing."""
    return re.sub(r"\{(\w+)\}", lambda name: _SAMPLES.get(name[1], "nothing"), route.path)


def _status(
    running: RunningPlatform, route: Route, token: str | None, organisation: str | None
) -> int:
    # A body that is no JSON does nothing either, and is looked at last.
    body = None if route.method in ("GET", "HEAD", "DELETE") else b"{"
    answer = running.call(route.method, _path(route), body, token=token, organization=organisation)
    if answer.status >= 400 and route.method != "HEAD":
        assert {"error", "message"} <= answer.json.keys()
    return answer.status


@pytest.mark.parametrize("route", _ASKED, ids=str)
def test_nobody_calls_without_saying_who_they_are(platform: RunningPlatform, route: Route) -> None:
    for token in (None, "x", "", "a.b.c"):
        answer = platform.call(
            route.method,
            _path(route),
            token=None,
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        )
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("route", _ASKED, ids=str)
def test_a_member_reaches_what_is_for_users_of_their_organisation_alone(
    platform: RunningPlatform, known_callers: Callers, route: Route
) -> None:
    for organisation in _ORGANISATIONS:
        found = _status(platform, route, known_callers.member, organisation)
        own = organisation in (None, "acme")
        if own and route.role == "user":
            assert found not in (401, 403, 500), organisation
        else:
            assert found == 403, organisation


@pytest.mark.parametrize("route", _ASKED, ids=str)
def test_who_is_of_no_organisation_or_of_one_that_is_not_active_reaches_nothing(
    platform: RunningPlatform, known_callers: Callers, route: Route
) -> None:
    for organisation in _ORGANISATIONS:
        for caller in (known_callers.stranger, known_callers.former):
            assert _status(platform, route, caller, organisation) == 403


@pytest.mark.parametrize("route", _ASKED, ids=str)
def test_an_admin_reaches_everything_of_active_organisations(
    platform: RunningPlatform, known_callers: Callers, route: Route
) -> None:
    for organisation in _ORGANISATIONS:
        found = _status(platform, route, known_callers.admin, organisation)
        if organisation in (None, "GLOBAL", "acme", "other"):
            about_another = "{scope}" in route.path and organisation in ("acme", "other")
            assert (found == 403) == about_another, organisation
            assert found not in (401, 500), organisation
        else:
            assert found == 404, organisation


def test_nothing_is_open_but_what_is_named_here_with_its_reason() -> None:
    assert {one.function for one in served() if one.role == "anyone"} == _OPEN.keys()


@pytest.mark.parametrize("path", sorted({one.path for one in served()}))
def test_no_other_method_of_a_path_gets_anywhere(platform: RunningPlatform, path: str) -> None:
    known = {one.method for one in served() if one.path == path}
    for method in set(_METHODS) - known:
        answer = platform.call(method, _path(Route(method, path, "", "", ())))
        # 400: the empty name of a file below it.
        assert answer.status in (400, 404, 405), method


def test_what_an_organisation_has_is_not_there_for_another(platform: RunningPlatform) -> None:
    acme, other = "acme", "other"
    ran = platform.run("greet", {"name": "Ada"}, organization=acme).json["executionId"]
    key = platform.call("POST", "/workflow-keys", {}, organization=acme).json["id"]
    version = platform.put("mine.txt", "acme's", organization=acme).json["version"]
    calls = [
        ("GET", f"/executions/{ran}"),
        ("GET", f"/executions/{ran}/result"),
        ("GET", f"/executions/{ran}/logs"),
        ("POST", f"/executions/{ran}/cancel"),
        ("DELETE", f"/workflow-keys/{key}"),
        ("GET", "/workspace/files/mine.txt"),
        ("DELETE", "/workspace/files/mine.txt"),
        ("GET", f"/workspace/files?version={version}"),
        ("GET", f"/workspace/download?version={version}"),
    ]
    for method, path in calls:
        assert platform.call(method, path, organization=other).status == 404, path
    back = {"version": version}
    refused = platform.call("POST", "/workspace/rollback", back, organization=other)
    assert refused.status in (404, 409)
    for path, name in (("/executions", "executions"), ("/workflow-keys", "keys")):
        listed = platform.call("GET", path, organization=other)
        assert listed.json.keys() >= {name}
        assert ran.encode() not in listed.body
        assert key.encode() not in listed.body
    mine = platform.call("GET", "/workspace/files/mine.txt", organization=acme).json
    assert mine["content"] == "acme's"
    path = f"/workflow-keys/{key}"
    assert platform.call("DELETE", path, organization=acme).status == 204


def test_the_id_of_a_removed_organisation_is_nobody_else_s_and_its_keys_open_nothing(
    platform: RunningPlatform,
) -> None:
    made = {"id": "again", "name": "Again"}
    assert platform.call("POST", "/organizations", made).status == 201
    key = platform.call("POST", "/workflow-keys", {}, organization="again").json["key"]
    call = {"X-Workflow-Key": key}
    given = {"name": "Ada"}
    opened = platform.call("POST", "/endpoints/greet", given, token=None, headers=call)
    assert opened.status == 200
    assert platform.call("PATCH", "/organizations/again", {"isActive": False}).status == 200
    shut = platform.call("POST", "/endpoints/greet", given, token=None, headers=call)
    assert shut.status == 401
    assert platform.call("DELETE", "/organizations/again").status == 204
    refused = platform.call("POST", "/organizations", made)
    assert (refused.status, refused.json["error"]) == (409, "OrganisationRemoved")
    assert platform.call("GET", "/organizations/again").status == 404
    again = platform.call("POST", "/endpoints/greet", given, token=None, headers=call)
    assert again.status == 401


def test_the_header_of_static_web_apps_is_not_believed(platform: RunningPlatform) -> None:
    told = {
        "identityProvider": "aad",
        "userId": "1",
        "userRoles": ["authenticated", "PlatformAdmin"],
    }
    header = base64.b64encode(json.dumps(told).encode()).decode()
    answer = platform.call(
        "GET", "/workspace/status", token=None, headers={"X-MS-CLIENT-PRINCIPAL": header}
    )
    assert answer.status == 401


@pytest.mark.parametrize("header", ["x-functions-key", "X-Functions-Key"])
def test_no_key_of_the_host_opens_anything(platform: RunningPlatform, header: str) -> None:
    for path in ("/workspace/status", "/workspace/status?code=master"):
        assert platform.call("GET", path, token=None, headers={header: "master"}).status == 401


def test_a_token_for_another_service_or_of_an_old_time_is_refused(
    platform: RunningPlatform, known_callers: Callers
) -> None:
    head, claims, signature = known_callers.admin.split(".")
    forged = json.loads(base64.urlsafe_b64decode(claims + "=="))
    forged["roles"] = ["PlatformAdmin"]
    body = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    for token in (f"{head}.{body}.{signature}", f"{none}.{claims}.", f"{head}.{claims}."):
        assert platform.call("GET", "/workspace/status", token=token).status == 401


def test_liveness_asks_nobody_and_tells_nothing(platform: RunningPlatform) -> None:
    answer = platform.call("GET", "/health/live", token=None)
    assert (answer.status, answer.json) == (200, {"status": "alive"})


def test_an_organisation_s_key_opens_its_own_endpoints_alone(platform: RunningPlatform) -> None:
    made = platform.call("POST", "/workflow-keys", {"workflow": "greet"}, organization="acme").json
    call = {"X-Workflow-Key": made["key"]}
    answer = platform.call("POST", "/endpoints/greet", {"name": "Ada"}, token=None, headers=call)
    assert (answer.status, answer.json) == (200, "Hello Ada")
    assert platform.call("GET", "/endpoints/greet", token=None, headers=call).status == 405
    for other in ({}, {"X-Workflow-Key": made["key"] + "x"}, {"X-Workflow-Key": ""}):
        refused = platform.call(
            "POST", "/endpoints/greet", {"name": "A"}, token=None, headers=other
        )
        assert refused.status == 401
    listed = platform.call("GET", "/workflow-keys", organization="acme")
    assert made["key"].encode() not in listed.body
    assert platform.call("DELETE", f"/workflow-keys/{made['id']}").status == 404  # GLOBAL's
    path = f"/workflow-keys/{made['id']}"
    assert platform.call("DELETE", path, organization="acme").status == 204
    gone = platform.call("POST", "/endpoints/greet", {"name": "A"}, token=None, headers=call)
    assert gone.status == 401

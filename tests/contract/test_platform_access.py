"""Who may call what: every route with every role and every organisation, from outside."""

from __future__ import annotations

import base64
import json
import re

import pytest
from tests.platform_contracts import Operation, operations
from tests.running_platform import Callers, RunningPlatform, known_callers, platform

__all__ = ["known_callers", "platform"]

_ORGANISATIONS = (None, "GLOBAL", "acme", "other", "old", "unknown", "", "ACME", "acme/../other")
_ASKED = [one for one in operations() if one.role != "anyone"]
_SAMPLES = {
    "scope": "GLOBAL",
    "job": "fe5e00c2-b256-84b2-9e08-f6d7502b4022",
    "executionId": "fe5e00c2-b256-84b2-9e08-f6d7502b4022",
    "keyId": "0" * 32,
    "organizationId": "nobody-s",
    "principalId": "a:b",
}


def _path(operation: Operation) -> str:
    """Return an address of things that are not there, so that calls do nothing."""
    return re.sub(r"\{(\w+)\}", lambda name: _SAMPLES.get(name[1], "nothing"), operation.path)


def _status(
    running: RunningPlatform, operation: Operation, token: str | None, organisation: str | None
) -> int:
    # A body that is no JSON does nothing either, and is looked at last.
    body = None if operation.method in ("GET", "DELETE") else b"{"
    answer = running.call(
        operation.method, _path(operation), body, token=token, organization=organisation
    )
    if answer.status >= 400:
        assert {"error", "message"} <= answer.json.keys()
    return answer.status


@pytest.mark.parametrize("operation", _ASKED, ids=str)
def test_nobody_calls_without_saying_who_they_are(
    platform: RunningPlatform, operation: Operation
) -> None:
    for token in (None, "x", "", "a.b.c"):
        answer = platform.call(
            operation.method,
            _path(operation),
            token=None,
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        )
        assert answer.status == 401
        assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("operation", _ASKED, ids=str)
def test_a_member_reaches_what_is_for_users_of_their_organisation_alone(
    platform: RunningPlatform, known_callers: Callers, operation: Operation
) -> None:
    for organisation in _ORGANISATIONS:
        found = _status(platform, operation, known_callers.member, organisation)
        own = organisation in (None, "acme")
        if own and operation.role == "user":
            assert found not in (401, 403, 500), organisation
        else:
            assert found == 403, organisation


@pytest.mark.parametrize("operation", _ASKED, ids=str)
def test_who_is_of_no_organisation_reaches_nothing(
    platform: RunningPlatform, known_callers: Callers, operation: Operation
) -> None:
    for organisation in _ORGANISATIONS:
        assert _status(platform, operation, known_callers.stranger, organisation) == 403


@pytest.mark.parametrize("operation", _ASKED, ids=str)
def test_an_admin_reaches_everything_of_active_organisations(
    platform: RunningPlatform, known_callers: Callers, operation: Operation
) -> None:
    for organisation in _ORGANISATIONS:
        found = _status(platform, operation, known_callers.admin, organisation)
        if organisation in (None, "GLOBAL", "acme", "other"):
            about_another = "{scope}" in operation.path and organisation in ("acme", "other")
            assert (found == 403) == about_another, organisation
            assert found not in (401, 500), organisation
        else:
            assert found == 404, organisation


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

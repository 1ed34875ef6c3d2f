"""Who may do what, asked from outside: every operation, without a right and with each wrong one."""

from __future__ import annotations

import base64
import http.client
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.storage.fileshare import (
    AccessPolicy,
    AccountSasPermissions,
    FileSasPermissions,
    ResourceTypes,
    ShareFileClient,
    ShareSasPermissions,
    ShareServiceClient,
    generate_account_sas,
    generate_file_sas,
    generate_share_sas,
)
from tests.integration.emulator.conftest import ACCOUNT, OTHER, Files

from funcyard.emulator.files.routes import OPERATIONS

_WRONG = base64.b64encode(b"another key").decode()
_ROUTES = sorted(OPERATIONS)
_LATER = datetime.now(UTC) + timedelta(hours=1)
_EARLIER = datetime.now(UTC) - timedelta(hours=1)


def _target(route: tuple[str, str, str, str]) -> str:
    kind, _, restype, comp = route
    path = {"service": "/", "share": "/guarded", "path": "/guarded/one"}[kind]
    query = [f"restype={restype}"] * bool(restype) + [f"comp={comp}"] * bool(comp)
    return f"/{ACCOUNT}{path}?{'&'.join(query)}"


def _ask(
    files: Files, method: str, target: str, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """Return status and error code of a request with nothing but what is given."""
    connection = http.client.HTTPConnection(urlsplit(files.url).netloc, timeout=10)
    try:
        given = {"x-ms-version": "2025-01-05", "Content-Length": "0", **(headers or {})}
        connection.request(method, target, headers=given)
        answer = connection.getresponse()
        answer.read()
        return answer.status, answer.headers.get("x-ms-error-code", "")
    finally:
        connection.close()


def _account_sas(
    files: Files,
    permission: AccountSasPermissions,
    types: ResourceTypes,
    *,
    key: str | None = None,
    expiry: datetime = _LATER,
    **more: Any,  # noqa: ANN401 - the SDK's own
) -> str:
    return generate_account_sas(ACCOUNT, key or files.key, types, permission, expiry, **more)


def _account_rights(letters: str) -> AccountSasPermissions:
    names = {"r": "read", "w": "write", "d": "delete", "l": "list", "c": "create"}
    return AccountSasPermissions(**{names[one]: True for one in letters})


_ALL_RIGHTS = AccountSasPermissions(read=True, write=True, delete=True, list=True, create=True)
_ALL_TYPES = ResourceTypes(service=True, container=True, object=True)


@pytest.mark.parametrize("route", _ROUTES, ids="-".join)
def test_no_operation_is_for_the_nameless(files: Files, route: tuple[str, str, str, str]) -> None:
    found = _ask(files, route[1], _target(route))
    assert found == (401, "NoAuthenticationInformation")


@pytest.mark.parametrize("route", _ROUTES, ids="-".join)
def test_a_wrong_key_opens_nothing(files: Files, route: tuple[str, str, str, str]) -> None:
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    signed = {"Authorization": f"SharedKey {ACCOUNT}:{_WRONG}", "x-ms-date": now}
    found = _ask(files, route[1], _target(route), signed)
    assert found == (403, "AuthenticationFailed")
    forged = _account_sas(files, _ALL_RIGHTS, _ALL_TYPES, key=_WRONG)
    assert _ask(files, route[1], f"{_target(route)}&{forged}") == (403, "AuthenticationFailed")


@pytest.mark.parametrize("route", _ROUTES, ids="-".join)
def test_an_expired_token_opens_nothing(files: Files, route: tuple[str, str, str, str]) -> None:
    expired = _account_sas(files, _ALL_RIGHTS, _ALL_TYPES, expiry=_EARLIER)
    assert _ask(files, route[1], f"{_target(route)}&{expired}") == (403, "AuthenticationFailed")


@pytest.mark.parametrize("route", _ROUTES, ids="-".join)
def test_a_token_opens_only_what_it_grants(files: Files, route: tuple[str, str, str, str]) -> None:
    operation = OPERATIONS[route]
    lacking = "".join(one for one in "rwdlc" if one not in operation.account_sas)
    token = _account_sas(files, _account_rights(lacking), _ALL_TYPES)
    assert _ask(files, route[1], f"{_target(route)}&{token}") == (
        403,
        "AuthorizationPermissionMismatch",
    )
    others = {"service", "container", "object"} - {operation.resource}
    token = _account_sas(files, _ALL_RIGHTS, ResourceTypes(**dict.fromkeys(others, True)))
    assert _ask(files, route[1], f"{_target(route)}&{token}") == (
        403,
        "AuthorizationResourceTypeMismatch",
    )


@pytest.mark.parametrize("route", _ROUTES, ids="-".join)
def test_a_token_for_a_share_opens_nothing_above_its_files(
    files: Files, route: tuple[str, str, str, str]
) -> None:
    operation = OPERATIONS[route]
    lacking = "".join(one for one in "rcwdl" if one not in operation.service_sas)
    token = generate_share_sas(
        ACCOUNT, "guarded", files.key, ShareSasPermissions.from_string(lacking), _LATER
    )
    expected = (
        "AuthenticationFailed" if route[0] == "service" else "AuthorizationPermissionMismatch"
    )
    assert _ask(files, route[1], f"{_target(route)}&{token}") == (403, expected)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"start": _LATER - timedelta(minutes=1)}, "AuthenticationFailed"),
        ({"protocol": "https"}, "AuthorizationProtocolMismatch"),
        ({"ip": "10.1.2.3"}, "AuthorizationSourceIPMismatch"),
        ({"ip": "10.0.0.1-10.0.0.9"}, "AuthorizationSourceIPMismatch"),
        ({"services": "b"}, "AuthorizationServiceMismatch"),
        ({"ip": "127.0.0.0-127.0.0.9", "protocol": "https,http", "start": _EARLIER}, ""),
    ],
)
def test_a_token_counts_where_and_when_it_says(
    files: Files, more: dict[str, Any], code: str
) -> None:
    services = more.pop("services", "f")
    token = _account_sas(files, _ALL_RIGHTS, _ALL_TYPES, services=services, **more)
    status, found = _ask(files, "GET", f"/{ACCOUNT}/?comp=list&{token}")
    assert (status, found) == (403 if code else 200, code)


@pytest.mark.parametrize("change", ["sp=rwdlc", "se=2099-01-01", "srt=sco", "ss=bfqt"])
def test_a_token_that_was_changed_opens_nothing(files: Files, change: str) -> None:
    token = _account_sas(files, AccountSasPermissions(list=True), ResourceTypes(service=True))
    name = change.partition("=")[0]
    kept = "&".join(part for part in token.split("&") if not part.startswith(f"{name}="))
    assert _ask(files, "GET", f"/{ACCOUNT}/?comp=list&{kept}&{change}") == (
        403,
        "AuthenticationFailed",
    )


def test_a_token_for_a_file_is_for_that_file(files: Files) -> None:
    share = files.share("file-tokens")
    for name in ("one", "two"):
        share.get_file_client(name).upload_file(b"1")
    token = generate_file_sas(
        ACCOUNT, "file-tokens", ["one"], files.key,
        permission=FileSasPermissions(read=True), expiry=_LATER, content_type="text/x-mine",
    )  # fmt: skip

    def client(name: str) -> ShareFileClient:
        return ShareFileClient(files.url, "file-tokens", name, credential=token, retry_total=0)

    found = client("one").download_file()
    assert (found.readall(), found.properties.content_settings.content_type) == (
        b"1",
        "text/x-mine",
    )
    for refused in (client("two").download_file, client("one").delete_file):
        with pytest.raises(HttpResponseError) as fault:
            refused()
        assert fault.value.status_code == 403


def test_a_token_that_may_only_create_overwrites_nothing(files: Files) -> None:
    files.share("creating").get_file_client("kept").upload_file(b"old")
    token = generate_share_sas(
        ACCOUNT, "creating", files.key, ShareSasPermissions(create=True), _LATER
    )
    for name, allowed in (("new", True), ("kept", False)):
        client = ShareFileClient(files.url, "creating", name, credential=token, retry_total=0)
        if allowed:
            client.create_file(1)
        else:
            with pytest.raises(HttpResponseError):
                client.create_file(1)
    kept = files.client().get_share_client("creating").get_file_client("kept")
    assert kept.download_file().readall() == b"old"


def test_a_stored_policy_is_what_a_token_may_until_it_is_taken_back(files: Files) -> None:
    share = files.share("policies")
    share.get_file_client("f").upload_file(b"1")
    policy = AccessPolicy(ShareSasPermissions(read=True), expiry=_LATER, start=_EARLIER)
    share.set_share_access_policy({"reader": policy})
    token = generate_share_sas(ACCOUNT, "policies", files.key, policy_id="reader")
    client = ShareFileClient(files.url, "policies", "f", credential=token, retry_total=0)

    assert client.download_file().readall() == b"1"
    with pytest.raises(HttpResponseError):
        client.delete_file()
    share.set_share_access_policy({})
    with pytest.raises(ClientAuthenticationError):
        client.download_file()


def test_accounts_are_apart(files: Files) -> None:
    files.share("mine")
    assert "mine" not in [one.name for one in files.client(OTHER).list_shares()]
    stranger = ShareServiceClient(
        files.url.replace(ACCOUNT, "nobody"),
        credential={"account_name": "nobody", "account_key": files.key},
        retry_total=0,
    )
    with pytest.raises(ClientAuthenticationError):
        list(stranger.list_shares())


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Authorization": "Bearer token"}, (403, "AuthenticationFailed")),
        ({"Authorization": "Basic YTpi"}, (400, "InvalidAuthenticationInfo")),
        ({"Authorization": f"SharedKey {ACCOUNT}:***"}, (403, "AuthenticationFailed")),
        (
            {
                "Authorization": f"SharedKey {ACCOUNT}:{_WRONG}",
                "x-ms-date": "Mon, 01 Jan 2024 00:00:00 GMT",
            },
            (403, "AuthenticationFailed"),
        ),
    ],
)
def test_what_proves_nothing_is_refused(
    files: Files, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    assert _ask(files, "GET", f"/{ACCOUNT}/?comp=list", headers) == expected


@pytest.mark.parametrize(
    "path",
    ["/guarded/%2e%2e/%2e%2e/key", "/guarded/..%2f..%2fkey", "/guarded/%00", "/guarded/a//b"],
)
def test_no_path_leads_out_of_a_share(path: str, signed: Callable[..., tuple[int, str]]) -> None:
    assert signed("GET", f"/{ACCOUNT}{path}") == (400, "InvalidResourceName")


@pytest.fixture
def signed(files: Files) -> Callable[..., tuple[int, str]]:
    """Ask with a token that may everything."""
    token = _account_sas(files, _ALL_RIGHTS, _ALL_TYPES)

    def ask(method: str, target: str, **headers: str) -> tuple[int, str]:
        joined = f"{target}{'&' if '?' in target else '?'}{token}"
        return _ask(files, method, joined, {k.replace("_", "-"): v for k, v in headers.items()})

    return ask


def test_what_is_not_there_is_refused_and_never_done(
    files: Files, signed: Callable[..., tuple[int, str]]
) -> None:
    files.share("refusals").get_file_client("f").upload_file(b"1")
    base = f"/{ACCOUNT}/refusals"
    assert signed("PUT", f"{base}?restype=share&comp=undelete")[1] == "InvalidQueryParameterValue"
    assert signed("PUT", f"{base}/l?restype=symboliclink")[1] == "InvalidQueryParameterValue"
    assert signed("POST", f"{base}/f") == (405, "UnsupportedHttpVerb")
    assert signed("GET", f"{base}/f", If_Match="*") == (400, "ConditionHeadersNotSupported")
    assert signed("GET", f"{base}/f", x_ms_structured_body="XSM/1.0") == (400, "UnsupportedHeader")
    nfs = {"x_ms_type": "file", "x_ms_content_length": "1", "x_ms_mode": "0644"}
    assert signed("PUT", f"{base}/n", **nfs) == (400, "UnsupportedHeader")
    assert signed("GET", f"{base}/f", x_ms_version="yesterday") == (400, "InvalidHeaderValue")
    assert signed("GET", f"{base}/n")[0] == 404

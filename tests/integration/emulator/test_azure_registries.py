"""Container registries of the local Azure: judges are Microsoft's clients and a public one."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import oras.client
import pytest
import requests
from azure.core.exceptions import (
    HttpResponseError,
)
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.containerregistry.models import (
    RegenerateCredentialParameters,
    Registry,
    RegistryNameCheckRequest,
    RegistryPropertiesUpdateParameters,
    RegistryUpdateParameters,
    Sku,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import local_azure
from tests.integration.emulator.registries import (
    DELETE,
    PULL,
    PUSH,
    LocalRegistry,
    identity,
    management,
    registry,
)
from tests.integration.emulator.twins import assign, group
from tests.local_azure import MANAGER, LocalAzure

_GROUP = "registries"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    group(service, _GROUP)
    yield service
    service.end()


@pytest.fixture(scope="module")
def client(azure: LocalAzure) -> Iterator[ContainerRegistryManagementClient]:
    with management(azure) as made:
        yield made


@pytest.fixture(scope="module")
def shared(azure: LocalAzure) -> LocalRegistry:
    return registry(azure, _GROUP, "Shared")


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _descriptor(kind: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": kind, "digest": _digest(content), "size": len(content)}


def _pushed(shared: LocalRegistry, repository: str, tag: str, layer: bytes = b"layer") -> str:
    """Push an image of one layer with Microsoft's client; return its digest."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _descriptor(_CONFIG, b"{}"),
        "layers": [_descriptor(_LAYER, layer)],
    }
    with shared.client() as client:
        for content in (b"{}", layer):
            client.upload_blob(repository, io.BytesIO(content))
        return client.set_manifest(repository, manifest, tag=tag)


def _ask(
    shared: LocalRegistry,
    method: str,
    path: str,
    **more: Any,  # noqa: ANN401 - what requests takes
) -> requests.Response:
    """Send a request as the admin user."""
    more.setdefault("auth", (shared.user, shared.passwords[0]))
    url = f"https://{shared.server}{path}"
    return requests.request(method, url, verify=shared.azure.ca, timeout=20, **more)


def _code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["code"]


def test_a_registry_tells_its_server_and_a_name_is_one_registrys(
    azure: LocalAzure, shared: LocalRegistry, client: ContainerRegistryManagementClient
) -> None:
    kept = client.registries.get(_GROUP, "shared")
    assert kept.properties is not None
    assert kept.sku is not None
    assert kept.properties.login_server == shared.server
    assert (kept.properties.provisioning_state, kept.sku.tier) == ("Succeeded", "Standard")
    kind = "Microsoft.ContainerRegistry/registries"
    asked = [RegistryNameCheckRequest(name=name, type=kind) for name in ("SHARED", "other1", "a")]
    told = [client.registries.check_name_availability(one) for one in asked]
    assert [(one.name_available, one.reason) for one in told] == [
        (False, "AlreadyExists"),
        (True, None),
        (False, "Invalid"),
    ]
    body = Registry(location="westeurope", sku=Sku(name="Basic"))
    group(azure, "elsewhere")
    with pytest.raises(HttpResponseError, match="already in use"):
        client.registries.begin_create("elsewhere", "shared", body)
    with pytest.raises(HttpResponseError, match="alphanumeric"):
        client.registries.begin_create(_GROUP, "no-hyphens", body)


def test_a_property_that_is_not_served_is_refused(azure: LocalAzure) -> None:
    body = {
        "location": "westeurope",
        "sku": {"name": "Premium"},
        "properties": {"zoneRedundancy": "Enabled"},
    }
    path = (
        f"/subscriptions/{local_azure.SUBSCRIPTION}/resourceGroups/{_GROUP}/providers"
        "/Microsoft.ContainerRegistry/registries/zones"
    )
    status, _, told = azure.call("PUT", path, body, "2023-07-01")
    assert (status, told["error"]["message"]) == (
        400,
        "'zoneRedundancy' is only 'Disabled' at the local Azure.",
    )
    body["properties"] = {"adminUserEnable": True}
    status, _, told = azure.call("PUT", path, body, "2023-07-01")
    assert status == 400
    assert "adminUserEnable" in told["error"]["message"]


def test_an_image_comes_back_as_it_was_pushed_by_tag_and_digest(shared: LocalRegistry) -> None:
    layer = bytes(range(256)) * 20_000  # more than one part of the client's
    digest = _pushed(shared, "team/app", "v1", layer)
    with shared.client() as client:
        by_tag = client.get_manifest("team/app", "v1")
        assert by_tag.digest == digest
        assert client.get_manifest("team/app", digest).manifest == by_tag.manifest
        assert b"".join(client.download_blob("team/app", _digest(layer))) == layer


def test_a_public_oci_client_pushes_and_pulls(
    azure: LocalAzure, shared: LocalRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", azure.ca)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    Path("note.txt").write_text("kept", encoding="utf-8")
    client = oras.client.OrasClient(hostname=shared.server, auth_backend="basic")
    client.login(
        hostname=shared.server,
        username=shared.user,
        password=shared.passwords[1],
        config_path=str(tmp_path / "config.json"),
    )
    target = f"{shared.server}/artifacts/note:first"
    client.push(target=target, files=["note.txt"])
    Path("note.txt").unlink()
    (pulled,) = client.pull(target=target, outdir=str(tmp_path / "out"))
    assert Path(pulled).read_text(encoding="utf-8") == "kept"
    assert client.get_tags(target) == ["first"]
    client.session.close()


def test_roles_at_the_registry_say_who_pulls_pushes_and_deletes(
    azure: LocalAzure, shared: LocalRegistry
) -> None:
    digest = _pushed(shared, "guarded", "v1")
    names = ("puller", "pusher", "cleaner", "nobody")
    puller, pusher, cleaner, nobody = (identity(azure, _GROUP, one) for one in names)
    for subject, role in ((puller, PULL), (pusher, PUSH), (cleaner, DELETE)):
        assign(azure, shared.id, role, subject)

    def may(subject: str, method: str, path: str) -> bool:
        token = _token(shared, subject, "repository:guarded:pull,push,delete")
        bearer = {"authorization": f"Bearer {token}"}
        return _ask(shared, method, f"/v2/guarded{path}", auth=_none, headers=bearer).ok

    image = f"/manifests/{digest}"
    questions = (("GET", image), ("POST", "/blobs/uploads/"), ("DELETE", image))
    told = [
        [may(subject, *question) for question in questions]
        for subject in (puller, pusher, nobody, cleaner)
    ]
    assert told == [
        [True, False, False],
        [True, True, False],
        [False, False, False],
        [False, False, True],
    ]
    assert not _ask(shared, "GET", f"/v2/guarded{image}").ok


def _token(shared: LocalRegistry, subject: str, scope: str) -> str:
    """Return a registry's token of a managed identity; nothing where it gets none."""
    form = {
        "grant_type": "access_token",
        "service": shared.server,
        "access_token": shared.azure.issuer.identity_token(MANAGER, "client", subject),
    }
    exchanged = _ask(shared, "POST", "/oauth2/exchange", data=form, auth=_none)
    if not exchanged.ok:
        return ""
    form = {**form, "grant_type": "refresh_token", "scope": scope, **exchanged.json()}
    told = _ask(shared, "POST", "/oauth2/token", data=form, auth=_none)
    return str(told.json()["access_token"])


def test_a_token_opens_what_it_was_asked_for_and_nothing_else(shared: LocalRegistry) -> None:
    _pushed(shared, "open", "v1")
    _pushed(shared, "shut", "v1")
    asked = {"service": shared.server, "scope": "repository:open:pull"}
    token = _ask(shared, "GET", "/oauth2/token", params=asked).json()["access_token"]
    bearer: dict[str, Any] = {"headers": {"authorization": f"Bearer {token}"}, "auth": _none}
    assert _ask(shared, "GET", "/v2/open/tags/list", **bearer).json()["tags"] == ["v1"]
    refused = _ask(shared, "GET", "/v2/shut/tags/list", **bearer)
    assert _code(refused) == (401, "UNAUTHORIZED")
    assert (
        'scope="repository:shut:pull",error="insufficient_scope"'
        in refused.headers["www-authenticate"]
    )
    assert _code(_ask(shared, "POST", "/v2/open/blobs/uploads/", **bearer))[0] == 401
    # It is neither a refresh token nor somebody's name and password.
    form = {"grant_type": "refresh_token", "service": shared.server, "refresh_token": token}
    assert _ask(shared, "POST", "/oauth2/token", data=form, auth=_none).status_code == 401
    assert _ask(shared, "GET", "/oauth2/token", params=asked, **bearer).status_code == 401


def _none(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Sign in as nobody, whatever a file of this machine says."""
    return request


def test_who_proves_nothing_is_told_where_a_token_is_had(shared: LocalRegistry) -> None:
    for auth in (_none, (shared.user, "wrong"), (shared.user, "")):
        refused = _ask(shared, "GET", "/v2/", auth=auth)
        assert _code(refused) == (401, "UNAUTHORIZED")
        assert refused.headers["www-authenticate"] == (
            f'Bearer realm="https://{shared.server}/oauth2/token",service="{shared.server}"'
        )
    assert _ask(shared, "GET", "/v2/").status_code == 200
    token = base64.b64encode(b"no colon").decode()
    odd = _ask(shared, "GET", "/v2/", auth=_none, headers={"authorization": f"Basic {token}"})
    assert odd.status_code == 401


def test_anybody_pulls_where_that_is_allowed(azure: LocalAzure) -> None:
    anonymous = registry(azure, _GROUP, "anybody", is_open=True)
    _pushed(anonymous, "public", "v1")
    asked = {"service": anonymous.server, "scope": "repository:public:pull,push"}
    token = _ask(anonymous, "GET", "/oauth2/token", params=asked, auth=_none).json()
    bearer = {"authorization": f"Bearer {token['access_token']}"}
    pulled = _ask(anonymous, "GET", "/v2/public/manifests/v1", auth=_none, headers=bearer)
    assert pulled.status_code == 200
    pushed = _ask(anonymous, "POST", "/v2/public/blobs/uploads/", auth=_none, headers=bearer)
    assert pushed.status_code == 401


def test_a_password_that_is_made_anew_closes_the_old_one_only(
    azure: LocalAzure, client: ContainerRegistryManagementClient
) -> None:
    own = registry(azure, _GROUP, "renewed")
    told = client.registries.regenerate_credential(
        _GROUP, "renewed", RegenerateCredentialParameters(name="password")
    )
    assert told.passwords is not None
    assert [one.value == old for one, old in zip(told.passwords, own.passwords, strict=True)] == [
        False,
        True,
    ]
    opened = [
        _ask(own, "GET", "/v2/", auth=(own.user, password)).status_code
        for password in (*own.passwords, str(told.passwords[0].value))
    ]
    assert opened == [401, 200, 200]
    properties = RegistryPropertiesUpdateParameters(admin_user_enabled=False)
    client.registries.begin_update(
        _GROUP, "renewed", RegistryUpdateParameters(properties=properties), polling_interval=0
    ).result()
    assert _ask(own, "GET", "/v2/", auth=(own.user, own.passwords[1])).status_code == 401
    with pytest.raises(HttpResponseError, match="admin user is disabled"):
        client.registries.list_credentials(_GROUP, "renewed")


def test_parts_follow_one_another_and_a_wrong_digest_keeps_nothing(shared: LocalRegistry) -> None:
    begun = _ask(shared, "POST", "/v2/parts/blobs/uploads/")
    assert (begun.status_code, begun.headers["range"]) == (202, "0-0")
    where = begun.headers["location"]
    first = _ask(shared, "PATCH", where, data=b"abc", headers={"content-range": "0-2"})
    assert (first.status_code, first.headers["range"]) == (202, "0-2")
    skipped = _ask(shared, "PATCH", where, data=b"xyz", headers={"content-range": "5-7"})
    assert (skipped.status_code, skipped.headers["range"]) == (416, "0-2")
    assert _ask(shared, "GET", where).headers["range"] == "0-2"
    done = _ask(shared, "PUT", where, data=b"def", params={"digest": _digest(b"abcdef")})
    assert (done.status_code, done.headers["docker-content-digest"]) == (201, _digest(b"abcdef"))
    blob = f"/v2/parts/blobs/{_digest(b'abcdef')}"
    assert _ask(shared, "HEAD", blob).headers["content-length"] == "6"
    part = _ask(shared, "GET", blob, headers={"range": "bytes=2-3"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        b"cd",
        "bytes 2-3/6",
    )
    assert _ask(shared, "GET", blob, headers={"range": "bytes=6-"}).status_code == 416
    again = _ask(shared, "POST", "/v2/parts/blobs/uploads/").headers["location"]
    wrong = _ask(shared, "PUT", again, data=b"ghi", params={"digest": _digest(b"other")})
    assert _code(wrong) == (400, "DIGEST_INVALID")
    assert _code(_ask(shared, "GET", again)) == (404, "BLOB_UPLOAD_UNKNOWN")
    third = _ask(shared, "POST", "/v2/parts/blobs/uploads/").headers["location"]
    elsewhere = third.replace("/parts/", "/other/")
    assert _code(_ask(shared, "PATCH", elsewhere, data=b"x")) == (404, "BLOB_UPLOAD_UNKNOWN")
    assert _ask(shared, "DELETE", third).status_code == 204
    assert _code(_ask(shared, "GET", third)) == (404, "BLOB_UPLOAD_UNKNOWN")


def test_a_blob_of_one_repository_is_mounted_in_another(shared: LocalRegistry) -> None:
    _pushed(shared, "source", "v1", b"to be shared")
    digest = _digest(b"to be shared")
    assert _ask(shared, "HEAD", f"/v2/target/blobs/{digest}").status_code == 404
    query = {"mount": digest, "from": "source"}
    mounted = _ask(shared, "POST", "/v2/target/blobs/uploads/", params=query)
    assert mounted.status_code == 201
    assert _ask(shared, "GET", f"/v2/target/blobs/{digest}").content == b"to be shared"
    unknown = {"mount": _digest(b"nowhere"), "from": "source"}
    assert _ask(shared, "POST", "/v2/target/blobs/uploads/", params=unknown).status_code == 202
    assert _ask(shared, "DELETE", f"/v2/target/blobs/{digest}").status_code == 202
    assert _ask(shared, "GET", f"/v2/source/blobs/{digest}").status_code == 200
    assert _code(_ask(shared, "DELETE", f"/v2/source/blobs/{digest}")) == (403, "DENIED")


@pytest.mark.parametrize(
    ("body", "kind", "code"),
    [
        ("{", _MANIFEST, "MANIFEST_INVALID"),
        ("[]", _MANIFEST, "MANIFEST_INVALID"),
        ('{"schemaVersion": 1}', _MANIFEST, "MANIFEST_INVALID"),
        ('{"schemaVersion": 2}', _MANIFEST, "MANIFEST_INVALID"),
        ('{"schemaVersion": 2, "layers": [{"digest": "md5:1"}]}', _MANIFEST, "MANIFEST_INVALID"),
        ('{"schemaVersion": 2, "layers": []}', "text/plain", "MANIFEST_INVALID"),
        (
            json.dumps(
                {
                    "schemaVersion": 2,
                    "config": {"digest": _digest(b"absent")},
                    "layers": [],
                }
            ),
            _MANIFEST,
            "MANIFEST_BLOB_UNKNOWN",
        ),
    ],
)
def test_a_manifest_that_is_none_is_refused(
    shared: LocalRegistry, body: str, kind: str, code: str
) -> None:
    headers = {"content-type": kind}
    answer = _ask(shared, "PUT", "/v2/bad/manifests/v1", data=body, headers=headers)
    assert _code(answer) == (400, code)


def test_what_is_not_there_has_the_specifications_codes(shared: LocalRegistry) -> None:
    missing = _digest(b"missing")
    told = {
        "/v2/none/manifests/v1": (404, "MANIFEST_UNKNOWN"),
        f"/v2/none/manifests/{missing}": (404, "MANIFEST_UNKNOWN"),
        f"/v2/none/blobs/{missing}": (404, "BLOB_UNKNOWN"),
        "/v2/none/blobs/md5:1": (400, "DIGEST_INVALID"),
        "/v2/none/tags/list": (404, "NAME_UNKNOWN"),
        "/v2/UPPER/tags/list": (400, "NAME_INVALID"),
        "/v2/_catalog?n=x": (400, "PAGINATION_NUMBER_INVALID"),
        "/v3/": (404, "NOT_FOUND"),
    }
    assert {path: _code(_ask(shared, "GET", path)) for path in told} == told
    assert _code(_ask(shared, "PATCH", "/v2/_catalog")) == (405, "UNSUPPORTED")


def test_lists_come_in_pages(shared: LocalRegistry) -> None:
    for tag in ("a", "b", "c"):
        _pushed(shared, "paged", tag)
    first = _ask(shared, "GET", "/v2/paged/tags/list?n=2")
    assert first.json() == {"name": "paged", "tags": ["a", "b"]}
    assert first.headers["link"] == '</v2/paged/tags/list?last=b&n=2>; rel="next"'
    second = _ask(shared, "GET", "/v2/paged/tags/list?n=2&last=b")
    assert second.json()["tags"] == ["c"]
    assert "link" not in second.headers
    assert "paged" in _ask(shared, "GET", "/v2/_catalog").json()["repositories"]
    assert _ask(shared, "DELETE", "/v2/paged/manifests/c").status_code == 202
    assert _ask(shared, "GET", "/v2/paged/tags/list").json()["tags"] == ["a", "b"]


def test_images_outlive_a_kill_and_unfinished_uploads_do_not(tmp_path: Path) -> None:
    service = local_azure.start(tmp_path / "kept", "--scale", "1000")
    try:
        group(service, _GROUP)
        before = registry(service, _GROUP, "lasting")
        digest = _pushed(before, "app", "v1", b"of an image")
        with before.client() as client:
            loose, _ = client.upload_blob("app", io.BytesIO(b"of none"))
        begun = _ask(before, "POST", "/v2/app/blobs/uploads/").headers["location"]
        _ask(before, "PATCH", begun, data=b"half")
        service.kill()
        service = local_azure.start(tmp_path / "kept", "--scale", "1000")
        with management(service) as manager:
            kept = manager.registries.get(_GROUP, "lasting").properties
        assert kept is not None
        assert kept.login_server == before.server
        with replace(before, azure=service).client() as client:
            assert client.get_manifest("app", "v1").digest == digest
        assert _ask(before, "GET", f"/v2/app/blobs/{loose}").status_code == 404
        assert _ask(before, "GET", begun).status_code == 404
        folder = next((tmp_path / "kept" / "registries").rglob("blobs"))
        assert {f"sha256:{one.name}" for one in folder.iterdir()} == {
            _digest(b"{}"),
            _digest(b"of an image"),
        }
        with management(service) as manager:
            manager.registries.begin_delete(_GROUP, "lasting", polling_interval=0).result()
        assert not folder.exists()
    finally:
        service.kill()


def test_entra_tokens_for_other_services_are_exchanged_for_nothing(shared: LocalRegistry) -> None:
    for audience, status in ((MANAGER, 200), ("https://vault.azure.net", 401)):
        form = {
            "grant_type": "access_token",
            "service": shared.server,
            "access_token": shared.azure.issuer.application_token(audience),
        }
        answer = _ask(shared, "POST", "/oauth2/exchange", data=form, auth=_none)
        assert answer.status_code == status
    form["service"] = "other.azurecr.io"
    assert _ask(shared, "POST", "/oauth2/exchange", data=form, auth=_none).status_code == 400


def test_what_is_known_of_images_is_told_to_microsofts_client(shared: LocalRegistry) -> None:
    first = _pushed(shared, "told/app", "v1", b"first")
    second = _pushed(shared, "told/app", "v2", b"second layer")
    _pushed(shared, "told/app", "latest", b"second layer")
    with shared.client() as client:
        assert "told/app" in list(client.list_repository_names(results_per_page=1))
        known = client.get_repository_properties("told/app")
        assert (known.manifest_count, known.tag_count) == (2, 3)
        tags = list(client.list_tag_properties("told/app", results_per_page=2))
        assert [(one.name, one.digest) for one in tags] == [
            *(("latest", second), ("v1", first), ("v2", second)),
        ]
        manifests = {one.digest: one for one in client.list_manifest_properties("told/app")}
        assert manifests[second].tags == ["latest", "v2"]
        assert manifests[first].size_in_bytes == len(b"{}first")
        assert client.get_manifest_properties("told/app", "v1").digest == first
        assert client.get_tag_properties("told/app", "v1").digest == first
        client.delete_tag("told/app", "v1")
        client.delete_manifest("told/app", second)
        assert [one.name for one in client.list_tag_properties("told/app")] == []
        client.delete_repository("told/app")
        assert "told/app" not in list(client.list_repository_names())


_NAMES = st.sampled_from(["app", "a/b", "UP", "..", "%00", "x" * 300, "é", "a//b", ""])
_VERSIONS = st.sampled_from(["v1", "sha256:1", _digest(b""), "..", "%2e%2e", "-", "é", "%FF"])
_PATHS = st.one_of(
    st.builds("/v2/{}/manifests/{}".format, _NAMES, _VERSIONS),
    st.builds("/v2/{}/blobs/{}".format, _NAMES, _VERSIONS),
    st.builds("/v2/{}/blobs/uploads/{}".format, _NAMES, _VERSIONS),
    st.builds("/v2/{}/tags/list?n={}&last={}".format, _NAMES, _VERSIONS, _VERSIONS),
    st.builds(
        "/acr/v1/{}/_{}/{}".format, _NAMES, st.sampled_from(["tags", "manifests"]), _VERSIONS
    ),
    st.builds("/acr/v1/{}".format, _NAMES),
    st.builds("/v2/_catalog?n={}&last={}".format, _VERSIONS, _NAMES),
    st.builds("/oauth2/{}?service={}".format, st.sampled_from(["token", "exchange"]), _NAMES),
    st.text(max_size=20).map(lambda text: f"/{text}"),
)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "OPTIONS"]),
    _PATHS,
    st.sampled_from([b"", b"{}", b"[]", b"null", b'{"schemaVersion":2,"layers":[1]}', b"\xff"]),
    st.sampled_from([_MANIFEST, "text/plain", "application/x-www-form-urlencoded", ""]),
    st.sampled_from(["", "0-0", "bytes 5-3/2", "9" * 30 + "-1", "x"]),
)
def test_no_request_is_an_error_of_the_registry(
    shared: LocalRegistry, method: str, path: str, body: bytes, kind: str, part: str
) -> None:
    headers = {"content-type": kind, "content-range": part, "range": f"bytes={part}"}
    answer = _ask(shared, method, path, data=body, headers=headers, allow_redirects=False)
    assert answer.status_code < 500, answer.text

"""As whom container apps act: images pulled, secrets read and tokens got by identities; a kill."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from azure.mgmt.msi import ManagedServiceIdentityClient
from tests import local_azure
from tests.forked_command import funcyard
from tests.integration.emulator.containerapps import (
    VERSION,
    Stream,
    app,
    asked,
    environment,
    good,
    path,
    put,
    revision_until,
    running,
    serving,
    token,
    told,
    until,
)
from tests.integration.emulator.registries import PULL, identity, registry
from tests.integration.emulator.twins import assign, group
from tests.local_azure import LocalAzure

_GROUP = "container-identities"
_INGRESS = {"external": True, "targetPort": 80}
_ONE = {"minReplicas": 1, "maxReplicas": 1}
_SLEEP = "time.sleep(999)"
_ASKING = """
import json, os, ssl, time, urllib.request
resource = "https://management.azure.com"
url = os.environ["IDENTITY_ENDPOINT"] + "?api-version=2019-08-01&resource=" + resource
asked = urllib.request.Request(url, headers={"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]})
trust = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
print(json.load(urllib.request.urlopen(asked, context=trust))["token_type"], flush=True)
time.sleep(999)
"""


@pytest.fixture(scope="module")
def azure(apps_azure: LocalAzure) -> LocalAzure:
    group(apps_azure, _GROUP)
    return apps_azure


@pytest.fixture(scope="module")
def env(azure: LocalAzure) -> str:
    return environment(azure, _GROUP, "shared")


@pytest.fixture(scope="module")
def reader(azure: LocalAzure) -> str:
    """Make an identity that people assign to apps; return its id."""
    identity(azure, _GROUP, "reader")
    with azure.client(ManagedServiceIdentityClient) as client:
        return str(client.user_assigned_identities.get(_GROUP, "reader").id)


def _app(name: str) -> str:
    return path(_GROUP, "containerApps", name)


def _assigned(identifier: str) -> dict[str, Any]:
    return {"type": "UserAssigned", "userAssignedIdentities": {identifier: {}}}


def _printed(azure: LocalAzure, where: str) -> str:
    """Return what the one container of an app printed, once that is something."""
    revision = revision_until(azure, where, "one", "RunningAtMaxScale")
    assert revision["replicas"] == 1
    name = f"{where.rpartition('/')[2]}--one"
    listed = good(azure.call("GET", f"{where}/revisions/{name}/replicas", None, VERSION))["value"]
    address = listed[0]["properties"]["containers"][0]["logStreamEndpoint"]

    def printed() -> str:
        with Stream(azure, address, token(azure, where), output="text") as stream:
            return stream.text()

    return str(until(printed, bool))


def _properties(env: str, container: dict[str, object], **configuration: object) -> dict[str, Any]:
    template = {"containers": [container], "scale": _ONE, "revisionSuffix": "one"}
    return {"environmentId": env, "configuration": configuration, "template": template}


def test_an_image_is_pulled_by_whom_a_role_lets(
    azure: LocalAzure, env: str, reader: str, tmp_path: Path
) -> None:
    held = registry(azure, _GROUP, "identities")
    (tmp_path / "main.py").write_text("print('pulled', flush=True)\nimport time\ntime.sleep(999)\n")
    words = ("push", ".", "identities/app:v1", "--entrypoint", "python main.py")
    pushed = funcyard("emulator", "image", *words, "--location", azure.location, cwd=tmp_path)
    assert pushed.returncode == 0, pushed.stderr
    image: dict[str, object] = {"name": "main", "image": f"{held.server}/app:v1"}
    registries = [{"server": held.server, "identity": reader}]
    where = _app("pulling")
    put(azure, where, _properties(env, image, registries=registries), identity=_assigned(reader))

    def refused() -> list[str]:
        return [one["Msg"] for one in told(azure, where) if one["Type"] == "Warning"]

    assert any("app:v1" in one for one in until(refused, bool))
    with azure.client(ManagedServiceIdentityClient) as client:
        principal = client.user_assigned_identities.get(_GROUP, "reader").principal_id
    assign(azure, held.id, PULL, str(principal))
    good(azure.call("POST", f"{where}/revisions/pulling--one/restart", None, VERSION))
    assert "pulled" in _printed(azure, where)


def test_a_secret_comes_from_the_vault(azure: LocalAzure, env: str, reader: str) -> None:
    opened = azure.issuer.application_token("https://vault.azure.net")
    at = f"{azure.url}/secrets/kept"
    status, _, answer = azure.ask(
        "PUT", f"{at}?api-version=7.4", {"value": "of the vault"}, token=opened
    )
    assert status == 200, answer
    secret = {"name": "key", "keyVaultUrl": at, "identity": reader}
    printing = running(f"import os, time; print(os.environ['KEY'], flush=True); {_SLEEP}")
    container = {**printing, "env": [{"name": "KEY", "secretRef": "key"}]}
    where = _app("reading")
    put(azure, where, _properties(env, container, secrets=[secret]), identity=_assigned(reader))
    assert "of the vault" in _printed(azure, where)
    shown = good(azure.call("GET", where, None, VERSION))["properties"]["configuration"]["secrets"]
    assert shown == [secret]


def test_a_change_fails_whose_secret_the_vault_does_not_give(
    azure: LocalAzure, env: str, reader: str
) -> None:
    secret = {"name": "key", "keyVaultUrl": f"{azure.url}/secrets/none", "identity": reader}
    where = _app("lacking")
    body = {
        "location": "eastus",
        "identity": _assigned(reader),
        "properties": _properties(env, running(_SLEEP), secrets=[secret]),
    }
    status, headers, _ = azure.call("PUT", where, body, VERSION)
    assert status == 201
    ended = until(
        lambda: good(azure.call("GET", headers["azure-asyncoperation"])),
        lambda one: one["status"] != "InProgress",
    )
    assert ended["status"] == "Failed"
    assert ended["error"]["code"] == "ContainerAppSecretKeyVaultUrlInvalid"
    seen = good(azure.call("GET", where, None, VERSION))["properties"]
    assert seen["provisioningState"] == "Failed"


def test_an_app_gets_tokens_as_itself(azure: LocalAzure, env: str) -> None:
    where = _app("itself")
    own = {"type": "SystemAssigned"}
    made = put(azure, where, _properties(env, running(_ASKING)), identity=own)
    assert made["identity"]["principalId"]
    assert "Bearer" in _printed(azure, where)


@pytest.mark.parametrize("kind", ["SystemAssigned", "UserAssigned"])
def test_an_app_gets_no_tokens_once_the_identity_is_taken_from_it(
    azure: LocalAzure, env: str, reader: str, kind: str
) -> None:
    """What a program was told before opens nothing any more."""
    where = _app(f"lost-{kind.lower()}")
    has = {"type": kind} if kind == "SystemAssigned" else _assigned(reader)
    telling = running(
        f"import os, time; print(os.environ['IDENTITY_HEADER'], flush=True); {_SLEEP}"
    )
    properties = _properties(env, telling)
    put(azure, where, properties, identity=has)
    header = _printed(azure, where).split()[-1]
    assert _asked_as(azure, header) == 200

    put(azure, where, properties, identity={"type": "None"})

    assert _asked_as(azure, header) == 400


def _asked_as(azure: LocalAzure, header: str) -> int:
    """Ask for a token by an app's header; return the status."""
    url = f"{azure.url}/msi/token?api-version=2019-08-01&resource=https://management.azure.com"
    asked = urllib.request.Request(url, headers={"X-IDENTITY-HEADER": header})
    trust = ssl.create_default_context(cafile=azure.ca)
    try:
        with urllib.request.urlopen(asked, context=trust) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code


def test_after_a_kill_the_same_revisions_run_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    location = tmp_path_factory.mktemp("azure") / "kept"
    first = local_azure.start(location, "--scale", "500")
    group(first, _GROUP)
    where = _app("surviving")
    held = environment(first, _GROUP, "surviving")
    template = {"containers": [serving("there")], "scale": _ONE, "revisionSuffix": "one"}
    made = app(first, where, held, template, ingress=_INGRESS)
    host = made["properties"]["configuration"]["ingress"]["fqdn"]
    revision_until(first, where, "one", "RunningAtMaxScale")
    first.kill()
    second = local_azure.start(location, "--scale", "500")
    try:
        revision_until(second, where, "one", "RunningAtMaxScale")
        assert asked(second, host) == (200, "there")
        listed = good(second.call("GET", f"{where}/revisions", None, VERSION))["value"]
        assert [one["name"] for one in listed] == ["surviving--one"]
        # Its events are those of before, and of now.
        reasons = [one["Reason"] for one in told(second, where)]
        assert reasons.count("RevisionReady") == 1
        assert reasons.count("AssigningReplica") == 2
    finally:
        second.end()

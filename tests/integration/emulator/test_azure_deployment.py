"""A real function app deployed to a site through Kudu, and called over HTTPS."""

from __future__ import annotations

import base64
import functools
import http.client
import io
import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from azure.core.exceptions import HttpResponseError
from azure.mgmt.msi import ManagedServiceIdentityClient
from azure.mgmt.web import WebSiteManagementClient
from tests import local_azure
from tests.contract.azure.replaying import stories
from tests.local_azure import LocalAzure

Told = TypeVar("Told")
Web: TypeAlias = Any
"""A client of azure-mgmt-web; its models say that nothing need be there."""

_PATIENCE_SECONDS = 60
_STEP_SECONDS = 0.05
_CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
_HOST = json.dumps({"version": "2.0", "extensions": {"http": {"routePrefix": "api"}}})
_APP = """
import json
import os

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)
TOLD = ("WHO", "IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_CLIENT_ID", "SSL_CERT_FILE",
        "REQUESTS_CA_BUNDLE", "WEBSITE_SITE_NAME", "WEBSITE_HOSTNAME")


@app.route("tell")
def tell(req: func.HttpRequest) -> func.HttpResponse:
    told = {name: os.environ.get(name) for name in TOLD}
    return func.HttpResponse(json.dumps({**told, "pid": os.getpid()}))


@app.route("echo", methods=["POST"])
def echo(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(req.get_body())
"""
_FILES = {"host.json": _HOST, "requirements.txt": "azure-functions\n", "function_app.py": _APP}


def _package(**files: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in {**_FILES, **files}.items():
            made.writestr(name, text)
    return content.getvalue()


@dataclass
class Site:
    """A site, and what deploys to it."""

    azure: LocalAzure
    web: Web
    name: str

    @classmethod
    def make(cls, azure: LocalAzure, name: str, identity: object = None, **settings: str) -> Site:
        web: Web = azure.client(WebSiteManagementClient)
        settings = {"WHO": "first", **settings}
        named = [{"name": setting, "value": value} for setting, value in settings.items()]
        properties = {"reserved": True, "siteConfig": {"appSettings": named}}
        body: Any = {"location": "westus", "kind": "functionapp,linux", "properties": properties}
        body |= {} if identity is None else {"identity": identity}
        web.web_apps.begin_create_or_update("g", name, body).result()
        return cls(azure, web, name)

    @property
    def hosts(self) -> dict[str, str]:
        found = self.web.web_apps.get("g", self.name).properties
        return {one.host_type: f"https://{one.name}" for one in found.host_name_ssl_states}

    @functools.cached_property
    def password(self) -> str:
        found = self.web.web_apps.begin_list_publishing_credentials("g", self.name).result()
        whole = f"{found.properties.publishing_user_name}:{found.properties.publishing_password}"
        return "Basic " + base64.b64encode(whole.encode()).decode()

    @property
    def key(self) -> str:
        return str(self.web.web_apps.list_host_keys("g", self.name).function_keys["default"])

    def kudu(
        self, method: str, path: str, body: bytes | None = None, authorization: str | None = None
    ) -> tuple[int, dict[str, str], Any]:
        headers = {"authorization": authorization or self.password}
        url = self.hosts["Repository"] + path
        status, names, content = ask(self.azure, method, url, body, headers)
        return status, names, json.loads(content) if content else None

    def deploy(self, package: bytes) -> Any:  # noqa: ANN401 - JSON
        """Deploy and follow it to its end; return what is told of it then."""
        status, headers, _ = self.kudu("POST", "/api/zipdeploy?isAsync=true", package)
        assert status == 202
        assert "/api/deployments/latest?deployer=Push-Deployer" in headers["location"]
        return self.deployed()

    def deployed(self) -> Any:  # noqa: ANN401 - JSON
        return until(self._latest, lambda told: bool(told["complete"]))

    def _latest(self) -> Any:  # noqa: ANN401 - JSON
        status, headers, told = self.kudu("GET", "/api/deployments/latest")
        assert status == (200 if told["complete"] else 202)
        assert ("location" in headers) is not told["complete"]
        return told

    def call(
        self, route: str = "tell", method: str = "GET", body: bytes | None = None
    ) -> tuple[int, Any]:
        """Call a function; what is no JSON is returned as it is."""
        url = f"{self.hosts['Standard']}/api/{route}"
        status, _, content = ask(self.azure, method, url, body, {"x-functions-key": self.key})
        try:
            return status, json.loads(content)
        except ValueError:
            return status, content.decode()

    def says(self, name: str, value: object) -> dict[str, Any]:
        """Wait until the app tells something."""
        found = until(self.call, lambda told: told[0] == 200 and told[1][name] == value)
        told: dict[str, Any] = found[1]
        return told


def ask(
    azure: LocalAzure,
    method: str,
    url: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, str], bytes]:
    """Send a request to any address of a local Azure; return status, headers and body."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    trusting = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=azure.ca))
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), trusting)
    try:
        answer = direct.open(request, timeout=60)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        names = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, names, answer.read()


def until(ask: Callable[[], Told], is_so: Callable[[Told], bool]) -> Told:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not is_so(told := ask()):
        assert time.monotonic() < deadline, told
        time.sleep(_STEP_SECONDS)
    return told


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "location", "--scale", "1000")
    service.resources().resource_groups.create_or_update("g", {"location": "westus"})
    yield service
    service.end()


@pytest.fixture(scope="module")
def site(azure: LocalAzure) -> Site:
    identities = azure.client(ManagedServiceIdentityClient).user_assigned_identities
    made = identities.create_or_update("g", "somebody", {"location": "westus"})
    given = {"type": "UserAssigned", "userAssignedIdentities": {made.id: {}}}
    found = Site.make(azure, "deployed", identity=given)
    told = found.deploy(_package())
    assert (told["status"], told["active"]) == (4, True), told["status_text"]
    return found


def test_what_is_deployed_answers_over_https(site: Site) -> None:
    status, told = site.call()
    assert (status, told["WHO"], told["WEBSITE_SITE_NAME"]) == (200, "first", "deployed")
    large = json.dumps(["x" * 1_000_000]).encode()
    assert site.call("echo", "POST", large) == (200, json.loads(large))


def test_functions_are_listed_and_have_keys(site: Site) -> None:
    found = {one.name: one for one in site.web.web_apps.list_functions("g", site.name)}
    assert found.keys() == {"deployed/tell", "deployed/echo"}
    url = found["deployed/tell"].properties.invoke_url_template
    assert url == f"{site.hosts['Standard']}/api/tell"
    keys: Any = site.web.web_apps.list_function_keys("g", site.name, "tell")
    own = keys["default"]
    assert ask(site.azure, "GET", url, None, {"x-functions-key": own})[0] == 200
    assert ask(site.azure, "GET", url)[0] == 401
    site.web.web_apps.sync_function_triggers("g", site.name)
    assert site.web.web_apps.get_function("g", site.name, "tell").name == "deployed/tell"


def test_an_app_is_the_identity_that_its_site_has(site: Site) -> None:
    _, told = site.call()
    assert told["SSL_CERT_FILE"] == told["REQUESTS_CA_BUNDLE"] == site.azure.ca
    asked = "?api-version=2019-08-01&resource=https://management.azure.com/"
    headers = {"x-identity-header": told["IDENTITY_HEADER"]}
    url = told["IDENTITY_ENDPOINT"] + asked
    status, _, token = ask(site.azure, "GET", url, None, headers)
    assert (status, json.loads(token)["client_id"]) == (200, told["AZURE_CLIENT_ID"])


def test_an_app_starts_anew_with_its_new_settings(site: Site) -> None:
    before = site.call()[1]["pid"]
    site.web.web_apps.update_application_settings("g", site.name, {"properties": {"WHO": "second"}})
    assert site.says("WHO", "second")["pid"] != before


def test_a_stopped_site_says_so_until_it_is_started(site: Site) -> None:
    site.web.web_apps.stop("g", site.name)
    until(site.call, lambda one: one[1] == "Error 403 - This web app is stopped.")
    site.web.web_apps.start("g", site.name)
    site.says("WEBSITE_SITE_NAME", site.name)


def test_an_app_that_dies_is_started_again(site: Site) -> None:
    before = until(site.call, lambda one: one[0] == 200)[1]["pid"]
    host = psutil.Process(before).parent()
    assert host is not None
    host.kill()
    host.wait(_PATIENCE_SECONDS)
    told = until(site.call, lambda one: one[0] == 200 and one[1]["pid"] != before)
    assert told[1]["WEBSITE_SITE_NAME"] == site.name


def test_an_app_that_cannot_be_started_is_tried_again(site: Site) -> None:
    folder = site.azure.location / "web" / site.name / "environments"
    (python,) = folder.glob("*/bin/python")
    aside = python.with_name("aside")
    python.rename(aside)
    site.web.web_apps.restart("g", site.name)
    until(site.call, lambda one: one == (503, "Function host is not running."))
    log = site.azure.location / "web" / site.name / "app.log"
    until(log.read_text, lambda text: "--python" in text)
    aside.rename(python)
    site.says("WEBSITE_SITE_NAME", site.name)


def test_another_package_takes_the_place_of_the_first(site: Site) -> None:
    changed = _APP.replace('"tell"', '"say"').replace("def tell", "def say")
    told = site.deploy(_package(**{"function_app.py": changed}))
    assert told["status"] == 4
    assert site.call("say")[0] == 200
    names = {one.name for one in site.web.web_apps.list_functions("g", site.name)}
    assert names == {"deployed/say", "deployed/echo"}
    assert site.deploy(_package())["status"] == 4
    _, _, listed = site.kudu("GET", "/api/deployments")
    assert [one["active"] for one in listed] == [True, False, False]
    assert {one["provisioningState"] for one in listed} == {"Succeeded"}


def test_a_deployment_keeps_what_is_said_of_it_and_the_site_tells_it(site: Site) -> None:
    path = "/api/zipdeploy?isAsync=true&deployer=someone&message=build%207"
    status, headers, _ = site.kudu("POST", path, _package())
    assert (status, "deployer=someone" in headers["location"]) == (202, True)
    kept = site.deployed()
    assert (kept["deployer"], kept["message"]) == ("someone", "build 7")
    told = site.web.web_apps.list_deployments("g", site.name)
    assert next((one.message, one.status, one.active) for one in told) == ("build 7", 4, True)
    assert site.web.web_apps.get_deployment("g", site.name, kept["id"]).deployer == "someone"
    with pytest.raises(HttpResponseError, match="does not exist"):
        site.web.web_apps.get_deployment("g", site.name, "unknown")


@pytest.mark.parametrize(
    ("package", "reason"),
    [
        (b"no zip at all", "no usable ZIP"),
        (_package(**{"../outside.py": ""}), "leads out"),
        (_package(**{"requirements.txt": "azure-functions==0.0.0.1\n"}), "cannot be installed"),
    ],
    ids=["no zip", "slip", "requirements"],
)
def test_what_cannot_be_deployed_leaves_what_runs(site: Site, package: bytes, reason: str) -> None:
    told = site.deploy(package)
    assert (told["status"], told["active"]) == (3, False)
    assert reason in told["status_text"]
    _, _, log = site.kudu("GET", f"/api/deployments/{told['id']}/log")
    assert any(reason in entry["message"] for entry in log)
    assert site.call()[0] == 200


def test_an_app_outlives_any_number_of_deployments_that_fail(site: Site) -> None:
    for _ in range(10):
        assert site.deploy(b"no zip at all")["status"] == 3
    before = site.call()[1]["pid"]
    site.web.web_apps.restart("g", site.name)
    until(site.call, lambda one: one[0] == 200 and one[1]["pid"] != before)


def test_what_is_no_function_app_of_python_is_refused(site: Site) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        made.writestr("app/host.json", _HOST)
    assert "no host.json at its root" in site.deploy(content.getvalue())["status_text"]
    other = Site.make(site.azure, "node", FUNCTIONS_WORKER_RUNTIME="node")
    status, _, told = other.kudu("POST", "/api/zipdeploy?isAsync=true", _package())
    assert (status, told["Message"][:37]) == (400, "FUNCTIONS_WORKER_RUNTIME is 'node': o")


def test_a_package_that_is_too_large_is_refused_before_it_is_sent(site: Site) -> None:
    url = urlsplit(site.hosts["Repository"])
    trust = ssl.create_default_context(cafile=site.azure.ca)
    connection = http.client.HTTPSConnection(url.hostname or "", url.port, context=trust)
    connection.putrequest("POST", "/api/zipdeploy?isAsync=true")
    connection.putheader("authorization", site.password)
    connection.putheader("content-length", str(10**10))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()
    folder = site.azure.location / "web" / site.name / "received"
    assert not list(folder.iterdir())


def test_a_site_that_is_deleted_while_it_is_deployed_to_leaves_nothing(azure: LocalAzure) -> None:
    for _ in range(2):
        site = Site.make(azure, "fleeting")
        assert site.kudu("POST", "/api/zipdeploy?isAsync=true", _package())[0] == 202
        status, _, told = site.kudu("POST", "/api/zipdeploy?isAsync=true", _package())
        assert (status, "in progress" in told["Message"]) == (409, True)
        site.web.web_apps.delete("g", "fleeting")
        assert not (azure.location / "web" / "fleeting").exists()
        assert not [one for one in site.web.web_apps.list() if one.name == "fleeting"]


def test_a_package_that_comes_while_its_site_is_deleted_is_not_deployed(azure: LocalAzure) -> None:
    site = Site.make(azure, "leaving")
    url, package = urlsplit(site.hosts["Repository"]), _package()
    trust = ssl.create_default_context(cafile=azure.ca)
    connection = http.client.HTTPSConnection(url.hostname or "", url.port, context=trust)
    connection.putrequest("POST", "/api/zipdeploy?isAsync=true")
    connection.putheader("authorization", site.password)
    connection.putheader("content-length", str(len(package)))
    connection.endheaders(package[:100])
    received = azure.location / "web" / site.name / "received"
    until(lambda: list(received.glob("*.zip")), bool)
    deleting = threading.Thread(target=site.web.web_apps.delete, args=("g", site.name))
    deleting.start()
    until(lambda: _takes_connections(url.netloc), lambda takes: not takes)
    connection.send(package[100:])
    assert connection.getresponse().status == 409
    connection.close()
    deleting.join()
    assert not (azure.location / "web" / site.name).exists()


def _takes_connections(host: str) -> bool:
    name, _, port = host.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((name, int(port))) == 0


def test_who_waits_is_told_how_it_ended(site: Site) -> None:
    assert site.kudu("POST", "/api/zipdeploy", _package())[0] == 200
    status, _, told = site.kudu("POST", "/api/zipdeploy", b"no zip")
    assert (status, "no usable ZIP" in told["Message"]) == (400, True)


def test_kudu_answers_as_recorded(site: Site) -> None:
    story = next(told for name, told in stories("web").items() if "zipdeploy polls" in name)
    assert [one["status"] for one in story] == [202, 202, 200]
    sent = site.kudu("POST", "/api/zipdeploy?isAsync=true", _package())
    going = site.kudu("GET", "/api/deployments/latest")
    site.deployed()
    ended = site.kudu("GET", "/api/deployments/latest")
    for own, recorded in zip((sent, going, ended), story, strict=True):
        assert own[0] == recorded["status"]
        there = recorded["response_headers"].get("location", "")
        mine = own[1].get("location", "")
        assert urlsplit(mine).path == urlsplit(there).path
        assert parse_qs(urlsplit(mine).query).keys() == parse_qs(urlsplit(there).query).keys()
        expected = recorded["response_body"]
        if expected is None:
            assert own[2] is None
            continue
        assert own[2].keys() == expected.keys()
        for name in ("status", "complete", "active", "deployer", "author", "progress"):
            if own[0] == 200 or name != "progress":
                assert own[2][name] == expected[name], name


def test_kudu_opens_to_those_who_may(site: Site) -> None:
    path = "/api/deployments"
    bearer = f"Bearer {site.azure.issuer.application_token('https://management.azure.com')}"
    assert site.kudu("GET", path, None, bearer)[0] == 200
    stranger = site.azure.issuer.identity_token("https://management.azure.com", "c", "nobody")
    wrong = base64.b64encode(b"$deployed:wrong").decode()
    for given in (f"Bearer {stranger}", f"Basic {wrong}", "Basic ?", "Basic \xe9", "Bearer x"):
        assert site.kudu("GET", path, None, given)[0] == 401
    site.web.web_apps.update_scm_allowed("g", site.name, {"properties": {"allow": False}})
    assert site.kudu("GET", path)[0] == 401
    site.web.web_apps.update_scm_allowed("g", site.name, {"properties": {"allow": True}})
    assert site.kudu("GET", path)[0] == 200


def test_kudu_opens_to_an_identity_that_may_deploy(site: Site) -> None:
    identities = site.azure.client(ManagedServiceIdentityClient).user_assigned_identities
    made = identities.create_or_update("g", "deployer", {"location": "westus"})
    client, subject = str(made.client_id), str(made.principal_id)
    given = site.azure.issuer.identity_token("https://management.azure.com", client, subject)
    assert site.kudu("GET", "/api/deployments", None, f"Bearer {given}")[0] == 401
    scope = str(made.id).partition("/resourcegroups/")[0] + "/resourceGroups/g"
    kinds = f"{scope.partition('/resourceGroups')[0]}/providers/Microsoft.Authorization"
    body = {
        "roleDefinitionId": f"{kinds}/roleDefinitions/{_CONTRIBUTOR}",
        "principalId": subject,
    }
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    assert site.azure.call("PUT", path, {"properties": body}, "2022-04-01")[0] == 201
    assert site.kudu("GET", "/api/deployments", None, f"Bearer {given}")[0] == 200


def test_apps_end_with_a_killed_azure_and_come_back(tmp_path: Path) -> None:
    location = tmp_path / "location"
    first = local_azure.start(location, "--scale", "1000")
    first.resources().resource_groups.create_or_update("g", {"location": "westus"})
    site = Site.make(first, "survivor")
    assert site.deploy(_package())["status"] == 4
    pid, key, hosts = site.call()[1]["pid"], site.key, site.hosts
    first.kill()
    until(lambda: psutil.pid_exists(pid), lambda there: not there)
    second = local_azure.start(location, "--scale", "1000")
    try:
        again = Site(second, second.client(WebSiteManagementClient), "survivor")
        assert (again.key, again.hosts) == (key, hosts)
        pid = again.says("WHO", "first")["pid"]
        again.web.web_apps.delete("g", "survivor")
        assert not psutil.pid_exists(pid)
        assert not (location / "web" / "survivor").exists()
    finally:
        second.end()


def test_a_deployment_that_a_kill_cut_short_goes_on(tmp_path: Path) -> None:
    location = tmp_path / "location"
    first = local_azure.start(location, "--scale", "1000")
    first.resources().resource_groups.create_or_update("g", {"location": "westus"})
    site = Site.make(first, "interrupted")
    assert site.kudu("POST", "/api/zipdeploy?isAsync=true", _package())[0] == 202
    first.kill()
    received = location / "web" / "interrupted" / "received"
    (received / "half.zip").write_bytes(b"PK")
    second = local_azure.start(location, "--scale", "1000")
    try:
        again = Site(second, second.client(WebSiteManagementClient), "interrupted")
        assert again.deployed()["status"] == 4
        assert not (received / "half.zip").exists()
        assert again.call()[0] == 200
    finally:
        second.end()

"""What seed 004 took an afternoon for, in a local Azure: each cause named, each next command taken.

A container app says Running while nothing runs. Its new revision has no room on a profile of one
E16 node; once it has, its image turns out to hold no function; once that is mended, ten are found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from azure.identity import ClientSecretCredential
from azure.mgmt.appcontainers import ContainerAppsAPIClient
from azure.mgmt.containerregistry import ContainerRegistryManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient
from tests.integration.preflight import haymaker

from funcyard.emulator.core import finding

_FOLDER = Path(__file__).resolve().parents[1] / "build" / "operate"
_FUNCYARD = Path(sys.executable).with_name("funcyard")
_GROUP = "haymaker-dev-rg"
_APP = "orch-dev"
_QUICKSTART = "mcr.microsoft.com/k8se/quickstart:latest"
_PLACE: Any = {"location": "westus2"}
_SCALE = "100"
_WIDTH = 110
_EXPECTED = ("--expect", ",".join(haymaker.FUNCTIONS))


def main() -> int:
    """Replay the story; 0 where each cause was named, and mended by what was said to come next."""
    shutil.rmtree(_FOLDER, ignore_errors=True)
    location = _FOLDER / "azure"
    words = ("emulator", "start", "azure", "--json", "--port", "0", "--scale", _SCALE)
    command = [_FUNCYARD, *words, "--location", location]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as azure:  # noqa: S603 - ours
        if azure.stdout is None or not azure.stdout.readline():
            return 1
        try:
            Story(location).told()
        except StoryError as fault:
            print(f"WRONG  {fault}", file=sys.stderr)
            return 1
        finally:
            azure.terminate()
            azure.wait(60)
    return 0


class StoryError(Exception):
    """Something went on otherwise than it should."""


class Story:
    """The story.

    Args:
        location: Of the local Azure.
    """

    def __init__(self, location: Path) -> None:
        self._location = location
        settings = finding.settings(finding.find(location))
        self._subscription = settings["AZURE_SUBSCRIPTION_ID"]
        self._environment = {
            **os.environ,
            **settings,
            "AZURE_RESOURCE_GROUP": _GROUP,
            "AZURE_CONTAINER_APP_NAME": _APP,
        }
        self._address = settings["FUNCYARD_AZURE_MANAGER"]
        self._ca = settings["SSL_CERT_FILE"]
        self._credential = ClientSecretCredential(
            settings["AZURE_TENANT_ID"],
            settings["AZURE_CLIENT_ID"],
            settings["AZURE_CLIENT_SECRET"],
            authority=settings["AZURE_AUTHORITY_HOST"],
            disable_instance_discovery=True,
            connection_verify=self._ca,
        )
        self._apps = self._client(ContainerAppsAPIClient)

    def told(self) -> None:
        """Tell all of it."""
        self._begin()
        self._says("an app on a profile of one E16 node", _APP)
        broken = self._pushed("broken", good=False)
        self._rolled_out(broken, works=False)
        self._cause("capacity", "need 2 nodes, and there are at most 1")
        self._raise_maximum()
        self._cause("functions", "0 found, expected 10")
        mended = self._pushed("mended", good=True)
        self._rolled_out(mended, works=True)
        self._healthy()

    def _begin(self) -> None:
        """Make what there was at 14:44: an app that says Running, on one node."""
        self._client(ResourceManagementClient).resource_groups.create_or_update(_GROUP, _PLACE)
        storage = self._client(StorageManagementClient).storage_accounts
        body = {**_PLACE, "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
        account = storage.begin_create(_GROUP, "haymakerdev", body).result()
        key = storage.list_keys(_GROUP, "haymakerdev")["keys"][0]["value"]
        blobs = account.primary_endpoints.blob.rstrip("/")
        connection = (
            f"DefaultEndpointsProtocol=http;AccountName=haymakerdev;AccountKey={key};"
            f"BlobEndpoint={blobs};"
        )
        registries = self._client(ContainerRegistryManagementClient).registries
        sku = {**_PLACE, "sku": {"name": "Basic"}, "properties": {"adminUserEnabled": True}}
        made = registries.begin_create(_GROUP, "haymakerorch", sku).result()
        login = registries.list_credentials(_GROUP, "haymakerorch")
        profiles = [_profile(1)]
        environment = self._apps.managed_environments.begin_create_or_update(
            _GROUP, "haymaker-env", {**_PLACE, "properties": {"workloadProfiles": profiles}}
        ).result()
        server = made.properties.login_server
        configuration = {
            "ingress": {"external": True, "targetPort": 80},
            "secrets": [
                {"name": "storage", "value": connection},
                {"name": "registry", "value": login.passwords[0].value},
            ],
            "registries": [
                {"server": server, "username": login.username, "passwordSecretRef": "registry"}
            ],
        }
        container = {
            "name": "orchestrator",
            "image": _QUICKSTART,
            "resources": {"cpu": 16, "memory": "128Gi"},
            "env": [{"name": "AzureWebJobsStorage", "secretRef": "storage"}],
        }
        template = {"containers": [container], "scale": {"minReplicas": 1, "maxReplicas": 1}}
        properties = {
            "environmentId": environment.id,
            "workloadProfileName": "e16",
            "configuration": configuration,
            "template": template,
        }
        self._apps.container_apps.begin_create_or_update(
            _GROUP, _APP, {**_PLACE, "properties": properties}
        ).result()
        self._until_ready()

    def _until_ready(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            app = self._apps.container_apps.get(_GROUP, _APP).properties
            if app.latest_revision_name and app.latest_ready_revision_name == (
                app.latest_revision_name
            ):
                return
            time.sleep(0.2)
        raise StoryError("the latest revision does not become ready")

    def _pushed(self, tag: str, *, good: bool) -> str:
        """Push the orchestrator's project as an image; return its reference."""
        folder = _FOLDER / tag
        files = haymaker.project(good=good)
        left_out = {"requirements.txt", "local.settings.json"}
        haymaker.write(folder, {name: one for name, one in files.items() if name not in left_out})
        words = ("emulator", "image", "push", "--location", str(self._location), "--json")
        status, told = self._run(*words, str(folder), f"haymakerorch/orch:{tag}")
        if status:
            raise StoryError("the image is not pushed")
        self._says(f"an image of {len(files)} files, pushed", told["digest"][:19])
        return str(told["reference"])

    def _rolled_out(self, image: str, *, works: bool) -> None:
        began = time.perf_counter()
        status, _ = self._run("orch", "rollout", "--image", image, "--wait")
        took = time.perf_counter() - began
        if (status == 0) is not works:
            raise StoryError(f"rollout of {image} ended with {status}")
        self._says(f"orch rollout --image … --wait, after {took:.1f} s", f"exits with {status}")

    def _cause(self, check: str, message: str) -> None:
        """Ask for the cause, which has to be this one."""
        began = time.perf_counter()
        status, report = self._run("orch", "health", "--deep", *_EXPECTED)
        took = time.perf_counter() - began
        cause = report["cause"] or {}
        if status != 1 or cause.get("check") != check or message not in cause["message"]:
            raise StoryError(f"health names {cause}, not {check}")
        app = self._apps.container_apps.get(_GROUP, _APP).properties
        states = (app.provisioning_state.value, app.running_status.value)
        self._says("the app itself says", ", ".join(states))
        self._says(f"orch health --deep, after {took:.1f} s", f"{check}: {cause['message']}")
        self._says("and next", str(cause["next"]))

    def _raise_maximum(self) -> None:
        self._apps.managed_environments.begin_update(
            _GROUP, "haymaker-env", {"properties": {"workloadProfiles": [_profile(2)]}}
        ).result()
        began = time.perf_counter()
        self._until_ready()
        told = f"ready after {time.perf_counter() - began:.1f} s"
        self._says("maximumCount 2: the revision that waited", told)

    def _healthy(self) -> None:
        status, report = self._run("orch", "health", "--deep", *_EXPECTED)
        found = {one["check"]: one for one in report["checks"]}
        if status or found["functions"]["outcome"] != "pass":
            raise StoryError(f"health says {report['cause'] or found['functions']}")
        self._says("orch health --deep", found["functions"]["message"])
        status, told = self._run("orch", "status")
        if status or told["verdict"]["standing"] != "running":
            raise StoryError(f"status says {told['verdict']}")
        self._says("orch status", told["verdict"]["standing"])

    def _run(self, *words: str) -> tuple[int, Any]:
        """Run a command with ``--json``; return its exit status and what it printed last."""
        command = [_FUNCYARD, *words, *(() if "--json" in words else ("--json",))]
        done = subprocess.run(  # noqa: S603 - ours
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode not in (0, 1):
            raise StoryError(f"{' '.join(words[:3])} exits with {done.returncode}: {done.stderr}")
        try:
            return done.returncode, json.loads(done.stdout)
        except ValueError:
            last = done.stdout.strip().splitlines()[-1:]
            return done.returncode, json.loads(last[0]) if last else {}

    def _client(self, kind: Any) -> Any:  # noqa: ANN401 - Microsoft's clients have no common type
        return kind(
            self._credential,
            self._subscription,
            base_url=self._address,
            connection_verify=self._ca,
            credential_scopes=["https://management.azure.com/.default"],
            polling_interval=0.1,
        )

    @staticmethod
    def _says(what: str, told: str) -> None:
        shown = told if len(told) <= _WIDTH else f"{told[: _WIDTH - 1]}…"
        print(f"ok     {what:42} {shown}")


def _profile(most: int) -> dict[str, object]:
    return {"name": "e16", "workloadProfileType": "E16", "minimumCount": 1, "maximumCount": most}


if __name__ == "__main__":
    sys.exit(main())

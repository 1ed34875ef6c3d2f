"""``funcyard orch`` about apps that really run, in a local Azure."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests import local_azure
from tests.command_line import Done, funcyard
from tests.forked_command import command
from tests.forking import Forked
from tests.integration.emulator import containerapps as apps
from tests.integration.emulator.registries import LocalRegistry, registry
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure

from funcyard.emulator.registries.client import RegistryClient
from funcyard.emulator.registries.packing import Packing
from funcyard.emulator.registries.pushing import push
from funcyard.emulator.registries.references import Reference

_GROUP = "orch"
_WHOLE = {"cpu": 16, "memory": "128Gi"}
_ONE = {"minReplicas": 1, "maxReplicas": 1}
_PROGRAM = """
import signal, sys, threading
if "broken" in sys.argv:
    raise SystemExit("cannot go on")
signal.signal(signal.SIGTERM, lambda *told: exit(0))
print("runs", flush=True)
threading.Event().wait()
"""


@dataclass(frozen=True)
class Here:
    """A local Azure with an environment and a registry that anybody may pull from.

    Attributes:
        azure: It.
        environment: Id of the environment, with an E16 profile of at most one node.
        registry: Its registry.
        folder: For files.
    """

    azure: LocalAzure
    environment: str
    registry: LocalRegistry
    folder: Path

    def orch(self, app: str, *arguments: str) -> Done:
        """Run a command about an app."""
        named = {"AZURE_RESOURCE_GROUP": _GROUP, "AZURE_CONTAINER_APP_NAME": app}
        where = {"XDG_CONFIG_HOME": str(self.folder)}
        variables = self.azure.settings | named | where
        return funcyard("orch", *arguments, given=b"", **variables)

    def json(self, app: str, *arguments: str) -> Any:  # noqa: ANN401 - JSON
        """Return the document that a command prints."""
        done = self.orch(app, *arguments, "--json")
        assert done.code == 0, done.said
        return json.loads(done.printed)

    def push(self, name: str, tag: str, word: str = "sound") -> str:
        """Push an image that runs until it is ended, or a broken one; return its reference."""
        files = self.folder / f"{name}-{tag}"
        files.mkdir()
        (files / "main.py").write_text(f"{_PROGRAM}# {tag}\n")
        packing = Packing(("python", "-S", "-E", "/app/main.py", word))
        where = Reference(self.registry.server, name, tag)

        async def pushed() -> str:
            user, password = self.registry.user, self.registry.passwords[0]
            trusted = Path(self.azure.ca)
            async with RegistryClient(
                where.server, trusted, username=user, password=password
            ) as client:
                digest = await push(client, files, where, packing)
                return f"{where.server}/{name}@{digest}"

        return asyncio.run(pushed())

    def app(
        self,
        name: str,
        image: str,
        *,
        profile: str = "Consumption",
        mode: str = "Single",
        **more: object,
    ) -> str:
        """Make an app of an image of the registry, and wait until it runs; return its id."""
        where = apps.path(_GROUP, "containerApps", name)
        container = {
            **apps.container(image=f"{self.registry.server}/{image}"),
            "resources": _WHOLE if profile == "E16" else {"cpu": 0.5, "memory": "1Gi"},
            **more,
        }
        secrets = [{"name": "kept", "value": "s3cret"}]
        template = {"containers": [container], "scale": _ONE, "revisionSuffix": "first"}
        apps.app(
            self.azure,
            where,
            self.environment,
            template,
            profile_name=profile,
            activeRevisionsMode=mode,
            secrets=secrets,
        )
        apps.revision_until(self.azure, where, "first", "RunningAtMaxScale")
        return where


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Here]:
    folder = tmp_path_factory.mktemp("orch")
    azure = local_azure.start(folder / ".funcyard" / "azure", "--scale", "200")
    group(azure, _GROUP)
    environment = apps.environment(azure, _GROUP, "env-dev", apps.profile("E16", 0, 1))
    yield Here(azure, environment, registry(azure, _GROUP, "orchimages", is_open=True), folder)
    azure.end()


def test_an_image_is_rolled_out_by_the_digest_of_its_tag(here: Here) -> None:
    first, second = here.push("worker", "v1"), here.push("worker", "v2")
    env = [{"name": "KEPT", "secretRef": "kept"}, {"name": "PLAIN", "value": "one"}]
    where = here.app("worker", "worker:v1", env=env)
    before = here.json("worker", "status")
    assert before["verdict"]["standing"] == "running"
    assert before["images"][0]["digest"] == first.partition("@")[2]
    assert before["images"][0]["proven"] is False

    done = here.orch("worker", "rollout", "--image", f"{here.registry.server}/worker:v2", "--wait")

    assert done.code == 0, done.said
    after = here.json("worker", "status")
    (revision,) = after["revisions"]
    assert revision["images"] == [second]
    assert after["verdict"]["standing"] == "running"
    assert after["images"][0]["proven"] is True
    assert revision["name"] != before["revisions"][0]["name"]
    assert "ContainerStarted" in done.said
    (container,) = _properties(here, where)["template"]["containers"]
    assert container["env"] == env
    secrets = apps.good(here.azure.call("POST", f"{where}/listSecrets", None, apps.VERSION))
    assert secrets["value"] == [{"name": "kept", "value": "s3cret"}]
    again = here.orch("worker", "rollout", "--image", f"{here.registry.server}/worker:v2")
    assert "already: no revision" in again.printed


def _properties(here: Here, where: str) -> dict[str, Any]:
    found: dict[str, Any] = apps.good(here.azure.call("GET", where, None, apps.VERSION))
    properties: dict[str, Any] = found["properties"]
    return properties


def test_a_tag_that_is_not_there_is_told_before_anything_is_sent(here: Here) -> None:
    done = here.orch("worker", "rollout", "--image", f"{here.registry.server}/worker:v9")

    assert done.code == 1
    assert f"error[image-not-known]: {here.registry.server}/worker:v9" in done.said


def test_a_revision_that_ends_again_and_again_is_sent_back(here: Here) -> None:
    sound = here.push("fragile", "v1")
    here.push("fragile", "v2", "broken")
    here.app("fragile", "fragile@" + sound.partition("@")[2])

    image = f"{here.registry.server}/fragile:v2"
    done = here.orch("fragile", "rollout", "--image", image, "--rollback", "--json")

    ended = json.loads(done.printed.splitlines()[-1])
    assert done.code == 1
    assert ended["runs"] is False
    assert ended["rolled_back"]["runs"] is True
    after = here.json("fragile", "status")
    assert after["verdict"]["standing"] == "running"
    assert after["images"][0]["reference"] == sound


def test_what_replicas_use_is_told_beside_what_each_asks_for(here: Here) -> None:
    here.push("used", "v1")
    here.app("used", "used:v1")

    (placed,) = apps.until(
        lambda: [one for one in here.json("used", "capacity")["placed"] if one["app"] == "used"],
        lambda found: bool(found and found[0]["used"]),
    )
    assert placed["each"] == {"cpu": 0.5, "memory_gib": 1.0}
    assert 0 < placed["used"]["memory_gib"] < 0.5
    assert 0 <= placed["used"]["cpu"] < 2
    assert re.search(
        r"used--first .* 0\.\d\d vCPU, 0\.\d\d GiB", here.orch("used", "capacity").printed
    )


def test_a_revision_without_a_node_is_told_with_the_room_that_it_needs(here: Here) -> None:
    here.push("large", "v1")
    here.app("large", "large:v1", profile="E16")
    capacity = here.json("large", "capacity")
    assert capacity["single"] == {"old_replicas": 1, "nodes": 2, "fits": False}
    assert capacity["profile"]["current"] == 1

    done = here.orch("large", "rollout", "--force", "--wait", "--json")

    ended = json.loads(done.printed.splitlines()[-1])
    assert done.code == 1
    assert any("maximum node count" in line for line in ended["because"]), ended
    seen = here.json("large", "status")
    assert seen["verdict"]["standing"] == "degraded"
    assert seen["app"]["running_status"] == "Running"

    roomy = [apps.CONSUMPTION, apps.profile("E16", 0, 2)]
    apps.patch(here.azure, here.environment, {"workloadProfiles": roomy})
    assert here.orch("large", "rollout", "--force", "--wait").code == 0
    assert here.json("large", "status")["verdict"]["standing"] == "running"


def test_revisions_are_switched_until_it_is_so(here: Here) -> None:
    here.push("switched", "v1")
    here.app("switched", "switched:v1", mode="Multiple")
    assert here.orch("switched", "rollout", "--force", "--wait").code == 0
    second = here.json("switched", "status")["app"]["latest_revision"]

    off = here.json("switched", "revision", "deactivate", second)
    assert off["revision"]["active"] is False
    assert here.json("switched", "status")["verdict"]["standing"] == "degraded"
    on = here.json("switched", "revision", "activate", second)
    assert on["revision"]["active"] is True

    before = here.json("switched", "replicas", "--revision", second)["replicas"]
    here.json("switched", "revision", "restart", second)
    after = here.json("switched", "replicas", "--revision", second)["replicas"]
    assert [one["ready"] for one in after] == [True]
    assert before != after
    assert len(here.json("switched", "revisions", "--all")["revisions"]) == 2


def test_replicas_are_followed_line_by_line_until_somebody_interrupts(here: Here) -> None:
    here.push("followed", "v1")
    here.app("followed", "followed:v1", mode="Multiple")
    out = here.folder / "followed.out"
    out.touch()
    named = {"AZURE_RESOURCE_GROUP": _GROUP, "AZURE_CONTAINER_APP_NAME": "followed"}
    variables = {**os.environ, **here.azure.settings, **named}
    watching = Forked(
        command("orch", "replicas", "--follow", "--json"),
        streams=(Path(os.devnull), out, here.folder / "followed.err"),
        cwd=here.folder,
        environment=variables,
    )
    try:
        (first,) = apps.until(lambda: out.read_text().splitlines(), lambda lines: len(lines) == 1)
        assert [one["ready"] for one in json.loads(first)["replicas"]] == [True]
        assert here.orch("followed", "rollout", "--force", "--wait").code == 0
        lines = apps.until(lambda: out.read_text().splitlines(), lambda lines: len(lines) > 1)
        assert "is new" in json.loads(lines[1])["change"]
        os.kill(watching.pid, signal.SIGINT)
        assert watching.wait(apps.PATIENCE) == 130
    finally:
        watching.kill()


def test_a_probe_that_fails_is_told_beside_the_replica(here: Here) -> None:
    here.push("probed", "v1")
    probe = {"type": "Liveness", "tcpSocket": {"port": 8080}, "periodSeconds": 240}
    here.app("probed", "probed:v1", probes=[{**probe, "failureThreshold": 10}])

    told = apps.until(
        lambda: here.json("probed", "replicas"), lambda document: document["failed_probes"]
    )
    assert told["failed_probes"][0]["replica"] == told["replicas"][0]["name"]
    assert "Liveness" in told["failed_probes"][0]["message"]
    assert "times)" in here.orch("probed", "replicas").printed


def test_the_local_azure_of_the_folder_is_found_with_its_subscription(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*here.azure.settings, "AZURE_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(here.folder)

    arguments = ("--cloud", "local", "--resource-group", _GROUP, "--app-name", "nobody")
    done = funcyard("orch", "status", *arguments, XDG_CONFIG_HOME=str(here.folder))

    assert done.code == 3
    assert "error[azure-not-found]: reading the container app nobody" in done.said


def test_of_two_rollouts_at_once_each_knows_whether_its_own_counts(here: Here) -> None:
    here.push("contended", "v1")
    where = here.app("contended", "contended:v1")
    named = {"AZURE_RESOURCE_GROUP": _GROUP, "AZURE_CONTAINER_APP_NAME": "contended"}
    outputs = [here.folder / f"contended-{number}.out" for number in range(2)]
    both = [
        Forked(
            command("orch", "rollout", "--force", "--wait", "--json"),
            streams=(Path(os.devnull), out, Path(f"{out}.err")),
            cwd=here.folder,
            environment={**os.environ, **here.azure.settings, **named},
        )
        for out in outputs
    ]
    codes = [one.wait(apps.PATIENCE * 2) for one in both]

    lines = [[json.loads(line) for line in out.read_text().splitlines()] for out in outputs]
    stamps = [told[0]["stamp"] for told in lines]
    (container,) = _properties(here, where)["template"]["containers"]
    (stamp,) = [one["value"] for one in container["env"] if one["name"] == "FUNCYARD_ROLLOUT"]
    won = stamps.index(stamp)
    assert codes[won] == 0, outputs[won].read_text()
    told = json.dumps(lines[1 - won][-1])
    # The other one either came first, and ran until this one did, or it says that it lost.
    assert codes[1 - won] == 0 or "somebody else" in told

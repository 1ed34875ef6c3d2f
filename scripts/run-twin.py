"""A digital twin, once through its life in a local Azure, looked at by Microsoft's own clients.

Deploy, send readings, find each at every hop, break a setting and mend it, let days pass until the
movers have moved everything to the archive, and take it all away.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
import warnings
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from azure.cosmos import CosmosClient
from azure.cosmos.exceptions import CosmosResourceNotFoundError
from azure.digitaltwins.core import DigitalTwinsClient
from azure.identity import ClientSecretCredential
from azure.iot import device
from azure.iot.hub import IoTHubRegistryManager
from azure.mgmt.iothub import IotHubClient
from azure.mgmt.logic import LogicManagementClient
from azure.mgmt.web import WebSiteManagementClient
from azure.storage.blob import ContainerClient

from funcyard.emulator.core import finding
from funcyard.emulator.running import NotServingError
from funcyard.output import table
from funcyard.twin.contract import blobs, items
from funcyard.twin.contract.times import write_time

if TYPE_CHECKING:
    from collections.abc import Callable

_ROOT = Path(__file__).resolve().parents[1]
_TWIN = _ROOT / "build" / "digital-twin"
_FUNCYARD = Path(sys.executable).with_name("funcyard")
_PATIENCE_SECONDS = 60.0
_STEP_SECONDS = 0.02
_SCALE = 1_000_000
_message: Any = device.Message  # it has no types


@dataclass
class Message:
    """A reading, what acts on it, and when it was seen where, in seconds after it was sent."""

    device: str
    values: dict[str, Any]
    event: str = ""
    time: str = ""
    sent: float = 0.0
    seen: dict[str, float] = field(default_factory=dict)


def main() -> int:
    """Go through the life of a twin; 0 where all of it was as it should be."""
    # azure-cosmos verifies nothing on loopback, and azure-iot-device wants TLS by an old name.
    warnings.simplefilter("ignore")
    shutil.rmtree(_TWIN, ignore_errors=True)
    shutil.copytree(_ROOT / "examples" / "digital-twin", _TWIN)
    began = time.perf_counter()
    _run("deploy", "--yes", is_shown=False)
    info = _json("info")
    count = sum(len(layer["resources"]) for layer in info["layers"])
    print(f"deployed     {count} resources in {time.perf_counter() - began:.1f} s")
    try:
        look = Look(info)
        _readings(look)
        _drift(look)
        _days(look)
    except BaseException:
        _run("destroy", "--yes", is_shown=False)
        raise
    _destroyed(look)
    return 0


class Look:
    """What Microsoft's clients see of the twin.

    Attributes:
        settings: By which the local Azure is reached.
        outputs: Of each resource, by its address.
    """

    def __init__(self, info: dict[str, Any]) -> None:
        location = _TWIN / ".funcyard" / "azure"
        self.location = location
        self.settings = finding.settings(finding.find(location))
        self.ids = {
            one["address"]: one["identity"]
            for layer in info["layers"]
            for one in layer["resources"]
        }
        self.outputs = {
            one["address"]: one["outputs"] for layer in info["layers"] for one in layer["resources"]
        }
        self.ca = self.settings["SSL_CERT_FILE"]
        os.environ["REQUESTS_CA_BUNDLE"] = self.ca  # azure-iot-hub has no other way
        self.group = str(self.outputs["setup.group"]["name"])

    @cached_property
    def credential(self) -> Any:  # noqa: ANN401 - Microsoft's clients have no common type
        """Who looks."""
        return ClientSecretCredential(
            self.settings["AZURE_TENANT_ID"],
            self.settings["AZURE_CLIENT_ID"],
            self.settings["AZURE_CLIENT_SECRET"],
            authority=self.settings["AZURE_AUTHORITY_HOST"],
            disable_instance_discovery=True,
            connection_verify=self.ca,
        )

    def manager(self, kind: type[Any]) -> Any:  # noqa: ANN401 - as above
        """Return a client of Resource Manager."""
        return kind(
            self.credential,
            self.settings["AZURE_SUBSCRIPTION_ID"],
            base_url=self.settings["FUNCYARD_AZURE_MANAGER"],
            credential_scopes=["https://management.azure.com/.default"],
            connection_verify=self.ca,
        )

    def app_settings(self, layer: str) -> dict[str, str]:
        """Return the settings of a layer's app."""
        name = self.outputs[f"{layer}.app"]["name"]
        web = self.manager(WebSiteManagementClient)
        return dict(web.web_apps.list_application_settings(self.group, name).properties)

    @cached_property
    def hot(self) -> Any:  # noqa: ANN401 - as above
        """Hot storage."""
        told = self.app_settings("l3")
        client = CosmosClient(
            told["COSMOS_DB_ENDPOINT"], told["COSMOS_DB_KEY"], connection_verify=self.ca
        )
        return client.get_database_client(items.DATABASE).get_container_client(items.CONTAINER)

    @cached_property
    def twins(self) -> Any:  # noqa: ANN401 - as above
        """The graph."""
        endpoint = str(self.outputs["l4.twins"]["endpoint"])
        return DigitalTwinsClient(endpoint, self.credential, connection_verify=self.ca)

    def blobs(self, container: str) -> list[Any]:
        """Return the blobs of a container, with their tiers."""
        account = self.app_settings("l3")["BLOB_CONNECTION_STRING"]
        with ContainerClient.from_connection_string(account, container) as client:
            return list(client.list_blobs())

    def last_entry(self, device: str) -> dict[str, Any]:
        """Return what the hot reader tells as a device's latest reading."""
        url = f"{self.outputs['l3.app']['url']}/api/hot-reader-last-entry?entityId={device}"
        token = self.app_settings("l3")["HOT_READER_TOKEN"]
        request = urllib.request.Request(url, headers={"X-Inter-Cloud-Token": token})  # noqa: S310 - https, see the emulator
        context = ssl.create_default_context(cafile=self.ca)
        handlers = (urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
        with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)["propertyValues"]
            return found

    def log(self, layer: str) -> str:
        """Return what a layer's app has printed."""
        name = str(self.outputs[f"{layer}.app"]["name"])
        return (self.location / "web" / name / "app.log").read_text(encoding="utf-8")

    def device(self, name: str) -> Any:  # noqa: ANN401 - as above
        """Return Microsoft's client of a device, over MQTT."""
        hub = self.outputs["l1.hub"]
        keys = self.manager(IotHubClient).iot_hub_resource.get_keys_for_key_name(
            self.group, hub["name"], "iothubowner"
        )
        owner = f"HostName={hub['hostname']};SharedAccessKeyName=iothubowner;SharedAccessKey="
        registry: Any = IoTHubRegistryManager.from_connection_string(owner + keys.primary_key)
        key = registry.get_device(name).authentication.symmetric_key.primary_key
        host = hub["hostname"].partition(":")[0]
        return device.IoTHubDeviceClient.create_from_connection_string(
            f"HostName={host};DeviceId={name};SharedAccessKey={key}",
            server_verification_cert=Path(self.ca).read_text(encoding="ascii"),
        )


def _readings(look: Look) -> None:
    messages = [
        Message("cold-room-1", {"temperature": -10.5, "doorOpen": True}, event="function"),
        Message("cold-room-2", {"temperature": 12.2}, event="function"),
        Message("compressor", {"powerWatts": 1200.0, "state": "fault"}, event="workflow"),
        Message("cold-room-1", {"temperature": -19.0, "doorOpen": False}),
    ]
    clients = {name: look.device(name) for name in dict.fromkeys(one.device for one in messages)}
    for client in clients.values():
        client.connect()
    for one in messages:
        _send(clients[one.device], one)
        _follow(look, one)
    for client in clients.values():
        client.shutdown()
    hops = ("hot storage", "hot reader", "twin", "event")
    rows = [
        (one.device, json.dumps(one.values), *(_seconds(one.seen.get(hop)) for hop in hops))
        for one in messages
    ]
    print(table(["DEVICE", "READING", *(hop.upper() for hop in hops)], rows))
    _expect(_is_acted_on(look, messages[-1]), wanted=False)


def _send(client: Any, message: Message) -> None:  # noqa: ANN401 - it has no types
    message.time = write_time(datetime.now(UTC))
    told = {"iotDeviceId": message.device, "time": message.time, **message.values}
    sent = _message(json.dumps(told))
    sent.content_type, sent.content_encoding = "application/json", "utf-8"
    message.sent = time.perf_counter()
    client.send_message(sent)


def _follow(look: Look, message: Message) -> None:
    """Look for a reading at every hop until it was seen wherever it belongs."""
    hops: dict[str, Callable[[], bool]] = {
        "hot storage": lambda: _is_hot(look, message),
        "hot reader": lambda: _is_told(look, message),
        "twin": lambda: _is_shown(look, message),
    }
    if message.event:
        hops["event"] = lambda: _is_acted_on(look, message)
    deadline = time.perf_counter() + _PATIENCE_SECONDS
    while len(message.seen) < len(hops):
        for hop, is_there in hops.items():
            if hop not in message.seen and is_there():
                message.seen[hop] = time.perf_counter() - message.sent
        if time.perf_counter() > deadline:
            raise SystemExit(f"{message} is not found at {hops.keys() - message.seen.keys()}")
        time.sleep(_STEP_SECONDS)


def _is_hot(look: Look, message: Message) -> bool:
    with contextlib.suppress(CosmosResourceNotFoundError):
        return bool(look.hot.read_item(message.time, message.device))
    return False


def _is_told(look: Look, message: Message) -> bool:
    told = look.last_entry(message.device)
    return any(told.get(name, {}).get("time") == message.time for name in message.values)


def _is_shown(look: Look, message: Message) -> bool:
    twin = look.twins.get_digital_twin(message.device)
    told = [twin["$metadata"].get(name, {}) for name in message.values]
    return all(one.get("sourceTime") == message.time for one in told)


def _is_acted_on(look: Look, message: Message) -> bool:
    if message.event == "workflow":
        name = look.outputs["l2.workflow"]["name"]
        return any(look.manager(LogicManagementClient).workflow_runs.list(look.group, name))
    return f"for {message.device} at {message.time}" in look.log("l2")


def _drift(look: Look) -> None:
    began = time.perf_counter()
    states = {one["state"] for one in _json("check")["resources"]}
    print(f"checked      all are {', '.join(states)}, in {time.perf_counter() - began:.2f} s")
    _expect(states, wanted={"present"})
    web = look.manager(WebSiteManagementClient)
    name = look.outputs["l2.app"]["name"]
    changed = {**look.app_settings("l2"), "DIGITAL_TWIN_INFO": "{}"}
    web.web_apps.update_application_settings(look.group, name, {"properties": changed})
    drifted = [one for one in _json("check", status=1)["resources"] if one["state"] != "present"]
    _expect(
        [(one["address"], one["state"]) for one in drifted], wanted=[("l2.settings", "drifted")]
    )
    _run("deploy", "--yes", is_shown=False)
    _expect({one["state"] for one in _json("check")["resources"]}, wanted={"present"})
    print("drift        l2.settings, changed behind its back, is found and mended")


def _days(look: Look) -> None:
    """Let days pass: what is old moves on, and nothing is lost."""
    before = sum(1 for _ in look.hot.read_all_items())
    _run("deploy", "--yes", "--time-scale", str(_SCALE), is_shown=False)
    began = time.perf_counter()
    seen: dict[str, float] = {}
    while "archive" not in seen:
        cold, archive = look.blobs(blobs.COLD_CONTAINER), look.blobs(blobs.ARCHIVE_CONTAINER)
        if cold or archive:
            seen.setdefault("cold", time.perf_counter() - began)
        hot = sum(1 for _ in look.hot.read_all_items())
        if not hot and not cold and archive:
            seen["archive"] = time.perf_counter() - began
        if time.perf_counter() - began > _PATIENCE_SECONDS:
            raise SystemExit(f"hot: {hot}, cold: {cold}, archive: {archive}")
        time.sleep(_STEP_SECONDS)
    tiers = {str(one.blob_tier) for one in archive}
    print(
        f"days         {_SCALE / 86_400:.1f} pass in a second: {before} readings are in cold"
        f" storage after {seen['cold']:.1f} s, and all of them in {len(archive)} archived blobs"
        f" ({', '.join(tiers)}) after {seen['archive']:.1f} s"
    )


def _destroyed(look: Look) -> None:
    _run("destroy", "--yes", is_shown=False)
    with contextlib.suppress(NotServingError):
        finding.find(look.location)
        raise SystemExit("the local Azure still runs")
    rooms = [look.location / name for name in ("storage", "web", "cosmos", "iothub")]
    left = [one.name for room in rooms if room.is_dir() for one in room.iterdir()]
    _expect(left, wanted=[])
    _expect(_json("info")["layers"][0]["resources"], wanted=[])
    print("destroyed    nothing is left, and the local Azure has ended")


def _run(command: str, *options: str, is_shown: bool = True, status: int = 0) -> str:
    """Run a command about the twin; return what it prints."""
    done = subprocess.run(  # noqa: S603 - our own command
        [_FUNCYARD, "twin", command, _TWIN, *options],
        capture_output=not is_shown,
        text=True,
        check=False,
    )
    if done.returncode != status:
        raise SystemExit(f"twin {command} exited with {done.returncode}:\n{done.stderr}")
    return str(done.stdout or "")


def _json(command: str, *options: str, status: int = 0) -> Any:  # noqa: ANN401 - JSON
    return json.loads(_run(command, "--json", *options, is_shown=False, status=status))


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f} s"


def _expect(found: object, wanted: object) -> None:
    if found != wanted:
        raise SystemExit(f"expected {wanted!r}, found {found!r}")


if __name__ == "__main__":
    sys.exit(main())

"""A twin over two subscriptions, deployed by the command line through a kill, used, taken away."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.terminal import converse
from tests.forked_command import funcyard
from tests.unit.twin.twins import changed, copied

from funcyard.deploy.folder_reading import seal_of
from funcyard.emulator.core import finding
from funcyard.emulator.running import NotServingError
from funcyard.twin.contract import settings
from funcyard.twin.contract.tokens import HEADER
from funcyard.twin.secrets import Secrets, read_generations

_COMMAND = (sys.executable, "-m", "funcyard", "twin")
_NOT_GIVEN = "AZURE_"
_ACCESS = {"azure_subscription_id": "env:PLANT_SUBSCRIPTION_ID", "azure_region": "northeurope"}
_PATIENCE_SECONDS = 60
_STEP_SECONDS = 0.05
_DONE_BEFORE_THE_KILL = 12


@dataclass
class Deployed:
    """A twin in a folder, and what the command line says of it.

    Attributes:
        folder: The twin's.
        resumed: What bringing its first deployment to an end printed, which was killed.
    """

    folder: Path
    resumed: str = ""

    def run(self, command: str, *options: str, status: int = 0) -> str:
        ended = funcyard("twin", command, self.folder, *options, cwd=Path.cwd(), without=_NOT_GIVEN)
        assert ended.returncode == status, ended.stderr
        return ended.stdout

    def json(self, command: str, *options: str, status: int = 0) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.run(command, *options, "--json", status=status))

    @property
    def outputs(self) -> dict[str, Any]:
        layers = self.json("info")["layers"]
        return {one["address"]: one["outputs"] for layer in layers for one in layer["resources"]}

    def last_entry(self, url: str, device: str, token: str) -> Any:  # noqa: ANN401 - JSON
        """Ask a hot reader for the latest reading of a device."""
        ca = finding.find(self.folder / ".funcyard" / "azure").ca
        handlers = (
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=ca)),
        )
        request = urllib.request.Request(
            f"{url}/api/hot-reader-last-entry?entityId={device}", headers={HEADER: token}
        )
        with urllib.request.build_opener(*handlers).open(request, timeout=30) as answer:
            return json.load(answer)["propertyValues"]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if _NOT_GIVEN not in name}


def _eventually(found: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is looked for
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (seen := found()):
        assert time.monotonic() < deadline
        time.sleep(_STEP_SECONDS)
    return seen


def _killed_in_between(twin: Deployed) -> None:
    """Begin a deployment and kill it once some resources are there."""
    process = subprocess.Popen(
        [*_COMMAND, "deploy", twin.folder, "--yes"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        env=_environment(),
    )
    assert process.stderr is not None
    done = 0
    for line in process.stderr:
        done += " done " in line
        if done == _DONE_BEFORE_THE_KILL:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stderr.close()
    assert done == _DONE_BEFORE_THE_KILL


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """The example with its processing in another subscription."""
    folder = copied(tmp_path_factory.mktemp("twin"))
    changed(folder, "config_providers.json", ("layer_2_provider",), "azure:plant")
    changed(folder, "config_credentials.json", ("azure:plant",), _ACCESS)
    made = Deployed(folder)
    try:
        _killed_in_between(made)
        made.resumed = made.run("resume")
        yield made
    finally:
        made.run("destroy", "--yes")
        with pytest.raises(NotServingError):
            finding.find(folder / ".funcyard" / "azure")


def test_a_killed_deployment_is_brought_to_its_end(twin: Deployed) -> None:
    for app in ("l0", "l0@plant", "l1", "l2@plant", "l3", "l4"):
        assert f"{app} " in twin.resumed
    assert {one["state"] for one in twin.json("check")["resources"]} == {"present"}
    assert twin.json("plan")["writes"] is False


def test_readings_pass_from_one_cloud_to_the_other_and_back(twin: Deployed) -> None:
    """From the hub in one to the processors in the other, to hot storage in the first."""
    for protocol, given in (("https", ()), ("mqtt", ("--protocol", "mqtt"))):
        told = twin.json("simulate", "--for", "11", "--faster", "20", *given)
        assert (told["protocol"], told["refused"]) == (protocol, 0)
        assert told["sent"] == sum(one["sent"] for one in told["devices"])
        assert told["sent"] > 0
    outputs = twin.outputs
    token = _token(twin)
    for device in ("cold-room-1", "cold-room-2", "compressor"):
        _eventually(partial(twin.last_entry, outputs["l3.app"]["url"], device, token))


def test_every_layer_is_told_in_one_shape(twin: Deployed) -> None:
    layers = twin.json("info")["layers"]
    assert [one["layer"] for one in layers] == ["setup", "l0", "l1", "l2", "l3", "l4", "l5"]
    assert all(one["is_deployed"] for one in layers)
    shapes = {frozenset(part) for one in layers for part in one["resources"]}
    assert shapes == {frozenset({"address", "kind", "identity", "state", "outputs"})}


def test_a_token_is_replaced_and_the_old_one_counts_no_more(twin: Deployed) -> None:
    url, before = twin.outputs["l3.app"]["url"], _token(twin)
    twin.run("rotate", "--yes")
    after = _token(twin)
    assert after != before
    _eventually(lambda: _status(twin, url, before) == 401)  # the app starts anew meanwhile
    _eventually(lambda: _status(twin, url, after) == 200)
    assert {one["state"] for one in twin.json("check")["resources"]} == {"present"}


def test_whoever_declines_to_replace_tokens_has_the_ones_of_before(twin: Deployed) -> None:
    before = _token(twin)
    command = (*_COMMAND, "rotate", twin.folder)
    status, shown = converse(command, {"Do that?": ["n"]}, cwd=twin.folder)
    assert (status, "declined" in shown) == (1, True)
    assert _token(twin) == before
    assert twin.json("plan")["writes"] is False


def _status(twin: Deployed, url: str, token: str) -> int:
    try:
        twin.last_entry(url, "cold-room-1", token)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
    return 200


def _token(twin: Deployed) -> str:
    """Return the token of hot readers: the one that dashboards show."""
    folder = twin.folder / ".funcyard" / "twin" / "local"
    seal = seal_of(folder)
    assert seal is not None
    return Secrets(seal.key, read_generations(folder)).of(settings.HOT_READER_TOKEN).value

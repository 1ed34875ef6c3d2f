"""Replicas of the local Azure: processes of pushed images, probed, restarted, logged and ended."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
from azure.mgmt.storage import StorageManagementClient
from azure.storage.blob import BlobClient
from tests import local_azure
from tests.integration.emulator.registries import PULL, LocalRegistry, identity, registry
from tests.integration.emulator.replicas import Pushed, Watching, nothing_left, pushed
from tests.integration.emulator.twins import assign, group
from tests.local_azure import MANAGER, LocalAzure

from funcyard.emulator.containerapps.runtime.builtin import QUICKSTART
from funcyard.emulator.containerapps.runtime.interface import Running, RuntimeFaultError
from funcyard.emulator.containerapps.runtime.replicas import ProcessRuntime
from funcyard.emulator.containerapps.runtime.told import RunningState
from funcyard.emulator.containerapps.runtime.wanted import (
    ContainerSpec,
    Mount,
    ProbeKind,
    ProbeSpec,
    RegistryLogin,
    ReplicaSpec,
    RestartPolicy,
)
from funcyard.emulator.core.clock import Clock
from funcyard.emulator.registries.packing import Packing

_GROUP = "containers"
_SERVER = """\
import http.server, os, signal, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/" else 500)
        self.end_headers()
        self.wfile.write(open("page.txt", "rb").read())
    def log_message(self, *ignored):
        pass
signal.signal(signal.SIGTERM, lambda *ignored: sys.exit(0))
port = int(sys.argv[1]) if len(sys.argv) > 1 else int(os.environ["PORT"])
server = http.server.HTTPServer((os.environ["HOST"], port), Answer)
print("listening", flush=True)
server.serve_forever()
"""
_PROGRAMS = {
    "server.py": _SERVER,
    "page.txt": "of the image",
    "crash.py": "import sys; print('about to fail'); sys.exit(3)",
    "hungry.py": "import time; kept = b'x' * (256 * 1024 * 1024); time.sleep(60)",
    "stubborn.py": (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('deaf', flush=True)\n"
        "time.sleep(60)\n"
    ),
    "parent.py": (
        "import os, subprocess, sys, time\n"
        "subprocess.Popen(['sleep', '1000'], start_new_session=True)\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    ),
    "write.py": (
        "import pathlib, sys\n"
        "print(pathlib.Path('page.txt').read_text(), sys.argv[1:])\n"
        "pathlib.Path('page.txt').write_text('changed')\n"
    ),
}


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    group(service, _GROUP)
    yield service
    service.end()


@pytest.fixture(scope="module")
def local(azure: LocalAzure) -> LocalRegistry:
    return registry(azure, _GROUP, "images")


@pytest.fixture(scope="module")
def image(local: LocalRegistry, tmp_path_factory: pytest.TempPathFactory) -> Pushed:
    folder = tmp_path_factory.mktemp("image")
    for name, text in _PROGRAMS.items():
        (folder / name).write_text(text, encoding="utf-8")
    packing = Packing(("python", "/app/server.py"), 80)
    return asyncio.run(pushed(local, folder, "programs", packing))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where images are unpacked once for all tests."""
    return tmp_path_factory.mktemp("runtime")


@pytest.fixture
async def runtime(azure: LocalAzure, folder: Path) -> AsyncIterator[ProcessRuntime]:
    with nothing_left():
        made = ProcessRuntime(folder, Clock(1000), Path(azure.ca))
        yield made
        await made.stop()


def _replica(image: Pushed, *containers: ContainerSpec, **more: object) -> ReplicaSpec:
    given = {"registries": (image.login,), **more}
    return ReplicaSpec(name="app--one-xyz", containers=containers, **given)  # type: ignore[arg-type]


def _is_ready(running: Running) -> bool:
    return running.is_ready


def _get(running: Running, port: int, path: str = "/", key: str = "") -> str:
    host, found = running.address(port)
    request = urllib.request.Request(
        f"http://{host}:{found}{path}", headers={"x-functions-key": key}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return str(answer.read().decode())


async def test_an_image_runs_with_its_own_command_at_its_own_address(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    spec = _replica(image, image.container(), target_port=80)
    running = await runtime.start(spec, seen)
    await seen.until(lambda: running.is_ready)
    assert await asyncio.to_thread(_get, running, 80) == "of the image"
    (state,) = running.containers
    assert state.digest == image.digest
    assert (state.running_state, state.restart_count) == (RunningState.RUNNING, 0)
    assert state.details.startswith("Container started at: ")
    other = await runtime.start(replace(spec, name="app--one-abc"), Watching())
    assert other.address(80) != running.address(80)
    with pytest.raises(RuntimeFaultError):
        await runtime.start(spec, seen)
    await running.stop()
    assert seen.lines == ["listening"]
    assert [one.reason for one in seen.events if one.reason != "ProbeFailed"] == [
        "PullingImage",
        "PulledImage",
        "ContainerCreated",
        "ContainerStarted",
        "StoppingContainer",
        "ContainerTerminated",
    ]
    assert seen.events[-1].message == (
        "Container 'main' was terminated with exit code '' and reason 'ManuallyStopped'"
    )
    assert runtime.find("app--one-xyz") is None
    assert [one.text for one in running.logs("main").tail(10)] == ["listening"]
    await runtime.forget("app--one-xyz")


async def test_a_container_that_crashes_is_started_again_after_longer_and_longer_pauses(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    running = await runtime.start(_replica(image, image.container("python", "crash.py")), seen)
    await seen.until(lambda: running.containers[0].restart_count >= 2)
    await seen.until(lambda: running.containers[0].reason == "CrashLoopBackOff")
    state = running.containers[0]
    assert (state.running_state, state.exit_code) == (RunningState.WAITING, 3)
    assert state.details == "Container is waiting with reason: CrashLoopBackOff"
    assert not running.is_ready
    await running.stop()
    assert set(seen.told("ContainerBackOff")) == {"Persistent Failure to start container"}
    assert set(seen.told("ContainerTerminated")[:2]) == {
        "Container 'main' was terminated with exit code '3' and reason 'ProcessExited'"
    }
    counts = [one.count for one in seen.events if one.reason == "ContainerTerminated"]
    assert counts == list(range(1, len(counts) + 1))
    assert set(seen.lines) == {"about to fail"}


async def test_a_container_whose_liveness_fails_is_started_again(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    probe = ProbeSpec(kind=ProbeKind.LIVENESS, port=80, path="/health", period=1, failures=2)
    seen = Watching()
    spec = _replica(image, image.container(probes=(probe,)), target_port=80)
    running = await runtime.start(spec, seen)
    await seen.until(lambda: running.containers[0].restart_count >= 1)
    await running.stop()
    assert "Probe of Liveness failed with status code: 500" in seen.told("ProbeFailed")
    assert "Container main failed liveness probe, will be restarted" in seen.told(
        "StoppingContainer"
    )
    assert seen.told("ContainerTerminated")[0].endswith("and reason 'ProbeFailure'")


async def test_a_target_port_at_which_nothing_listens_keeps_a_replica_from_being_ready(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    server = image.container("python", "server.py", "9000")
    running = await runtime.start(_replica(image, server, target_port=8080), seen)
    await seen.until(lambda: running.containers[0].listening_ports == (9000,))
    state = running.containers[0]
    assert (state.running_state, state.is_started) == (RunningState.RUNNING, False)
    assert not running.is_ready
    assert "Probe of StartUp failed with status code: 1" in seen.told("ProbeFailed")
    await running.stop()


async def test_a_container_that_takes_too_much_memory_is_killed(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    hungry = image.container("python", "hungry.py", memory=128 * 1024 * 1024)
    spec = _replica(image, hungry, restarts=RestartPolicy.NEVER)
    running = await runtime.start(spec, seen)
    await running.ended()
    (state,) = running.containers
    assert (state.reason, state.exit_code) == ("OOMKilled", 137)
    assert state.running_state is RunningState.TERMINATED


async def test_a_container_that_is_asked_to_end_and_does_not_is_killed(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    running = await runtime.start(_replica(image, image.container("python", "stubborn.py")), seen)
    await seen.until(lambda: "deaf" in seen.lines)
    await running.stop(0.1)
    assert running.containers[0].exit_code == 137


async def test_each_start_begins_with_the_files_of_the_image_and_ends_a_job(
    runtime: ProcessRuntime, image: Pushed, tmp_path: Path
) -> None:
    (tmp_path / "shared.txt").write_text("mounted", encoding="utf-8")
    command = ("python", "/app/write.py", "/mnt/data/shared.txt", "$(NAME)", "$$(NAME)")
    container = image.container(
        *command, environment={"NAME": "value"}, mounts=(Mount("/mnt/data", tmp_path),)
    )
    spec = _replica(image, container, restarts=RestartPolicy.NEVER)
    for _ in range(2):
        seen = Watching()
        running = await runtime.start(spec, seen)
        await running.ended()
        assert (running.containers[0].reason, running.containers[0].exit_code) == ("Completed", 0)
        (line,) = seen.lines
        text, _, told = line.partition(" [")
        assert text == "of the image"
        assert told.split("', '")[1:] == ["value", "$(NAME)']"]
        assert told.split("', '")[0].endswith("/mnt/data/shared.txt")


async def test_init_containers_run_to_their_end_first(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    first = image.container("python", "write.py", name="first")
    spec = _replica(image, image.container(), init_containers=(first,), target_port=80)
    running = await runtime.start(spec, seen)
    await seen.until(lambda: running.is_ready)
    assert running.init_containers[0].reason == "Completed"
    order = [one.container for one in seen.events if one.reason == "ContainerStarted"]
    assert order == ["first", "main"]
    await running.stop()


async def test_what_init_containers_use_is_measured(runtime: ProcessRuntime, image: Pushed) -> None:
    seen = Watching()
    first = image.container("python", "parent.py", name="first")
    spec = _replica(image, image.container(), init_containers=(first,))
    running = await runtime.start(spec, seen)
    await seen.until(lambda: "ready" in seen.lines)
    (used,) = await running.usage()
    assert used.container == running.init_containers[0].container_id
    assert used.memory > 0
    await running.stop()
    assert await running.usage() == ()


async def test_images_are_pulled_by_password_and_by_identities_with_a_role(
    runtime: ProcessRuntime, azure: LocalAzure, local: LocalRegistry, image: Pushed
) -> None:
    subject = identity(azure, _GROUP, "puller")

    async def token() -> str:
        return azure.issuer.identity_token(MANAGER, "client", subject)

    login = RegistryLogin(server=local.server, token=token)
    seen = Watching()
    spec = _replica(
        image,
        image.container("python", "write.py"),
        registries=(login,),
        restarts=RestartPolicy.NEVER,
    )
    running = await runtime.start(spec, seen)
    await running.ended()
    assert running.containers[0].reason == "ImagePullFailure"
    assert seen.told("ImagePullUnauthorized") == [
        "Container pull image failed with unauthorized error."
    ]
    (told,) = seen.told("ContainerTerminated")
    assert f"Unauthorized to access image {image.reference}." in told
    assign(azure, local.id, PULL, subject)
    running = await runtime.start(spec, Watching())
    await running.ended()
    assert running.containers[0].reason == "Completed"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("{server}/programs:v2", "not found in registry. ErrorMessage=Image not found"),
        ("{server}/nothing:v1", "MANIFEST_UNKNOWN"),
        ("mcr.microsoft.com/dotnet/samples:aspnetapp", "no such host"),
        ("127.0.0.1:1/app:v1", "cannot be reached"),
        ("NOT AN IMAGE", "Invalid image reference"),
    ],
)
async def test_an_image_that_cannot_be_had_is_asked_for_again_and_again(
    runtime: ProcessRuntime, local: LocalRegistry, image: Pushed, name: str, words: str
) -> None:
    seen = Watching()
    container = ContainerSpec(name="main", image=name.format(server=local.server))
    running = await runtime.start(_replica(image, container), seen)
    await seen.until(lambda: seen.reasons()["PullingImage"] >= 2)
    assert running.containers[0].reason == "ImagePullBackOff"
    await running.stop()
    assert all(words in one for one in seen.told("ContainerTerminated"))
    assert all(
        "exit code '' and reason 'ImagePullFailure'" in one
        for one in seen.told("ContainerTerminated")
    )


async def test_a_command_that_is_not_there_is_told(runtime: ProcessRuntime, image: Pushed) -> None:
    seen = Watching()
    spec = _replica(image, image.container("/app/none"), restarts=RestartPolicy.NEVER)
    running = await runtime.start(spec, seen)
    await running.ended()
    assert running.containers[0].reason == "StartError"
    assert 'exec: "/app/none": no such file or directory' in seen.told("ContainerTerminated")[0]


async def test_microsofts_first_image_is_here(runtime: ProcessRuntime, image: Pushed) -> None:
    seen = Watching()
    container = ContainerSpec(name="main", image=QUICKSTART)
    running = await runtime.start(_replica(image, container, target_port=80), seen)
    await seen.until(lambda: running.is_ready)
    assert "Your app is running" in await asyncio.to_thread(_get, running, 80)
    assert seen.lines == ["Listening on :80..."]
    await running.stop()


async def test_a_log_is_followed_without_a_lost_or_a_doubled_line(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    count = 3000
    program = f"for n in range({count}): print('line', n, flush=n % 7 == 0)"
    spec = _replica(image, image.container("python", "-c", program), restarts=RestartPolicy.NEVER)
    await runtime.forget(spec.name)
    running = await runtime.start(spec, Watching())
    book = running.logs("main")
    told = [line async for line in book.follow(-1)]
    assert [line.text for line in told] == [f"line {n}" for n in range(count)]
    assert [line.number for line in told] == list(range(count))
    assert [line.text for line in book.tail(2)] == [f"line {count - 2}", f"line {count - 1}"]


async def test_what_a_container_started_ends_with_it(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    running = await runtime.start(_replica(image, image.container("python", "parent.py")), seen)
    await seen.until(lambda: "ready" in seen.lines)
    await running.stop()  # the fixture holds that the process in another session is gone


@pytest.mark.parametrize("seed", range(2))
async def test_replicas_that_are_stopped_whenever_leave_nothing_behind(
    runtime: ProcessRuntime, image: Pushed, folder: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - no secret
    programs = ("server.py", "crash.py", "stubborn.py", "parent.py", "write.py")

    async def lived(number: int) -> None:
        container = image.container("python", chance.choice(programs))
        spec = replace(_replica(image, container, target_port=80), name=f"app--{seed}-{number}")
        seen = Watching()
        running = await runtime.start(spec, seen)
        wanted = chance.randrange(1, 6)
        await seen.until(lambda: len(seen.events) >= wanted)
        await asyncio.gather(*(running.stop(0.05) for _ in range(chance.randrange(1, 3))))
        await running.ended()
        assert runtime.find(spec.name) is None

    async with asyncio.TaskGroup() as tasks:
        for number in range(8):
            tasks.create_task(lived(number))
    assert list((folder / "running").iterdir()) == []


async def test_a_container_whose_shim_is_killed_is_started_again(
    runtime: ProcessRuntime, image: Pushed
) -> None:
    seen = Watching()
    program = "import os, subprocess; subprocess.Popen(['sleep', '900']); print(os.getppid()); "
    program += "import sys; sys.stdout.flush(); import time; time.sleep(60)"
    running = await runtime.start(_replica(image, image.container("python", "-c", program)), seen)
    await seen.until(lambda: seen.lines)
    os.kill(int(seen.lines[0]), signal.SIGKILL)
    await seen.until(lambda: len(seen.lines) == 2)
    assert running.containers[0].restart_count == 1
    assert "exit code '137'" in seen.told("ContainerTerminated")[0]
    await running.stop()


_APP = """\
import azure.functions as func
app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)

@app.route("hello")
def hello(req: func.HttpRequest) -> str:
    return "hello"
"""


@pytest.fixture(scope="module")
def connection(azure: LocalAzure) -> str:
    """To a storage account."""
    name = "functionkeys"
    body: Any = {"location": "westeurope", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}}
    with azure.client(StorageManagementClient) as client:
        making = client.storage_accounts.begin_create(_GROUP, name, body, polling_interval=0)
        made = making.result()
    assert made.primary_endpoints is not None
    keys = azure.call("POST", f"{made.id}/listKeys", version="2023-05-01")[2]["keys"]
    endpoint = made.primary_endpoints.blob
    return f"AccountName={name};AccountKey={keys[0]['value']};BlobEndpoint={endpoint}"


async def test_a_function_app_is_run_by_the_host_with_the_keys_of_its_storage(
    runtime: ProcessRuntime, connection: str, local: LocalRegistry, tmp_path: Path
) -> None:
    (tmp_path / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    (tmp_path / "function_app.py").write_text(_APP, encoding="utf-8")
    app = await pushed(local, tmp_path, "functions", Packing())
    environment = {"AzureWebJobsStorage": connection, "CONTAINER_APP_NAME": "Orchestrator"}
    container = app.container(environment=environment, memory=1 << 30)
    spec = _replica(app, container, target_port=80)
    seen = [Watching(), Watching()]
    every = [
        await runtime.start(replace(spec, name=f"app--{number}"), one)
        for number, one in enumerate(seen)
    ]
    for one, running in zip(seen, every, strict=True):
        await one.until(partial(_is_ready, running))
    for one in seen:
        await one.until(partial(one.lines.__contains__, "      1 functions found (Worker)"))
    with BlobClient.from_connection_string(
        connection, "azure-webjobs-secrets", "orchestrator/host.json"
    ) as blob:
        kept = json.loads(blob.download_blob().readall())
    master, default = kept["masterKey"]["value"], kept["functionKeys"][0]["value"]
    for running in every:
        assert await asyncio.to_thread(_get, running, 80, "/api/hello", default) == "hello"
        told = await asyncio.to_thread(_get, running, 80, "/admin/functions", master)
        assert [one["name"] for one in json.loads(told)] == ["hello"]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            await asyncio.to_thread(_get, running, 80, "/api/hello")


_ALONE = """\
import asyncio, sys
from pathlib import Path
from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ReplicaSpec
from funcyard.emulator.containerapps.runtime.wanted import RegistryLogin
from funcyard.emulator.containerapps.runtime.replicas import ProcessRuntime
from funcyard.emulator.core.clock import Clock

class Listener:
    def happened(self, event): pass
    def changed(self, running): pass
    def printed(self, running, container, line): print(line.text, flush=True)

async def main():
    folder, authority, image, server, user, password = sys.argv[1:]
    runtime = ProcessRuntime(Path(folder), Clock(), Path(authority))
    container = ContainerSpec(name="main", image=image, command=("python", "parent.py"))
    login = RegistryLogin(server=server, username=user, password=password)
    await runtime.start(
        ReplicaSpec(name="one", containers=(container,), registries=(login,)), Listener()
    )
    await asyncio.sleep(100)

asyncio.run(main())
"""


def test_a_kill_of_the_emulator_leaves_no_process(image: Pushed, tmp_path: Path) -> None:
    login = image.login
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", _ALONE, str(tmp_path), image.registry.azure.ca),
            *(image.reference, login.server, login.username, login.password),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        below = psutil.Process(process.pid).children(recursive=True)
        assert len(below) >= 3  # a shim, the program, and what that started
        os.kill(process.pid, signal.SIGKILL)
        gone, left = psutil.wait_procs(below, timeout=20)
        assert not left
        assert len(gone) == len(below)

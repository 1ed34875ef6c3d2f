"""The workspace platform in containers: for development, from its own source, and in production.

Run by ``make test-docker``: it needs a Docker engine, and stand-ins for Microsoft's images.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.storage.fileshare import ShareClient
from tests.docker import stand_in
from tests.docker.composition import Composition
from tests.docker.engine import build, docker, inspect, own_bytes
from tests.docker.platform_stack import (
    ACCOUNT,
    DEVELOPMENT,
    KEY,
    SERVICES,
    PlatformStack,
    checkout,
    stopped,
)
from tests.e2e.dap import Client
from tests.e2e.running import eventually, fetch
from tests.ports import free_ports

pytestmark = pytest.mark.skipif(
    "FUNCYARD_TEST_DOCKER" not in os.environ, reason="needs a Docker engine: make test-docker"
)

ROOT = Path(__file__).parents[2]
IMAGE = "funcyard-test/workspace:test"
DEBUGGED = "funcyard-test/workspace-debugged:test"
SECRET = "a-secret-of-whoever-builds"  # noqa: S105 - looked for in the image
CODE = """
from funcyard.workflows.sdk import param, workflow

@workflow(name="greet", execution_mode="sync")
@param("name", default="Ada")
def greet(name):
    text = f"{greeting} {name}"
    return text
"""
_BREAK = "return text"
READS = """
import glob
import os
from funcyard.workflows.sdk import workflow

PLACES = ["/proc/1/environ", f"/proc/{os.getppid()}/environ", f"/proc/{os.getppid()}/mem",
          "/var/lib/funcyard/secrets", "/home/keys.json"]

@workflow(name="reads", execution_mode="sync", endpoint_enabled=True, public_endpoint=True,
          allowed_methods=["GET"])
def reads():
    return {"user": os.getuid(), "there": [one for one in PLACES if os.path.lexists(one)],
            "read": [one for one in PLACES if read(one)], "variables": sorted(os.environ)}

def read(place):
    try:
        if os.path.isdir(place):
            return bool(os.listdir(place))
        with open(place, "rb") as file:
            return bool(file.read(1))
    except OSError:
        return False
"""
_STORES_ONE = """
import asyncio, os, pathlib
from funcyard.azure.secrets.local import LocalSecrets

async def main():
    async with LocalSecrets(pathlib.Path(os.environ["FUNCYARD_SECRETS_PATH"])) as secrets:
        await secrets.set("token", "of somebody")

asyncio.run(main())
"""
_LIMIT = 2_000_000_000


def _code(greeting: str) -> str:
    return CODE.replace("{greeting}", greeting)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout, in which somebody has left what is not for others."""
    folder = checkout(tmp_path_factory.mktemp("source") / "funcyard")
    for name in ("workflows/local.settings.json", "workflows/.env", "workflows/prod.env"):
        (folder / name).write_text(SECRET, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def images(source: Path, base_images: None, measured: list[str]) -> Iterator[None]:  # noqa: ARG001 - only that they exist
    """The image as it is in production, and with a debugger."""
    dockerfile = source / "workflows" / "Dockerfile"
    given = {"BASE_IMAGE": stand_in.FUNCTIONS}
    seconds = build(IMAGE, dockerfile, source, **given)
    size = own_bytes(IMAGE, stand_in.FUNCTIONS)
    measured.append(f"workspace: {size / 1e6:.1f} MB on top of its base, built in {seconds:.0f} s")
    build(DEBUGGED, dockerfile, source, **given, ENABLE_DEBUGGING="true")
    yield
    docker("image", "rm", "--force", IMAGE, DEBUGGED)


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory,
    images: None,  # noqa: ARG001 - only that they exist
    measured: list[str],
) -> Iterator[PlatformStack]:
    """The platform in a repository that holds only a workspace, and a copy of the Compose file."""
    repository = tmp_path_factory.mktemp("repository") / "workspace"
    (repository / "global").mkdir(parents=True)
    (repository / "global" / "greet.py").write_text(_code("hello"), encoding="utf-8")
    (repository / "global" / "reads.py").write_text(READS, encoding="utf-8")
    shutil.copy(ROOT / "workflows" / DEVELOPMENT, repository)
    running = PlatformStack(
        repository / DEVELOPMENT, "funcyard-docker-workspace", repository, IMAGE
    )
    try:
        began = time.monotonic()
        running.compose("up", "--detach")
        running.wait_until_healthy(*SERVICES)
        measured.append(f"workspace: started and healthy in {time.monotonic() - began:.0f} s")
        yield running
    finally:
        running.remove()
    assert running.left() == []


def test_every_service_is_healthy_and_published_on_loopback_only(stack: PlatformStack) -> None:
    for service in SERVICES:
        container = stack.container(service)
        assert container["State"]["Health"]["Status"] == "healthy"
        ports = container["NetworkSettings"]["Ports"].values()
        assert {port["HostIp"] for published in ports for port in published or ()} == {"127.0.0.1"}


def test_health_tells_of_storage_and_of_both_mounts(stack: PlatformStack) -> None:
    told = json.loads(stack.call("GET", "/health").body)
    assert told["status"] == "healthy"
    assert {"table", "queue", "workspace", "temporary"} <= told["checks"].keys()
    mounts = {one["Destination"] for one in stack.container("platform")["Mounts"]}
    assert {"/workspace", "/mounts/tmp", "/var/lib/funcyard"} <= mounts
    assert "/tmp" not in mounts  # noqa: S108 - the system's own


def test_what_lies_in_the_workspace_runs_and_what_is_saved_needs_no_restart(
    stack: PlatformStack, measured: list[str]
) -> None:
    stack.becomes("greet", "hello Ada")
    began = time.monotonic()
    (stack.workspace / "global" / "greet.py").write_text(_code("good day"), encoding="utf-8")
    stack.becomes("greet", "good day Bob", name="Bob")
    measured.append(f"workspace: saved and run after {time.monotonic() - began:.1f} s")
    state = stack.container("platform")["State"]
    assert (state["Running"], stack.container("platform")["RestartCount"]) == (True, 0)


def test_the_workspace_is_a_share_of_azure_files_as_well(stack: PlatformStack) -> None:
    url = f"http://127.0.0.1:{stack.ports['FILES']}/{ACCOUNT}"
    share = ShareClient(url, "workspaces", credential=KEY)
    share.get_file_client("global/greet.py").upload_file(_code("over REST").encode())
    stack.becomes("greet", "over REST Ada")
    assert (stack.workspace / "global" / "greet.py").read_text() == _code("over REST")


def test_workflows_run_as_somebody_who_reads_nothing_of_what_the_platform_knows(
    stack: PlatformStack,
) -> None:
    docker("exec", stack.container("platform")["Id"], "python", "-c", _STORES_ONE)
    seen = stack.run("reads")
    assert seen["user"] == 10001
    assert len(seen["there"]) == 5
    assert seen["read"] == []
    assert "AzureWebJobsStorage" not in seen["variables"]


def test_another_container_is_no_administrator(stack: PlatformStack) -> None:
    program = (
        "import http.client; c = http.client.HTTPConnection('platform', 80);"
        "c.request('GET', '/api/workspace/status', headers={'Host': 'localhost'});"
        "print(c.getresponse().status)"
    )
    assert docker("exec", stack.container("files")["Id"], "python", "-c", program) == "401"
    assert stack.call("GET", "/workspace/status").status == 200


def test_everything_is_there_after_a_restart(stack: PlatformStack) -> None:
    before = json.loads(stack.call("GET", "/workspace/status").body)["version"]
    stack.compose("restart")
    stack.wait_until_healthy(*SERVICES)
    after = json.loads(stack.call("GET", "/workspace/status").body)["version"]
    assert after == before
    assert stack.run("greet")


def test_breakpoints_are_hit_in_the_workspace_and_in_the_platform_by_the_editor_s_mappings(
    stack: PlatformStack,
) -> None:
    stack.compose("up", "--detach", "--no-build", PLATFORM_IMAGE=DEBUGGED)
    stack.wait_until_healthy(*SERVICES)
    script = stack.workspace / "global" / "greet.py"
    script.write_text(_code("debugged"), encoding="utf-8")
    stack.becomes("greet", "debugged Ada")
    mappings = _mappings(stack.workspace.parent)
    with Client(stack.ports["DEBUG"]) as debugger:
        debugger.attach(script, [_line(script, _BREAK)], mappings)
        with debugger.child() as worker:
            found, result = stopped(worker, "text", lambda: stack.run("greet"))
    assert (found, result) == ("'debugged Ada'", "debugged Ada")
    for name, code in (
        ("workflows/functions/health.py", "del req"),
        ("src/funcyard/access/authentication.py", "forwarded = asking.one"),
    ):
        with Client(stack.ports["DEBUG"]) as debugger:
            line = _line(ROOT / name, code)
            debugger.attach(stack.workspace.parent / name, [line], mappings)
            path = "/health/live" if "health" in name else "/workspace/status"
            _, answer = stopped(debugger, "1", lambda path=path: stack.call("GET", path))  # type: ignore[misc]
            assert answer.status == 200


def test_the_platform_s_own_source_is_mounted_apart_from_the_workspace(
    stack: PlatformStack, source: Path
) -> None:
    health = source / "workflows" / "functions" / "health.py"
    told = health.read_text(encoding="utf-8")
    health.write_text(told.replace('"alive"', '"alive from source"'), encoding="utf-8")
    stack.compose("stop", "platform")
    from_source = PlatformStack(
        source / "workflows" / DEVELOPMENT, "funcyard-docker-source", stack.workspace, IMAGE
    )
    try:
        from_source.compose("up", "--detach", "--no-build", "platform-from-source")
        from_source.wait_until_healthy("platform-from-source")
        live = json.loads(from_source.call("GET", "/health/live").body)
        assert live == {"status": "alive from source"}
        assert from_source.run("greet")
        mounts = {
            one["Destination"]: (one["Source"], one["RW"])
            for one in from_source.container("platform-from-source")["Mounts"]
        }
        assert mounts["/home/site/wwwroot"] == (str(source / "workflows"), False)
        assert mounts["/opt/platform/funcyard"] == (str(source / "src" / "funcyard"), False)
        assert mounts["/workspace"] == (str(stack.workspace), True)
    finally:
        from_source.remove()
        health.write_text(told, encoding="utf-8")
    assert from_source.left() == []


def test_the_image_is_small_and_holds_no_secret_and_no_debugger(images: None) -> None:  # noqa: ARG001 - only that they exist
    assert own_bytes(IMAGE, stand_in.FUNCTIONS) < _LIMIT
    listing = docker(
        *("run", "--rm", "--entrypoint", "python", IMAGE, "-c"),
        "import os, importlib.util as u; print(u.find_spec('debugpy'));"
        "[print(os.path.join(a, n)) for t in ('/home/site/wwwroot', '/opt/platform')"
        " for a, _, names in os.walk(t) for n in names]",
    ).splitlines()
    assert listing[0] == "None"
    assert "/home/site/wwwroot/function_app.py" in listing
    assert "/opt/platform/funcyard/workflows/worker/main.py" in listing
    for name in ("local.settings.json", ".env", "prod.env", "Dockerfile", DEVELOPMENT):
        assert f"/home/site/wwwroot/{name}" not in listing
    found = inspect(IMAGE)["Config"]
    assert not any("AccountKey" in one or SECRET in one for one in found["Env"])
    assert SECRET not in docker("history", "--no-trunc", IMAGE)


@pytest.fixture
def production(stack: PlatformStack, tmp_path: Path) -> Iterator[Composition]:
    """The platform as in production, on the storage of the other one."""
    settings = tmp_path / "platform.env"
    connection = ";".join(
        [
            f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY}",
            *(
                f"{service}Endpoint=http://azurite:{port}/{ACCOUNT}"
                for service, port in (("Blob", 10000), ("Queue", 10001), ("Table", 10002))
            ),
        ]
    )
    settings.write_text(
        f"AzureWebJobsStorage={connection}\n"
        "FUNCYARD_AUTH=entra\nFUNCYARD_ENTRA_TENANT=contoso\nFUNCYARD_ENTRA_AUDIENCE=api://a\n"
        "FUNCYARD_PUBLIC_ENDPOINTS=true\nFUNCYARD_SECRETS_PATH=/var/lib/funcyard/secrets\n",
        encoding="utf-8",
    )
    (tmp_path / "tmp").mkdir()
    (port,) = free_ports(1)
    running = Composition(
        Path(shutil.copy(ROOT / "workflows" / "docker-compose.prod.yml", tmp_path)),
        "funcyard-docker-production",
        {
            "PLATFORM_IMAGE": IMAGE,
            "PLATFORM_PORT": str(port),
            "PLATFORM_SETTINGS": str(settings),
            "WORKSPACE_MOUNT": str(stack.workspace),
            "TEMPORARY_MOUNT": str(tmp_path / "tmp"),
        },
    )
    try:
        running.compose("up", "--no-start")
        container = running.container("platform")["Id"]
        docker("network", "connect", f"{stack.name}_default", container)
        running.compose("start")
        running.wait_until_healthy("platform")
        yield running
    finally:
        running.compose("down", "--volumes")
    assert running.left() == []


def test_production_asks_who_calls_and_runs_workflows_with_few_rights(
    stack: PlatformStack, production: Composition
) -> None:
    container = production.container("platform")
    (port,) = container["NetworkSettings"]["Ports"]["80/tcp"]
    assert port["HostIp"] == "127.0.0.1"
    api = f"http://127.0.0.1:{port['HostPort']}/api"
    assert fetch(f"{api}/health/live").status == 200
    assert fetch(f"{api}/workspace/status").status == 401
    eventually(lambda: fetch(f"{api}/endpoints/reads").status == 200)
    seen = json.loads(fetch(f"{api}/endpoints/reads").body)
    assert (seen["user"], seen["read"]) == (10001, [])
    assert container["HostConfig"]["CapDrop"] == ["ALL"]
    production.compose("stop")
    assert production.container("platform")["State"]["ExitCode"] == 0
    assert stack.container("azurite")["State"]["Running"]


def _mappings(root: Path) -> list[dict[str, str]]:
    """The path mappings with which this repository's editor settings attach to the container."""
    launch = json.loads((ROOT / ".vscode" / "launch.json").read_text(encoding="utf-8"))
    (found,) = (one for one in launch["configurations"] if one["name"].endswith("(container)"))
    return [
        {key: path.replace("${workspaceFolder}", str(root)) for key, path in mapping.items()}
        for mapping in found["pathMappings"]
    ]


def _line(script: Path, code: str) -> int:
    lines = script.read_text(encoding="utf-8").splitlines()
    return next(number for number, text in enumerate(lines, 1) if code in text)

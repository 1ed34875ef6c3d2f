from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docker import stand_in
from tests.docker.engine import build, docker, inspect, own_bytes
from tests.docker.stack import BLUEPRINTS, generate
from tests.e2e.running import eventually, fetch

IMAGE = "funcyard-test/simple-api:test"
UV_IMAGE = "funcyard-test/simple-api-uv:test"


@pytest.fixture(scope="module")
def image(
    tmp_path_factory: pytest.TempPathFactory,
    base_images: None,  # noqa: ARG001 - only that they exist
    measured: list[str],
) -> Iterator[str]:
    """The image of the simple-api blueprint, with a second function that asks for a key."""
    project = generate(
        tmp_path_factory.mktemp("pip") / "funcyard-docker-simple", "--blueprint", "simple-api"
    )
    source = project / "functions" / "api" / "function_app.py"
    kept = '\n\n@app.route(route="kept", auth_level=func.AuthLevel.FUNCTION)\n'
    kept += 'def kept(req: func.HttpRequest) -> str:\n    return "kept"\n'
    source.write_text(source.read_text(encoding="utf-8") + kept, encoding="utf-8")
    dockerfile = project / ".docker" / "api" / "Dockerfile"
    seconds = build(IMAGE, dockerfile, project, BASE_IMAGE=stand_in.FUNCTIONS)
    size = own_bytes(IMAGE, stand_in.FUNCTIONS) / 1e6
    measured.append(f"simple-api (pip): {size:.1f} MB on top of its base, built in {seconds:.0f} s")
    yield IMAGE
    docker("image", "rm", "--force", IMAGE)


@pytest.fixture(scope="module")
def container(image: str) -> Iterator[str]:
    """The image running, its port published on loopback."""
    name = docker("run", "--detach", "--publish", "127.0.0.1::80", image)
    eventually(lambda: "ready:" in docker("logs", name))
    yield name
    docker("rm", "--force", "--volumes", name)


def url(container: str, path: str) -> str:
    published = inspect(container)["NetworkSettings"]["Ports"]["80/tcp"][0]
    return f"http://127.0.0.1:{published['HostPort']}{path}"


def test_a_pip_project_is_served_from_its_image(container: str) -> None:
    answer = fetch(url(container, "/api/hello?name=Ada"))
    assert (answer.status, json.loads(answer.body)) == (200, {"message": "Hello, Ada."})


def test_a_uv_project_is_served_from_its_image_its_hashes_checked(
    tmp_path: Path,
    base_images: None,  # noqa: ARG001 - only that they exist
) -> None:
    spec = tmp_path / "spec.yaml"
    blueprint = (BLUEPRINTS / "simple-api" / "spec.yaml").read_text(encoding="utf-8")
    spec.write_text(blueprint.replace("manager: pip", "manager: uv"), encoding="utf-8")
    project = generate(tmp_path / "funcyard-docker-uv", "--from", spec)
    assert "--hash=" in (project / "functions" / "api" / "requirements.txt").read_text()
    dockerfile = project / ".docker" / "api" / "Dockerfile"
    build(UV_IMAGE, dockerfile, project, BASE_IMAGE=stand_in.FUNCTIONS)
    name = docker("run", "--detach", "--publish", "127.0.0.1::80", UV_IMAGE)
    try:
        eventually(lambda: "ready:" in docker("logs", name))
        assert fetch(url(name, "/api/hello")).status == 200
    finally:
        docker("rm", "--force", "--volumes", name)
        docker("image", "rm", "--force", UV_IMAGE)


def test_a_function_of_level_function_asks_for_its_key_in_a_container(container: str) -> None:
    address = url(container, "/api/kept")
    assert fetch(address).status == 401
    keys = json.loads(docker("exec", container, "cat", "/home/keys.json"))
    answer = fetch(address, headers={"x-functions-key": keys["functions"]["kept"]})
    assert (answer.status, answer.body) == (200, b"kept")
    mode = docker("exec", container, "stat", "--format", "%a", "/home/keys.json")
    assert mode == "600"


def test_what_ignore_rules_name_is_not_in_the_image(container: str) -> None:
    listing = docker("exec", container, "find", "/home/site/wwwroot", "-type", "f").split()
    names = {Path(path).name for path in listing}
    assert {"function_app.py", "host.json"} <= names
    assert not names & {"local.settings.json", "test_function_app.py", ".env.local"}


def test_a_stopped_container_ends_by_itself_with_code_0(image: str) -> None:
    name = docker("run", "--detach", image)
    try:
        eventually(lambda: "ready:" in docker("logs", name))
        docker("stop", "--time", "30", name)
        assert inspect(name)["State"]["ExitCode"] == 0
    finally:
        docker("rm", "--force", "--volumes", name)

"""From an image and what is wanted of a container to a command of this machine."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from funcyard.emulator.containerapps.runtime.launching import (
    command_of,
    functions_folder,
    surroundings,
    with_command,
)
from funcyard.emulator.containerapps.runtime.process import LaunchError
from funcyard.emulator.containerapps.runtime.pulling import Image
from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ReplicaSpec

_ANY = "0.0.0.0"  # noqa: S104 - what is replaced
_IMAGE = Image(
    "sha256:1",
    None,
    ("/run.sh", "--own"),
    ("argument",),
    {"FROM": "image", "NAME": "image"},
    "/app",
    80,
)


def _spec(**more: object) -> ContainerSpec:
    return ContainerSpec(name="main", image="unused", **more)  # type: ignore[arg-type]


def _environment(root: Path, image: Image = _IMAGE, **given: str) -> dict[str, str]:
    spec = _spec(environment=given)
    replica = ReplicaSpec(name="app--1", containers=(spec,), target_port=8080)
    found = surroundings(image, spec, replica, root, host="127.88.0.1", authority=Path("ca.pem"))
    return dict(found.environment)


@pytest.mark.parametrize(
    ("command", "args", "whole"),
    [
        (None, None, ("/run.sh", "--own", "argument")),
        (None, ("other",), ("/run.sh", "--own", "other")),
        (("python",), None, ("python",)),
        (("python",), ("-V",), ("python", "-V")),
    ],
)
def test_a_command_of_ones_own_takes_the_images_arguments_away(
    command: tuple[str, ...] | None, args: tuple[str, ...] | None, whole: tuple[str, ...]
) -> None:
    assert command_of(_IMAGE, _spec(command=command, args=args)) == whole


def test_variables_stand_in_for_their_names() -> None:
    command = ("$(NAME)", "$$(NAME)", "$(NONE)", "$", "a$(FROM)b$(FROM")
    told = command_of(_IMAGE, _spec(command=command, environment={"NAME": "own"}))
    assert told == ("own", "$(NAME)", "$(NONE)", "$", "aimageb$(FROM")


def test_a_container_is_told_its_address_and_its_port_as_they_are_here(tmp_path: Path) -> None:
    found = _environment(tmp_path, NAME="own", AND="$(NAME)!")
    assert (found["HOST"], found["PORT"]) == ("127.88.0.1", "20080")
    assert (found["FROM"], found["NAME"], found["AND"]) == ("image", "own", "own!")
    assert _environment(tmp_path, PORT="81", HOST=_ANY)["PORT"] == "20081"
    assert _environment(tmp_path, HOST=_ANY)["HOST"] == "127.88.0.1"
    assert _environment(tmp_path, HOST="db.example")["HOST"] == "db.example"
    assert _environment(tmp_path, Image("sha256:1", None))["PORT"] == "8080"


def test_nothing_of_this_process_is_told_but_what_says_language_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_OF_MINE", "x")
    assert "SECRET_OF_MINE" not in _environment(tmp_path)


def test_paths_of_the_image_are_those_of_its_copy(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    for name in ("run.sh", "app/tool"):
        (tmp_path / name).write_text("", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    spec = _spec(environment={"PATH": "/app:/usr/bin"})
    replica = ReplicaSpec(name="app--1", containers=(spec,))
    found = surroundings(_IMAGE, spec, replica, tmp_path, host="h", authority=Path("ca"))
    launch = with_command(found, ("/run.sh", "/app/tool", "/etc/none", "/"), tmp_path)
    assert launch.command == (
        str(tmp_path / "run.sh"),
        str(tmp_path / "app/tool"),
        "/etc/none",
        "/",
    )
    assert launch.folder == tmp_path / "app"
    assert with_command(found, ("tool",), tmp_path).command == (str(tmp_path / "app/tool"),)
    assert with_command(found, ("./tool",), tmp_path).command == (str(launch.folder / "tool"),)
    shell = with_command(found, ("sh",), tmp_path).command[0]
    assert Path(shell).resolve() == Path(shutil.which("sh") or "").resolve()


@pytest.mark.parametrize("command", [(), ("/none",), ("no-such-program",), ("./none",)])
def test_a_program_that_is_not_there_is_told(tmp_path: Path, command: tuple[str, ...]) -> None:
    spec = _spec()
    replica = ReplicaSpec(name="app--1", containers=(spec,))
    found = surroundings(_IMAGE, spec, replica, tmp_path, host="h", authority=Path("ca"))
    with pytest.raises(LaunchError):
        with_command(found, command, tmp_path)


def test_a_function_app_is_what_has_a_host_json_and_no_command(tmp_path: Path) -> None:
    bare = Image("sha256:1", None, working_folder="/home/site/wwwroot")
    app = tmp_path / "home/site/wwwroot"
    app.mkdir(parents=True)
    assert functions_folder(bare, _spec(), tmp_path) is None
    (app / "host.json").write_text("{}", encoding="utf-8")
    assert functions_folder(bare, _spec(), tmp_path) == app
    assert functions_folder(bare, _spec(command=("python",)), tmp_path) is None
    elsewhere = _spec(environment={"AzureWebJobsScriptRoot": "/elsewhere"})
    assert functions_folder(bare, elsewhere, tmp_path) is None


def test_python_is_found_even_where_no_path_leads_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    spec = _spec()
    replica = ReplicaSpec(name="app--1", containers=(spec,))
    found = surroundings(_IMAGE, spec, replica, tmp_path, host="h", authority=Path("ca"))
    python = with_command(found, ("python",), tmp_path).command[0]
    assert Path(python).parent == Path(sys.executable).parent

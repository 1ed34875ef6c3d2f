"""Images pushed and listed by commands, as a person does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import local_azure
from tests.forked_command import funcyard
from tests.integration.emulator.registries import LocalRegistry, registry
from tests.integration.emulator.twins import group
from tests.local_azure import LocalAzure


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "1000")
    group(service, "images")
    yield service
    service.end()


@pytest.fixture(scope="module")
def local(azure: LocalAzure) -> LocalRegistry:
    return registry(azure, "images", "Teams")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "host.json").write_text("{}", encoding="utf-8")
    return tmp_path


def _command(azure: LocalAzure, folder: Path, *words: str) -> tuple[int, str, str]:
    done = funcyard("emulator", "image", *words, "--location", azure.location, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_a_folder_is_pushed_twice_with_one_digest_and_listed(
    azure: LocalAzure, local: LocalRegistry, folder: Path
) -> None:
    code, out, err = _command(azure, folder, "push", ".", "teams/orchestrator:v1", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["reference"] == f"{local.server}/orchestrator:v1"
    again = _command(azure, folder, "push", ".", f"{local.server}/orchestrator:v2")
    assert again == (0, f"{local.server}/orchestrator:v2\n{told['digest']}\n", "")
    code, out, _ = _command(azure, folder, "list", "TEAMS.azurecr.io")
    assert out.splitlines() == [
        f"{local.server}/orchestrator:{tag}  {told['digest']}" for tag in ("v1", "v2")
    ]
    code, out, _ = _command(azure, folder, "list", "teams", "--json")
    assert [one["digest"] for one in json.loads(out)] == [told["digest"]] * 2


@pytest.mark.parametrize(
    ("words", "code", "text"),
    [
        (("push", ".", "nobody/app:v1"), 2, "no-such-registry"),
        (("push", ".", "teams/UPPER:v1"), 2, "bad-image-reference"),
        (("push", ".", "teams"), 2, "'teams' names no image of a registry"),
        (("push", ".", "teams/app", "--env", "=x"), 2, "is not KEY=VALUE"),
        (("push", ".", "teams/app", "--entrypoint", "'"), 2, "cannot be read"),
        (("push", "sub", "teams/app"), 2, "cannot-pack-image"),
        (("list", "nobody"), 2, "no-such-registry"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    azure: LocalAzure,
    local: LocalRegistry,
    folder: Path,
    words: tuple[str, ...],
    code: int,
    text: str,
) -> None:
    assert local.server
    (folder / "sub").mkdir()
    done = _command(azure, folder, *words)
    assert (done[0], text in done[2]) == (code, True), done


def test_where_nothing_serves_that_is_told(folder: Path) -> None:
    done = funcyard(
        *("emulator", "image", "push", ".", "teams/app", "--location", "none"), cwd=folder
    )
    assert (done.returncode, "not-serving" in done.stderr) == (1, True), done.stderr

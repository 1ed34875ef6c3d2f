"""What is deployed can be taken away whatever became of the files that it was deployed from."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.forked_command import funcyard
from tests.unit.twin.twins import changed, copied

from funcyard.azure.cloud import cloud_of
from funcyard.azure.credentials import identity_of
from funcyard.cli.deploy._azure import state_folder
from funcyard.cli.deploy._local import LocalAzure, local_azure
from funcyard.deploy.apply import deploy
from funcyard.deploy.engine import Engine
from funcyard.deploy.entries import Began
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.records import Unended
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import reached
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.emulator.core import finding

_NOBODY = {
    "AZURE_SUBSCRIPTION_ID": "",
    "AZURE_TENANT_ID": "",
    "AZURE_CLIENT_ID": "",
    "AZURE_CLIENT_SECRET": "",
}
"""An environment that says nothing of Azure."""

_SPOILED = {"twin": "config.json", "deploy": "funcyard.yaml"}


@dataclass(frozen=True)
class Spoiled:
    """A folder whose files cannot be read any more.

    Attributes:
        root: The folder.
        azure: Its local Azure.
    """

    root: Path
    azure: LocalAzure

    def store(self, room: str) -> FolderStore:
        return FolderStore(state_folder(self.root, room, "local"), "plant")

    async def bring(self, room: str) -> None:
        """Deploy a group, as it was done when the files were sound."""
        settings = self.azure.settings
        subscription = finding.find(self.azure.location).subscriptions[0]
        group = ResourceGroup.of("setup.group", subscription, f"rg-{room}", "westeurope")
        async with reached(identity_of(settings), cloud_of(settings)) as reach:
            engine = Engine("plant", reach, self.store(room), REGISTRY)
            report = await deploy(engine, Graph([group]))
        assert report is not None
        assert report.is_good

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return funcyard(*arguments, cwd=self.root, without="AZURE_")


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spoiled]:
    root = tmp_path_factory.mktemp("spoiled")
    for file in _SPOILED.values():
        (root / file).write_text("{")
    azure = local_azure(root)
    (azure.location / "started-by-deploy").unlink()  # or the first test would end it
    try:
        yield Spoiled(root, azure)
    finally:
        finding.stop(azure.location, timeout=30)


@pytest.mark.parametrize(
    ("room", "command"),
    [
        ("twin", ("twin", "destroy", "--yes")),
        ("twin", ("twin", "resume")),
        ("deploy", ("deploy", "down", "--yes")),
        ("deploy", ("deploy", "resume")),
    ],
)
async def test_it_is_taken_away_by_its_state_alone(
    spoiled: Spoiled, room: str, command: tuple[str, ...]
) -> None:
    """So is what a taking away that was cut short left, by ``resume``."""
    await spoiled.bring(room)
    if "resume" in command:
        async with spoiled.store(room).open() as journal:
            await journal.write(Began(Unended("destroy")))

    ended = spoiled.run(*command)

    assert ended.returncode == 0, ended.stderr
    assert (await spoiled.store(room).read()).state.records == {}


@pytest.mark.parametrize("command", ["twin", "deploy"])
async def test_that_nothing_is_left_to_resume_is_told_by_the_state_alone(
    spoiled: Spoiled, command: str
) -> None:
    """Before anything is packed or loaded: the files need not even be sound."""
    async with spoiled.store(command).open() as journal:
        await journal.compact()

    ended = spoiled.run(command, "resume")

    assert ended.returncode == 1
    assert "error[nothing-to-resume]" in ended.stderr


@pytest.mark.parametrize("cloud", ["local", "public"])
@pytest.mark.parametrize("command", [("twin", "destroy"), ("deploy", "down")])
def test_what_was_never_deployed_is_taken_away_without_an_azure(
    tmp_path: Path, command: tuple[str, str], cloud: str
) -> None:
    """None is started, none is signed in to, and no variable has to be set."""
    folder = copied(tmp_path)
    (folder / "funcyard.yaml").write_text("project_name: plant\nfunction_apps: [api]\n")

    ended = funcyard(*command, "--yes", "--cloud", cloud, cwd=folder, **_NOBODY)

    assert (ended.returncode, ended.stderr) == (0, "nothing of this is deployed\n")
    assert not (folder / ".funcyard" / "azure").exists()


async def test_who_takes_a_twin_away_is_told_which_variable_is_missing_and_for_what(
    tmp_path: Path,
) -> None:
    folder = copied(tmp_path)
    name = "AZURE_CLIENT_SECRET"
    for field in ("azure_tenant_id", "azure_client_id"):
        changed(folder, "config_credentials.json", ("azure", field), str(uuid.UUID(int=7)))
    changed(folder, "config_credentials.json", ("azure", "azure_client_secret"), f"env:{name}")
    store = FolderStore(state_folder(folder, "twin", "public"), "plant")
    async with store.open() as journal:
        await journal.write(Began(Unended("deploy")))

    ended = funcyard("twin", "destroy", "--yes", "--cloud", "public", cwd=folder, **_NOBODY)

    assert ended.returncode == 2
    assert f"credentials-not-set]: azure: {name} is not set, for azure_client_secret" in (
        ended.stderr
    )
    assert "SUBSCRIPTION" not in ended.stderr

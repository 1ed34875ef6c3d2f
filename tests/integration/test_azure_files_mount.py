"""A share of Azure Files as the mount of a running platform: what is saved runs, what syncs shows.

The share's folder is the workspace's, served over REST at the same time: on a plain disk, and on a
file system that refuses chmod and links and takes names of any case for one, as SMB does.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from azure.storage.fileshare import ShareClient, ShareServiceClient
from tests.connected_platform import Connected, connected
from tests.integration.emulator.conftest import start
from tests.running_platform import eventually
from tests.smb_like import Mount, mounted

pytestmark = pytest.mark.xdist_group("judges")

ACCOUNT = "platform"
CODE = """
from funcyard.workflows.sdk import workflow
from rates import RATE

@workflow(name="price", execution_mode="sync")
def price():
    return {value} * RATE
"""


@dataclass
class Mounted:
    """A platform on a share.

    Attributes:
        connected: The platform, and a repository beside it.
        share: The same workspace over REST.
        mount: What serves the folder, None for a plain disk.
    """

    connected: Connected
    share: ShareClient
    mount: Mount | None

    @property
    def folder(self) -> Path:
        return self.connected.platform.folder

    def price(self) -> Any:  # noqa: ANN401 - JSON
        return self.connected.platform.run("price").json.get("result")

    def shown(self) -> dict[str, bytes]:
        """Return the files of the workspace on the share, as its clients read them."""
        found, folders = {}, ["global"]
        while folders:
            folder = folders.pop()
            for item in self.share.list_directories_and_files(folder):
                path = f"{folder}/{item.name}".lstrip("/")
                if item.is_directory:
                    folders.append(path)
                else:
                    file = self.share.get_file_client(path)
                    found[path] = file.download_file().readall()
        return found

    def upload(self, path: str, text: str) -> None:
        self.share.get_file_client(path).upload_file(text.encode())


@pytest.fixture(params=["disk", "smb"])
def here(request: pytest.FixtureRequest) -> Iterator[Mounted]:
    with ExitStack() as stack:
        root = Path(tempfile.mkdtemp(prefix="funcyard-mount-"))
        stack.callback(shutil.rmtree, root, ignore_errors=True)
        folder = root / ACCOUNT / "workspace"
        folder.mkdir(parents=True)
        mount = None
        if request.param == "smb":
            mount = stack.enter_context(mounted(folder))
            if mount.fault:
                pytest.skip(f"no file system of our own: {mount.fault}")
        service = start(root, (ACCOUNT,))
        stack.callback(service.end)
        client = ShareServiceClient(service.endpoints[ACCOUNT], credential=service.key)
        made = stack.enter_context(connected(root, {}, None))
        yield Mounted(made, client.get_share_client("workspace"), mount)


def test_what_is_saved_on_the_share_runs_from_whichever_side_it_comes(here: Mounted) -> None:
    here.upload("global/rates.py", "RATE = 7\n")
    here.upload("global/price.py", CODE.format(value=6))
    assert eventually(here.price, lambda value: value == 42)
    (here.folder / "global" / "rates.py").write_text("RATE = 8\n", encoding="utf-8")
    assert eventually(here.price, lambda value: value == 48)
    assert here.connected.platform.put("rates.py", "RATE = 9\n").status == 200
    assert here.price() == 54
    assert here.shown() == {
        "global/price.py": CODE.format(value=6).encode(),
        "global/rates.py": b"RATE = 9\n",
    }


def test_what_syncs_shows_on_the_share_as_the_repository_has_it(here: Mounted) -> None:
    here.share.get_directory_client("global/.packages").create_directory()
    here.upload("global/.packages/kept.txt", "of the platform\n")
    here.connected.push(
        {
            "price.py": CODE.format(value=1),
            "rates.py": "RATE = 10\n",
            "old/a.txt": "a\n",
            "notes.txt": "n\n",
        }
    )
    assert here.connected.job(here.connected.connect().json["jobId"])["status"] == "completed"
    assert here.price() == 10
    assert here.shown().keys() == {
        *("global/.packages/kept.txt", "global/old/a.txt", "global/notes.txt"),
        *("global/price.py", "global/rates.py"),
    }

    # A folder becomes a file, and a name one of other case: the share cannot have both at once.
    shutil.rmtree(here.connected.clone / "old")
    commit = here.connected.push(
        {"rates.py": "RATE = 20\n", "old": "a file now\n", "notes.txt": None, "Notes.txt": "n\n"}
    )
    taken = here.connected.deliver(here.connected.payload(commit), query="?connection=GLOBAL")
    assert here.connected.job(taken.json["jobId"])["status"] == "completed"
    assert here.price() == 20
    assert here.shown() == {
        "global/.packages/kept.txt": b"of the platform\n",
        "global/Notes.txt": b"n\n",
        "global/old": b"a file now\n",
        "global/price.py": CODE.format(value=1).encode(),
        "global/rates.py": b"RATE = 20\n",
    }


@pytest.mark.parametrize("here", ["smb"], indirect=True)
def test_a_platform_on_a_mount_as_smb_has_it_is_healthy_until_the_mount_is_gone(
    here: Mounted,
) -> None:
    assert here.mount is not None
    probe = here.folder / "probe"
    probe.write_text("", encoding="utf-8")
    refused: list[Callable[[], None]] = [
        lambda: probe.chmod(0o600),
        lambda: os.link(probe, here.folder / "link"),
        lambda: (here.folder / "link").symlink_to(probe),
    ]
    for one in refused:
        with pytest.raises(OSError, match=r"permitted|supported"):
            one()
    probe.unlink()
    here.upload("global/rates.py", "RATE = 7\n")
    here.upload("global/price.py", CODE.format(value=6))
    assert eventually(here.price, lambda value: value == 42)
    platform = here.connected.platform
    assert platform.call("GET", "/health").json["checks"]["workspace"]["healthy"] is True

    here.mount.kill()

    told = platform.call("GET", "/health")
    assert (told.status, told.json["checks"]["workspace"]["healthy"]) == (503, False)
    assert here.price() == 42  # what runs is no part of the mount

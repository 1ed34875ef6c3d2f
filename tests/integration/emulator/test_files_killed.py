"""A kill at any moment leaves what was there or what was wanted, never something in between."""

from __future__ import annotations

import contextlib
import json
import random
import subprocess
import sys
import threading
from collections.abc import Callable

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.storage.fileshare import ShareClient
from tests.integration.emulator.conftest import Files

_SIZE = 4 * 1024 * 1024
_ROUNDS = 5


def _moment(seed: int, longest: float) -> float:
    """Return after how many seconds the kill comes."""
    return random.Random(seed).uniform(0.02, longest)  # noqa: S311 - no secret


def _until_killed(files: Files, work: Callable[[], None], after: float) -> None:
    """Repeat some work and kill the service in the midst of it."""
    timer = threading.Timer(after, files.process.kill)
    timer.start()
    with contextlib.suppress(AzureError):
        while True:
            work()
    timer.join()
    files.kill()


def test_a_range_is_written_whole_or_not_at_all(starting: Callable[[], Files]) -> None:
    files = starting()
    files.share("kills").get_file_client("f").create_file(_SIZE)
    patterns = [bytes([number]) * _SIZE for number in (1, 2)]
    for seed in range(_ROUNDS):
        file = files.client().get_share_client("kills").get_file_client("f")

        def write() -> None:
            for pattern in patterns:
                file.upload_range(pattern, 0, _SIZE)  # noqa: B023 - used in this round only

        _until_killed(files, write, _moment(seed, 0.4))
        files = starting()
        file = files.client().get_share_client("kills").get_file_client("f")
        content = file.download_file().readall()
        assert len(set(content)) == 1, "the range is torn"
        assert len(content) == _SIZE
        assert not list((files.location / ".store" / "staged").iterdir())


def _whole(share: ShareClient) -> tuple[str, bytes]:
    """Return where the directory is and what its file holds; it is in one place only."""
    found = []
    for name in ("one", "two"):
        with contextlib.suppress(ResourceNotFoundError):
            file = share.get_file_client(f"{name}/f")
            assert file.get_file_properties().metadata == {"kept": "yes"}
            found.append((name, file.download_file().readall()))
    assert len(found) == 1
    return found[0]


def test_a_rename_is_done_or_not_with_all_that_is_known_of_it(
    starting: Callable[[], Files],
) -> None:
    files = starting()
    share = files.share("renames")
    share.create_directory("one").upload_file("f", b"content", metadata={"kept": "yes"})
    for seed in range(_ROUNDS):
        share = files.client().get_share_client("renames")

        def rename() -> None:
            here = _whole(share)[0]  # noqa: B023 - used in this round only
            share.get_directory_client(here).rename_directory(  # noqa: B023
                "two" if here == "one" else "one"
            )

        _until_killed(files, rename, _moment(seed, 0.2))
        files = starting()
        share = files.client().get_share_client("renames")
        assert _whole(share)[1] == b"content"


def test_a_file_is_replaced_whole(starting: Callable[[], Files]) -> None:
    files = starting()
    files.share("replaced")
    for seed in range(_ROUNDS):
        share = files.client().get_share_client("replaced")
        source = share.get_file_client("source")
        source.upload_file(bytes([seed + 1]) * 100_000)
        target = share.get_file_client("target")

        def copy() -> None:
            target.start_copy_from_url(source.url)  # noqa: B023 - used in this round only

        copy()
        _until_killed(files, copy, _moment(seed, 0.2))
        files = starting()
        target = files.client().get_share_client("replaced").get_file_client("target")
        content = target.download_file().readall()
        assert (len(content), len(set(content))) == (100_000, 1)


def test_two_services_cannot_have_one_folder(starting: Callable[[], Files]) -> None:
    files = starting()
    command = ("emulator", "start", "files", "--port", "0", "--location", files.location, "--json")
    done = subprocess.run(
        [sys.executable, "-m", "funcyard", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "files-store"
    assert "another process serves this folder" in done.stderr
    assert "Traceback" not in done.stderr

"""The encrypted file of secrets: what lies on disk, and what happens when it is not as it was."""

from __future__ import annotations

import asyncio
import base64
import stat
import sys
from pathlib import Path

import pytest

from funcyard.azure.secrets.local import LocalSecrets, SecretFileError, SecretKeyError
from funcyard.azure.secrets.store import SecretRef

_REF = SecretRef("local", "one")
_KEY = base64.b64encode(bytes(range(32))).decode()


async def test_neither_names_nor_values_lie_on_disk_in_the_clear(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    await LocalSecrets(folder).set("github-token", "nobody may read this")
    for path in folder.iterdir():
        content = path.read_bytes()
        for plain in (b"github-token", b"nobody may read this"):
            assert plain not in content
            assert base64.b64encode(plain)[:16] not in content
    for name in ("secrets.key", "secrets.sealed"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


async def test_reading_makes_nothing(tmp_path: Path) -> None:
    store = LocalSecrets(tmp_path / "s")
    await store.check()
    await store.delete(_REF)
    assert not (tmp_path / "s").exists()


async def test_every_change_from_outside_is_noticed(tmp_path: Path) -> None:
    store = LocalSecrets(tmp_path)
    await store.set("one", "x")
    path = tmp_path / "secrets.sealed"
    good = base64.b64decode(path.read_bytes())
    broken = [good[:-1], good[:5], b"", good + b"x"]
    broken += [good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :] for at in range(len(good))]
    for content in broken:
        path.write_bytes(base64.b64encode(content))
        with pytest.raises(SecretFileError, match="was changed"):
            await store.get(_REF)
    path.write_bytes(b"not base64!")
    with pytest.raises(SecretFileError):
        await store.set("two", "y")
    assert path.read_bytes() == b"not base64!"
    path.write_bytes(base64.b64encode(good))
    assert await store.get(_REF) == "x"


async def test_a_key_may_come_from_outside_and_no_other_opens_it(tmp_path: Path) -> None:
    await LocalSecrets(tmp_path, key=_KEY).set("one", "x")
    assert not (tmp_path / "secrets.key").exists()
    assert await LocalSecrets(tmp_path, key=f" {_KEY}\n").get(_REF) == "x"
    with pytest.raises(SecretFileError, match="under another key"):
        await LocalSecrets(tmp_path, key=base64.b64encode(bytes(32)).decode()).get(_REF)
    with pytest.raises(SecretKeyError, match="is gone"):
        await LocalSecrets(tmp_path).set("one", "y")
    assert _KEY not in repr(LocalSecrets(tmp_path, key=_KEY))


@pytest.mark.parametrize("key", ["", "short", base64.b64encode(bytes(16)).decode(), "ä" * 44])
def test_a_key_that_is_none_is_refused_and_not_shown(tmp_path: Path, key: str) -> None:
    with pytest.raises(SecretKeyError) as refused:
        LocalSecrets(tmp_path, key=key)
    assert not key or key not in str(refused.value)


async def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    store = LocalSecrets(tmp_path)
    await store.set("one", "x")
    for mode in (0o640, 0o604, 0o620):
        (tmp_path / "secrets.key").chmod(mode)
        with pytest.raises(SecretKeyError, match="by others"):
            await store.get(_REF)
    (tmp_path / "secrets.key").chmod(0o400)
    assert await store.get(_REF) == "x"


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SecretFileError):
        await LocalSecrets(tmp_path / "file").set("one", "x")
    with pytest.raises(SecretFileError):
        await LocalSecrets(tmp_path / "file").check()


async def test_many_writers_lose_nothing(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys, pathlib; from funcyard.azure.secrets.local import LocalSecrets;"
        "store = LocalSecrets(pathlib.Path(sys.argv[1]));\n"
        "async def work():\n"
        "    for i in range(10): await store.set(f'{sys.argv[2]}-{i}', 'x')\n"
        "asyncio.run(work())"
    )
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", program, tmp_path, f"writer{number}"
        )
        for number in range(3)
    ]
    store = LocalSecrets(tmp_path)
    await asyncio.gather(*(store.set(f"here-{number}", "x") for number in range(10)))
    for writer in writers:
        assert await writer.wait() == 0
    for who in ("writer0", "writer1", "writer2", "here"):
        for number in range(10):
            assert await store.get(SecretRef("local", f"{who}-{number}")) == "x"

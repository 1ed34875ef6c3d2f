"""Folders made images."""

from __future__ import annotations

import json
import os
import tarfile
from pathlib import Path

import pytest

from funcyard.emulator.registries.packing import Packed, Packing, PackingError, pack

_SERVER = Packing(("python", "main.py"), 8080, {"MODE": "test"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "app"
    (made / "sub").mkdir(parents=True)
    (made / "main.py").write_text("print()", encoding="utf-8")
    (made / "sub" / "data.txt").write_text("data", encoding="utf-8")
    return made


def _packed(folder: Path, packing: Packing = _SERVER) -> Packed:
    return pack(folder, packing, folder.parent / "layer")


def _names(packed: Packed) -> list[str]:
    with tarfile.open(packed.layer) as tar:
        return tar.getnames()


def test_the_same_files_make_the_same_image_whenever_and_by_whomever(folder: Path) -> None:
    first = _packed(folder).digest
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    (folder / "main.py").chmod(0o600)
    assert _packed(folder).digest == first
    (folder / "main.py").chmod(0o700)  # it can be executed now
    assert _packed(folder).digest != first


def test_what_is_ignored_is_not_in_the_image(folder: Path) -> None:
    for name in (".git", ".venv", "__pycache__", ".funcyard"):
        (folder / name).mkdir()
        (folder / name / "file").write_text("x", encoding="utf-8")
    (folder / ".funcignore").write_text("*.md\n", encoding="utf-8")
    (folder / "README.md").write_text("x", encoding="utf-8")
    (folder / "link").symlink_to("sub/data.txt")
    (folder / "sub" / "up").symlink_to("..")
    assert _names(_packed(folder)) == [
        "app",
        *("app/.funcignore", "app/link", "app/main.py", "app/sub"),
        *("app/sub/data.txt", "app/sub/up"),
    ]


def test_the_configuration_says_what_runs_where(folder: Path) -> None:
    config = json.loads(_packed(folder).config)
    assert config["config"] == {
        "Entrypoint": ["python", "main.py"],
        "Env": ["MODE=test"],
        "ExposedPorts": {"8080/tcp": {}},
        "WorkingDir": "/app",
    }


def test_a_function_app_lies_where_the_host_looks_and_has_no_command(folder: Path) -> None:
    (folder / "host.json").write_text("{}", encoding="utf-8")
    packed = _packed(folder, Packing())
    assert json.loads(packed.config)["config"] == {
        "Env": ["AzureWebJobsScriptRoot=/home/site/wwwroot"],
        "ExposedPorts": {"80/tcp": {}},
        "WorkingDir": "/home/site/wwwroot",
    }
    assert "home/site/wwwroot/host.json" in _names(packed)


def test_a_folder_that_nothing_runs_and_one_with_a_pipe_are_refused(folder: Path) -> None:
    with pytest.raises(PackingError, match=r"no host\.json"):
        _packed(folder, Packing())
    os.mkfifo(folder / "pipe")
    with pytest.raises(PackingError, match="neither a file nor a folder"):
        _packed(folder)

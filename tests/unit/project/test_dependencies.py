"""One answer to what an app's environment holds, whichever manager wrote the lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.project.dependencies import (
    DependencyError,
    local_package_folders,
    locked_requirements,
    poetry_content_hash,
    starting_lock,
)
from funcyard.project.poetry_lock import requirement_lines
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from pathlib import Path


def package(name: str, **given: object) -> dict[str, object]:
    files = [{"file": f"{name}.whl", "hash": "sha256:b"}, {"file": "x", "hash": "sha256:a"}]
    return {
        "name": name,
        "version": "1.0",
        "optional": False,
        "groups": ["main"],
        "files": files,
        **given,
    }


def lines(*packages: dict[str, object]) -> list[str]:
    return requirement_lines({"package": list(packages)})


def test_requirements_are_normalised(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(
        "# comment\n\nazure-functions==1.26.0 ; python_version < '3.13'  # why\n"
        "idna==3.20 \\\n    --hash=sha256:a \\\n    --hash=sha256:b\n"
        "pkg @ https://example.org/pkg.zip#sha256=1\n"
    )
    assert locked_requirements(tmp_path, "pip") == (
        "azure-functions==1.26.0 ; python_version < '3.13'\n"
        "idna==3.20 --hash=sha256:a --hash=sha256:b\n"
        "pkg @ https://example.org/pkg.zip#sha256=1\n"
    )


def test_included_files_are_part_of_the_answer(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("a==1\n-r more/base.txt\n")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "base.txt").write_text("b==2\n--requirement=last.txt\n")
    (tmp_path / "more" / "last.txt").write_text("c==3\n")
    assert locked_requirements(tmp_path, "uv") == "a==1\nb==2\nc==3\n"


def test_a_file_that_includes_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("-r ./requirements.txt\n")
    with pytest.raises(DependencyError, match="includes itself"):
        locked_requirements(tmp_path, "pip")


@pytest.mark.parametrize(("manager", "name"), [("pip", "requirements"), ("poetry", "poetry.lock")])
def test_a_missing_lock_is_named(tmp_path: Path, manager: str, name: str) -> None:
    with pytest.raises(DependencyError, match=name) as fault:
        locked_requirements(tmp_path, manager)
    assert fault.value.hint


@pytest.mark.parametrize(
    ("lock", "reason"),
    [
        ("not toml", "poetry.lock"),
        ('[metadata]\nlock-version = "2.0"\n', "another format"),
        ('[[package]]\nname = "x"\n[metadata]\nlock-version = "2.1"\n', "does not belong"),
    ],
)
def test_a_lock_that_cannot_be_used_is_refused(tmp_path: Path, lock: str, reason: str) -> None:
    (tmp_path / "poetry.lock").write_text(lock)
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    with pytest.raises(DependencyError, match=reason):
        locked_requirements(tmp_path, "poetry")


def test_a_malformed_lock_is_refused(tmp_path: Path) -> None:
    content_hash = poetry_content_hash({"project": {"dependencies": []}})
    (tmp_path / "pyproject.toml").write_text("[project]\ndependencies = []\n")
    (tmp_path / "poetry.lock").write_text(
        '[[package]]\nname = "x"\n'
        f'[metadata]\nlock-version = "2.1"\ncontent-hash = "{content_hash}"\n'
    )
    with pytest.raises(DependencyError, match="malformed"):
        locked_requirements(tmp_path, "poetry")


def test_markers_and_hashes_of_a_lock_are_kept() -> None:
    assert lines(package("cffi", markers='sys_platform == "linux"'), package("idna")) == [
        'cffi==1.0 ; sys_platform == "linux" --hash=sha256:a --hash=sha256:b',
        "idna==1.0 --hash=sha256:a --hash=sha256:b",
    ]


def test_other_groups_and_extras_are_left_out() -> None:
    dev = package("pytest", groups=["dev"])
    both = package("x", groups=["dev", "main"], markers={"main": 'a == "b"', "dev": "c"})
    assert lines(dev, package("extra", optional=True), both) == [
        'x==1.0 ; a == "b" --hash=sha256:a --hash=sha256:b'
    ]


def test_what_pip_cannot_hash_turns_hashes_off() -> None:
    folder = package("own", develop=True, source={"type": "directory", "url": "../../own"})
    git = package(
        "forked",
        source={
            "type": "git",
            "url": "https://example.org/forked.git",
            "resolved_reference": "abc",
            "subdirectory": "python",
        },
    )
    url = package("wheel", source={"type": "url", "url": "https://example.org/wheel.whl"})
    assert lines(package("idna"), folder, git, url) == [
        "idna==1.0",
        "-e ../../own",
        "forked @ git+https://example.org/forked.git@abc#subdirectory=python",
        "wheel @ https://example.org/wheel.whl",
    ]


def test_local_packages_must_be_there(tmp_path: Path) -> None:
    spec = Spec.model_validate(
        {
            "project_name": "demo",
            "function_apps": [{"name": "web", "port": 7071, "triggers": []}],
            "local_packages": [{"name": "data-utils", "path": "./data-utils"}],
        }
    )
    with pytest.raises(DependencyError, match=r"data-utils is not at \./data-utils"):
        local_package_folders(spec, tmp_path)
    (tmp_path / "data-utils").mkdir()
    (tmp_path / "data-utils" / "pyproject.toml").write_text("")
    assert local_package_folders(spec, tmp_path) == (tmp_path / "data-utils",)


def test_an_unknown_dependency_set_is_refused() -> None:
    with pytest.raises(DependencyError, match="no dependency set") as fault:
        starting_lock("../dependency_sets/storage")
    assert fault.value.hint == "known: functions, storage"

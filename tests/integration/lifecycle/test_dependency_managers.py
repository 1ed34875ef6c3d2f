"""Another dependency manager in the spec: no package that a person added is lost without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from funcyard.project.dependencies import locked_requirements
from funcyard.project.root import SPEC_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Document = Callable[..., dict[str, Any]]

APP = "functions/api"
ADDED = "requests==2.32.3"


def migrate(project: Path, document: Document, before: str, after: str) -> list[str]:
    """Change the manager, update, and return what is said of packages."""
    spec = (project / SPEC_FILE).read_text()
    assert f"dependency_manager: {before}" in spec
    (project / SPEC_FILE).write_text(spec.replace(f"manager: {before}", f"manager: {after}"))
    said = packages(document("update", project))
    assert said == packages(document("status", project))
    return said


def packages(told: dict[str, Any]) -> list[str]:
    return [notice for notice in told["notices"] if " asks for " in notice]


def add(project: Path, file: str) -> None:
    path = project / APP / file
    if file == "pyproject.toml":
        text = path.read_text()
        assert "dependencies = [\n" in text
        path.write_text(text.replace("dependencies = [\n", f'dependencies = [\n    "{ADDED}",\n'))
    else:
        path.write_text(path.read_text() + f"{ADDED}\n")


@pytest.mark.parametrize(
    ("before", "after", "file", "told"),
    [
        (
            "pip",
            "poetry",
            "requirements.txt",
            "which poetry does not install: run `poetry add --lock PACKAGE` there",
        ),
        (
            "pip",
            "uv",
            "requirements.txt",
            "which is installed now, and gone with the next export, as pyproject.toml lacks it",
        ),
        (
            "poetry",
            "pip",
            "pyproject.toml",
            "which pip does not install: add it to requirements.txt there",
        ),
        (
            "poetry",
            "uv",
            "pyproject.toml",
            "which is not installed until requirements.txt is exported anew, as the README says",
        ),
        ("uv", "pip", "pyproject.toml", "which pip does not install: add it to requirements.txt"),
    ],
)
def test_what_becomes_of_a_package_under_the_new_manager_and_what_to_do_is_said(
    project: Path, document: Document, before: str, after: str, file: str, told: str
) -> None:
    if before != "pip":
        assert migrate(project, document, "pip", before) == []
    add(project, file)

    [notice] = migrate(project, document, before, after)

    assert notice.startswith(f"{APP}/{file} asks for {ADDED}, {told}")


def test_after_a_change_from_pip_to_uv_an_added_package_is_still_installed(
    project: Path, document: Document
) -> None:
    add(project, "requirements.txt")
    migrate(project, document, "pip", "uv")

    assert ADDED in locked_requirements(project / APP, "uv").splitlines()


@pytest.fixture
def hashed(tmp_path: Path, document: Document) -> Path:
    """A project that began with uv, whose requirements.txt has hashes."""
    spec = "project_name: shop\ndependency_manager: uv\nfunction_apps: [api]\n"
    (tmp_path / "uv.yaml").write_text(spec)
    document("new", "shop", "--from", "uv.yaml", "--yes")
    assert "--hash=" in (tmp_path / "shop" / APP / "requirements.txt").read_text()
    return tmp_path / "shop"


def test_a_line_without_a_hash_is_named_where_the_others_have_one(
    hashed: Path, document: Document
) -> None:
    add(hashed, "requirements.txt")

    [notice] = packages(document("status", hashed))

    assert notice.startswith(
        f"{APP}/requirements.txt asks for {ADDED}, without a hash beside lines that have one, "
        "which pip refuses, and so do the images: add it to pyproject.toml there, "
    )


def test_a_package_is_to_be_added_with_its_hashes_where_pip_takes_no_line_without(
    hashed: Path, document: Document
) -> None:
    add(hashed, "pyproject.toml")

    [notice] = migrate(hashed, document, "uv", "pip")

    assert "which pip does not install: add it to requirements.txt there, with its hashes" in notice


@pytest.mark.parametrize("after", ["poetry", "uv"])
def test_nothing_is_said_where_nothing_was_added(
    project: Path, document: Document, after: str
) -> None:
    assert migrate(project, document, "pip", after) == []
    assert migrate(project, document, after, "pip") == []


def test_a_package_that_was_added_anew_is_not_named_any_more(
    project: Path, document: Document
) -> None:
    add(project, "requirements.txt")
    assert migrate(project, document, "pip", "uv")

    add(project, "pyproject.toml")

    assert packages(document("status", project)) == []

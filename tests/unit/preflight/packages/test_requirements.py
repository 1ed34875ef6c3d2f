from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts

from funcyard.preflight.packages.requirement import Requirements


def asked(root: Path, files: dict[str, str], *, app: str = "") -> Requirements:
    return facts(root, files, app=app).apps[0].requirements


REQUIREMENTS = """\
# what the app needs
-r more.txt
--index-url https://example.org/simple
azure-functions==1.26.0 ; python_full_version < '3.13'   # the library
Flask_Cors >= 4
requests[socks] ~= 2.32 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
git+https://example.org/one.git@main#egg=some_tool
two @ https://example.org/two.whl
<<<<<<< HEAD
"""


def test_lines_are_read_as_pip_reads_them_with_their_numbers(tmp_path: Path) -> None:
    files = {"requirements.txt": REQUIREMENTS, "more.txt": "-r requirements.txt\nPyYAML<7\n"}

    found = asked(tmp_path, files)

    assert [(one.name, one.file.name, one.line, one.bounded) for one in found.direct] == [
        ("pyyaml", "more.txt", 2, True),
        ("azure-functions", "requirements.txt", 4, True),
        ("flask-cors", "requirements.txt", 5, False),
        ("requests", "requirements.txt", 6, True),
        ("some-tool", "requirements.txt", 9, True),
        ("two", "requirements.txt", 10, True),
    ]


def test_a_marker_says_on_which_python_a_requirement_counts(tmp_path: Path) -> None:
    (first, *_) = asked(tmp_path, {"requirements.txt": "a; python_version < '3.12'"}).direct

    assert first.applies("3.11.2")
    assert not first.applies("3.12.0")


PROJECT = """\
[project]
name = "api"
dependencies = [
    "azure-functions>=1.26,<2",
    "requests",
]
[dependency-groups]
dev = ["pytest"]
"""
POETRY = """\
[tool.poetry.dependencies]
python = "^3.11"
azure-functions = "^1.26"
requests = "*"
httpx = ">=0.27"
tool = {path = "../tool"}
exact = "1.0"
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (PROJECT, {"azure-functions": True, "requests": False}),
        (
            POETRY,
            {
                "azure-functions": True,
                "requests": False,
                "httpx": False,
                "tool": True,
                "exact": True,
            },
        ),
    ],
)
def test_pyproject_counts_by_the_standard_and_by_poetry(
    tmp_path: Path, text: str, names: dict[str, bool]
) -> None:
    found = asked(tmp_path, {"pyproject.toml": text, "poetry.lock": '[[package]]\nname = "Idna"\n'})

    assert {one.name: one.bounded for one in found.direct} == names
    assert found.locked == {"idna"}
    assert found.direct[1].line == text[: text.index("requests")].count("\n") + 1


@pytest.mark.parametrize(
    "files",
    [
        {"pyproject.toml": "[project]\ndependencies = 'requests'\n"},
        {"pyproject.toml": "project = 1\n[tool]\npoetry = []\n"},
        {"pyproject.toml": "not toml at all ["},
        {"poetry.lock": "package = 3\n", "uv.lock": "[[package]]\nname = 3\n"},
        {"Pipfile.lock": "["},
        {"Pipfile": "packages = 1\n"},
        {"requirements.txt": "-r missing.txt\n-e ../nowhere\n=== 1\n"},
    ],
)
def test_whatever_else_stands_in_such_a_file_asks_for_nothing(
    tmp_path: Path, files: dict[str, str]
) -> None:
    assert asked(tmp_path, files).direct == []


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml", "poetry.lock", "Pipfile"])
def test_a_file_that_is_no_text_asks_for_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xff\xfe[\x00\n")

    assert asked(tmp_path, {}).direct == []


def test_the_nearest_folder_with_such_files_counts_up_to_the_checked_one(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("outside\n")
    root = tmp_path / "repository"

    assert asked(root, {"app/host.json": "{}"}, app="app").direct == []

    files = {"app/host.json": "{}", "requirements.txt": "requests\n"}
    assert asked(root, files, app="app").names == {"requests"}

    files = {"app/requirements.txt": "httpx\n", "requirements.txt": "requests\n"}
    assert asked(root, files, app="app").names == {"httpx"}


def test_folders_bring_what_they_ask_for_themselves(tmp_path: Path) -> None:
    files = {
        "app/requirements.txt": "-e ../shared\n./local[extra]\n",
        "shared/pyproject.toml": "[project]\nname = 'Shared_Things'\ndependencies = ['httpx']\n",
        "app/local/pyproject.toml": "[project]\nname = 'local'\n",
    }

    assert asked(tmp_path, files, app="app").names == {"shared-things", "httpx", "local"}


def test_what_a_dockerfile_installs_by_name_counts(tmp_path: Path) -> None:
    text = (
        "FROM x\nRUN pip install --no-cache-dir 'gunicorn>=22' \\\n    debugpy==1.8 && echo done\n"
    )
    target = {"dockerfile": tmp_path / "Dockerfile"}

    (app,) = facts(tmp_path, {"Dockerfile": text}, target=target).apps

    assert app.requirements.names == {"gunicorn", "debugpy"}


def test_a_file_that_the_dockerfile_copies_and_installs_counts(tmp_path: Path) -> None:
    files = {
        "Dockerfile": "FROM x\nCOPY requirements/prod.txt /a/\nRUN pip install -r /a/prod.txt\n",
        "requirements/prod.txt": "-r base.txt\nhttpx\n",
        "requirements/base.txt": "requests\n",
        "requirements/dev.txt": "pytest\n",
    }
    target = {"dockerfile": tmp_path / "Dockerfile"}

    (app,) = facts(tmp_path, files, target=target).apps

    assert app.requirements.names == {"httpx", "requests"}
    assert app.requirements.is_whole


@pytest.mark.parametrize("name", ["setup.py", "environment.yml", "requirements/base.txt"])
def test_what_asks_in_another_form_is_known_to_be_there(tmp_path: Path, name: str) -> None:
    found = asked(tmp_path, {name: "", "app/host.json": "{}"}, app="app")

    assert not found.is_whole
    assert asked(tmp_path, {"app/requirements.txt": ""}, app="app").is_whole

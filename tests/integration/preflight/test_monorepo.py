"""Apps of a monorepo: shared code that lies beside them is no package that is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.integration.preflight.checking import GOOD, Checked, check, write_app
from tests.unit.preflight.given import write

IMAGE = "FROM mcr.microsoft.com/azure-functions/python:4-python3.11\n"
APP = "RUN pip install -r /requirements.txt\nCOPY api/ /home/site/wwwroot/\n"
SITE = "/home/site/wwwroot/.python_packages/lib/site-packages"
SHARED = {"libs/shared/__init__.py": "", "libs/shared/text.py": "def shout(): ...\n"}
PACKAGE = {
    "libs/shared-things/pyproject.toml": "[project]\nname = 'shared-things'\nversion = '1'\n",
    "libs/shared-things/src/shared/__init__.py": "",
    "libs/shared-things/src/shared/text.py": "def shout(): ...\n",
}
COMPOSE = "services:\n  api:\n    build: {context: ., dockerfile: api/Dockerfile}\n"


def make(root: Path, files: dict[str, str], *, source: str = "", **beside: str) -> Path:
    """Write an app that imports a package from beside it, and return its folder."""
    app = write_app(
        root / "api",
        source or f"from shared.text import shout\n{GOOD}",
        requirements__txt="azure-functions==1.26.0\n",
        **beside,
    )
    write(root, files)
    (root / ".git").mkdir()
    return app


def first_error(done: Checked) -> tuple[str, str, int]:
    """Rule, file and line of the first finding."""
    finding = done.document["findings"][0]
    assert finding["severity"] == "error"
    return finding["rule"], finding["file"], finding["line"]


@pytest.mark.parametrize(
    ("dockerfile", "files"),
    [
        (f"{APP}COPY ../libs/shared /home/site/wwwroot/shared\n", SHARED),
        (f"{APP}COPY libs /opt/libs\nENV PYTHONPATH=/opt/libs:$PYTHONPATH\n", SHARED),
        (
            f"{APP}COPY libs/shared {SITE}/shared\n",
            SHARED,
        ),
        (f"{APP}WORKDIR /src\nCOPY libs libs\nRUN pip install ./libs/shared-things\n", PACKAGE),
        (f"{APP}COPY libs/shared-things /x\nRUN pip install --no-cache-dir -e /x\n", PACKAGE),
    ],
    ids=["context above", "PYTHONPATH", "vendored", "pip install", "pip install -e"],
)
@pytest.mark.parametrize("checked", [".", "api"])
def test_what_an_image_gets_from_beside_the_app_is_only_not_here(
    tmp_path: Path, apps_python: Path, dockerfile: str, files: dict[str, str], checked: str
) -> None:
    make(tmp_path, {**files, "compose.yml": COMPOSE}, Dockerfile=IMAGE + dockerfile)

    done = check(tmp_path / checked, "--json", "--python", apps_python)

    place = "api/function_app.py" if checked == "." else "function_app.py"
    assert first_error(done) == ("not-installed-here", place, 1)
    assert "requirement-missing" not in done.rules
    assert "libs" in done.document["findings"][0]["next"]


def test_with_the_folder_on_the_path_the_app_is_judged(tmp_path: Path, apps_python: Path) -> None:
    dockerfile = f"{IMAGE}{APP}COPY libs/shared /home/site/wwwroot/shared\n"
    make(tmp_path, SHARED, Dockerfile=dockerfile)

    done = check(tmp_path, "--python", apps_python, PYTHONPATH="libs")

    assert done.output == "1 app, 1 function found: nothing to mend\n"


def test_pythonpath_of_local_settings(tmp_path: Path, apps_python: Path) -> None:
    settings = json.dumps({"Values": {"PYTHONPATH": "../libs", "AzureWebJobsStorage": "x"}})
    make(tmp_path, SHARED, local__settings__json=settings)

    done = check(tmp_path, "--python", apps_python)

    assert done.output == "1 app, 1 function found: nothing to mend\n"


def test_a_link_in_the_app(tmp_path: Path, apps_python: Path) -> None:
    app = make(tmp_path, SHARED)
    (app / "shared").symlink_to("../libs/shared")

    done = check(tmp_path, "--python", apps_python)

    assert done.output == "1 app, 1 function found: nothing to mend\n"


def test_what_shared_code_needs_is_followed(tmp_path: Path, apps_python: Path) -> None:
    dockerfile = f"{IMAGE}{APP}COPY libs/shared /home/site/wwwroot/shared\n"
    shared = {**SHARED, "libs/shared/text.py": "from . import more\n"}
    more = {"libs/shared/more.py": "import os\nimport requests\n"}
    make(tmp_path, {**shared, **more}, Dockerfile=dockerfile)

    done = check(tmp_path, "--json", "--python", apps_python, PYTHONPATH="libs")

    assert first_error(done) == ("requirement-missing", "libs/shared/more.py", 2)
    assert done.document["findings"][0]["evidence"] == "import requests"


@pytest.mark.parametrize(
    "dockerfile",
    [f"{APP}COPY libs /opt/libs\n", f"{APP}COPY libs/shared /home/site/wwwroot/\n"],
    ids=["not on the path", "its content alone"],
)
def test_what_the_image_has_in_another_place_is_missing(
    tmp_path: Path, apps_python: Path, dockerfile: str
) -> None:
    make(tmp_path, SHARED, Dockerfile=IMAGE + dockerfile)

    done = check(tmp_path, "--json", "--python", apps_python)

    assert first_error(done) == ("requirement-missing", "api/function_app.py", 1)
    assert done.document["findings"][0]["next"] == (
        "ship libs/shared with api: copy it into the app's folder, or let api/requirements.txt"
        " install it as a package"
    )

"""Modules that lie beside an app and get to it: by PYTHONPATH, by pip, by COPY, by a link."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found, write

from funcyard.preflight.facts import AppFacts
from funcyard.preflight.packages.imports import Import
from funcyard.preflight.rules.requirement_missing import RULE

SHARED = {"libs/shared/__init__.py": "", "libs/shared/text.py": "import more\n"}
SITE = "/home/site/wwwroot"
IMPORT = "from shared.text import shout\n"


def app_of(
    root: Path, dockerfile: str, files: Mapping[str, str] = SHARED, python_path: str = ""
) -> AppFacts:
    """An app beside shared code, with a Dockerfile of these lines, built in the folder of both."""
    text = f"FROM x\nCOPY api/ {SITE}/\n{dockerfile}\n"
    own = {
        "api/host.json": "{}",
        "api/function_app.py": IMPORT,
        "api/requirements.txt": "azure-functions\n",
        "api/Dockerfile": text,
        "compose.yml": "services: {api: {build: {context: ., dockerfile: api/Dockerfile}}}\n",
    }
    settings = {"PYTHONPATH": python_path} if python_path else {}
    (app,) = facts(root, {**own, **files}, app="api", target={"settings": settings}).apps
    return app


def imports(module: str, *names: str) -> Import:
    return Import(module, names, 0, 1, at_load=True)


@pytest.mark.parametrize(
    "dockerfile",
    [
        f"COPY libs/shared {SITE}/shared",
        f"COPY libs {SITE}/.python_packages/lib/site-packages",
        "COPY libs /usr/lib/python3.11/site-packages",
        "COPY libs /opt/libs\nENV PYTHONPATH=/opt/libs",
        "COPY libs /opt/libs\nENV PYTHONPATH /opt/libs",
        'COPY libs /opt/libs\nENV A=1 PYTHONPATH="/opt/libs:${PYTHONPATH}"',
        "ARG HOME=/opt\nCOPY libs $HOME/libs\nENV PYTHONPATH=$HOME/libs",
    ],
)
def test_an_image_has_what_it_copies_to_where_python_looks(tmp_path: Path, dockerfile: str) -> None:
    app = app_of(tmp_path, dockerfile)

    assert app.brought.holds(imports("shared.text"))
    assert list(app.brought.files_of(imports("shared", "text", "shout"))) == [
        tmp_path / "libs/shared/__init__.py",
        tmp_path / "libs/shared/text.py",
    ]
    assert not app.brought.holds(imports("other"))


@pytest.mark.parametrize(
    "dockerfile",
    ["", "COPY libs /opt/libs", f"COPY libs {SITE}", "ENV PYTHONPATH=/opt/libs"],
    ids=["not copied", "not on the path", "under another name", "nothing there"],
)
def test_it_has_nothing_else(tmp_path: Path, dockerfile: str) -> None:
    files = {"libs/code/shared/text.py": ""}

    assert not app_of(tmp_path, dockerfile, files).brought.holds(imports("shared.text"))


@pytest.mark.parametrize("entry", ["../libs", "lib:../libs", f"{SITE}/../libs", "/opt/libs"])
def test_the_search_path_of_the_settings_counts(tmp_path: Path, entry: str) -> None:
    files = {**SHARED, "api/lib/a.py": ""}

    app = app_of(tmp_path, "COPY libs /opt/libs", files, entry)

    assert app.brought.holds(imports("shared"))
    assert not app.brought.holds(imports("other"))


def test_what_is_filled_from_elsewhere_may_hold_anything(tmp_path: Path) -> None:
    by_path = app_of(tmp_path / "a", "", python_path="/mnt/share")
    by_copy = app_of(tmp_path / "b", f"COPY --from=team/base {SITE} {SITE}")
    tool = app_of(tmp_path / "c", "COPY --from=ghcr.io/astral-sh/uv /uv /bin/")

    assert by_path.brought.holds(imports("other"))
    assert by_copy.brought.holds(imports("other"))
    assert not tool.brought.holds(imports("other"))


def test_a_folder_without_init_is_a_package_if_it_has_code(tmp_path: Path) -> None:
    files = {"libs/shared/deep/text.py": "", "libs/data/a.csv": "", "libs/azure/a.py": ""}

    app = app_of(tmp_path, "", files, "../libs")

    assert app.brought.place_of("shared") == tmp_path / "libs/shared"
    assert app.brought.place_of("data") is None
    assert not app.brought.holds(imports("azure.storage"))


def test_the_apps_own_files_are_not_beside_it(tmp_path: Path) -> None:
    app = app_of(tmp_path, "", {"api/own/__init__.py": ""})

    assert not app.brought.holds(imports("own"))


@pytest.mark.parametrize(
    "install",
    [
        "WORKDIR /src\nCOPY libs libs\nRUN pip install ./libs/things",
        "COPY libs/things /x\nRUN python -m pip install --no-cache-dir /x[all]",
        "COPY . /all\nWORKDIR /all/libs/things\nRUN uv pip install --system .",
    ],
)
def test_a_folder_that_pip_installs_is_importable_and_asks_for_what_it_needs(
    tmp_path: Path, install: str
) -> None:
    files = {
        "libs/things/pyproject.toml": "[project]\nname = 'Things'\ndependencies = ['httpx<1']\n",
        "libs/things/src/shared/__init__.py": "",
    }

    app = app_of(tmp_path, install, files)

    assert app.requirements.names == {"azure-functions", "things", "httpx"}
    assert app.requirements.folders == [tmp_path / "libs/things"]
    assert app.requirements.is_whole
    assert app.brought.place_of("shared") == tmp_path / "libs/things/src/shared/__init__.py"


@pytest.mark.parametrize(
    "install",
    ["COPY libs /l\nRUN pip install /l/old", "RUN pip install /nowhere", "RUN pip install $X"],
)
def test_what_cannot_be_read_of_it_may_ask_for_anything(tmp_path: Path, install: str) -> None:
    app = app_of(tmp_path, install, {"libs/old/setup.py": "", "libs/old/shared.py": ""})

    assert not app.requirements.is_whole


@pytest.mark.parametrize(
    "install",
    [
        "COPY locks/all.txt /opt/requirements.txt\nRUN pip install -r /opt/requirements.txt",
        "WORKDIR /src\nCOPY locks .\nRUN pip install --requirement all.txt",
        "COPY . /src\nRUN cd /src && pip install -r /src/locks/all.txt",
        "FROM x\nCOPY locks/all.txt /\nRUN pip install -r /all.txt\nFROM x\nCOPY --from=1 /p /p",
    ],
)
def test_a_file_that_an_image_installs_is_read_from_where_it_is_copied(
    tmp_path: Path, install: str
) -> None:
    app = app_of(tmp_path, install, {"locks/all.txt": "httpx==0.28\n"})

    assert "httpx" in app.requirements.names
    assert app.requirements.is_whole


def test_a_file_that_is_not_found_may_ask_for_anything(tmp_path: Path) -> None:
    mounted = (
        "RUN --mount=type=bind,source=api/requirements.txt,target=/r/{0} pip install -r /r/{0}"
    )
    own = app_of(tmp_path / "a", mounted.format("requirements.txt"))
    other = app_of(tmp_path / "b", mounted.format("all.txt"))

    assert own.requirements.is_whole
    assert not other.requirements.is_whole


def test_shared_code_is_followed_and_what_it_needs_is_told(tmp_path: Path) -> None:
    files = {
        **SHARED,
        "libs/more.py": "import requests\n",
        "api/function_app.py": IMPORT,
        "api/requirements.txt": "azure-functions\n",
    }
    target = {"settings": {"PYTHONPATH": "../libs"}}

    given = facts(tmp_path, files, app="api", target=target)

    (finding,) = found(RULE, given)
    assert (finding.file, finding.line) == ("libs/more.py", 1)
    assert finding.evidence == "import requests"


def test_a_link_in_the_app_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"libs/shared/text.py": "from . import more\n", "libs/shared/more.py": ""})
    (tmp_path / "api").mkdir()
    (tmp_path / "api/shared").symlink_to("../libs/shared")
    own = {"api/function_app.py": IMPORT, "api/requirements.txt": "azure-functions\n"}

    given = facts(tmp_path, own, app="api")

    assert found(RULE, given) == []
    assert {one.source.name for one in given.apps[0].reached.values()} == {
        "api/function_app.py",
        "api/shared/text.py",
        "api/shared/more.py",
    }


LONG = "a" * 300


@pytest.mark.parametrize("dockerfile", ["", f"COPY {LONG} {SITE}/{LONG}\nRUN pip install ./{LONG}"])
@pytest.mark.parametrize("python_path", ["", f"../{LONG}", "../\0"])
def test_names_that_no_file_can_have_are_no_fault(
    tmp_path: Path, dockerfile: str, python_path: str
) -> None:
    files = {"api/function_app.py": f"import {LONG}\nfrom {LONG}.b import c\nfrom . import {LONG}"}

    app = app_of(tmp_path, dockerfile, files, python_path)

    assert [one.source.name for one in app.reached.values()] == ["api/function_app.py"]

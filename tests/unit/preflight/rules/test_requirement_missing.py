from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.preflight.given import EMPTY, INTERPRETER, facts, found

from funcyard.functions.model import Index, LoadFailure
from funcyard.functions.survey import Survey
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.requirement_missing import RULE

SCRIPT = "import azure.functions as func\nimport requests\nfrom helpers import work\n"
HELPERS = "def work():\n    import yaml\n"
LISTED = {"requirements.txt": "azure-functions\n"}
WITH_REQUESTS = replace(
    EMPTY,
    interpreter=replace(
        INTERPRETER,
        modules={**INTERPRETER.modules, "requests": ("requests",)},
        distributions={**INTERPRETER.distributions, "requests": "2.32.3"},
    ),
)


def test_an_import_at_load_is_an_error_and_one_in_a_function_a_warning(tmp_path: Path) -> None:
    files = {"function_app.py": SCRIPT, "helpers.py": HELPERS, **LISTED}

    first, second = found(RULE, facts(tmp_path, files, survey=WITH_REQUESTS))

    assert (first.file, first.line, first.severity) == ("function_app.py", 2, Severity.ERROR)
    assert (
        first.message == "importing api needs requests, which nothing in requirements.txt provides"
    )
    assert first.evidence == "import requests"
    assert first.next == "add requests==2.32.3 to requirements.txt"
    assert (second.file, second.line, second.severity) == ("helpers.py", 2, Severity.WARNING)
    assert second.next == "add pyyaml to requirements.txt"


@pytest.mark.parametrize(
    "listed",
    [
        {"requirements.txt": "azure-functions\nrequests\nPyYAML\n"},
        {"requirements.txt": "azure-functions\n-r base.txt\n", "base.txt": "requests\npyyaml"},
        {
            "pyproject.toml": "[project]\ndependencies = "
            "['azure-functions', 'requests>=2', 'pyyaml']\n"
        },
        {
            "pyproject.toml": "[tool.poetry.dependencies]\nazure-functions = '*'\n"
            "requests = '^2'\nPyYAML = '*'\n"
        },
    ],
)
def test_what_is_asked_for_in_any_way_is_there(tmp_path: Path, listed: dict[str, str]) -> None:
    files = {"function_app.py": SCRIPT, "helpers.py": HELPERS, **listed}

    assert found(RULE, facts(tmp_path, files, survey=WITH_REQUESTS)) == []


@pytest.mark.parametrize(
    "files",
    [
        {"function_app.py": "try:\n    import ujson\nexcept ImportError:\n    ujson = None\n"},
        {
            "function_app.py": "try:\n    import ujson\nexcept ModuleNotFoundError as e:\n"
            "    if e.name != 'ujson':\n        raise\n"
        },
        {"function_app.py": "import json\n", "tests/test_a.py": "import pytest\n"},
        {"function_app.py": "import shared.a\n", "shared/a.py": ""},
        {"function_app.py": "import ujson\n", ".python_packages/lib/site-packages/ujson.py": ""},
        {"function_app.py": "import sys\nsys.path.append('../lib')\nimport ours\n"},
        {"function_app.py": "import odd_name\n", "requirements.txt": "provides-something\n"},
    ],
    ids=[
        "guarded",
        "guarded by name",
        "not reached",
        "own",
        "vendored",
        "path changed",
        "perhaps provided",
    ],
)
def test_nothing_is_said_of_what_may_well_be_there(tmp_path: Path, files: dict[str, str]) -> None:
    assert found(RULE, facts(tmp_path, {**LISTED, **files})) == []


@pytest.mark.parametrize("core", [False, True], ids=["not installed", "installed"])
def test_what_is_asked_for_and_not_installed_may_bring_along_what_is_missing(
    tmp_path: Path, *, core: bool
) -> None:
    files = {
        "function_app.py": "from azure.core.exceptions import HttpResponseError\n"
        "from azure.search.documents import SearchClient\n",
        "requirements.txt": "azure-functions==1.24.0\nazure-search-documents==11.5.2\n",
    }
    more = {"azure.core": ("azure-core",)} if core else {}
    here = {"azure-core": "1.32.0"} if core else {}
    interpreter = replace(
        INTERPRETER,
        modules={**INTERPRETER.modules, **more},
        distributions={**INTERPRETER.distributions, **here},
    )

    given = facts(tmp_path, files, survey=replace(EMPTY, interpreter=interpreter))

    assert found(RULE, given) == []


def test_nothing_is_said_where_what_asks_is_not_read(tmp_path: Path) -> None:
    files = {"function_app.py": "import requests\n", "setup.py": ""}

    assert found(RULE, facts(tmp_path, files, survey=WITH_REQUESTS)) == []


def test_the_library_itself_comes_with_the_worker(tmp_path: Path) -> None:
    script = {"function_app.py": "import azure.functions as func\n"}

    assert found(RULE, facts(tmp_path, script)) == []

    listed = {**script, "requirements.txt": "requests\n"}
    (note,) = found(RULE, facts(tmp_path, listed, survey=WITH_REQUESTS))
    assert note.severity is Severity.NOTE
    assert note.next == "add azure-functions==1.24.0 to requirements.txt"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"libs/shared/__init__.py": "", "old/a/shared/b.py": ""}, "libs/shared"),
        ({"libs/shared/deep/text.py": ""}, "libs/shared"),
        ({"tools/shared.py": ""}, "tools/shared.py"),
    ],
)
def test_code_of_the_repository_is_to_be_shipped_and_not_taken_from_an_index(
    tmp_path: Path, files: dict[str, str], place: str
) -> None:
    app = {"api/function_app.py": "import shared\n", "api/requirements.txt": "azure-functions\n"}

    (finding,) = found(RULE, facts(tmp_path, {**app, **files}, app="api"))

    assert finding.next == (
        f"ship {place} with api: copy it into the app's folder, or let api/requirements.txt install"
        " it as a package"
    )


@pytest.mark.parametrize("files", [{"libs/yaml.py": ""}, {"libs/shared/a.md": ""}])
def test_a_known_distribution_is_named_whatever_the_repository_holds(
    tmp_path: Path, files: dict[str, str]
) -> None:
    app = {"api/function_app.py": "import yaml\n", "api/requirements.txt": "azure-functions\n"}

    (finding,) = found(RULE, facts(tmp_path, {**app, **files}, app="api"))

    assert finding.next == "add pyyaml to api/requirements.txt"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("from azure.storage.blob import BlobClient", "azure-storage-blob"),
        ("from azure.mgmt.appcontainers import Client", "azure-mgmt-appcontainers"),
        ("from google.cloud import storage", "google-cloud-storage"),
        ("import cv2", "opencv-python"),
    ],
)
def test_distributions_of_a_namespace_and_of_other_names_are_named(
    tmp_path: Path, text: str, name: str
) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"function_app.py": text, **LISTED}))

    assert finding.next == f"add {name} to requirements.txt"


def failed(module: str, line: int) -> Survey:
    message = f"No module named '{module}'. Cannot find module. Please check the requirements.txt"
    failure = LoadFailure("ModuleNotFoundError", message, "function_app.py", line)
    return replace(EMPTY, index=Index(failure=failure), faults=(failure,))


def test_a_module_that_failed_the_app_is_an_error_wherever_it_is_imported(tmp_path: Path) -> None:
    script = "fast = True\nif fast:\n    import orjson\n"

    (finding,) = found(
        RULE,
        facts(tmp_path, {"function_app.py": script, **LISTED}, survey=failed("orjson", 3)),
    )

    assert (finding.line, finding.severity) == (3, Severity.ERROR)
    assert finding.next == "add orjson to requirements.txt"

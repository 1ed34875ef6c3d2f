"""The rules on an import that raises, ends, hangs or finds nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.unit.preflight.failing import failing, raising
from tests.unit.preflight.given import INTERPRETER, facts, found

from funcyard.preflight.rules import (
    circular_import,
    import_ends_process,
    import_hangs,
    import_raises,
    module_not_found,
    name_not_found,
    package_shadowed,
)

if TYPE_CHECKING:
    from funcyard.functions.survey import Interpreter

ADVICE = (
    ". Cannot find module. Please check the requirements.txt file for the missing module. For more"
    " info, please refer the troubleshooting guide: https://aka.ms/functions-modulenotfound."
    " Current sys.path: /app /usr/lib/python3.11"
)


@pytest.mark.parametrize(
    ("line", "module", "files", "instead"),
    [
        ("import parts.missing", "parts.missing", {"parts/__init__.py": ""}, "write parts.missing"),
        (
            "import helpers",
            "helpers",
            {"src/helpers.py": ""},
            "import it as src.helpers: it is src/helpers.py",
        ),
        (
            "import parts.tools",
            "parts.tools",
            {"parts/__init__.py": "", "lib/tools/__init__.py": ""},
            "import it as lib.tools: it is lib/tools/__init__.py",
        ),
    ],
)
def test_a_module_of_the_apps_own_is_told_with_where_it_is(
    tmp_path: Path, line: str, module: str, files: dict[str, str], instead: str
) -> None:
    survey = raising("ModuleNotFoundError", f"No module named '{module}'{ADVICE}")

    given = facts(tmp_path, {"function_app.py": f"{line}\n", **files}, survey=survey)

    (finding,) = found(module_not_found.RULE, given)
    assert (finding.file, finding.line, finding.next) == ("function_app.py", 1, instead)
    assert finding.evidence == f"{line}\nNo module named '{module}'"


def test_a_module_that_a_package_beside_the_app_has_not_is_told_as_that(tmp_path: Path) -> None:
    survey = raising("ModuleNotFoundError", f"No module named 'shared.txt'{ADVICE}")
    files = {"api/function_app.py": "import shared.txt\n", "libs/shared/text.py": ""}
    target = {"settings": {"PYTHONPATH": "../libs"}}

    given = facts(tmp_path, files, app="api", survey=survey, target=target)

    (finding,) = found(module_not_found.RULE, given)
    assert finding.message == "api: there is no module shared.txt beside the app"


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("from . import helper, other as o", "write import helper, other as o"),
        ("from .helper import thing", "write from helper import thing"),
    ],
)
def test_a_relative_import_in_the_script_is_rewritten(
    tmp_path: Path, line: str, instead: str
) -> None:
    survey = raising(
        "ImportError", f"attempted relative import with no known parent package{ADVICE}"
    )

    (finding,) = found(
        module_not_found.RULE, facts(tmp_path, {"function_app.py": line}, survey=survey)
    )

    assert finding.next == instead


@pytest.mark.parametrize(
    ("words", "own", "what"),
    [
        (f"No module named 'azure.functions'{ADVICE}", "azure/__init__.py", "the folder azure"),
        (f"No module named 'email.mime'{ADVICE}", "email.py", "email.py"),
        ("cannot import name 'get' from 'email' (/app/email.py)", "email.py", "email.py"),
    ],
)
def test_a_file_or_folder_that_hides_a_package_is_the_cause(
    tmp_path: Path, words: str, own: str, what: str
) -> None:
    survey = failing("ImportError", words, line=2)
    files = {"function_app.py": "import os\nimport azure.functions\n", own: ""}

    given = facts(tmp_path, files, survey=survey)

    (finding,) = found(package_shadowed.RULE, given)
    assert (finding.file, finding.line) == (own, 1)
    assert finding.evidence.startswith("function_app.py:2: import azure.functions\n")
    assert finding.next == f"give {what} another name, and import it by that"
    assert found(module_not_found.RULE, given) == found(name_not_found.RULE, given) == []


LACKING = "module 'requests' has no attribute 'Session'"
RENAME = " (consider renaming '/app/requests.py' if it has the same name as a library)"
PARTIAL = (
    "partially initialized module 'requests' has no attribute 'Session' (most likely due to a"
    " circular import)"
)
WITH_REQUESTS = replace(
    INTERPRETER,
    modules={**INTERPRETER.modules, "requests": ("requests",)},
    distributions={**INTERPRETER.distributions, "requests": "2.32.3"},
)


@pytest.mark.parametrize("interpreter", [WITH_REQUESTS, INTERPRETER], ids=["here", "asked for"])
@pytest.mark.parametrize(
    ("words", "file", "own"),
    [
        (LACKING, "function_app.py", ""),
        (f"{LACKING}{RENAME}", "function_app.py", "def get(): ...\n"),
        (PARTIAL, "requests.py", "import requests\nrequests.Session()\n"),
    ],
    ids=["empty", "other content", "itself"],
)
def test_an_attribute_that_a_file_in_a_packages_place_lacks_is_no_fault_of_who_asks(
    tmp_path: Path, words: str, file: str, own: str, interpreter: Interpreter
) -> None:
    survey = replace(raising("AttributeError", words, file, 2), interpreter=interpreter)
    files = {
        "function_app.py": "import requests\nrequests.Session()\n",
        "requests.py": own,
        "requirements.txt": "requests==2.32.3\n",
    }

    given = facts(tmp_path, files, survey=survey)

    (finding,) = found(package_shadowed.RULE, given)
    assert (finding.file, finding.line) == ("requests.py", 1)
    assert finding.evidence.startswith(f"{file}:2: requests.Session()\n")
    assert "/app" not in finding.evidence
    assert found(import_raises.RULE, given) == found(circular_import.RULE, given) == []


@pytest.mark.parametrize("words", [LACKING, PARTIAL])
def test_a_module_of_the_apps_own_may_have_the_name_of_a_package_that_it_does_not_want(
    tmp_path: Path, words: str
) -> None:
    survey = replace(raising("AttributeError", words, line=2), interpreter=WITH_REQUESTS)
    files = {
        "function_app.py": "import requests\nrequests.Session()\n",
        "requests.py": "import function_app\n",
        "requirements.txt": "azure-functions\n",
    }

    given = facts(tmp_path, files, survey=survey)

    assert found(package_shadowed.RULE, given) == []
    assert found(import_raises.RULE, given) or found(circular_import.RULE, given)


def test_a_package_of_others_is_left_to_the_rules_on_packages_unless_they_cannot_see_it(
    tmp_path: Path,
) -> None:
    survey = raising("ModuleNotFoundError", f"No module named 'yaml'{ADVICE}")

    seen = facts(tmp_path / "seen", {"function_app.py": "import yaml\n"}, survey=survey)
    behind = facts(tmp_path / "behind", {"function_app.py": "import azure\n"}, survey=survey)

    assert found(module_not_found.RULE, seen) == []
    assert found(module_not_found.RULE, behind)[0].message == (
        "api: what is imported here needs yaml, which is not installed"
    )


def test_a_script_that_is_a_folder_is_no_module(tmp_path: Path) -> None:
    survey = failing("ModuleNotFoundError", f"No module named 'function_app'{ADVICE}")

    (finding,) = found(
        module_not_found.RULE, facts(tmp_path, {"function_app.py/README.md": ""}, survey=survey)
    )

    assert "function_app.py is a folder" in finding.message


def test_a_name_that_a_module_has_not_is_told_with_the_one_it_has(tmp_path: Path) -> None:
    own = raising("ImportError", f"cannot import name 'setings' from 'core' (/app/core.py){ADVICE}")
    theirs = raising("ImportError", "cannot import name 'X' from 'azure.functions' (/lib/x.py)")
    files = {"function_app.py": "from core import setings\n", "core.py": "settings = 1\n"}

    (close,) = found(name_not_found.RULE, facts(tmp_path, files, survey=own))
    (later,) = found(name_not_found.RULE, facts(tmp_path, files, survey=theirs))

    assert (close.next, close.evidence) == (
        "did you mean settings?",
        "from core import setings\ncannot import name 'setings' from 'core'",
    )
    assert "later version of azure-functions" in later.next


def test_two_modules_that_import_each_other_are_told_as_that(tmp_path: Path) -> None:
    message = (
        "cannot import name 'app' from partially initialized module 'function_app' (most likely"
        " due to a circular import) (/app/function_app.py)"
    )
    survey = raising("ImportError", message, "other.py", 1)
    files = {"function_app.py": "import other\n", "other.py": "from function_app import app\n"}

    given = facts(tmp_path, files, survey=survey)

    (finding,) = found(circular_import.RULE, given)
    assert (finding.file, finding.line) == ("other.py", 1)
    assert found(name_not_found.RULE, given) == []


def test_an_exception_is_told_at_the_line_of_the_apps_own_that_raised(tmp_path: Path) -> None:
    script = "import os\n\nkey = os.environ[\n    'API_KEY'\n]\n"
    setting = raising("KeyError", "'API_KEY'", line=4)
    other = raising("RuntimeError", "no credentials", line=1)

    (finding,) = found(
        import_raises.RULE, facts(tmp_path, {"function_app.py": script}, survey=setting)
    )
    (plain,) = found(import_raises.RULE, facts(tmp_path, {}, survey=other))

    assert (finding.line, finding.next) == (
        4,
        'os.environ.get("API_KEY"), or set API_KEY in the app\'s settings',
    )
    assert plain.message == "api: importing function_app.py raises RuntimeError"


def test_what_ends_the_process_or_never_ends_is_told_with_its_place(tmp_path: Path) -> None:
    exits = failing("SystemExit", "not today", line=2)
    crashes = failing("ProcessCrashed", "Python crashed (SIGSEGV) while it loaded the app", "")
    hangs = failing("TimeoutError", "indexing took longer than 30 s", "slow.py", 7)

    (first,) = found(import_ends_process.RULE, facts(tmp_path, {}, survey=exits))
    (second,) = found(import_ends_process.RULE, facts(tmp_path, {}, survey=crashes))
    (third,) = found(import_hangs.RULE, facts(tmp_path, {}, survey=hangs))

    assert (first.line, "exits" in first.message) == (2, True)
    assert (second.file, "crashes Python" in second.message) == ("function_app.py", True)
    assert (third.file, third.line) == ("slow.py", 7)


def test_a_python_that_was_killed_is_told_as_that_and_no_crash(tmp_path: Path) -> None:
    words = "Python was killed for lack of memory (SIGKILL) while it loaded the app"
    killed = failing("ProcessKilled", words, "")
    ended = failing("ProcessEnded", "Python ended with exit code 0 while it loaded the app", "")

    (first,) = found(import_ends_process.RULE, facts(tmp_path, {}, survey=killed))
    (second,) = found(import_ends_process.RULE, facts(tmp_path, {}, survey=ended))

    assert first.message == "api: Python was killed while it imported function_app.py"
    assert first.evidence == words
    assert "memory" in first.next
    assert second.message == "api: importing function_app.py ends Python, and the worker with it"
    assert "os._exit()" in second.next

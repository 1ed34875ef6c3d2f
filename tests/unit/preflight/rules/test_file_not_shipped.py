from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.preflight.finding import Severity
from funcyard.preflight.rules.file_not_shipped import RULE

AT_LOAD = "from pathlib import Path\nDATA = (Path(__file__).parent / 'data.json').read_text()\n"
LATER = "def hello():\n    return open('data.json').read()\n"
FILES = {"data.json": "{}", ".funcignore": "tests/\n*.json\n!host.json\n"}


def test_a_file_that_import_opens_and_funcignore_names_is_an_error(tmp_path: Path) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"function_app.py": AT_LOAD, **FILES}))

    assert (finding.file, finding.line, finding.severity) == ("function_app.py", 2, Severity.ERROR)
    assert finding.message == (
        "api opens data.json, which is not in what is published: line 2 of .funcignore leaves it"
        " out"
    )
    assert finding.evidence.endswith("\n*.json")
    assert finding.next == "add below that line: !data.json"


def test_one_that_a_function_opens_is_a_warning(tmp_path: Path) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"function_app.py": LATER, **FILES}))

    assert (finding.line, finding.severity) == (2, Severity.WARNING)


def test_an_image_lacks_what_no_copy_takes_and_what_lies_outside(tmp_path: Path) -> None:
    script = "from pathlib import Path\nROOT = Path(__file__).parents[1]\n"
    script += "TEXT = (ROOT / 'docs' / 'a.md').read_text()\n"
    files = {
        "app/function_app.py": script,
        "docs/a.md": "",
        "app/Dockerfile": "FROM base\nCOPY . /wwwroot\n",
    }
    target = {"dockerfile": tmp_path / "app" / "Dockerfile"}

    (finding,) = found(RULE, facts(tmp_path, files, app="app", target=target))

    assert finding.severity is Severity.ERROR
    assert finding.message == (
        "api opens docs/a.md, which is not in the image: it lies outside of the build context"
    )
    assert finding.next == "move it into app"


def test_without_an_image_what_lies_outside_may_come_another_way(tmp_path: Path) -> None:
    script = "from pathlib import Path\nT = (Path(__file__).parents[1] / 'a.md').read_text()\n"

    (finding,) = found(
        RULE, facts(tmp_path, {"app/function_app.py": script, "a.md": ""}, app="app")
    )

    assert finding.severity is Severity.WARNING


def test_a_file_that_does_not_exist_is_a_warning(tmp_path: Path) -> None:
    (finding,) = found(RULE, facts(tmp_path, {"function_app.py": LATER}))

    assert finding.severity is Severity.WARNING
    assert finding.message == "api opens data.json, which does not exist"


@pytest.mark.parametrize(
    "files",
    [
        {"function_app.py": AT_LOAD, "data.json": "{}", ".funcignore": "tests/\n"},
        {"function_app.py": AT_LOAD, "data.json": "{}"},
        {"function_app.py": "", "scripts/load.py": LATER, **FILES},
    ],
    ids=["kept", "no ignore file", "not reached"],
)
def test_what_is_there_is_fine(tmp_path: Path, files: dict[str, str]) -> None:
    assert found(RULE, facts(tmp_path, files)) == []


LISTING = "from pathlib import Path\nHERE = Path(__file__).parent\n"
LISTING += "def load():\n    return sorted((HERE / 'prompts').glob('*.txt'))\n"
COPYING = "FROM base\nCOPY host.json function_app.py /home/site/wwwroot/\n"


def test_a_folder_of_which_the_image_has_nothing_is_a_warning(tmp_path: Path) -> None:
    files = {"function_app.py": LISTING, "prompts/a.txt": "", "Dockerfile": COPYING}

    (finding,) = found(RULE, facts(tmp_path, files))

    assert (finding.line, finding.severity) == (4, Severity.WARNING)
    assert finding.message == (
        "api looks for files in prompts, and none of them is in the image: no COPY takes it"
    )
    assert finding.next == "add to Dockerfile: COPY prompts …"


def test_a_folder_that_importing_the_app_has_to_list_is_an_error(tmp_path: Path) -> None:
    script = "import os\nNAMES = os.listdir('prompts')\n"
    files = {"function_app.py": script, "prompts/a.txt": "", ".funcignore": "prompts/\n"}

    (finding,) = found(RULE, facts(tmp_path, files))

    assert (finding.line, finding.severity) == (2, Severity.ERROR)
    assert finding.evidence == "NAMES = os.listdir('prompts')\nprompts/"


@pytest.mark.parametrize(
    "files",
    [
        {"Dockerfile": f"{COPYING}COPY prompts/a.txt /home/site/wwwroot/prompts/\n"},
        {"Dockerfile": COPYING, "prompts/a.txt": None},
        {"Dockerfile": COPYING, "prompts/a.txt": None, "prompts/b.md": ""},
        {},
    ],
    ids=["one is there", "empty here", "another pattern", "published"],
)
def test_a_folder_that_holds_what_is_looked_for_is_fine(
    tmp_path: Path, files: dict[str, str | None]
) -> None:
    written = {"function_app.py": LISTING, "prompts/a.txt": "", "prompts/c.txt": "", **files}
    if "prompts/a.txt" in files:
        written["prompts/c.txt"] = None

    given = facts(tmp_path, {name: text for name, text in written.items() if text is not None})

    assert found(RULE, given) == []

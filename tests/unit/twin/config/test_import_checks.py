"""What a person's code imports is looked for, and nothing of it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.twin.twins import changed, copied, faults

from funcyard.twin.config.findings import TwinError
from funcyard.twin.config.reading import read_twin

_PROCESS = "\n\ndef process(event):\n    return event\n"
_CODE = "processors/cold-room-2"
_AVAILABLE = (
    "(an app has the standard library, and the packages that Funcyard's own functions need)"
)


@pytest.fixture
def twin(tmp_path: Path) -> Path:
    return copied(tmp_path)


def _write(twin: Path, text: str, file: str = f"{_CODE}/process.py") -> None:
    (twin / file).parent.mkdir(parents=True, exist_ok=True)
    (twin / file).write_text(text)


def test_a_module_that_no_app_has_is_told_with_its_file_and_line(twin: Path) -> None:
    _write(twin, f"import json\nimport pandas as pd{_PROCESS}")
    action = "event_actions/raise-alarm/process.py"
    _write(twin, "def process(event):\n    from slack_sdk.web import Client\n", action)

    with pytest.raises(TwinError) as caught:
        read_twin(twin)

    assert [one.text for one in caught.value.findings] == [
        f"{action}:2:5: there is no module slack_sdk.web in its app {_AVAILABLE}",
        f"{_CODE}/process.py:2:1: there is no module pandas in its app {_AVAILABLE}",
    ]


def test_a_module_that_is_missing_is_told_once_of_each_file(twin: Path) -> None:
    _write(twin, f"import pandas\nimport pandas{_PROCESS}")

    assert len(faults(twin)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import requests, jwt, azure.storage.blob.aio, xml.etree.ElementTree",
        "from azure import identity, storage\nfrom azure.iot import hub",
        "from funcyard.twin.contract.telemetry import Telemetry",
        (
            "from __future__ import annotations\nfrom typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n    import pandas\nelse:\n    import json"
        ),
        "try:\n    import orjson as json\nexcept ImportError:\n    import json",
        (
            "try:\n    import orjson\nexcept (OSError, ModuleNotFoundError):\n    orjson = None\n"
            "else:\n    import orjson.more"
        ),
        "try:\n    import json\nexcept ImportError:\n    import simplejson as json",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import orjson",
        "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli",
        "if __name__ == '__main__':\n    import pandas",
    ],
)
def test_code_may_import_what_its_app_has_and_try_what_it_can_do_without(
    twin: Path, text: str
) -> None:
    _write(twin, f"{text}{_PROCESS}")

    assert read_twin(twin).warnings == ()


@pytest.mark.parametrize(
    ("text", "module"),
    [
        ("from azure import servicebus", "azure.servicebus"),
        ("import azure.storage.queue", "azure.storage.queue"),
        ("from funcyard.twin.simulator import schedule", "funcyard.twin.simulator"),
        ("import winreg", "winreg"),
        ("try:\n    import orjson\nexcept ImportError:\n    import ujson", "ujson"),
        ("try:\n    import orjson\nexcept ValueError:\n    orjson = None", "orjson"),
        ("try:\n    pass\nfinally:\n    import orjson", "orjson"),
        ("from typing import TYPE_CHECKING\nif not TYPE_CHECKING: pass\nelif 1: import a", "a"),
        ("class A:\n    async def b(self):\n        async with self:\n            import c", "c"),
        ("match 1:\n    case 1:\n        import orjson", "orjson"),
    ],
)
def test_an_import_that_would_fail_is_told_wherever_it_stands(
    twin: Path, text: str, module: str
) -> None:
    _write(twin, f"{text}{_PROCESS}")

    assert faults(twin) == [
        f"{_CODE}/process.py: there is no module {module} in its app {_AVAILABLE}"
    ]


def test_code_imports_what_lies_beside_it_by_a_dot(twin: Path) -> None:
    _write(twin, f"from . import one\nfrom .more.two import three\nfrom .more import x{_PROCESS}")
    _write(twin, "from .more import deeper\n", f"{_CODE}/one.py")
    _write(twin, "x = 1\n", f"{_CODE}/more/__init__.py")
    _write(twin, "from .. import one, process\n", f"{_CODE}/more/two.py")
    _write(twin, "from ...more.two import *\n", f"{_CODE}/more/deeper/__init__.py")
    _write(twin, "import nothing_leads_here\n", f"{_CODE}/test_process.py")

    assert read_twin(twin).warnings == ()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "import convert",
            (
                "there is no module convert in its app "
                "(what lies beside it is imported by `from . import convert`)"
            ),
        ),
        (
            "from convert import celsius",
            (
                "there is no module convert in its app "
                "(what lies beside it is imported by `from .convert import NAME`)"
            ),
        ),
        ("from . import converts", "there is no module converts in cold-room-2"),
        ("from .more.convert import a", "there is no module more in cold-room-2"),
        ("from .convert.more import a", "there is no module more in cold-room-2/convert"),
        ("from .. import convert", "the import leads out of the folder of this code"),
    ],
)
def test_what_does_not_lie_beside_code_is_told(twin: Path, text: str, fault: str) -> None:
    _write(twin, f"{text}{_PROCESS}")
    _write(twin, "celsius = float\n", f"{_CODE}/convert.py")

    assert faults(twin) == [f"{_CODE}/process.py: {fault}"]


def test_what_lies_beside_code_is_looked_through_as_well(twin: Path) -> None:
    _write(twin, f"from .units import celsius{_PROCESS}")
    _write(twin, "from . import kelvin\nfrom .celsius import more\n", f"{_CODE}/units/__init__.py")
    _write(twin, "import numpy\n", f"{_CODE}/units/celsius.py")
    _write(twin, "def (:\n", f"{_CODE}/units/kelvin.py")

    assert faults(twin) == [
        f"{_CODE}/units/celsius.py: there is no module numpy in its app {_AVAILABLE}",
        f"{_CODE}/units/kelvin.py: line 1: invalid syntax",
    ]


def test_code_that_is_not_shipped_may_import_anything(twin: Path) -> None:
    _write(twin, f"import pandas{_PROCESS}", "event_actions/raise-alarm/process.py")
    for number in (0, 1):
        changed(twin, "config_events.json", (number, "action", "autoDeploy"), value=False)

    assert read_twin(twin).warnings == ()


def test_a_folder_of_code_may_be_named_by_its_whole_path(twin: Path) -> None:
    folder = twin.resolve() / "event_actions" / "raise-alarm"
    changed(twin, "config_events.json", (0, "action", "pathToCode"), str(folder))
    (folder / "process.py").write_text(f"import pandas{_PROCESS}")

    assert f"{folder}/process.py: there is no module pandas in its app {_AVAILABLE}" in faults(twin)

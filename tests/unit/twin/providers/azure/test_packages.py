"""What each app of a twin is shipped with, and that a Functions worker finds all of it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.twin.twins import EXAMPLE, changed, copied

from funcyard.deploy.package import PackageError
from funcyard.functions.index import index_app
from funcyard.twin.config.reading import read_twin
from funcyard.twin.config.twin import Twin
from funcyard.twin.contract.functions import FUNCTIONS, Guard, Trigger
from funcyard.twin.providers.azure import packages
from funcyard.twin.providers.azure.packages import app_package, functions_in

_FUNCTIONS = Path(packages.__file__).with_name("azure_functions")
_EXPECTED = {
    "l1": ["dispatcher"],
    "l2": [
        "default-processor", "event-action", "event-checker", "event-feedback", "persister",
        "processor_wrapper",
    ],
    "l3": ["cold-to-archive-mover", "hot-reader", "hot-reader-last-entry", "hot-to-cold-mover"],
    "l4": ["adt-updater", "digital-twin-data-connector", "digital-twin-data-connector-last-entry"],
}  # fmt: skip
_LEVELS = {Guard.KEY: "FUNCTION", Guard.TOKEN: "ANONYMOUS"}
_THREE_CLOUDS = {
    "layer_1_provider": "azure",
    "layer_2_provider": "azure:plant",
    "layer_3_hot_provider": "azure:store",
    "layer_3_cold_provider": "azure",
    "layer_3_archive_provider": "azure:plant",
    "layer_4_provider": "azure",
}


@pytest.fixture(scope="module")
def example() -> Twin:
    return read_twin(EXAMPLE).twin


@pytest.fixture
def three_clouds(tmp_path: Path) -> Twin:
    folder = copied(tmp_path)
    access = {"azure_subscription_id": "env:AZURE_SUBSCRIPTION_ID", "azure_region": "westeurope"}
    for slot, cloud in _THREE_CLOUDS.items():
        changed(folder, "config_providers.json", (slot,), cloud)
        changed(folder, "config_credentials.json", (cloud,), access)
    return read_twin(folder).twin


def _names(twin: Twin, layer: str, cloud: str) -> list[str]:
    return [one.name for one in functions_in(twin, layer, cloud)]


def test_an_app_holds_every_function_of_its_layer(example: Twin) -> None:
    layers = ("l0", "l1", "l2", "l3", "l4")
    assert {
        layer: names for layer in layers if (names := _names(example, layer, "azure"))
    } == _EXPECTED


@pytest.mark.parametrize("layer", _EXPECTED)
def test_a_worker_finds_the_functions_that_are_expected(
    example: Twin, layer: str, tmp_path: Path
) -> None:
    shipped = app_package(example, layer, "azure")
    assert shipped is not None
    shipped.package.write(tmp_path)

    index = asyncio.run(
        index_app(tmp_path, interpreter=Path(sys.executable), settings={}, timeout=60)
    )

    assert index.failure is None
    found = {one.name: one for one in index.functions}
    assert sorted(found) == _EXPECTED[layer]
    for one in shipped.functions:
        trigger = found[one.name].bindings[0].properties
        if one.trigger is Trigger.HTTP and one.guard is not None:
            assert trigger["route"] == one.route
            assert trigger["authLevel"] == _LEVELS[one.guard]
        elif one.trigger is Trigger.TIMER:
            assert trigger["schedule"] == one.schedule
        else:
            assert trigger["type"] == "eventGridTrigger"


def test_an_app_has_what_a_host_needs_and_pins_what_it_installs(example: Twin) -> None:
    for layer in _EXPECTED:
        shipped = app_package(example, layer, "azure")
        assert shipped is not None
        files = shipped.package.files
        host = json.loads(files["host.json"])
        requirements = files["requirements.txt"].decode()

        assert host["version"] == "2.0"
        assert "id" in host["extensionBundle"]
        assert "app = func.FunctionApp()" in files["function_app.py"].decode()
        for name in ("azure-functions", "azure-cosmos", "azure-digitaltwins-core"):
            assert f"{name}==" in requirements
        assert "--hash=sha256:" in requirements
        assert "//" not in requirements


def test_an_app_imports_nothing_of_funcyard_that_it_does_not_bring(
    example: Twin, tmp_path: Path
) -> None:
    code = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path = [one for one in sys.path if not one.endswith("/src")]
import function_app
ours = [one for one in sys.modules if one.partition(".")[0] == "funcyard"]
print(len(ours), {sys.modules[one].__file__.startswith(sys.argv[1]) for one in ours})
"""
    shipped = app_package(example, "l2", "azure")
    assert shipped is not None
    shipped.package.write(tmp_path)

    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    count, where = done.stdout.split(" ", 1)
    assert int(count) > 20
    assert where == "{True}\n"


def test_code_of_the_owner_is_shipped_and_nothing_secret_beside_it(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "processors/cold-room-2/helper.py").write_text("x = 1\n")
    (folder / "processors/cold-room-2/.env").write_text("SECRET=1\n")

    shipped = app_package(read_twin(folder).twin, "l2", "azure")

    assert shipped is not None
    own = {
        path: content
        for path, content in shipped.package.files.items()
        if path.startswith(("processors/", "event_actions/"))
    }
    assert own == {
        "event_actions/raise-alarm/process.py": (
            folder / "event_actions/raise-alarm/process.py"
        ).read_bytes(),
        "processors/cold-room-2/helper.py": b"x = 1\n",
        "processors/cold-room-2/process.py": (
            folder / "processors/cold-room-2/process.py"
        ).read_bytes(),
    }


def test_code_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "processors/cold-room-2/link.py").symlink_to("/etc/hostname")

    with pytest.raises(PackageError, match="is a link"):
        app_package(read_twin(folder).twin, "l2", "azure")


def test_equal_twins_make_equal_packages_and_another_device_s_code_changes_one_app(
    tmp_path: Path, example: Twin
) -> None:
    folder = copied(tmp_path)
    same = _digests(read_twin(folder).twin)
    process = folder / "processors" / "compressor" / "process.py"
    process.parent.mkdir()
    process.write_text("def process(event):\n    return event\n")
    other = _digests(read_twin(folder).twin)

    assert same == _digests(example)
    assert {layer for layer in same if same[layer] != other[layer]} == {"l2"}


@pytest.mark.parametrize(
    ("flag", "gone"),
    [
        ("returnFeedbackToDevice", {"event-feedback"}),
        ("useEventChecking", {"event-checker", "event-feedback", "event-action"}),
    ],
)
def test_what_is_not_wanted_is_not_shipped(tmp_path: Path, flag: str, gone: set[str]) -> None:
    folder = copied(tmp_path)
    flags = ("useEventChecking", "triggerNotificationWorkflow", "returnFeedbackToDevice")
    off = flags if flag == "useEventChecking" else (flag,)
    for one in off:
        changed(folder, "config_optimization.json", ("result", "inputParamsUsed", one), value=False)
    events = json.loads((folder / "config_events.json").read_text("utf-8"))
    kept = [one for one in events if one["action"]["type"] == "function"]
    for one in kept:
        one["action"].pop("feedback", None)
    changed(folder, "config_events.json", (), kept)

    names = _names(read_twin(folder).twin, "l2", "azure")

    assert set(_EXPECTED["l2"]) - set(names) == gone


def test_functions_lie_in_the_cloud_of_their_layer_and_receivers_in_the_called_one(
    three_clouds: Twin,
) -> None:
    told = {
        (layer, cloud): names
        for layer in ("l0", "l1", "l2", "l3", "l4")
        for cloud in ("azure", "azure:plant", "azure:store")
        if (names := _names(three_clouds, layer, cloud))
    }

    assert told == {
        ("l0", "azure"): ["adt-pusher", "cold-writer"],
        ("l0", "azure:plant"): ["archive-writer", "ingestion"],
        ("l0", "azure:store"): ["hot-reader", "hot-reader-last-entry", "hot-writer"],
        ("l1", "azure"): ["connector", "dispatcher"],
        ("l2", "azure:plant"): _EXPECTED["l2"],
        ("l3", "azure"): ["cold-to-archive-mover"],
        ("l3", "azure:store"): ["hot-reader", "hot-reader-last-entry", "hot-to-cold-mover"],
        ("l4", "azure"): _EXPECTED["l4"],
    }


def test_nothing_is_shipped_to_another_provider(example: Twin) -> None:
    assert app_package(example, "l2", "aws") is None
    assert app_package(example, "l0", "azure") is None


def test_every_function_of_the_contract_has_its_folder_and_no_other_has() -> None:
    folders = {one.name for one in _FUNCTIONS.iterdir() if one.is_dir()} - {"shared", "__pycache__"}

    assert folders == {one.name for one in FUNCTIONS}
    for name in folders:
        module = _FUNCTIONS / name / f"{name.replace('-', '_')}.py"
        assert [one.name for one in module.parent.glob("*.py")] == [module.name]


def _digests(twin: Twin) -> dict[str, str]:
    found = {layer: app_package(twin, layer, "azure") for layer in _EXPECTED}
    return {layer: one.package.digest for layer, one in found.items() if one is not None}

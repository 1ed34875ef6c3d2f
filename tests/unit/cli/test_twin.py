from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.unit.twin.twins import EXAMPLE, changed, copied

from funcyard.cli.main import main
from funcyard.deploy.records import Record, State
from funcyard.twin.config.schema import schema_text


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["twin", *arguments])
    shown = capsys.readouterr()
    return int(ended.value.code or 0), shown.out, shown.err


def test_a_sound_twin_is_said_to_be_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(EXAMPLE)

    assert _run(capsys, "validate") == (
        0, ".: cold-storage-hall is sound: 3 devices, 3 events, on azure\n", "",
    )  # fmt: skip


def test_faults_end_with_two_and_warnings_do_not(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    twin = copied(tmp_path)
    (twin / "config_device.json").write_text("[]")
    code, out, _ = _run(capsys, "validate", str(twin))
    assert code == 0
    assert out.startswith("warning: config_device.json: is not read")

    changed(twin, "config.json", ("mode",), "loud")
    code, out, err = _run(capsys, "validate", str(twin), "--json")
    told = json.loads(out)["error"]
    assert code == 2
    assert told["code"] == "bad-twin"
    assert [
        (one["file"], one["path"], one["line"], one["severity"]) for one in told["findings"]
    ] == [
        ("config.json", "mode", 3, "error"),
        ("config_device.json", "", 0, "warning"),
    ]
    assert err.startswith("error[bad-twin]: config.json:3:11: mode: expected")


def test_tools_get_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "validate", str(EXAMPLE), "--json")

    assert code == 0
    assert json.loads(out) == {"valid": True, "folder": str(EXAMPLE), "findings": []}


def test_a_folder_that_is_not_there_is_a_fault(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(capsys, "validate", "nowhere") == (
        2, "", "error[bad-twin]: nowhere: there is no such folder\n",
    )  # fmt: skip


def test_a_schema_is_printed_as_it_is_shipped(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = _run(capsys, "schema", "azure_hierarchy.json")

    assert (code, out) == (0, schema_text("twin_hierarchy/azure_hierarchy.json"))


def test_the_schemas_are_listed_and_come_together(capsys: pytest.CaptureFixture[str]) -> None:
    _, listed, _ = _run(capsys, "schema")
    _, document, _ = _run(capsys, "schema", "--json")

    assert len(listed.splitlines()) == 10
    assert [*json.loads(document)][:2] == ["config.json", "config_iot_devices.json"]


def test_tokens_of_what_is_not_deployed_are_not_replaced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It would deploy all of the twin, which nobody asked for."""
    twin = copied(tmp_path)

    code, _, err = _run(capsys, "rotate", str(twin))

    assert (code, err) == (
        1,
        """error[twin-not-deployed]: nothing of cold-storage-hall is deployed, so no token counts
hint: funcyard twin deploy makes the tokens, too
""",
    )
    assert not (twin / ".funcyard" / "azure").exists()


def test_a_layer_of_which_nothing_is_deployed_is_told_from_a_twin_of_which_nothing_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    twin = copied(tmp_path)
    group = Record("setup.group", "resource-group", "/subscriptions/1/resourceGroups/g", (), "1")
    state = twin / ".funcyard" / "twin" / "local" / "state.json"

    assert "is deployed: funcyard twin deploy" in _run(capsys, "info", str(twin))[1]
    state.parent.mkdir()
    state.write_text(State("cold-storage-hall", records={group.identity: group}).as_json())

    assert _run(capsys, "info", str(twin), "--layer", "l0", "--layer", "l5") == (
        0, "nothing of cold-storage-hall is deployed in l0, l5\n", "",
    )  # fmt: skip


@pytest.mark.parametrize("command", ["resume", "rotate", "simulate"])
def test_what_is_about_a_whole_twin_takes_no_layer(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str
) -> None:
    """Resumed with a part of it, a run would take the rest away as wanted no more."""
    code, _, err = _run(capsys, command, str(tmp_path), "--layer", "l1")
    assert (code, "No such option" in err) == (2, True)


def test_a_drawing_that_has_no_folder_is_refused_before_anything_is_done(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, err = _run(capsys, "deploy", str(tmp_path), "--svg", str(tmp_path / "no" / "x.svg"))
    assert (code, "is no folder" in err) == (2, True)


def test_what_was_deployed_and_cannot_be_read_is_no_bad_usage(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    twin = copied(tmp_path)
    state = twin / ".funcyard" / "twin" / "local" / "state.json"
    state.parent.mkdir(parents=True)
    state.write_text('{"')

    code, _, err = _run(capsys, "info", str(twin))

    assert (code, "error[state-damaged]" in err) == (1, True)
    assert "1 what is recorded cannot be read" in _run(capsys, "info", "--help")[1]

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.cli.main import main
from funcyard.project.files import GeneratedFile, Ownership
from funcyard.project.memory.model import Change, ChangeKind
from funcyard.project.memory.recording import record
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def _remember(store: Path, name: str, paths: Sequence[str] = ()) -> Path:
    spec = Spec.model_validate({"project_name": name, "function_apps": [{"name": "api"}]})
    now = datetime.now().astimezone()
    files = [
        GeneratedFile(path, b"", Ownership.MANAGED, "app", "Code", "Function Apps")
        for path in paths
    ]
    change = Change(ChangeKind.NEW)
    return record(store, spec, files, change, now=now, version="0.1.0").folder


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "memories"


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as exited:
        main(["memory", *arguments])
    captured = capsys.readouterr()
    assert isinstance(exited.value.code, int)
    return exited.value.code, captured.out, captured.err


def _document(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code, out, _ = _run(capsys, *arguments, "--json")
    assert code == 0
    document: dict[str, Any] = json.loads(out)
    return document


def test_every_project_of_a_store_is_listed(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    _remember(store, "one")
    _remember(store, "two")
    code, out, err = _run(capsys, "list", "--memory", str(store))
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in out.splitlines()] == ["PROJECT", "one", "two"]
    listed = _document(capsys, "list", "--memory", str(store))["projects"]
    assert [(each["project"], each["state"], each["apps"]) for each in listed] == [
        ("one", "fresh", ["api"]),
        ("two", "fresh", ["api"]),
    ]


def test_the_list_is_a_summary_and_show_tells_the_whole(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    for number in (3, 2):
        _remember(store, "one", [f"functions/api/part{part}.py" for part in range(number)])
    (listed,) = _document(capsys, "list", "--memory", str(store))["projects"]
    assert listed["counts"] == {"generated": 2, "removed": 1}
    assert listed["updated"] == datetime.now().astimezone().date().isoformat()
    assert "part0.py" not in json.dumps(listed)
    whole = _document(capsys, "show", "one", "--memory", str(store))
    assert {file["path"] for file in whole["generated"]} == {
        f"functions/api/part{part}.py" for part in range(3)
    }
    assert len(whole["files"]) == 4
    assert whole.items() >= {key: listed[key] for key in ("counts", "folder", "updated")}.items()


def test_an_empty_store_is_no_error(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    assert _document(capsys, "list", "--memory", str(store))["projects"] == []
    assert "nothing is remembered" in _run(capsys, "list", "--memory", str(store))[1]
    assert not store.exists()


def test_show_prints_the_files_without_funcyards_marks(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    _remember(store, "one")
    _, out, _ = _run(capsys, "show", "one", "--memory", str(store))
    assert "# Project Configuration for one" in out
    assert "# Setup Notes for one" in out
    assert "funcyard:" not in out
    _, out, _ = _run(capsys, "show", "one", "customizations", "--memory", str(store))
    assert "No special customizations." in out
    assert "# Setup Notes" not in out


def test_show_hides_a_secret_that_a_person_wrote(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    folder = _remember(store, "one")
    with (folder / "setup_notes.md").open("a") as file:
        file.write("AccountKey=hushhush\n")
    code, out, err = _run(capsys, "show", "--memory", str(store))
    assert code == 0
    assert "hushhush" not in out + err
    assert "looks like it holds a secret" in err
    assert "hushhush" not in json.dumps(_document(capsys, "show", "--memory", str(store)))


def test_the_project_of_this_folder_needs_no_name(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, store: Path
) -> None:
    _remember(store, "one")
    _remember(store, "two")
    assert _run(capsys, "show", "--memory", str(store))[0] == 2
    (tmp_path / "funcyard.yaml").write_text("project_name: two  # mine\nfunction_apps: [\n")
    document = _document(capsys, "show", "--memory", str(store))
    assert (document["project"], document["facts"]["project_name"]) == ("two", "two")


def test_the_store_of_the_git_root_is_found_from_below(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    _remember(tmp_path / ".funcyard" / "memory", "one")
    monkeypatch.chdir(tmp_path / "a" / "b")
    assert _document(capsys, "show")["project"] == "one"


def test_a_note_is_written_and_shown(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    _remember(store, "one")
    document = _document(
        capsys, "note", "Azurite is slow here", "--section", "Known Issues", "--memory", str(store)
    )
    assert document["line"].endswith(": Azurite is slow here")
    assert document["line"] in _run(capsys, "show", "setup_notes", "--memory", str(store))[1]


def test_a_secret_in_a_note_is_bad_usage(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    _remember(store, "one")
    code, out, err = _run(capsys, "note", "AccountKey=hushhush", "--memory", str(store), "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "secret-refused"
    assert "hushhush" not in out + err


@pytest.mark.parametrize("project", ["nope", "../../etc", "a/b"])
def test_a_project_that_is_not_there_is_bad_usage(
    capsys: pytest.CaptureFixture[str], store: Path, project: str
) -> None:
    assert _run(capsys, "show", project, "--memory", str(store))[0] == 2
    assert _run(capsys, "note", "x", "--project", project, "--memory", str(store))[0] == 2
    assert not store.exists()


def test_trouble_is_reported_and_the_rest_still_shown(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    folder = _remember(store, "one")
    (folder / "setup_notes.md").write_bytes(b"\xff\xfe")
    code, out, err = _run(capsys, "show", "--memory", str(store))
    assert code == 0
    assert "# Project Configuration for one" in out
    assert "one: setup_notes.md is corrupt: it is not UTF-8 text" in err
    (listed,) = _document(capsys, "list", "--memory", str(store))["projects"]
    assert listed["state"] == "corrupt"


def test_probing_writes_what_is_found_here(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    folder = _remember(store, "one")
    document = _document(capsys, "probe", "--memory", str(store))
    versions = {each["name"]: each["version"] for each in document["probes"]}
    assert versions["Git"]
    assert f"- Git: {versions['Git']} (" in (folder / "setup_notes.md").read_text()


def test_before_the_first_project_probing_only_shows(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    document = _document(capsys, "probe", "--memory", str(store))
    assert document["file"] is None
    assert {each["name"] for each in document["probes"]} >= {"Python", "Docker", "Tilt", "Git"}
    assert not store.exists()


def test_the_age_of_a_memory_is_told_by_the_clock_of_every_command(
    capsys: pytest.CaptureFixture[str], store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _remember(store, "one")
    assert _document(capsys, "list", "--memory", str(store))["projects"][0]["state"] == "fresh"
    in_a_year = datetime.now().astimezone() + timedelta(days=365)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(in_a_year.timestamp())))
    assert _document(capsys, "list", "--memory", str(store))["projects"][0]["state"] == "stale"

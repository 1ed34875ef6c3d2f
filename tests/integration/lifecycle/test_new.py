"""``funcyard new``: what it writes, and everything it refuses to write into."""

from __future__ import annotations

import ast
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.project.creating import ProjectExistsError, create
from funcyard.project.env_file import ensure_env_local
from funcyard.project.reading import parse_spec, read_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.target import ForeignFilesError, LinkedTargetError
from funcyard.project.updating import Request, update

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from subprocess import CompletedProcess

    from funcyard.project.creating import Created

    Made = Callable[..., Created]
    Tree = Callable[[Path], dict[str, tuple[bytes, int]]]
    Run = Callable[..., CompletedProcess[str]]
    Document = Callable[..., dict[str, Any]]


@pytest.mark.parametrize("name", ["data-pipeline", "simple-api"])
def test_two_runs_with_the_same_key_and_clock_write_the_same_bytes(
    tmp_path: Path, made: Made, tree: Tree, name: str
) -> None:
    made(tmp_path / "1/p", name)
    made(tmp_path / "2/p", name)
    first = tree(tmp_path / "1/p")
    assert first == tree(tmp_path / "2/p")
    assert {SPEC_FILE, ".env.local", ".funcyard/manifest.json"} <= set(first)
    assert first[".env.local"][1] == 0o600
    for path, (content, _) in first.items():
        if path.endswith(".py"):
            ast.parse(content, path)


def test_new_again_says_up_to_date_and_writes_nothing(
    project: Path, made: Made, tree: Tree
) -> None:
    before = tree(project)
    again = made(project)
    assert again.existed
    assert not again.outcome.written
    assert tree(project) == before


def test_another_spec_is_not_written_over_a_project(project: Path, made: Made, tree: Tree) -> None:
    before = tree(project)
    with pytest.raises(ProjectExistsError, match="simple-api already"):
        made(project, "data-pipeline")
    assert tree(project) == before


def test_the_command_makes_a_project_called_after_its_folder(
    document: Document, tmp_path: Path
) -> None:
    said = document("new", "My App", "--blueprint", "simple-api", "--yes")
    assert said["state"] == "created"
    assert said["project"] == "my-app"
    assert said["next"][0] == "funcyard up 'My App'"
    assert {file["state"] for file in said["files"]} == {"new"}
    assert document("new", "My App", "--blueprint", "simple-api", "--yes")["state"] == "up-to-date"
    assert (tmp_path / "My App" / SPEC_FILE).read_text().startswith("# ")


def test_from_a_spec_keeps_the_comments_of_the_person(document: Document, tmp_path: Path) -> None:
    text = "project_name: own  # mine\nfunction_apps: [api]\n"
    (tmp_path / "own.yaml").write_text(text)
    assert document("new", "p", "--from", "own.yaml", "--yes")["project"] == "own"
    assert (tmp_path / "p" / SPEC_FILE).read_text() == text


def test_dry_run_lists_every_file_and_writes_nothing(funcyard: Run, tmp_path: Path) -> None:
    done = funcyard("new", "a/b/p", "--blueprint", "simple-api", "--yes", "--dry-run")
    assert done.returncode == 0
    assert "new    functions/api/function_app.py" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["p"], "bad-usage"),
        (["p", "--yes"], "bad-usage"),
        (["p", "--blueprint", "nope", "--yes"], "unknown-blueprint"),
        (["p", "--blueprint", "simple-api", "--from", "s.yaml"], "bad-usage"),
        (["p", "--from", "missing.yaml", "--yes"], "bad-spec"),
        (["p", "--from", "bad.yaml", "--yes"], "bad-spec"),
    ],
)
def test_bad_usage_is_exit_2_and_writes_nothing(
    funcyard: Run, tmp_path: Path, arguments: list[str], code: str
) -> None:
    (tmp_path / "bad.yaml").write_text("project_name: ../../etc\n")
    done = funcyard("new", *arguments, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["code"] == code
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


def test_foreign_files_are_listed_and_nothing_is_written(
    funcyard: Run, tmp_path: Path, tree: Tree
) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p/notes.txt").write_text("mine")
    before = tree(tmp_path)
    done = funcyard("new", "p", "--blueprint", "simple-api", "--yes", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["paths"] == ["notes.txt"]
    assert tree(tmp_path) == before
    assert not (tmp_path / "p/.funcyard").exists()


def test_a_repository_without_files_is_no_foreign_folder(tmp_path: Path, made: Made) -> None:
    root = tmp_path / "p"
    subprocess.run(["git", "init", "-q", root], check=True)
    assert made(root).outcome.written
    ignored = subprocess.run(
        ["git", "-C", root, "status", "--porcelain", "-uall", "--ignored"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "!! .env.local" in ignored
    assert "!! .funcyard/lock" in ignored
    assert "?? .funcyard/manifest.json" in ignored
    assert "?? .funcyard/base/" in ignored


@pytest.mark.parametrize("shape", ["the folder", "a folder above it", "inside it"])
def test_a_link_out_of_the_tree_is_refused(
    tmp_path: Path, made: Made, monkeypatch: pytest.MonkeyPatch, shape: str
) -> None:
    outside, here = tmp_path / "outside", tmp_path / "here"
    outside.mkdir()
    here.mkdir()
    monkeypatch.chdir(here)
    refusal: type[Exception] = LinkedTargetError
    if shape == "the folder":
        (here / "p").symlink_to(outside)
        target = Path("p")
    elif shape == "a folder above it":
        (here / "way").symlink_to(outside)
        target = Path("way/p")
    else:
        (here / "p").mkdir()
        (here / "p/functions").symlink_to(outside)
        target, refusal = Path("p"), ForeignFilesError
    with pytest.raises(refusal):
        made(target)
    assert list(outside.iterdir()) == []


def test_a_local_package_that_is_not_there_is_a_fault_of_the_spec(
    tmp_path: Path, funcyard: Run
) -> None:
    (tmp_path / "s.yaml").write_text(
        "project_name: shop\nfunction_apps: [api]\n"
        "local_packages: [{name: shared, path: ./shared}]\n"
    )
    done = funcyard("new", "p", "--from", "s.yaml", "--yes")
    assert done.returncode == 2
    assert "s.yaml:3:39: local_packages[0].path: there is no folder './shared'" in done.stderr
    checked = funcyard("validate", "s.yaml")
    assert checked.returncode == 0
    assert "warning: s.yaml:3:39: local_packages[0].path" in checked.stdout
    assert not (tmp_path / "p").exists()
    (tmp_path / "p/shared").mkdir(parents=True)
    (tmp_path / "p/shared/pyproject.toml").write_text("[project]\nname = 'shared'\n")
    assert funcyard("new", "p", "--from", "s.yaml", "--yes").returncode == 0


@pytest.mark.parametrize(
    "lost", [("generated_files.md", "customizations.md", "setup_notes.md"), ("../index.md",)]
)
def test_a_memory_that_was_left_incomplete_is_completed_by_the_same_command(
    tmp_path: Path, document: Document, lost: tuple[str, ...]
) -> None:
    command = ("new", "p", "--blueprint", "simple-api", "--yes", "--memory", "m")
    folder = tmp_path / document(*command)["memory"]["folder"]
    for name in lost:
        (folder / name).unlink()

    again = document(*command)

    assert again["state"] == "up-to-date"
    assert all((folder / name).is_file() for name in lost)
    assert document(*command)["memory"] is None


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from funcyard.project.catalog import blueprint
from funcyard.project.creating import create
from funcyard.project.reading import parse_spec
from funcyard.project.updating import Request
root, memory, now, key, stop = sys.argv[1:]
stop, count = int(stop), 0
def checkpoint(step):
    global count
    if count == stop:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
moment = datetime.fromisoformat(now)
document = parse_spec(blueprint("simple-api").spec_text, today=moment.date())
request = Request(now=moment, title="new", memory=Path(memory), checkpoint=checkpoint)
create(Path(root), document, request, key=key)
"""


def killed_new(root: Path, now: datetime, step: int) -> None:
    arguments = [root, root.parent / "memory", now.isoformat(), "A" * 86 + "==", step]
    command = [sys.executable, "-c", KILLED, *map(str, arguments)]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL


def test_the_first_new_killed_at_any_step_is_completed_or_begun_again(
    tmp_path: Path, made: Made, tree: Tree, now: datetime
) -> None:
    seen: list[str] = []
    made(tmp_path / "whole/p", checkpoint=seen.append)
    whole = tree(tmp_path / "whole")
    begun = seen.index("intent in place")
    stops = {0, 1, begun - 1, begun, begun + 1, begun + 20, *range(len(seen) - 3, len(seen))}
    for stop in sorted(stops):
        root = tmp_path / str(stop) / "p"
        killed_new(root, now, stop)
        made(root)
        assert tree(root.parent) == whole, seen[stop]


def test_a_project_half_made_is_completed_by_any_command(
    tmp_path: Path, made: Made, tree: Tree, now: datetime
) -> None:
    seen: list[str] = []
    made(tmp_path / "whole/p", checkpoint=seen.append)
    root = tmp_path / "half/p"
    killed_new(root, now, seen.index("intent in place"))
    assert not (root / SPEC_FILE).exists()
    outcome = update(root, Request(now=now, memory=root.parent / "memory"))
    assert outcome.notices[0].startswith("completed an interrupted `new`")
    assert tree(root) == tree(tmp_path / "whole/p")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_full_disk_leaves_no_trace_of_a_project(tmp_path: Path, made: Made) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this root may not mount")
    try:
        with pytest.raises(Exception, match="nothing was changed"):
            made(disk / "a/p")
        assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_clone_without_its_env_file_is_given_one_and_only_one(
    project: Path, now: datetime
) -> None:
    spec = read_spec(project / SPEC_FILE, today=now.date()).spec
    before = (project / ".env.local").read_text()
    assert not ensure_env_local(project, spec, now=now)
    (project / ".env.local").unlink()
    assert ensure_env_local(project, spec, now=now)
    after = (project / ".env.local").read_text()
    assert (project / ".env.local").stat().st_mode & 0o777 == 0o600
    assert len(after) == len(before)
    assert after != before


def test_the_memory_fills_what_a_spec_leaves_open(tmp_path: Path, document: Document) -> None:
    spec = (
        "project_name: shop\nruntime: {version: '3.12'}\nfunction_apps: [{name: api, port: 7090}]\n"
    )
    (tmp_path / "full.yaml").write_text(spec)
    (tmp_path / "open.yaml").write_text("project_name: shop\nfunction_apps:\n  - name: api\n")
    store = ("--memory", "store", "--yes")
    document("new", "first", "--from", "full.yaml", *store)
    said = document("new", "second", "--from", "open.yaml", *store)
    assert any("from memory" in notice for notice in said["notices"])
    text = (tmp_path / "second" / SPEC_FILE).read_text()
    assert "3.12" in text
    assert "7090" in text


@pytest.mark.parametrize(
    ("apps", "written"),
    [
        ("function_apps: [api]\n", "function_apps: [{name: api, port: 7090, purpose: Serves}]\n"),
        (
            "function_apps:\n  - api  # mine\n  - 'web'\n",
            "function_apps:\n  - {name: api, port: 7090, purpose: Serves}  # mine\n  - 'web'\n",
        ),
    ],
)
def test_the_memory_fills_what_it_knows_of_an_app_that_is_just_a_name(
    tmp_path: Path, document: Document, apps: str, written: str
) -> None:
    known = "function_apps: [{name: api, port: 7090, purpose: Serves}]\n"
    (tmp_path / "full.yaml").write_text(f"project_name: shop\n{known}")
    (tmp_path / "open.yaml").write_text(f"project_name: shop\n{apps}")
    store = ("--memory", "store", "--yes")
    document("new", "first", "--from", "full.yaml", *store)
    said = document("new", "second", "--from", "open.yaml", *store)
    (told,) = [notice for notice in said["notices"] if notice.startswith("from memory")]
    assert told.endswith("function_apps.api.port, function_apps.api.purpose")
    assert written in (tmp_path / "second" / SPEC_FILE).read_text()
    assert not any("function_apps.api" in notice for notice in said["notices"] if notice != told)


def test_a_memory_that_would_make_the_spec_wrong_fills_nothing_and_is_said(
    tmp_path: Path, document: Document, funcyard: Run
) -> None:
    (tmp_path / "spec.yaml").write_text("project_name: shop\nfunction_apps: [api]\n")
    store = ("--memory", "store", "--yes")
    folder = Path(document("new", "first", "--from", "spec.yaml", *store)["memory"]["folder"])
    config = folder / "project_config.md"
    config.write_text(config.read_text().replace("Port: 7071", "Port: 10000"))
    done = funcyard("new", "second", "--from", "spec.yaml", *store)
    assert done.returncode == 0, done.stderr
    assert "nothing is taken from memory, with it the spec would be wrong" in done.stderr
    assert "port 10000 belongs to Azurite" in done.stderr
    assert (tmp_path / "second" / SPEC_FILE).read_text() == (tmp_path / "spec.yaml").read_text()


def test_a_port_that_is_busy_now_is_said_and_no_fault(tmp_path: Path, document: Document) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        text = f"project_name: shop\nfunction_apps: [{{name: api, port: {port}}}]\n"
        (tmp_path / "s.yaml").write_text(text)
        said = document("new", "p", "--from", "s.yaml", "--yes")
    assert any(str(port) in notice for notice in said["notices"])


def test_a_spec_is_parsed_the_same_whoever_gives_it(tmp_path: Path, now: datetime) -> None:
    text = "project_name: shop\nfunction_apps: [api]\n"
    document = parse_spec(text, today=now.date())
    created = create(tmp_path / "p", document, Request(now=now, memory=tmp_path / "m"))
    assert read_spec(tmp_path / "p" / SPEC_FILE, today=now.date()).spec == created.outcome.spec

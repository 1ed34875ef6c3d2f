"""``status``, ``diff``, ``update``, ``add``, ``remove`` and ``key rotate`` on real projects."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.project.root import SPEC_FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Tree = Callable[[Path], dict[str, tuple[bytes, int]]]
    Run = Callable[..., CompletedProcess[str]]
    Document = Callable[..., dict[str, Any]]

COMPOSE = ".docker/docker-compose.dev.yml"


def states(said: dict[str, Any]) -> dict[str, str]:
    return {file["path"]: file["state"] for file in said["files"]}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_fresh_project_is_up_to_date(project: Path, document: Document, funcyard: Run) -> None:
    said = document("status", project)
    assert said["up_to_date"]
    assert {file["status"] for file in said["files"]} == {"clean", "yours"}
    assert document("diff", project)["files"] == []
    assert not document("update", project, "--yes")["written"]
    assert "up to date" in funcyard("status", project / "functions/api").stdout


def test_status_tells_edited_deleted_outdated_and_new_apart(
    project: Path, document: Document, tree: Tree
) -> None:
    edit(project / "Makefile", "\n", "\n# mine\n")
    (project / "ruff.toml").unlink()
    edit(project / SPEC_FILE, "7071", "7081")
    before = tree(project)
    said = document("status", project)
    status = {file["path"]: file["status"] for file in said["files"]}
    assert status["ruff.toml"] == "deleted"
    assert status["Makefile"].endswith("edited")
    assert status[COMPOSE] == "outdated"
    assert said["spec_changed"]
    assert tree(project) == before


@pytest.mark.parametrize(
    "more", ["partition_key: filename", "row_key: timestamp", "fields: [status, rows]"]
)
def test_what_a_table_holds_reaches_the_documents(
    project: Path, document: Document, more: str
) -> None:
    edit(project / SPEC_FILE, "    - name: AuditLog\n", f"    - name: AuditLog\n      {more}\n")
    assert states(document("update", project, "--dry-run"))["README.md"] == "updated"
    document("update", project)
    told = more.partition(": ")[2].strip("[]").split(", ")
    line = next(
        line
        for line in (project / "README.md").read_text().splitlines()
        if line.startswith("| `AuditLog` |")
    )
    assert all(word in line for word in told)


def test_diff_shows_lines_and_writes_nothing(project: Path, funcyard: Run, tree: Tree) -> None:
    edit(project / SPEC_FILE, "7071", "7081")
    before = tree(project)
    done = funcyard("diff", project)
    assert done.returncode == 0
    assert f"--- a/{COMPOSE}\n+++ b/{COMPOSE}" in done.stdout
    assert re.search(r"^\+.*7081", done.stdout, re.MULTILINE)
    assert tree(project) == before


def test_an_update_keeps_edits_and_says_so(project: Path, document: Document) -> None:
    (project / COMPOSE).write_text((project / COMPOSE).read_text() + "# mine\n")
    edit(project / SPEC_FILE, "7071", "7081")
    planned = document("update", project, "--dry-run")
    said = document("update", project, "--yes")
    assert states(planned) == states(said)
    assert states(said)[COMPOSE] == "merged"
    text = (project / COMPOSE).read_text()
    assert text.endswith("# mine\n")
    assert "7081" in text
    assert document("update", project)["up_to_date"]


def test_a_conflict_is_exit_1_until_it_is_resolved(
    project: Path, document: Document, funcyard: Run
) -> None:
    old = next(line for line in (project / COMPOSE).read_text().splitlines() if "7071" in line)
    edit(project / COMPOSE, old, old.replace("7071", "9999"))
    edit(project / SPEC_FILE, "7071", "7081")
    assert document("update", project, "--yes", code=1)["conflicts"] == [COMPOSE]
    text = (project / COMPOSE).read_text()
    assert text.count("<<<<<<< your edit") == text.count(">>>>>>> generated now") >= 1
    assert "9999" in text
    assert "7081" in text
    for command in (("update",), ("update", "--dry-run"), ("status",)):
        said = document(*command, project, code=1)
        assert (said["conflicts"], said["up_to_date"]) == ([COMPOSE], False)
        done = funcyard(*command, project)
        assert done.returncode == 1
        assert f"resolve the conflicts in {COMPOSE}" in done.stdout
        assert "up to date" not in done.stdout
    assert f"resolve the conflicts in {COMPOSE}" in funcyard("diff", project).stderr
    again = document("new", project, "--from", project / SPEC_FILE, "--yes")
    assert again["state"] == "existing"
    assert f"resolve the conflicts in {COMPOSE}" in again["notices"]
    ours = re.compile(
        r"^<<<<<<< your edit\n(.*?)^\|{7}.*?^>>>>>>> generated now\n", re.MULTILINE | re.DOTALL
    )
    (project / COMPOSE).write_text(ours.sub(r"\1", text))
    assert document("update", project)["conflicts"] == []
    assert document("status", project)["up_to_date"]


def test_a_deleted_file_comes_back_only_when_asked_for(
    project: Path, document: Document, funcyard: Run
) -> None:
    (project / "ruff.toml").unlink()
    assert states(document("update", project))["ruff.toml"] == "deleted"
    assert not (project / "ruff.toml").exists()
    assert funcyard("update", project, "--restore", "nope").returncode == 2
    document("update", project, "--restore", "ruff.toml")
    assert (project / "ruff.toml").exists()


def without_memory(files: dict[str, tuple[bytes, int]]) -> dict[str, tuple[bytes, int]]:
    return {path: file for path, file in files.items() if not path.startswith(".funcyard/memory/")}


def test_an_app_is_added_with_its_comments_kept_and_removed_again(
    project: Path, document: Document, tree: Tree
) -> None:
    before = tree(project)
    text = (project / SPEC_FILE).read_text()
    said = document(
        "add", "app", "jobs", "--trigger", "queue:tasks", "--trigger", "timer", "--yes", cwd=project
    )
    assert states(said)["functions/jobs/function_app.py"] == "new"
    after = (project / SPEC_FILE).read_text()
    assert after.startswith(text.split("function_apps")[0])
    assert "port: 7072" in after
    assert "tasks" in (project / ".docker/scripts/init_azurite.sh").read_text()
    (project / "functions/jobs/notes.txt").write_text("mine")
    removed = document("remove", "app", "jobs", "--yes", cwd=project)
    assert states(removed)["functions/jobs/function_app.py"] == "orphan"
    now = tree(project)
    assert now.pop("functions/jobs/notes.txt")[0] == b"mine"
    assert without_memory(now) == without_memory(before)


def test_an_edited_file_of_a_removed_app_stays_and_is_said(
    project: Path, document: Document
) -> None:
    document("add", "app", "jobs", "--yes", cwd=project)
    (project / "functions/jobs/function_app.py").write_text("# mine\n")
    said = document("remove", "app", "jobs", "--yes", cwd=project)
    note = {file["path"]: file["note"] for file in said["files"]}
    assert "kept" in note["functions/jobs/function_app.py"]
    assert (project / "functions/jobs/function_app.py").read_text() == "# mine\n"
    assert not (project / "functions/jobs/host.json").exists()
    assert not document("update", project)["written"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "app", "api"),
        ("add", "app", "Bad Name"),
        ("add", "app", "jobs", "--trigger", "nope"),
        ("add", "app", "jobs", "--trigger", "queue:"),
        ("add", "app", "jobs", "--port", "7071"),
        ("add", "app", "azurite"),
        ("add", "storage", "queue", "X"),
        ("add", "storage", "shelf", "books"),
        ("remove", "app", "nope"),
        ("remove", "app", "api"),
    ],
    ids=" ".join,
)
def test_a_change_that_cannot_be_made_changes_nothing(
    project: Path, funcyard: Run, tree: Tree, arguments: tuple[str, ...]
) -> None:
    before = tree(project)
    done = funcyard(*arguments, "--yes", cwd=project)
    assert done.returncode in (1, 2)
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert not re.search(rf"{SPEC_FILE}:\d", done.stderr)
    assert tree(project) == before


def test_commands_at_the_same_time_wait_for_each_other(project: Path, document: Document) -> None:
    names = ["jobs", "mail", "shop"]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda name: document("add", "app", name, "--yes", cwd=project), names))
    spec = (project / SPEC_FILE).read_text()
    assert all(f"name: {name}" in spec for name in names)
    assert document("status", project)["up_to_date"]


def test_a_memory_that_cannot_be_written_is_said_and_fails_nothing(
    project: Path, document: Document
) -> None:
    store = project / "store"
    store.mkdir()
    (store / "generate-azure-functions").write_text("")
    edit(project / SPEC_FILE, "7071", "7081")
    said = document("update", project, "--memory", store, "--yes")
    assert said["written"]
    assert any(notice.startswith("not remembered") for notice in said["notices"])


def test_storage_is_added(project: Path, document: Document) -> None:
    said = document(
        "add", "storage", "table", "Orders", "--description", "All orders", "--yes", cwd=project
    )
    assert states(said)[".docker/scripts/init_azurite.sh"] == "updated"
    assert "Orders" in (project / ".docker/scripts/init_azurite.sh").read_text()


def test_the_key_is_replaced_unseen_and_nothing_else(project: Path, funcyard: Run) -> None:
    env = project / ".env.local"
    env.write_text(env.read_text() + "MINE=1\n")
    env.chmod(0o644)
    before = env.read_text()
    done = funcyard("key", "rotate", cwd=project / "functions")
    assert done.returncode == 0
    after = env.read_text()
    key = re.search(r"^AZURITE_ACCOUNT_KEY=(.+)$", after, re.MULTILINE)
    assert key is not None
    assert key[1] not in before + done.stdout + done.stderr
    assert re.sub("KEY=.*", "KEY=", after) == re.sub("KEY=.*", "KEY=", before)
    assert env.stat().st_mode & 0o777 == 0o600
    assert "restart" in done.stderr


def test_a_wrong_spec_is_exit_2_and_changes_nothing(
    project: Path, funcyard: Run, tree: Tree
) -> None:
    (project / SPEC_FILE).write_text("project_name: [\n")
    before = tree(project)
    for command in ("status", "diff", "update"):
        done = funcyard(command, project)
        assert done.returncode == 2
        assert f"{SPEC_FILE}:" in done.stderr
    assert tree(project) == before


def test_outside_of_a_project_the_command_says_so(funcyard: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = funcyard("update", "empty")
    assert done.returncode == 2
    assert "there is no funcyard.yaml" in done.stderr


def test_no_document_holds_the_key(project: Path, funcyard: Run) -> None:
    key = re.search(r"KEY=(.+)", (project / ".env.local").read_text())
    assert key is not None
    (project / ".env.local").unlink()
    for arguments in (
        ("diff", project),
        ("diff", project, "--json"),
        ("update", project, "--json"),
    ):
        assert "KEY=" not in funcyard(*arguments).stdout
    known = [
        path for path in project.rglob("*") if path.is_file() and ".env.local" not in path.name
    ]
    new = re.search(r"KEY=(.+)", (project / ".env.local").read_text())
    assert new is not None
    for path in known:
        content = path.read_bytes()
        assert key[1].encode() not in content
        assert new[1].encode() not in content

"""A change of many files that is killed at any step, and what the next command makes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from funcyard.project.changes import FileChange
from funcyard.project.journal import perform, recover
from funcyard.project.lock import LOCK_FILE, locked
from funcyard.project.manifest import Manifest, load
from funcyard.project.root import JOURNAL, pending
from funcyard.project.tree import CannotWriteError, digest

OLD, NEW = b"old\n" * 1000, b"new\n" * 1000
SHA = "0" * 64

KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, str(Path(sys.argv[1])))
from test_journal import changes, manifest
from funcyard.project.journal import perform
from funcyard.project.lock import locked
root, stop = Path(sys.argv[2]), int(sys.argv[3])
count = 0
def checkpoint(step):
    global count
    if count == stop:
        os.kill(os.getpid(), signal.SIGKILL)
    count += 1
with locked(root):
    perform(root, changes(root), manifest(), title="test", checkpoint=checkpoint)
"""


def changes(root: Path) -> list[FileChange]:
    """A file replaced, one made in a new folder, one deleted with its folder."""
    before = digest(OLD) if (root / "replaced").exists() else None
    gone = digest(OLD) if (root / "gone/deleted").exists() else None
    return [
        FileChange("replaced", NEW, 0o644, before),
        FileChange("made/deep/new", NEW, 0o755, None),
        FileChange("gone/deleted", None, 0o644, gone),
    ]


def manifest() -> Manifest:
    return Manifest(funcyard="1", spec=SHA, files={})


def project(root: Path) -> Path:
    (root / "gone").mkdir(parents=True)
    (root / "replaced").write_bytes(OLD)
    (root / "gone/deleted").write_bytes(OLD)
    return root


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mode & 0o777)
        for path in sorted(root.rglob("*"))
        if path.is_file() and path != root / LOCK_FILE
    }


def steps(root: Path) -> int:
    """Count the steps of an undisturbed change."""
    seen: list[str] = []
    with locked(root):
        perform(root, changes(root), manifest(), title="test", checkpoint=seen.append)
    return len(seen)


def killed_at(root: Path, step: int) -> None:
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", KILLED, here, root, str(step)], check=False)
    assert done.returncode == -signal.SIGKILL


def test_killed_at_any_step_nothing_is_torn_and_the_next_command_settles_it(
    tmp_path: Path,
) -> None:
    old = tree(project(tmp_path / "old"))
    new_root = project(tmp_path / "new")
    count = steps(new_root)
    new = tree(new_root)
    assert count > 8
    for step in range(count):
        root = project(tmp_path / str(step))
        killed_at(root, step)
        assert (root / "replaced").read_bytes() in (OLD, NEW)
        assert not (root / "made/deep/new").exists() or (root / "made/deep/new").read_bytes() == NEW
        with locked(root):
            recovery = recover(root)
        assert tree(root) == (new if recovery is None or recovery.completed else old), step
        assert not pending(root)


def test_killed_again_while_completing_it_is_still_completed(tmp_path: Path) -> None:
    new_root = project(tmp_path / "new")
    seen: list[str] = []
    with locked(new_root):
        perform(new_root, changes(new_root), manifest(), title="t", checkpoint=seen.append)
    begun = seen.index("intent in place")
    root = project(tmp_path / "again")
    killed_at(root, begun)

    class Stop(BaseException):
        pass

    for stop in range(3):
        left = [stop]

        def checkpoint(_: str, left: list[int] = left) -> None:
            left[0] -= 1
            if left[0] < 0:
                raise Stop

        with pytest.raises(Stop), locked(root):
            recover(root, checkpoint)
    with locked(root):
        recover(root)
    assert tree(root) == tree(new_root)


def test_a_file_changed_after_the_kill_is_left_and_said(tmp_path: Path) -> None:
    root = project(tmp_path)
    killed_at(root, 6)
    (root / "replaced").write_bytes(b"mine\n")
    with locked(root):
        recovery = recover(root)
    assert recovery is not None
    assert recovery.left == ("replaced",)
    assert (root / "replaced").read_bytes() == b"mine\n"
    assert (root / "made/deep/new").read_bytes() == NEW


def test_a_file_changed_since_the_plan_is_left_and_said(tmp_path: Path) -> None:
    root = project(tmp_path)
    planned = changes(root)
    (root / "replaced").write_bytes(b"mine\n")
    with locked(root):
        assert perform(root, planned, manifest(), title="test") == ("replaced",)
    assert (root / "replaced").read_bytes() == b"mine\n"


def test_what_is_left_keeps_its_old_entry_so_that_the_next_update_merges_it(
    tmp_path: Path,
) -> None:
    root = project(tmp_path)
    entry = {"ownership": "managed", "template": "t", "template_version": "1", "mode": "0644"}
    before = Manifest.model_validate(
        {"funcyard": "1", "spec": SHA, "files": {"replaced": {**entry, "sha256": "1" * 64}}}
    )
    after = Manifest.model_validate(
        {"funcyard": "1", "spec": SHA, "files": {"replaced": {**entry, "sha256": "2" * 64}}}
    )
    with locked(root):
        perform(root, [], before, title="test")
        planned = changes(root)
        (root / "replaced").write_bytes(b"mine\n")
        perform(root, planned, after, title="test")
    assert load(root).files == before.files


def test_a_staged_file_that_a_power_cut_tore_is_not_put_in_place(tmp_path: Path) -> None:
    root = project(tmp_path)
    killed_at(root, 5)
    assert (root / JOURNAL / "intent.json").exists()
    (root / JOURNAL / "00001").write_bytes(b"")
    with locked(root):
        recovery = recover(root)
    assert recovery is not None
    assert recovery.left == ("made/deep/new",)
    assert not (root / "made/deep/new").exists()


def test_a_hostile_intent_reaches_nothing_outside(tmp_path: Path) -> None:
    root, outside = tmp_path / "p", tmp_path / "precious"
    outside.write_bytes(OLD)
    (root / JOURNAL).mkdir(parents=True)
    step = {"path": "../precious", "before": digest(OLD), "after": None}
    (root / JOURNAL / "intent.json").write_text(
        json.dumps({"title": "t", "steps": [step], "manifest": None})
    )
    with locked(root):
        recover(root)
    assert outside.read_bytes() == OLD
    assert not pending(root)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_full_disk_changes_nothing_or_everything(tmp_path: Path) -> None:
    outcomes = set()
    for pages in range(6, 30, 2):
        root = tmp_path / str(pages)
        root.mkdir()
        if not mounted(root, "-o", f"size={pages * 4}k"):
            pytest.skip("this root may not mount")
        try:
            before = tree(project(root))
            refused = refusal(root)
            if refused is None:
                assert (root / "replaced").read_bytes() == NEW
                assert (root / "made/deep/new").read_bytes() == NEW
            else:
                assert refused.startswith("nothing was changed")
                assert tree(root) == before
            assert not pending(root)
            outcomes.add(refused is None)
        finally:
            subprocess.run(["umount", root], check=True)
    assert outcomes == {True, False}


def mounted(folder: Path, *options: str) -> bool:
    """Mount a file system of its own on a folder; False where that is not allowed."""
    mount = ["mount", "-t", "tmpfs", *options, "tmpfs", str(folder)]
    return subprocess.run(mount, check=False, capture_output=True).returncode == 0


def refusal(root: Path) -> str | None:
    try:
        with locked(root):
            perform(root, changes(root), manifest(), title="test")
    except CannotWriteError as fault:
        return fault.message
    return None


LIMITED = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_journal import changes, manifest
from funcyard.project.journal import perform
from funcyard.project.lock import locked
from funcyard.project.tree import CannotWriteError
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
root = Path(sys.argv[2])
try:
    with locked(root):
        perform(root, changes(root), manifest(), title="test")
except CannotWriteError as fault:
    print(fault.message)
"""


def test_a_file_that_may_not_grow_changes_nothing(tmp_path: Path) -> None:
    root = project(tmp_path)
    before = tree(root)
    command = [sys.executable, "-c", LIMITED, str(Path(__file__).parent), str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("nothing was changed")
    assert tree(root) == before
    assert not pending(root)


def test_a_folder_that_may_not_be_written_to_changes_nothing(tmp_path: Path) -> None:
    root = project(tmp_path)
    before = tree(root)
    (root / "made").mkdir(0o500)
    if os.geteuid() == 0 and not mounted(root / "made", "-o", "ro"):
        pytest.skip("this root may not mount")
    try:
        with pytest.raises(CannotWriteError, match="nothing was changed"), locked(root):
            perform(root, changes(root), None, title="test")
        assert tree(root) == before
    finally:
        if os.geteuid() == 0:
            subprocess.run(["umount", root / "made"], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a file system")
def test_a_folder_on_another_file_system_is_written_too(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "made").mkdir()
    if not mounted(root / "made"):
        pytest.skip("this root may not mount")
    try:
        with locked(root):
            perform(root, changes(root), None, title="test")
        assert (root / "made/deep/new").read_bytes() == NEW
        assert (root / "made/deep/new").stat().st_mode & 0o777 == 0o755
        assert [path.name for path in (root / "made/deep").iterdir()] == ["new"]
    finally:
        subprocess.run(["umount", root / "made"], check=True)

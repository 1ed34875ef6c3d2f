"""Plans made and carried out on real folders, with a few small files in place of templates."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from funcyard.project.files import GeneratedFile, Ownership
from funcyard.project.journal import perform
from funcyard.project.lock import locked
from funcyard.project.manifest import MANIFEST_FILE
from funcyard.project.plan import Plan, State
from funcyard.project.planner import make_plan
from funcyard.project.spec import FunctionApp, Spec
from funcyard.project.tree import PathBlockedError

if TYPE_CHECKING:
    from pathlib import Path

SPEC = Spec(project_name="p", function_apps=(FunctionApp(name="a", port=7071, triggers=()),))
TEXT = b"one\ntwo\nthree\nfour\nfive\n"
NEW = TEXT.replace(b"five", b"FIVE")


def file(path: str = "file", content: bytes = TEXT) -> GeneratedFile:
    return GeneratedFile(path, content, Ownership.MANAGED, "t", "why", "Docker")


def seeded(path: str, content: bytes = TEXT) -> GeneratedFile:
    return replace(file(path, content), ownership=Ownership.SEEDED)


def update(root: Path, *files: GeneratedFile, restore: tuple[str, ...] = ()) -> Plan:
    with locked(root):
        plan = make_plan(root, SPEC, files, restore=restore)
        assert perform(root, plan.changes, plan.manifest, title="test") == ()
        again = make_plan(root, SPEC, files)
    assert not again.changed, "a second update must find nothing to do"
    return plan


def states(plan: Plan) -> dict[str, str]:
    return {each.path: each.state.value for each in plan.files}


def test_a_plan_only_reads(tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "p", SPEC, [file()])
    assert states(plan) == {"file": "new"}
    assert list(tmp_path.iterdir()) == []


def test_an_edit_survives_an_update_of_another_line(tmp_path: Path) -> None:
    update(tmp_path, file())
    (tmp_path / "file").write_bytes(TEXT.replace(b"one", b"ONE"))
    assert states(update(tmp_path, file(content=NEW))) == {"file": "merged"}
    assert (tmp_path / "file").read_bytes() == NEW.replace(b"one", b"ONE")


def test_a_conflict_is_said_until_it_is_resolved(tmp_path: Path) -> None:
    update(tmp_path, file())
    (tmp_path / "file").write_bytes(TEXT.replace(b"five", b"5"))
    assert update(tmp_path, file(content=NEW)).conflicts == ("file",)
    assert b"<<<<<<< your edit\n5\n" in (tmp_path / "file").read_bytes()
    assert states(update(tmp_path, file(content=NEW))) == {"file": "unresolved"}
    (tmp_path / "file").write_bytes(NEW.replace(b"FIVE", b"5"))
    assert states(update(tmp_path, file(content=NEW))) == {"file": "edited"}


def test_a_deleted_file_stays_deleted_until_it_is_asked_for(tmp_path: Path) -> None:
    update(tmp_path, file())
    (tmp_path / "file").unlink()
    plan = update(tmp_path, file(content=NEW))
    assert states(plan) == {"file": "deleted"}
    assert not (tmp_path / "file").exists()
    assert states(update(tmp_path, file(content=NEW), restore=("file",))) == {"file": "new"}
    assert (tmp_path / "file").read_bytes() == NEW


def test_a_file_that_git_does_not_track_is_made_again(tmp_path: Path) -> None:
    """A fresh clone has the manifest and not the file."""
    untracked = replace(seeded("local"), git_tracked=False)
    update(tmp_path, untracked)
    before = (tmp_path / MANIFEST_FILE).read_bytes()
    (tmp_path / "local").unlink()
    assert states(update(tmp_path, replace(untracked, content=NEW))) == {"local": "new"}
    assert (tmp_path / MANIFEST_FILE).read_bytes() == before


def test_a_seeded_file_is_never_touched_again(tmp_path: Path) -> None:
    update(tmp_path, seeded("code"))
    (tmp_path / "code").write_bytes(b"mine\n")
    assert states(update(tmp_path, seeded("code", NEW))) == {"code": "seeded"}
    (tmp_path / "code").unlink()
    assert states(update(tmp_path, seeded("code", NEW))) == {"code": "deleted"}
    assert not (tmp_path / "code").exists()


def test_what_is_no_longer_generated_goes_unless_it_was_edited(tmp_path: Path) -> None:
    update(tmp_path, file("keep"), file("d/e/plain"), file("d/edited"))
    (tmp_path / "d/edited").write_bytes(b"mine\n")
    plan = update(tmp_path, file("keep"))
    assert states(plan) == {"keep": "clean", "d/e/plain": "orphan", "d/edited": "orphan"}
    assert not (tmp_path / "d/e").exists()
    assert (tmp_path / "d/edited").read_bytes() == b"mine\n"
    assert states(update(tmp_path, file("keep")))["d/edited"] == "orphan"


def test_an_orphan_that_comes_back_is_merged_with_its_edit(tmp_path: Path) -> None:
    update(tmp_path, file())
    (tmp_path / "file").write_bytes(TEXT.replace(b"one", b"ONE"))
    update(tmp_path, file("other"))
    assert states(update(tmp_path, file("other"), file(content=NEW)))["file"] == "merged"
    assert (tmp_path / "file").read_bytes() == NEW.replace(b"one", b"ONE")


def test_seeded_files_go_with_their_app_only(tmp_path: Path) -> None:
    paths = ("functions/a/code", "functions/gone/code", "functions/gone/mine", "data/code")
    update(tmp_path, *map(seeded, paths))
    (tmp_path / "functions/gone/mine").write_bytes(b"mine\n")
    update(tmp_path)
    there = {path for path in paths if (tmp_path / path).exists()}
    assert there == {"functions/a/code", "functions/gone/mine", "data/code"}


def test_a_users_file_in_the_place_of_a_new_one_stays(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine\n")
    assert update(tmp_path, file()).conflicts == ("file",)
    assert (tmp_path / "file").read_bytes() == b"mine\n"
    assert (tmp_path / "file.funcyard-new").read_bytes() == TEXT
    assert states(update(tmp_path, file())) == {"file": "unresolved"}
    (tmp_path / "file.funcyard-new").unlink()
    assert states(update(tmp_path, file())) == {"file": "edited"}


def test_a_version_put_beside_never_replaces_an_older_one(tmp_path: Path) -> None:
    update(tmp_path, file(content=b"\0one"))
    for number, content in enumerate((b"\0two", b"\0three")):
        (tmp_path / "file").write_bytes(b"\0mine%d" % number)
        update(tmp_path, file(content=content))
    assert (tmp_path / "file.funcyard-new").read_bytes() == b"\0two"
    assert (tmp_path / "file.funcyard-new-2").read_bytes() == b"\0three"


@pytest.mark.parametrize("damage", ["missing", "broken", "merge conflict"])
def test_a_lost_manifest_is_made_anew_and_edits_are_still_merged(
    tmp_path: Path, damage: str
) -> None:
    update(tmp_path, file("plain"), file("edited"))
    (tmp_path / "edited").write_bytes(TEXT.replace(b"one", b"ONE"))
    manifest = tmp_path / MANIFEST_FILE
    if damage == "missing":
        manifest.unlink()
    else:
        manifest.write_text("{" if damage == "broken" else f"<<<<<<< HEAD\n{manifest.read_text()}")
    plan = update(tmp_path, file("plain", NEW), file("edited", NEW))
    assert states(plan) == {"plain": "updated", "edited": "merged"}
    assert "manifest.json" in plan.warnings[0]
    assert (tmp_path / "edited").read_bytes() == NEW.replace(b"one", b"ONE")
    assert "files" in json.loads(manifest.read_text())


def test_without_manifest_and_texts_nothing_of_the_users_is_lost(tmp_path: Path) -> None:
    update(tmp_path, file("plain"), file("edited"))
    (tmp_path / "edited").write_bytes(b"mine\n")
    shutil.rmtree(tmp_path / ".funcyard")
    plan = update(tmp_path, file("plain"), file("edited"))
    assert states(plan) == {"plain": "clean", "edited": "conflict"}
    assert (tmp_path / "edited").read_bytes() == b"mine\n"


def test_a_damaged_text_of_before_is_not_merged_with(tmp_path: Path) -> None:
    update(tmp_path, file())
    (tmp_path / "file").write_bytes(b"mine\n")
    for text in (tmp_path / ".funcyard/base").iterdir():
        text.write_bytes(b"garbage")
    assert states(update(tmp_path, file(content=NEW))) == {"file": "conflict"}
    assert (tmp_path / "file").read_bytes() == b"mine\n"
    assert (tmp_path / "file.funcyard-new").read_bytes() == NEW


def test_a_damaged_text_of_before_is_mended(tmp_path: Path) -> None:
    update(tmp_path, file())
    for text in (tmp_path / ".funcyard/base").iterdir():
        text.write_bytes(b"garbage")
    update(tmp_path, file())
    (tmp_path / "file").write_bytes(TEXT.replace(b"one", b"ONE"))
    assert states(update(tmp_path, file(content=NEW))) == {"file": "merged"}


def test_texts_of_before_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(4):
        update(tmp_path, file(content=b"%d\n" % number))
    assert len(list((tmp_path / ".funcyard/base").iterdir())) == 1


def test_a_secret_is_private_and_no_copy_of_it_is_kept(tmp_path: Path) -> None:
    secret = replace(file("secret", b"key-4711"), secret=True, mode=0o600)
    update(tmp_path, secret)
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / ".funcyard").glob("base/*"))
    assert states(update(tmp_path, replace(secret, content=b"other"))) == {"secret": "seeded"}


def test_the_users_permissions_stay_and_new_ones_of_a_template_come(tmp_path: Path) -> None:
    update(tmp_path, file())
    (tmp_path / "file").chmod(0o640)
    update(tmp_path, file(content=NEW))
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o640
    update(tmp_path, replace(file(content=NEW), mode=0o755))
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o755


def test_nothing_is_written_through_a_link_that_leaves_the_project(tmp_path: Path) -> None:
    root, outside = tmp_path / "p", tmp_path / "outside"
    outside.mkdir()
    update(root, file("d/file"))
    shutil.rmtree(root / "d")
    (root / "d").symlink_to(outside)
    with pytest.raises(PathBlockedError, match="d is a symbolic link"):
        make_plan(root, SPEC, [file("d/file", NEW)])
    with pytest.raises(PathBlockedError):
        make_plan(root, SPEC, [])
    assert list(outside.iterdir()) == []


def test_every_state_of_the_documentation_is_one(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs/lifecycle.md").read_text()
    documented = {line.split("`")[1] for line in page.splitlines() if line.startswith("| `")}
    assert {state.value for state in State} <= documented

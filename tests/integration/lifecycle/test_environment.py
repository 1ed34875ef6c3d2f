"""A default of ``environment`` that is changed in funcyard.yaml is what runs, or what hides it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from funcyard.host.local_settings import read_local_settings
from funcyard.project.bases import base_path, packed
from funcyard.project.manifest import MANIFEST_FILE
from funcyard.project.reading import read_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.running import RunOptions, plan_run
from funcyard.project.setting_overrides import setting_overrides_of
from funcyard.project.tree import digest

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    Document = Callable[..., dict[str, Any]]

ENV = ".env.local"
TEMPLATE = ".env.local.template"
LOCAL = "functions/api/local.settings.json"
MOOD = 'environment:\n  - {name: MOOD, default: "calm", description: How it feels}\n'


@pytest.fixture
def moody(project: Path, document: Document) -> Path:
    """A project with a variable, brought up to date."""
    with (project / SPEC_FILE).open("a") as spec:
        spec.write(MOOD)
    document("update", project, "--yes")
    return project


def respell(project: Path, before: str, after: str) -> None:
    text = (project / SPEC_FILE).read_text()
    assert before in text
    (project / SPEC_FILE).write_text(text.replace(before, after))


def running(project: Path, now: datetime) -> dict[str, str]:
    """The settings that the app gets from the files."""
    spec = read_spec(project / SPEC_FILE, root=project, today=now.date()).spec
    plan = plan_run(project, spec, RunOptions(process={}, install=False))
    return {**plan.apps[0].settings, **plan.settings}


def overrides_of_up(project: Path, now: datetime) -> tuple[str, ...]:
    return setting_overrides_of(
        project, read_spec(project / SPEC_FILE, root=project, today=now.date()).spec
    )


def said(document: dict[str, Any]) -> list[str]:
    """What a command told, the memory aside."""
    return [notice for notice in document["notices"] if not notice.startswith("memory ")]


def make_pinned(project: Path) -> None:
    """Make the project one whose ``.env.local`` was generated with the variable set in it."""
    for path in (ENV, TEMPLATE):
        text = (project / path).read_text()
        assert "# MOOD=calm\n" in text
        (project / path).write_text(text.replace("# MOOD=calm\n", "MOOD=calm\n"))
    generated = (project / TEMPLATE).read_bytes()
    manifest = json.loads((project / MANIFEST_FILE).read_text())
    manifest["files"][TEMPLATE]["sha256"] = digest(generated)
    (project / MANIFEST_FILE).write_text(json.dumps(manifest))
    (project / base_path(TEMPLATE, digest(generated))).write_bytes(packed(generated))


def test_a_changed_default_is_what_runs_at_once_and_what_every_file_says_after_an_update(
    moody: Path, document: Document, now: datetime
) -> None:
    respell(moody, '"calm"', '"keen"')

    assert running(moody, now)["MOOD"] == "keen"
    assert overrides_of_up(moody, now) == ()
    assert said(document("status", moody)) == []
    assert said(document("update", moody, "--yes")) == []
    assert running(moody, now)["MOOD"] == "keen"
    assert read_local_settings(moody / LOCAL)["MOOD"] == "keen"
    assert "\n# MOOD=keen\n" in (moody / ENV).read_text()
    assert document("update", moody, "--yes")["up_to_date"]


def test_a_renamed_variable_leaves_nothing_of_the_old_name(
    moody: Path, document: Document, now: datetime
) -> None:
    make_pinned(moody)
    respell(moody, "MOOD", "TEMPER")

    document("update", moody, "--yes")
    assert "MOOD" not in running(moody, now)
    for path in (ENV, TEMPLATE, LOCAL):
        assert "MOOD" not in (moody / path).read_text()
        assert "TEMPER" in (moody / path).read_text()


def test_a_line_that_was_generated_into_env_local_and_nobody_edited_follows(
    moody: Path, document: Document, now: datetime
) -> None:
    make_pinned(moody)
    respell(moody, '"calm"', '"keen"')

    assert len(overrides_of_up(moody, now)) == 1
    assert said(document("update", moody, "--yes")) == []
    assert running(moody, now)["MOOD"] == "keen"


def test_the_file_follows_once_where_the_template_was_deleted(
    moody: Path, document: Document
) -> None:
    (moody / TEMPLATE).unlink()
    respell(moody, "MOOD", "TONE")
    document("update", moody, "--yes")

    followed = (moody / ENV).read_text()
    assert followed.count("# TONE=calm\n") == 1
    assert "MOOD" not in followed
    again = document("update", moody, "--yes")
    assert not again["written"]
    assert (moody / ENV).read_text() == followed


def test_a_default_that_compose_takes_from_env_local_only_follows_there(
    moody: Path, document: Document, now: datetime
) -> None:
    respell(moody, '"calm"', '"a {brace}"')
    document("update", moody, "--yes")
    assert "\nMOOD='a {brace}'\n" in (moody / ENV).read_text()

    respell(moody, "{brace}", "{pair}")
    assert said(document("update", moody, "--yes")) == []
    assert running(moody, now)["MOOD"] == "a {pair}"


@pytest.mark.parametrize("path", [ENV, LOCAL])
def test_an_edited_value_stays_and_is_named_with_both_values(
    moody: Path, document: Document, now: datetime, path: str
) -> None:
    text = (moody / path).read_text()
    edited = text.replace("# MOOD=calm", "MOOD=wild").replace('"calm"', '"wild"')
    (moody / path).write_text(edited)
    line = next(at for at, said in enumerate(edited.splitlines(), 1) if "wild" in said)
    respell(moody, '"calm"', '"keen"')
    note = f"{path}:{line}: MOOD=wild overrides default keen of funcyard.yaml"

    assert overrides_of_up(moody, now) == (note,)
    assert said(document("status", moody)) == [note]
    assert said(document("update", moody, "--yes")) == [note]
    assert running(moody, now)["MOOD"] == "wild"
    assert (moody / path).read_text() == edited

"""A port that is changed in funcyard.yaml, and what ``.env.local`` has to say about it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from funcyard.project.bases import base_path, packed
from funcyard.project.manifest import MANIFEST_FILE
from funcyard.project.reading import read_spec
from funcyard.project.root import SPEC_FILE
from funcyard.project.running import RunOptions, plan_run
from funcyard.project.tree import digest
from funcyard.settings import read_env_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    Tree = Callable[[Path], dict[str, tuple[bytes, int]]]
    Document = Callable[..., dict[str, Any]]

COMPOSE = ".docker/docker-compose.dev.yml"
ENV = ".env.local"
TEMPLATE = ".env.local.template"


def change_port(project: Path, before: int, after: int) -> None:
    text = (project / SPEC_FILE).read_text()
    assert f"port: {before}" in text
    (project / SPEC_FILE).write_text(text.replace(f"port: {before}", f"port: {after}"))


def port_of_up(project: Path, now: datetime) -> int:
    spec = read_spec(project / SPEC_FILE, root=project, today=now.date()).spec
    return plan_run(project, spec, RunOptions(process={}, install=False)).apps[0].port


def port_of_compose(project: Path) -> int:
    """The host port as Compose works it out from the file and ``.env.local``."""
    match = re.search(r"\$\{(API_HOST_PORT):-(\d+)\}:80", (project / COMPOSE).read_text())
    assert match is not None
    return int(read_env_file(project / ENV).get(match[1]) or match[2])


def make_pinned(project: Path) -> None:
    """Make a fresh project one whose ``.env.local`` was generated with a line for every port."""
    for path in (ENV, TEMPLATE):
        text = (project / path).read_text()
        (project / path).write_text(re.sub(r"^# (\w+_PORT=\d+)$", r"\1", text, flags=re.MULTILINE))
    generated = (project / TEMPLATE).read_bytes()
    assert b"\nAPI_HOST_PORT=7071\n" in generated
    manifest = json.loads((project / MANIFEST_FILE).read_text())
    manifest["files"][TEMPLATE]["sha256"] = digest(generated)
    (project / MANIFEST_FILE).write_text(json.dumps(manifest))
    (project / base_path(TEMPLATE, digest(generated))).write_bytes(packed(generated))


def test_a_changed_port_reaches_up_at_once_and_compose_at_the_next_update(
    project: Path, document: Document, now: datetime
) -> None:
    change_port(project, 7071, 7171)

    assert port_of_up(project, now) == 7171
    said = document("update", project, "--yes")
    assert port_of_compose(project) == 7171
    assert said["notices"] == []


def test_ports_that_were_generated_into_env_local_become_comments_and_the_rest_stays(
    project: Path, document: Document, now: datetime, tree: Tree
) -> None:
    make_pinned(project)
    with (project / ENV).open("a") as env:
        env.write("MINE=1\n")
    key = read_env_file(project / ENV)["AZURITE_ACCOUNT_KEY"]
    change_port(project, 7071, 7171)
    override = f"{ENV}:{line_of(project, 'API_HOST_PORT=')}: API_HOST_PORT=7071 overrides port"

    before = tree(project)
    shown = document("status", project)
    assert [notice for notice in shown["notices"] if override in notice]
    assert {file["path"]: file["status"] for file in shown["files"]}[ENV] == "outdated"
    assert tree(project) == before

    said = document("update", project, "--yes")
    assert said["notices"] == []
    assert (port_of_up(project, now), port_of_compose(project)) == (7171, 7171)
    variables = read_env_file(project / ENV)
    assert not [name for name in variables if name.endswith("_PORT")]
    assert (variables["AZURITE_ACCOUNT_KEY"], variables["MINE"]) == (key, "1")
    assert (project / ENV).stat().st_mode & 0o777 == 0o600
    assert document("update", project, "--yes")["up_to_date"]


def test_a_port_of_one_s_own_is_told_by_status_and_update_and_stays(
    project: Path, document: Document, now: datetime
) -> None:
    with (project / ENV).open("a") as env:
        env.write("API_HOST_PORT=8071\n")
    line = line_of(project, "API_HOST_PORT=8071")
    note = f"{ENV}:{line}: API_HOST_PORT=8071 overrides port 7071 of funcyard.yaml"

    assert note in document("status", project)["notices"]
    assert note in document("update", project, "--yes")["notices"]
    assert port_of_up(project, now) == 8071


def line_of(project: Path, start: str) -> int:
    lines = (project / ENV).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(start))

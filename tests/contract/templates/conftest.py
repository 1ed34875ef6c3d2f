"""Projects rendered from specs that differ in everything a spec can say, and their judges."""

from __future__ import annotations

import base64
import fcntl
import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ruamel.yaml import YAML

from funcyard.project.catalog import blueprint
from funcyard.project.renderer import Inputs, render
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.project.files import GeneratedFile

REPOSITORY = Path(__file__).parents[3]
KEY = base64.b64encode(bytes(range(64))).decode()
NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)

SPECS = {
    "every-trigger": """
        project_name: every-trigger
        runtime: {name: python, version: "3.13"}
        dependency_manager: uv
        function_apps:
          - name: my-app
            port: 7171
            purpose: One of each
            triggers:
              - {type: http, name: read_item, route: "items/{id:int}", methods: [GET]}
              - {type: http, name: import, methods: [POST, PUT], auth_level: function}
              - {type: http, name: greet}
              - {type: timer, name: clean-up, schedule: "0 */5 * * * *", run_on_startup: true}
              - {type: queue, name: json, queue: tasks}
              - {type: blob, name: thumbnail, path: "uploads/{name}.png"}
          - name: timer-only
            port: 7172
            triggers: [{type: timer, name: tick}]
          - name: queue-only
            port: 7173
            triggers: [{type: queue, name: take, queue: tasks}]
        storage:
          blob_containers: [{name: uploads, description: What people send}]
          queues: [{name: tasks}]
          tables: [{name: Audit}]
        local_packages:
          - {name: my-lib, path: ./libs/my-lib, purpose: Shared}
          - {name: other, path: other}
        environment:
          - {name: GREETING, default: "it's $5 {now}"}
          - {name: PLAIN, default: "a b", description: Two words}
        system_packages: [ffmpeg, libxml2]
        volumes: [{source: ./data, target: /data, read_only: false}]
    """,
    "smallest": """
        project_name: smallest
        runtime: {name: python, version: "3.12"}
        function_apps: [{name: web, port: 8080, triggers: [{type: http, name: index}]}]
    """,
    "poetry-without-packages": """
        project_name: ledger
        runtime: {name: python, version: "3.14"}
        dependency_manager: poetry
        function_apps:
          - {name: ledger, port: 7071, triggers: [{type: blob, name: book, path: "inbox/{name}"}]}
        storage: {blob_containers: [{name: inbox}]}
    """,
}
BLUEPRINTS = ("data-pipeline", "simple-api")


@dataclass(frozen=True)
class Project:
    """A rendered project on the disk."""

    spec: Spec
    files: dict[str, GeneratedFile]
    root: Path
    key: str = KEY

    def text(self, path: str) -> str:
        return self.files[path].content.decode()

    def paths(self, ending: str) -> list[Path]:
        return [self.root / path for path in self.files if path.endswith(ending)]


def rendered(name: str) -> tuple[Spec, dict[str, GeneratedFile]]:
    origin = blueprint(name) if name in BLUEPRINTS else None
    text = origin.spec_text if origin else SPECS[name]
    spec = Spec.model_validate(YAML(typ="safe", pure=True).load(text))
    return spec, {file.path: file for file in render(spec, Inputs(KEY, NOW, origin))}


def written(name: str, root: Path) -> Project:
    spec, files = rendered(name)
    for file in files.values():
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
        path.chmod(file.mode)
    return Project(spec, files, root)


@pytest.fixture(scope="session", params=[*SPECS, *BLUEPRINTS])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return written(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return written("data-pipeline", tmp_path_factory.mktemp("pipeline"))


@pytest.fixture(scope="session")
def every_trigger(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return written("every-trigger", tmp_path_factory.mktemp("every-trigger"))


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a judge once for all workers and return its folder."""
    lock = tmp_path_factory.getbasetemp().parent / "judges.lock"

    def make(name: str) -> Path:
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            done = subprocess.run(
                [REPOSITORY / "scripts" / "judges.sh", name],
                check=False,
                capture_output=True,
                text=True,
                env={key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"},
            )
        assert done.returncode == 0, done.stderr
        return REPOSITORY / ".venvs" / "judges" / name

    return make

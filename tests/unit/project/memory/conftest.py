from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from funcyard.project.files import GeneratedFile, Ownership
from funcyard.project.memory.model import Change, ChangeKind
from funcyard.project.memory.recording import record
from funcyard.project.spec import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from funcyard.project.memory.model import Probe, RecordResult

_FIRST = datetime(2026, 11, 20, 15, 30)  # noqa: DTZ001 - local time, as the memory shows it


def _pipeline(**changes: object) -> Spec:
    """Return a project that departs from every default, with changes at the top level."""
    return Spec.model_validate(
        {
            "project_name": "my-data-pipeline",
            "dependency_manager": "poetry",
            "function_apps": [
                {
                    "name": "orchestrator",
                    "port": 7071,
                    "purpose": "Split and route incoming files",
                    "triggers": [
                        {"type": "http", "name": "orchestrate", "methods": ["POST"]},
                        {"type": "queue", "name": "split_file", "queue": "processing-queue"},
                    ],
                },
                {
                    "name": "processor",
                    "port": 7080,
                    "triggers": [
                        {"type": "blob", "name": "process_chunk", "path": "queued/{name}"},
                        {"type": "timer", "name": "sweep", "run_on_startup": True},
                    ],
                },
            ],
            "storage": {
                "blob_containers": [{"name": "raw", "description": "Raw input files"}, "queued"],
                "queues": ["processing-queue"],
                "tables": [
                    {
                        "name": "ProcessingStatus",
                        "partition_key": "filename",
                        "row_key": "timestamp",
                        "fields": ["status", "error_message"],
                    }
                ],
            },
            "local_packages": [{"name": "data-utils", "path": "./data-utils"}],
            "environment": [
                {
                    "name": "PALANTE_ENVIRONMENT",
                    "default": "development",
                    "description": "Environment identifier",
                }
            ],
            "system_packages": ["libgomp1"],
            "azure_cli": True,
            "volumes": [{"source": "~/.azure", "target": "/home/.azure"}],
            "reasons": {
                "dependency_manager": "Poetry locks each app",
                "azure_cli": "Key Vault secrets are read with it",
                "volumes": "The host is signed in",
                "storage.tables.ProcessingStatus": "Status of each file",
            },
            **changes,
        }
    )


def _generated(path: str, group: str = "Docker", **changes: object) -> GeneratedFile:
    """Return a generated file of no interest but its path."""
    fields: dict[str, object] = {
        "path": path,
        "content": b"",
        "ownership": Ownership.MANAGED,
        "template": f"{group.lower()}.j2",
        "purpose": f"What {path} is for",
        "group": group,
    }
    return GeneratedFile(**{**fields, **changes})  # type: ignore[arg-type] # a test's shorthand


_FILES = (
    _generated(".docker/orchestrator/Dockerfile"),
    _generated("Tiltfile", "Tilt"),
    _generated(".env.local", "Environment", git_tracked=False, secret=True),
    _generated("functions/orchestrator/function_app.py", "Function Apps",
              ownership=Ownership.SEEDED),
)  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def folder(store: Path) -> Path:
    return store / "generate-azure-functions" / "my-data-pipeline"


@pytest.fixture
def remember(store: Path) -> Callable[..., RecordResult]:
    """Record into the test's store, with a usual project, moment and version."""

    def call(
        spec: Spec | None = None,
        files: Sequence[GeneratedFile] = _FILES,
        *,
        now: datetime = _FIRST,
        kind: ChangeKind = ChangeKind.UPDATE,
        summary: str = "",
        version: str = "0.1.0",
        probes: Sequence[Probe] = (),
    ) -> RecordResult:
        change = Change(kind, summary)
        return record(
            store, spec or _pipeline(), files, change, now=now, version=version, probes=probes
        )

    return call


@pytest.fixture
def first(remember: Callable[..., RecordResult]) -> RecordResult:
    """The memory after the first run."""
    return remember(kind=ChangeKind.NEW)


@pytest.fixture(scope="session")
def pipeline() -> Callable[..., Spec]:
    return _pipeline


@pytest.fixture(scope="session")
def generated() -> Callable[..., GeneratedFile]:
    return _generated


@pytest.fixture(scope="session")
def files() -> tuple[GeneratedFile, ...]:
    return _FILES


@pytest.fixture(scope="session")
def later() -> Callable[[int], datetime]:
    """Return a moment some days after the first run."""
    return lambda days: _FIRST + timedelta(days=days)

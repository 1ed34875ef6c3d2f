"""Names and tags of what a run makes: each tells its run, so that cleanup finds it again.

The same run and scenario give the same names, so what is made twice is one.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST_JOB: Final = 32
"""https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules"""

_RUN: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_RUN_LETTERS: Final = 12
_HASH_LETTERS: Final = 5

RUN_TAG: Final = "RunId"
SCENARIO_TAG: Final = "Scenario"


def managed_tag(prefix: str) -> str:
    """Return the tag whose value ``true`` marks what runs make."""
    return f"{prefix}-managed"


def tags(prefix: str, run_id: str, scenario: str) -> dict[str, str]:
    """Return the tags of what a run makes for a scenario."""
    return {managed_tag(prefix): "true", RUN_TAG: run_id, SCENARIO_TAG: scenario}


def is_of_run(prefix: str, run_id: str, found: Mapping[str, str]) -> bool:
    """Whether tags are those of what a run made; names of tags are the same in any case."""
    told = {name.lower(): value for name, value in found.items()}
    marked = told.get(managed_tag(prefix).lower(), "").lower() == "true"
    return marked and told.get(RUN_TAG.lower(), "").lower() == run_id


def application_name(prefix: str, run_id: str, scenario: str) -> str:
    """Return the name of a scenario's application and service principal."""
    return f"{application_beginning(prefix, run_id)}{scenario}"


def application_beginning(prefix: str, run_id: str = "") -> str:
    """Return what the names of a run's applications begin with; without a run, of all runs."""
    return f"{prefix}-{run_id}-" if run_id else f"{prefix}-"


def read_application_name(prefix: str, name: str) -> tuple[str, str] | None:
    """Return run and scenario of an application; None where it is no run's."""
    found = re.fullmatch(rf"{re.escape(prefix)}-({_RUN})-([a-z0-9-]+)", name)
    return (found[1], found[2]) if found else None


def secret_name(run_id: str, scenario: str) -> str:
    """Return the name under which a vault keeps a scenario's password."""
    return f"sp-{run_id}-{scenario}"


def job_name(run_id: str, scenario: str) -> str:
    """Return the name of a scenario's job: at most 32 letters, digits and single hyphens.

    It has twelve of the run's letters and of the scenario what there is room for; a hash of both
    tells apart what is cut off.
    """
    short = run_id.replace("-", "")[:_RUN_LETTERS]
    digest = hashlib.sha256(f"{run_id} {scenario}".encode()).hexdigest()[:_HASH_LETTERS]
    room = _LONGEST_JOB - len(f"a{short}-{digest}-")
    return f"a{short}-{digest}-{scenario[:room].strip('-')}"


def assignment_name(scope: str, principal: str, role: str) -> str:
    """Return the name of a role assignment, the same each time it is made."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{scope}|{principal}|{role}".lower()))

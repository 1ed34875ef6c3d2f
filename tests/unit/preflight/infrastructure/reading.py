"""Deployments read from files that a test gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.preflight.given import write

from funcyard.preflight.infrastructure.deployment import Deployment
from funcyard.preflight.infrastructure.reading import Infrastructure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.preflight.infrastructure.resources import Resource


def deployments(root: Path, files: Mapping[str, str]) -> tuple[Deployment, ...]:
    """What files below a folder describe."""
    write(root, files)
    return Infrastructure(root, sorted(files)).deployments


def resource(root: Path, files: Mapping[str, str]) -> Resource:
    """The only resource of the only deployment that files describe."""
    (deployment,) = deployments(root, files)
    (found,) = deployment.resources
    return found

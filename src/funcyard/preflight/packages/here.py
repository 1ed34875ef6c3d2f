"""What an app asks for and the Python that it was imported on lacks: no fault of the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.packages.needs import installed_names
from funcyard.preflight.packages.pyproject import package_name
from funcyard.preflight.packages.requirement import normalized

if TYPE_CHECKING:
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.packages.requirement import Requirement

_PACKAGES = (".python_packages", "lib", "site-packages")


def absent(app: AppFacts) -> tuple[Requirement, ...]:
    """Return what an app asks for directly and its interpreter lacks, each once."""
    here = installed_names(app) | _vendored(app) | set(map(package_name, app.target.packages))
    version = app.survey.interpreter.version
    dockerfiles = {build.dockerfile for build in app.builds}
    found = {
        asked.name: asked
        for asked in reversed(app.requirements.direct)
        if asked.name not in here and asked.file not in dockerfiles and asked.applies(version)
    }
    return tuple(reversed(found.values()))


def _vendored(app: AppFacts) -> set[str]:
    """Return the normalized names of what the app's own ``.python_packages`` holds."""
    infos = app.directory.joinpath(*_PACKAGES).glob("*.dist-info")
    return {normalized(path.name.partition("-")[0]) for path in infos}

"""Names of the project and its apps: what Compose, image names, Azure sites and shells all take."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.project.findings import Fault, hinted
from funcyard.project.names import KEBAB, LONGEST_NAME, host_port_variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.faults import Path
    from funcyard.project.spec import Spec

_SHORTEST = 2
RESERVED_APPS = {
    "azurite": "the storage emulator's service",
    "init-azurite": "the service that creates the storage",
    "scripts": "the folder of the container scripts",
}
"""Names that the generated project uses itself, with what for."""


def project_name(spec: Spec) -> Iterator[Fault]:
    """The project's name becomes Compose's project and the images' prefix."""
    yield from _kebab(("project_name",), spec.project_name)


def blueprint_name(spec: Spec) -> Iterator[Fault]:
    """A blueprint's name is a folder's, and never a path."""
    if spec.blueprint is not None:
        yield from _kebab(("blueprint",), spec.blueprint)


def at_least_one(spec: Spec) -> Iterator[Fault]:
    """A project without an app has nothing to run."""
    if not spec.function_apps:
        yield Fault(("function_apps",), "a project has at least one app", "add - name: api")


def app_names(spec: Spec) -> Iterator[Fault]:
    """An app's name is a folder, a Compose service, part of an image name and an Azure site."""
    for index, app in enumerate(spec.function_apps):
        path = ("function_apps", index, "name")
        yield from _kebab(path, app.name)
        if purpose := RESERVED_APPS.get(app.name.lower()):
            yield Fault(path, f"{app.name!r} is reserved for {purpose}")


def app_collisions(spec: Spec) -> Iterator[Fault]:
    """``my-app`` and ``my_app`` would both read ``MY_APP_HOST_PORT``."""
    owners: dict[str, str] = {}
    for index, app in enumerate(spec.function_apps):
        path = ("function_apps", index, "name")
        variable = host_port_variable(app.name)
        if owners.get(variable) == app.name:
            yield Fault(path, f"the app {app.name!r} comes twice")
        elif variable in owners:
            other = owners[variable]
            yield Fault(path, f"{app.name!r} and {other!r} would share the variable {variable}")
        owners.setdefault(variable, app.name)


def _kebab(path: Path, name: str) -> Iterator[Fault]:
    messages = []
    if not _SHORTEST <= len(name) <= LONGEST_NAME:
        number = "1 character" if len(name) == 1 else f"{len(name)} characters"
        messages.append(f"{number}; it takes {_SHORTEST} to {LONGEST_NAME}")
    if not re.fullmatch(KEBAB, name):
        messages.append(
            f"{name!r} may hold lowercase letters, digits and single hyphens, a letter first"
        )
    yield from hinted(path, messages, _suggestion(name))


def _suggestion(name: str) -> str | None:
    kebab = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-").lstrip("0123456789-")
    kebab = kebab[:LONGEST_NAME].rstrip("-")
    usable = kebab if len(kebab) >= _SHORTEST else f"my-{kebab}"
    return f"for example {usable}" if kebab else None

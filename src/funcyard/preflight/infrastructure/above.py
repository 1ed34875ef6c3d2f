"""Templates above the checked folder, in its Git repository, that deploy what is checked.

Folder by folder upwards, as far as the first one below which there are some. Only what Git tracks
is read, the nearest files first and not more than a few hundred. What such a template makes of
other apps is not judged.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.linking import settings_of
from funcyard.preflight.infrastructure.templates import OF_INTEREST, Templates
from funcyard.preflight.shipping.production import is_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment

_MOST = 300
_SCHEMAS = r"[dD]eployment(Template|Parameters)\.json"
_ABOVE = "../"


def deployments_above(facts: Facts) -> tuple[Deployment, ...]:
    """Return what templates above the checked folder deploy of what is checked."""
    top = facts.around.top
    if top == facts.root:
        return ()
    found = Templates(facts.root, _files(facts)).deployments()
    outside = [one for one in found if one.template.startswith(_ABOVE)]
    for folder in facts.root.parents:
        near = [one for one in outside if _is_meant(facts.root / one.template, folder)]
        taken = tuple(_taken(facts, near, folder))
        if taken or folder == top:
            return taken
    return ()


def _files(facts: Facts) -> tuple[str, ...]:
    """Return the nearest templates and files of parameters of the repository."""
    tree = facts.around.whole_tree
    if not tree.search(OF_INTEREST, "*.bicep", "*.json"):
        return ()
    bicep = (name for name in tree.files if name.endswith((".bicep", ".bicepparam")))
    arm = (line.file for line in tree.search(_SCHEMAS, "*.json"))
    top = facts.around.top
    names = {Path(os.path.relpath(top / name, facts.root)).as_posix() for name in (*bicep, *arm)}
    nearest = sorted(names, key=lambda name: (name.count(_ABOVE), name.count("/"), name))
    return tuple(nearest[:_MOST])


def _is_meant(template: Path, folder: Path) -> bool:
    """Tell whether a template below a folder is neither for development nor made of another one."""
    template = Path(os.path.normpath(template))
    if not template.is_relative_to(folder):
        return False
    is_compiled = template.suffix == ".json" and template.with_suffix(".bicep").is_file()
    return not is_compiled and not is_elsewhere(template.relative_to(folder).as_posix())


def _taken(facts: Facts, near: list[Deployment], folder: Path) -> Iterator[Deployment]:
    """Yield the deployments that run a checked app, each with what of it does."""
    checked = {app.directory for app in facts.apps}
    others = facts.around.apps_below(folder) - checked
    names = tuple(sorted(path.name for path in others))
    running = {PurePosixPath(one.template) for one in near if any(settings_of(facts, one))}
    # A Bicep file and an ARM template of one folder are two forms of one deployment.
    places = {template.parent for template in running}
    languages = {template.suffix for template in running}
    is_only = len(places) == 1 and len(languages) == len(running)
    for one in near:
        aware = replace(one, neighbours=names, is_only=is_only)
        told = settings_of(facts, aware)
        concerned = frozenset(settings.resource.id for settings, app in told if app is not None)
        if concerned:
            yield replace(aware, concerned=concerned)

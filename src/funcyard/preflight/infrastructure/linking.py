"""Which checked app is run by what a deployment makes, where that is certain enough to say.

It is where a resource has the tag by which the Azure Developer CLI knows the service that the app
is; where its image is called after the app (``…/orders-api:1`` for the app ``api``); and where a
deployment has one thing that may run an app of one's own, and there is one app.
"""

from __future__ import annotations

import os
import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from funcyard.preflight.developer_cli import TAG
from funcyard.preflight.infrastructure.container_apps import ContainerApp
from funcyard.preflight.infrastructure.images import PUBLIC, is_own
from funcyard.preflight.infrastructure.settings import container_settings, function_app_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.settings import DeployedSettings
    from funcyard.preflight.infrastructure.value import Value

_REPOSITORY = re.compile(r"(?:^|/)([a-z0-9][a-z0-9._-]*)(?::[^/]*)?(?:@.*)?$")
_PYTHON = "python"


class _Runs(Enum):
    """What runs somewhere, where it is not certainly a checked app."""

    OPEN = "it may be any app"
    ANOTHER = "it is taken for none that is checked"


def linked(facts: Facts, deployment: Deployment) -> Iterator[tuple[ContainerApp, Value, AppFacts]]:
    """Yield container apps with the container that runs a checked app, and that app."""
    for settings, app in settings_of(facts, deployment):
        if settings.container is not None and app is not None:
            yield ContainerApp(settings.resource), settings.container, app


def settings_of(
    facts: Facts, deployment: Deployment
) -> Iterator[tuple[DeployedSettings, AppFacts | None]]:
    """Yield the settings that a deployment gives an app, and the checked app that gets them.

    That is None where it is open; what runs something else is left out.
    """
    every = [*function_app_settings(deployment), *container_settings(deployment)]
    told = [(one, _runs(facts, deployment, one)) for one in every]
    left = [one for one, runs in told if runs is _Runs.OPEN]
    found = {id(runs) for _, runs in told}
    for one, runs in told:
        if runs is _Runs.OPEN:
            alone = _only_app(facts, deployment) if len(left) == 1 else None
            yield one, None if id(alone) in found else alone
        elif not isinstance(runs, _Runs):
            yield one, runs


def _only_app(facts: Facts, deployment: Deployment) -> AppFacts | None:
    """Return the app that there is, None where there are several that it may be."""
    is_one = len(facts.apps) == 1 and deployment.is_only and not deployment.neighbours
    return facts.apps[0] if is_one else None


def _runs(facts: Facts, deployment: Deployment, settings: DeployedSettings) -> AppFacts | _Runs:
    """Return what gets some settings, as far as its own description tells."""
    if deployment.live and settings.is_alone:
        online = facts.request.online
        asked = (app for app in facts.apps if online is not None and app.name == online.app)
        return next(asked, _Runs.OPEN)
    service = settings.resource.body.get("tags", TAG)
    if service is not None and (name := service.as_text()):
        return _of_service(facts, deployment, name)
    image = settings.image_name
    if image:
        named = _called_after(facts, deployment, image)
        return named or (_Runs.OPEN if is_own(image) else _Runs.ANOTHER)
    is_ours = not settings.workers or _PYTHON in settings.workers
    return _Runs.OPEN if is_ours and not settings.is_workflow else _Runs.ANOTHER


def _of_service(facts: Facts, deployment: Deployment, name: str) -> AppFacts | _Runs:
    """Return the app that is a service of the Azure Developer CLI."""
    top = facts.around.top
    template = Path(os.path.normpath(facts.root / deployment.template))
    near = [
        one
        for one in facts.around.developer_services
        if one.name == name and template.is_relative_to(top / one.folder)
    ]
    service = max(near, key=lambda one: len(one.folder), default=None)
    return _Runs.OPEN if service is None else _in_folder(facts, top / service.project)


def _in_folder(facts: Facts, folder: Path) -> AppFacts | _Runs:
    """Return the app that a folder holds."""
    checked = [app for app in facts.apps if app.directory.is_relative_to(folder)]
    others = facts.around.apps_below(folder) - {app.directory for app in facts.apps}
    if len(checked) > 1:
        return _Runs.OPEN
    return checked[0] if checked and not others else _Runs.ANOTHER


def _called_after(facts: Facts, deployment: Deployment, image: str) -> AppFacts | _Runs | None:
    """Return the app that an image is called after, None for none."""
    match = _REPOSITORY.search(image)
    if match is None or image.startswith(PUBLIC):
        return None
    repository = match[1]
    names = [*(app.name for app in facts.apps), *deployment.neighbours]
    fitting = [name for name in names if f"-{repository}".endswith(f"-{name.lower()}")]
    longest = max(map(len, fitting), default=0)
    best = [name for name in fitting if len(name) == longest]
    if len(best) != 1:
        return _Runs.OPEN if best else None
    return next((app for app in facts.apps if app.name == best[0]), _Runs.ANOTHER)

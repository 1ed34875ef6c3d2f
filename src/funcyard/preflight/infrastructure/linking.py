"""Which container app runs which of the checked apps, where that is certain enough to say.

It is where its image is called after the app (``…/orders-api:1`` for the app ``api``), and where a
deployment has one container app, with an image of one's own, and there is one app.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.container_apps import container_apps
from funcyard.preflight.infrastructure.images import PUBLIC, is_own
from funcyard.preflight.infrastructure.settings import container_settings, function_app_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.container_apps import ContainerApp
    from funcyard.preflight.infrastructure.reading import Deployment
    from funcyard.preflight.infrastructure.settings import DeployedSettings
    from funcyard.preflight.infrastructure.value import Value

_REPOSITORY = re.compile(r"(?:^|/)([a-z0-9][a-z0-9._-]*)(?::[^/]*)?(?:@.*)?$")


def linked(facts: Facts, deployment: Deployment) -> Iterator[tuple[ContainerApp, Value, AppFacts]]:
    """Yield container apps with the container that runs a checked app, and that app."""
    apps = list(container_apps(deployment))
    for app in apps:
        containers = app.containers or ()
        for container in containers:
            image = container.get("image")
            alone = len(apps) == len(containers) == 1
            runs = runs_in(facts, image.text, alone=alone) if image is not None else None
            if deployment.live and len(containers) == 1:
                runs = _asked_for(facts)
            if runs is not None:
                yield app, container, runs


def settings_of(
    facts: Facts, deployment: Deployment
) -> Iterator[tuple[DeployedSettings, AppFacts | None]]:
    """Yield the settings that a deployment gives an app, and the checked app that gets them.

    That is None where it is open; what runs somebody else's image is left out.
    """
    sites = list(function_app_settings(deployment))
    for site in sites:
        kind = site.runtime.text if site.runtime is not None and site.runtime.known else ""
        image = kind.partition("|")[2] if kind.lower().startswith("docker|") else ""
        if not image or is_own(image):
            yield site, runs_in(facts, image, alone=len(sites) == 1) if image else None
    containers = list(container_settings(deployment))
    for one in containers:
        image = one.image.text if one.image is not None else ""
        if is_own(image):
            alone = len(containers) == 1
            live = _asked_for(facts) if deployment.live and alone else None
            yield one, live or runs_in(facts, image, alone=alone)


def _asked_for(facts: Facts) -> AppFacts | None:
    """Return the app that is said to be deployed."""
    online = facts.request.online
    return next((app for app in facts.apps if online is not None and app.name == online.app), None)


def runs_in(facts: Facts, image: str, *, alone: bool) -> AppFacts | None:
    """Return the checked app that an image holds, None where that is open.

    Args:
        facts: The facts.
        image: How the image is called.
        alone: Whether a deployment names no other image.
    """
    found = _called_after(facts, image)
    if found is None and alone and len(facts.apps) == 1 and is_own(image):
        return facts.apps[0]
    return found


def _called_after(facts: Facts, image: str) -> AppFacts | None:
    match = _REPOSITORY.search(image)
    if match is None or image.startswith(PUBLIC):
        return None
    repository = match[1]
    exact = [app for app in facts.apps if app.name.lower() == repository]
    ending = [app for app in facts.apps if repository.endswith(f"-{app.name.lower()}")]
    found = exact or ending
    return found[0] if len(found) == 1 else None

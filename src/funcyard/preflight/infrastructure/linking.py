"""Which container app runs which of the checked apps, where that is certain enough to say.

It is where its image is called after the app (``…/orders-api:1`` for the app ``api``), and where a
deployment has one container app, with an image of one's own, and there is one app.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.container_apps import container_apps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.infrastructure.container_apps import ContainerApp
    from funcyard.preflight.infrastructure.reading import Deployment
    from funcyard.preflight.infrastructure.value import Value

_REPOSITORY = re.compile(r"(?:^|/)([a-z0-9][a-z0-9._-]*)(?::[^/]*)?(?:@.*)?$")
_PUBLIC = ("mcr.microsoft.com/", "docker.io/", "ghcr.io/")


def linked(facts: Facts, deployment: Deployment) -> Iterator[tuple[ContainerApp, Value, AppFacts]]:
    """Yield container apps with the container that runs a checked app, and that app."""
    apps = list(container_apps(deployment))
    for app in apps:
        containers = app.containers or ()
        for container in containers:
            image = container.get("image")
            if image is None:
                continue
            runs = _called_after(facts, image)
            if runs is None and len(apps) == len(containers) == len(facts.apps) == 1:
                runs = facts.apps[0] if _is_own(image) else None
            if runs is not None:
                yield app, container, runs


def _called_after(facts: Facts, image: Value) -> AppFacts | None:
    match = _REPOSITORY.search(image.text)
    if match is None or image.text.startswith(_PUBLIC):
        return None
    repository = match[1]
    exact = [app for app in facts.apps if app.name.lower() == repository]
    ending = [app for app in facts.apps if repository.endswith(f"-{app.name.lower()}")]
    found = exact or ending
    return found[0] if len(found) == 1 else None


def _is_own(image: Value) -> bool:
    """Tell whether an image is one that somebody built, not one that anybody can pull."""
    text = image.text
    registry = text.partition("/")[0] if "/" in text else ""
    return not text.startswith(_PUBLIC) and any(mark in registry for mark in ".:{")

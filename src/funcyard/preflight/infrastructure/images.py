"""The images that a deployment names: of container apps, and of function apps in containers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.infrastructure.container_apps import container_apps, display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.value import Value

_LATEST = re.compile(r"(?:[^@]*/)?[^@/]*:latest|(?:[^@]*/)?[a-z0-9._-]+")
_CLOCK = re.compile(r"utcNow|newGuid", re.IGNORECASE)
PUBLIC = ("mcr.microsoft.com/", "docker.io/", "ghcr.io/", "quay.io/")
"""Registries from which anybody can pull."""
_PLACEHOLDERS = ("mcr.microsoft.com/azuredocs/", "mcr.microsoft.com/k8se/")
_DOCKER = "DOCKER|"


@dataclass(frozen=True, slots=True)
class DeployedImage:
    """One image.

    Attributes:
        owner: What runs it, as messages tell it.
        value: How it is called, with its place.
        text: The same as a text; unknown parts stand in braces.
        changes_anyway: Whether every deployment pulls it anew, whatever it is called.
    """

    owner: str
    value: Value
    text: str
    changes_anyway: bool

    @property
    def shown(self) -> str:
        """How it is called, as messages tell it."""
        return self.text if self.value.known else display(self.value, self.text)

    @property
    def is_latest(self) -> bool:
        """Whether it certainly names no version, or the latest; never said of placeholders."""
        placeholder = self.text.startswith(_PLACEHOLDERS)
        return not placeholder and _LATEST.fullmatch(self.text) is not None

    @property
    def stands_still(self) -> bool:
        """Whether a new build of it is not noticed, since nothing in the template changes."""
        return self.is_latest and is_own(self.text) and not self.changes_anyway


def is_own(image: str) -> bool:
    """Tell whether an image is one that somebody built, not one that anybody can pull.

    One that is given at deployment counts as such.
    """
    if image.startswith("{"):
        return True
    registry = image.partition("/")[0] if "/" in image else ""
    return not image.startswith(PUBLIC) and any(mark in registry for mark in ".:")


def images_of(deployment: Deployment) -> Iterator[DeployedImage]:
    """Yield the images that a deployment names."""
    for app in container_apps(deployment):
        template = app.value("template")
        changes = template is not None and _CLOCK.search(template.text) is not None
        for container in app.containers or ():
            image = container.get("image")
            if image is not None and image.text:
                yield DeployedImage(app.name, image, image.text, changes)
    for site in deployment.of_type("Microsoft.Web/sites"):
        version = site.body.get("properties", "siteConfig", "linuxFxVersion")
        if not deployment.concerns(site):
            continue
        if version is not None and version.text.upper().startswith(_DOCKER):
            owner = display(site.name, site.symbol)
            yield DeployedImage(owner, version, version.text[len(_DOCKER) :], changes_anyway=True)

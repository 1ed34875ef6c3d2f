"""How the checked apps' images are built: by their Dockerfiles, and by Compose services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.preflight.image.build import Build

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.image.compose import Service
    from funcyard.preflight.image.dockerfile import Dockerfile, Stage


@dataclass(frozen=True, slots=True)
class Built:
    """An image of an app.

    Attributes:
        app: The app.
        name: The Dockerfile, as findings tell it.
        text: What it holds.
        file: What it says.
        stage: What the image is made of.
    """

    app: AppFacts
    name: str
    text: str
    file: Dockerfile
    stage: Stage

    def line(self, number: int) -> str:
        """Return a line of the Dockerfile."""
        lines = self.text.splitlines()
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""


def built(apps: Iterable[AppFacts]) -> Iterator[Built]:
    """Yield the images of each app, one a Dockerfile."""
    for app in apps:
        builds = {build.dockerfile: build for build in reversed(app.builds)}
        for build in reversed(builds.values()):
            yield from _built(app, build)


def built_by_compose(facts: Facts) -> Iterator[tuple[Service, Built]]:
    """Yield the Compose services that build an app, each with the image it makes."""
    for service in facts.services:
        dockerfile = facts.root / service.dockerfile
        for app in facts.apps if service.dockerfile else ():
            if any(build.dockerfile == dockerfile for build in app.builds):
                context = facts.root / service.context
                build = Build(dockerfile, context, service.stage, service.arguments)
                for image in _built(app, build):
                    yield service, image


def _built(app: AppFacts, build: Build) -> Iterator[Built]:
    if build.stage is not None:
        yield Built(app, app.name_of(build.dockerfile), build.text, build.file, build.stage)

"""How the checked apps' images are built: by their Dockerfiles, and by Compose services."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.image.dockerfile import Dockerfile, Stage, read_dockerfile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.image.compose import Service


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
    """Yield the image of each app that has a Dockerfile."""
    for app in apps:
        found = built_image(app)
        if found is not None:
            yield found


def built_by_compose(facts: Facts) -> Iterator[tuple[Service, Built]]:
    """Yield the Compose services that build an app, each with the image it makes."""
    known = {found.name: found for found in facts.images}
    for service in facts.services if known else ():
        image = known.get(service.dockerfile)
        if image is None:
            continue
        file = read_dockerfile(image.text, service.arguments)
        stages = [s for s in file.stages if s.name.lower() == service.stage.lower()]
        stage = stages[0] if service.stage and stages else file.final
        if stage is not None:
            yield service, Built(image.app, image.name, image.text, file, stage)


def built_image(app: AppFacts) -> Built | None:
    """Return the image of an app, None where it has no Dockerfile that makes one."""
    path = app.target.dockerfile
    try:
        text = read_text(path, errors="replace") if path is not None else ""
    except OSError:
        return None
    file = read_dockerfile(text)
    if path is None or file.final is None:
        return None
    return Built(app, app.name_of(path), text, file, file.final)

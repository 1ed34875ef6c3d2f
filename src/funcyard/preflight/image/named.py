"""Every image that files name: Dockerfiles, Compose files, templates, and what is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.oci.reference import Reference, read_reference
from funcyard.preflight.infrastructure.images import images_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


@dataclass(frozen=True, slots=True)
class NamedImage:
    """An image where it is named.

    Attributes:
        owner: What runs it or is built on it, as messages tell it.
        reference: What it is called.
        text: The same as it is written.
        file: Where, as findings tell it; empty for what is deployed.
        line: The line there.
        evidence: That line, or what Azure says.
        live: Whether that is what is deployed.
        template: Whether a template names it.
    """

    owner: str
    reference: Reference
    text: str
    file: str
    line: int
    evidence: str
    live: bool = False
    template: bool = False


def named_images(facts: Facts) -> Iterator[NamedImage]:
    """Yield the images that are named and of which all is known; one place may name one twice."""
    for image in facts.images:
        for stage in image.file.stages:
            reference = read_reference(stage.base.value or "") if stage.parent is None else None
            if reference is not None and reference.name != "scratch":
                line = stage.base.line
                owner = f"the image of {image.app.name}"
                text = stage.base.value or ""
                yield NamedImage(owner, reference, text, image.name, line, image.line(line))
    for service in facts.services:
        held = service.image
        reference = read_reference(held.value or "") if held is not None else None
        if held is not None and reference is not None and not service.dockerfile:
            owner, text = f"service {service.name}", held.value or ""
            yield NamedImage(owner, reference, text, service.file, held.line, f"image: {text}")
    for deployment in facts.infrastructure.deployments:
        for one in images_of(deployment):
            reference = read_reference(one.text) if one.value.known else None
            if reference is not None:
                yield NamedImage(
                    one.owner,
                    reference,
                    one.text,
                    one.value.file,
                    one.value.line,
                    facts.infrastructure.line(one.value),
                    live=deployment.live,
                    template=not deployment.live,
                )

"""Images named without a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.oci.reference import read_reference
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.images import images_of
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.image.dockerfile import Setting
    from funcyard.preflight.infrastructure.deployment import Deployment


def _check(facts: Facts) -> Iterator[Finding]:
    for image in facts.images:
        for stage in image.file.stages:
            if stage.parent is None and _is_latest(stage.base):
                yield RULE.found(
                    image.name,
                    stage.base.line,
                    f"{image.app.name}: its image is built on {stage.base.value}, which names no"
                    " version",
                    evidence=image.line(stage.base.line),
                    next=_NEXT,
                )
    for service in facts.services:
        if service.image is not None and not service.dockerfile and _is_latest(service.image):
            yield RULE.found(
                service.file,
                service.image.line,
                f"service {service.name} runs {service.image.value}, which names no version",
                evidence=f"image: {service.image.value}",
                next=_NEXT,
            )

    def look(deployment: Deployment) -> Iterator[Finding]:
        for image in images_of(deployment):
            if image.is_latest and (deployment.live or not image.stands_still):
                yield RULE.found(
                    image.value.file,
                    image.value.line,
                    f"{image.owner} runs {image.shown}, which names no version",
                    evidence=facts.infrastructure.line(image.value),
                    next=_NEXT,
                )

    yield from in_each(facts.infrastructure.deployments, look)


def _is_latest(image: Setting) -> bool:
    reference = read_reference(image.value) if image.value else None
    return reference is not None and reference.is_latest and reference.name != "scratch"


_NEXT = "name a version, such as :4-python3.11, or a digest"

RULE = Rule(
    id="image-tag-latest",
    group=Group.IMAGE,
    severity=Severity.WARNING,
    what="An image is named without a version, or as :latest.",
    why=(
        "What that means changes without notice: the same sources give another image tomorrow, and"
        " two replicas of one revision may run different code."
    ),
    mend="Name a version or a digest.",
    source="https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version",
    check=_check,
)

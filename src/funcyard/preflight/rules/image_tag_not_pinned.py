"""Templates for production whose images are named by a tag alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.images import images_of, is_own
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment

_OF_ONE_BUILD = re.compile(r"(?:[\w.]*-)?(?:[0-9a-f]{7,40}|\d{8,})(?:-[\w.]*)?", re.IGNORECASE)
"""Tags that only one build gets: a commit, a time, the number of a run."""


def _check(facts: Facts) -> Iterator[Finding]:
    from funcyard.oci.reference import read_reference  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.shipping.production import is_elsewhere  # noqa: PLC0415 - as above

    def look(deployment: Deployment) -> Iterator[Finding]:
        for image in images_of(deployment):
            if deployment.live or is_elsewhere(deployment.parameters or deployment.template):
                continue
            reference = read_reference(image.text) if image.value.known else None
            if reference is None or reference.digest or reference.is_latest:
                continue
            if not is_own(image.text) or _OF_ONE_BUILD.fullmatch(reference.tag):
                continue
            yield RULE.found(
                image.value.file,
                image.value.line,
                f"{image.owner} runs {image.text}, whose tag may be pushed again",
                evidence=facts.infrastructure.line(image.value),
                next=f"{reference.name}:{reference.tag}@sha256:…",
            )

    yield from in_each(facts.infrastructure.deployments, look)


RULE = Rule(
    id="image-tag-not-pinned",
    group=Group.IMAGE,
    severity=Severity.NOTE,
    what="A template names an image of one's own by a tag, without its digest.",
    why=(
        "A tag can be pushed again: then a replica that starts later runs other code than the ones"
        " before it, and no new revision is made. Tags that hold a commit, a time or a number of a"
        " run are left alone, and so are templates that are called after development or tests."
    ),
    mend="Name the digest beside the tag, as the push or az acr manifest list-metadata tells it.",
    source="https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version",
    check=_check,
)

"""Templates whose image is called the same in every deployment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.infrastructure.images import images_of
from funcyard.preflight.infrastructure.telling import in_each
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts
    from funcyard.preflight.infrastructure.deployment import Deployment
    from funcyard.preflight.infrastructure.images import DeployedImage

_PARAMETER = re.compile(r"\s*(?:param\s+(\w+)\b|\"(\w+)\"\s*:\s*\{)")
_SETTERS = "containerapp (update|up|revision copy)|container-apps-deploy-action"
_AZD = {"azure.yaml", "azure.yml"}
_FURTHEST = 12


def _check(facts: Facts) -> Iterator[Finding]:
    def look(deployment: Deployment) -> Iterator[Finding]:
        for image in images_of(deployment):
            if deployment.live or not image.stands_still:
                continue
            name = _parameter(facts, image)
            if _is_set_apart(facts) or (name and _is_given(facts, name, image.value.file)):
                continue
            given = f"{name}=" if name else "the image with "
            yield RULE.found(
                image.value.file,
                image.value.line,
                f"{image.owner}: its image is called {image.shown} in every deployment, so that a"
                " new build makes no new revision",
                evidence=facts.infrastructure.line(image.value),
                next=f"deploy with {given}…:<commit>",
            )

    yield from in_each(facts.infrastructure.deployments, look)


def _parameter(facts: Facts, image: DeployedImage) -> str:
    """Return the parameter whose default the image is, empty where it is none."""
    lines = facts.infrastructure.lines(image.value.file)
    at = image.value.line
    if image.value.file.endswith(".bicep"):
        match = _PARAMETER.match(lines[at - 1]) if at <= len(lines) else None
        return (match[1] or "") if match else ""
    if '"defaultValue"' not in lines[at - 1]:
        return ""
    for line in reversed(lines[max(0, at - _FURTHEST) : at - 1]):
        match = _PARAMETER.match(line)
        if match and match[2]:
            return match[2]
    return ""


def _is_set_apart(facts: Facts) -> bool:
    """Tell whether something else than a template sets images: a workflow's step, or azd."""
    if any(name.rpartition("/")[2] in _AZD for name in facts.around.whole_tree.files):
        return True
    return any(not line.file.endswith(".md") for line in facts.around.search(_SETTERS))


def _is_given(facts: Facts, name: str, template: str) -> bool:
    """Tell whether anything but a template speaks of a parameter: it may well give it."""
    found = facts.around.search(rf"(^|[^A-Za-z0-9_]){name}([^A-Za-z0-9_]|$)")
    return any(
        line.file != template and not line.file.endswith((".bicep", ".md")) for line in found
    )


RULE = Rule(
    id="image-not-changed-by-deploy",
    group=Group.IMAGE,
    severity=Severity.WARNING,
    what="A template names the image of a container app :latest, in every deployment alike.",
    why=(
        "A revision is made when the template's text changes. With :latest it never does: the"
        " deployment succeeds, and the old image goes on running."
    ),
    mend=(
        "Make the image a parameter without a default and pass the tag of the commit, or the"
        " digest, with every deployment."
    ),
    source="https://learn.microsoft.com/azure/container-apps/revisions#revision-scope-changes",
    check=_check,
)

"""Images pinned by a digest that their tag does not name any more, or that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.oci.distribution import Manifest
    from funcyard.preflight.facts import Facts
    from funcyard.preflight.image.named import NamedImage


def _check(facts: Facts) -> Iterator[Finding]:
    if facts.registries is None:
        return
    from funcyard.preflight.image.named import named_images  # noqa: PLC0415 - keeps --help fast

    for image in named_images(facts):
        if not image.reference.digest:
            continue
        there = facts.registries.of_digest(image.reference)
        if there.is_missing:
            yield _missing(image, there)
            continue
        if not image.reference.tag:
            continue
        now = facts.registries.of_tag(image.reference)
        if now.digest and not now.holds(image.reference.digest):
            yield _moved(image, now)
        elif not now.digest:
            yield _untold(image, now)


def _missing(image: NamedImage, there: Manifest) -> Finding:
    return RULE.found(
        image.file,
        image.line,
        f"{image.owner}: {image.reference.name} has no image {_short(image.reference.digest)}, so"
        f" it cannot be pulled: {there.failure}",
        evidence=image.evidence,
        next="push it again, or name one that is there",
        severity=Severity.ERROR,
    )


def _moved(image: NamedImage, now: Manifest) -> Finding:
    name, tag = image.reference.name, image.reference.tag
    return RULE.found(
        image.file,
        image.line,
        f"{image.owner} is pinned to {_short(image.reference.digest)}, and {name}:{tag} is"
        f" {_short(now.digest)} now: what was pushed since does not run",
        evidence=f"{image.evidence}\n{name}:{tag} = {now.digest}",
        next=f"{name}:{tag}@{now.digest}",
    )


def _untold(image: NamedImage, now: Manifest) -> Finding:
    return RULE.found(
        image.file,
        image.line,
        f"{image.owner}: whether its tag {image.reference.tag} still names the digest is not known:"
        f" {now.failure}",
        evidence=image.evidence,
        severity=Severity.NOTE,
    )


def _short(digest: str) -> str:
    kind, _, value = digest.partition(":")
    return f"{kind}:{value[:12]}…"


RULE = Rule(
    id="image-tag-moved",
    group=Group.IMAGE,
    severity=Severity.WARNING,
    what="An image is named by tag and digest, and the tag names another image by now.",
    why=(
        "The digest counts, so what was pushed under the tag since then does not run: an update of"
        " the base image, or the build that was meant to be deployed. A digest that the registry"
        " does not have any more cannot be pulled, which is an error. The registry is asked only"
        " under --online, or where --only names this rule; one that wants a sign-in is not asked"
        " further, which is a note."
    ),
    mend="Write the digest that the tag names now, or leave it and drop the tag.",
    source="https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests",
    check=_check,
    asks_registries=True,
)

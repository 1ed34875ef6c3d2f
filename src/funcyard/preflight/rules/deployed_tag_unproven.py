"""Deployed revisions that run an image by its tag alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts


def _check(facts: Facts) -> Iterator[Finding]:
    if facts.live is None or facts.registries is None:
        return
    from funcyard.preflight.image.named import named_images  # noqa: PLC0415 - keeps --help fast
    from funcyard.preflight.infrastructure.images import is_own  # noqa: PLC0415 - as above

    for image in named_images(facts):
        if not image.live or image.reference.digest or not is_own(image.text):
            continue
        now = facts.registries.of_tag(image.reference)
        means = (
            f"means {now.digest} now"
            if now.digest
            else f"means something that is not known: {now.failure}"
        )
        yield RULE.found(
            image.file,
            image.line,
            f"{image.owner} runs {image.text}, which {means}; which image it was when the revision"
            " was made, Azure does not tell",
            evidence=image.evidence,
            next=(
                f"deploy {image.reference.name}@{now.digest}"
                if now.digest
                else "deploy the image by its digest"
            ),
            severity=Severity.ERROR if now.is_missing else None,
        )


RULE = Rule(
    id="deployed-tag-unproven",
    group=Group.IMAGE,
    severity=Severity.NOTE,
    what="A deployed revision runs an image by its tag, so which one it is cannot be proved.",
    why=(
        "A replica pulls what the tag means at that moment. Where the tag was pushed again since"
        " the revision was made, its replicas may differ from one another and from what was built."
        " A tag that the registry does not have any more is an error: no new replica can start."
    ),
    mend="Deploy the image by its digest; then image-tag-moved can compare.",
    source=(
        "https://learn.microsoft.com/azure/container-registry/container-registry-image-tag-version;"
        " revisions of Microsoft.App tell the image as it was written"
    ),
    check=_check,
    asks_registries=True,
)

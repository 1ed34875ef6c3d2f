"""Findings of several deployments, told once: with the parameters where only some have them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from funcyard.preflight.finding import Finding
    from funcyard.preflight.infrastructure.deployment import Deployment


_KEY = re.compile(r"\s*([\"']?)(\w+)\1\s*:")


def to_write(line: str, name: str, value: str) -> str:
    """Return what to write instead of a line: a property under the name that it has there.

    Args:
        line: The line; it may begin with another name of the property, or with something else.
        name: The property.
        value: What it should be.
    """
    match = _KEY.match(line)
    if match is None or not match[2].lower().endswith(name.lower()):
        return f"{name}: {value}"
    return f"{match[1]}{match[2]}{match[1]}: {value}"


def in_each(
    deployments: Iterable[Deployment], look: Callable[[Deployment], Iterable[Finding]]
) -> Iterator[Finding]:
    """Yield what is found in deployments.

    What holds for some files of parameters of a template, and not for others, says for which.

    Args:
        deployments: All of them.
        look: Finds the faults of one.
    """
    of_template: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in deployments:
        of_template[deployment.template].append(deployment)
    for together in of_template.values():
        found: dict[Finding, list[str]] = {}
        for deployment in together:
            for finding in look(deployment):
                found.setdefault(finding, []).append(deployment.parameters)
        for finding, parameters in found.items():
            if together[0].live:
                yield replace(finding, message=f"{finding.message} (as it is deployed)")
            elif len(parameters) == len(together):
                yield finding
            else:
                names = ", ".join(parameters)
                yield replace(finding, message=f"{finding.message} (with {names})")

"""A base image with another Python than the app is meant for."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from funcyard.oci.reference import read_reference
from funcyard.plain_files import read_text
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from funcyard.preflight.facts import AppFacts, Facts


def _check(facts: Facts) -> Iterator[Finding]:
    for image in facts.images:
        base = image.stage.image
        reference = read_reference(base.value) if base.value else None
        python = reference.python if reference is not None else ""
        if not python:
            continue
        for wanted, said, severity in _wanted(facts, image.app, python):
            yield RULE.found(
                image.name,
                base.line,
                f"{image.app.name}: its base image has Python {python}, and {said}",
                evidence=image.line(base.line),
                next=str(base.value).replace(f"python{python}", f"python{wanted}")
                if wanted
                else "choose a base image with such a Python",
                severity=severity,
            )


def _wanted(facts: Facts, app: AppFacts, python: str) -> Iterator[tuple[str, str, Severity | None]]:
    """Yield what asks for another Python: the version, how it is said, how bad it is."""
    if app.target.python:
        if app.target.python != python:
            yield app.target.python, f"the project is for Python {app.target.python}", None
        return
    for folder in dict.fromkeys((app.directory, facts.root)):
        try:
            text = read_text(folder / ".python-version")
        except (OSError, ValueError):
            continue
        minor = ".".join(text.split("\n", maxsplit=1)[0].strip().split(".")[:2])
        if minor.replace(".", "").isdigit() and "." in minor and minor != python:
            yield minor, f".python-version names {minor}", Severity.WARNING
        break
    for folder in dict.fromkeys((app.directory, facts.root)):
        required = _required(folder / "pyproject.toml")
        if required and not _includes(required, python):
            yield "", f"pyproject.toml requires {required}", None
            break


def _required(path: Path) -> str:
    try:
        project = tomllib.loads(read_text(path)).get("project", {})
    except (OSError, ValueError):
        return ""
    required = project.get("requires-python", "") if isinstance(project, dict) else ""
    return required if isinstance(required, str) else ""


def _includes(required: str, python: str) -> bool:
    """Tell whether a range holds some release of a minor version."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415 - seldom asked

    try:
        wanted = SpecifierSet(required)
    except InvalidSpecifier:
        return True
    return any(wanted.contains(f"{python}.{patch}") for patch in range(100))


RULE = Rule(
    id="base-image-python-mismatch",
    group=Group.IMAGE,
    severity=Severity.ERROR,
    what="The base image has another Python than the app is meant for.",
    why=(
        "Packages are locked and tested for one Python: on another one they may not install, or"
        " fail at import, and then the worker finds no function."
    ),
    mend="Name the base image of the app's own Python, or move the app to the image's.",
    source="https://learn.microsoft.com/azure/azure-functions/supported-languages",
    check=_check,
)

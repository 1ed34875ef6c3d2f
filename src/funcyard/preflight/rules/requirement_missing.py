"""A module that the code imports, and that nothing the app asks for provides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.packages.distributions import given_by_the_worker
from funcyard.preflight.packages.failed import failed_import
from funcyard.preflight.packages.needs import State, pin
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.packages.distributions import Provider
    from funcyard.preflight.packages.needs import Need


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        failed = failed_import(app)
        name = failed.name if failed is not None and failed.state is State.MISSING else ""
        if failed is not None and name:
            yield _harmful(app, failed.provider, name, failed.file, failed.line)
        for need in app.needs:
            if need.state is not State.MISSING or need.name == name:
                continue
            if need.at_load and not given_by_the_worker(need.provider.module):
                yield _harmful(app, need.provider, need.name, need.file, need.line)
            else:
                yield from _mild(app, need)


def _harmful(app: AppFacts, provider: Provider, name: str, file: str, line: int) -> Finding:
    lack = f"nothing in {_asked(app)} provides" if _has_files(app) else "is not asked for"
    return RULE.found(
        file,
        line,
        f"importing {app.name} needs {provider.module}, which {lack}",
        evidence=app.text_at(file, line),
        next=_next(app, provider, name),
    )


def _mild(app: AppFacts, need: Need) -> Iterator[Finding]:
    module = need.provider.module
    if not given_by_the_worker(module):
        severity = Severity.WARNING
        message = f"{app.name} imports {module} as it runs, and does not ask for it"
    elif _has_files(app):
        severity = Severity.NOTE
        message = f"{app.name} takes {module} from the worker: {_asked(app)} does not name it"
    else:
        return
    yield RULE.found(
        need.file,
        need.line,
        message,
        evidence=app.text_at(need.file, need.line),
        next=_next(app, need.provider, need.name),
        severity=severity,
    )


def _has_files(app: AppFacts) -> bool:
    return bool(app.requirements.files)


def _asked(app: AppFacts) -> str:
    files = app.requirements.files
    return app.name_of(files[0] if files else "requirements.txt")


def _next(app: AppFacts, provider: Provider, name: str) -> str:
    place = "" if provider.is_known else _in_repository(app, provider.module.partition(".")[0])
    if place:
        return (
            f"ship {place} with {app.name}: copy it into the app's folder, or let {_asked(app)}"
            " install it as a package"
        )
    return f"add {pin(app, name)} to {_asked(app)}"


def _in_repository(app: AppFacts, module: str) -> str:
    """Return the file or folder of the repository that has a module's name, empty for none.

    A distribution of that name on an index may be anybody's.
    """
    found = set()
    for name in app.around.whole_tree.files:
        parts = name.split("/")
        if parts[-1] == f"{module}.py":
            found.add(name)
        elif name.endswith(".py") and module in parts[:-1]:
            found.add("/".join(parts[: parts.index(module) + 1]))
    nearest = min(found, key=lambda name: (name.count("/"), name), default="")
    return app.name_of(app.around.top / nearest) if nearest else ""


RULE = Rule(
    id="requirement-missing",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="The code imports a module, and nothing that the app asks for provides it.",
    why=(
        "In Azure only what requirements.txt or the image asks for is installed, whatever this"
        " machine has: the import raises ModuleNotFoundError, and where importing the app runs it,"
        " the worker finds no function. Imports that may fail (try/except ImportError), that only"
        " type checkers read, or that only other versions run do not count."
    ),
    mend="Add the distribution that the finding names to the app's requirements.",
    source=(
        "https://learn.microsoft.com/azure/azure-functions/functions-reference-python"
        "#package-management"
    ),
    check=_check,
)

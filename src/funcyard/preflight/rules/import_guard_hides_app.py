"""An import of the app or a blueprint in a ``try`` that goes on without it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from funcyard.preflight.causes import words_of
from funcyard.preflight.code.bound import Kind
from funcyard.preflight.code.definitions import definitions
from funcyard.preflight.code.holders import is_app_name, is_made
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.guards import losses
from funcyard.preflight.rule import Group, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.bound import Bound
    from funcyard.preflight.code.modules import Modules
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.guards import Loss
    from funcyard.preflight.sources import Source
    from funcyard.preflight.swallowed import Catching

_BROAD = frozenset({"BaseException", "Exception", "ImportError", "ModuleNotFoundError"})
_ENDING = frozenset({"_exit", "abort", "exit"})


def _check(facts: Facts) -> Iterator[Finding]:
    for app in facts.apps:
        lost = tuple(losses(app))
        yield from (_lost(app, loss) for loss in lost)
        told = {(loss.skipped.source.name, loss.skipped.by.lineno) for loss in lost}
        modules = app.modules
        reached = modules.reached()
        for source in app.sources:
            if source.path in reached:
                handlers = {line for name, line in told if name == source.name}
                yield from _of_source(app, modules, source, handlers)


def _lost(app: AppFacts, loss: Loss) -> Finding:
    """Tell of what was swallowed when the app was imported."""
    skipped, failure = loss.skipped, loss.skipped.swallowed.failure
    source = skipped.source
    said = ": ".join(filter(None, (failure.kind, words_of(failure).partition("\n")[0])))
    cause = f"{app.name_of(failure.file)}:{failure.line}"
    what = "except" if isinstance(skipped.by, ast.ExceptHandler) else "with"
    lacks = "the app does not load" if loss.stops_app else ""
    missing = f"not found are {', '.join(loss.functions)}" if loss.functions else ""
    harm = "; ".join(filter(None, (lacks, missing)))
    alone = not app.faults or loss.stops_app
    return RULE.found(
        source.name,
        skipped.line,
        f"{app.name}: {said} ({cause}) is swallowed by the {what} in line"
        f" {skipped.by.lineno}: {harm}",
        evidence=f"{source.line(skipped.line)}\n{cause}: {said}\n{_text(source, skipped.by)}",
        next=f"mend {cause}, and take the line out of the try: then the worker says what is wrong",
        severity=None if alone else Severity.WARNING,
    )


def _of_source(
    app: AppFacts, modules: Modules, source: Source, told: set[int]
) -> Iterator[Finding]:
    """Tell of what may be swallowed elsewhere: nothing was here, or nothing is lost by it."""
    bindings = modules.bound(source)
    for bound in bindings:
        if not bound.place.tries or not _brings_functions(modules, source, bound):
            continue
        for handler in bound.place.tries[-1].handlers:
            if handler.lineno in told or not _hides(handler, bound, bindings):
                continue
            told.add(handler.lineno)
            what = "import" if bound.kind is Kind.IMPORTED else "definition"
            yield RULE.found(
                source.name,
                handler.lineno,
                f"{app.name}: the {what} of {bound.name} in line {bound.line} may fail, and this"
                " would go on without it",
                evidence=f"{source.line(bound.line)}\n{_text(source, handler)}",
                next="take the line out of the try, so that the worker says what is wrong with it",
                severity=Severity.WARNING,
            )


def _brings_functions(modules: Modules, source: Source, bound: Bound) -> bool:
    """Tell whether what is bound is the app, a blueprint or a module that decorates functions."""
    if is_made(modules, source, bound, Kind.APP, Kind.BLUEPRINT):
        return True
    if bound.kind is Kind.IMPORTED:
        found = _imported(modules, source, bound)
        if found is not None and any(
            decorator.parameter for item in definitions(found) for decorator in item.decorators
        ):
            return True
        return bool(bound.original) and is_app_name(modules, source, bound.name)
    return False


def _hides(handler: ast.ExceptHandler, bound: Bound, bindings: tuple[Bound, ...]) -> bool:
    """Tell whether a handler goes on without the name."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = {getattr(kind, "attr", getattr(kind, "id", "")) for kind in kinds if kind}
    if handler.type is not None and not names & _BROAD:
        return False
    if any(_ends(node) for node in ast.walk(handler)):
        return False
    return not any(
        other.place.handler is handler and other.name == bound.name and other.kind is not Kind.NONE
        for other in bindings
    )


def _ends(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return called in _ENDING
    return isinstance(node, ast.Raise)


def _imported(modules: Modules, source: Source, bound: Bound) -> Source | None:
    if bound.kind is not Kind.IMPORTED:
        return None
    inner = f"{bound.module}.{bound.original}" if bound.module else bound.original
    return modules.find(source, inner, bound.level) or modules.find(
        source, bound.module, bound.level
    )


def _text(source: Source, handler: Catching) -> str:
    last = handler.body[0].lineno
    return "\n".join(source.line(number) for number in range(handler.lineno, last + 1))


RULE = Rule(
    id="import-guard-hides-app",
    group=Group.SOURCE,
    severity=Severity.ERROR,
    what="The import of the app, a blueprint or decorated functions is in a try that goes on.",
    why=(
        "Whatever is wrong with the import is swallowed: the worker says at most that there is no"
        " app, or silently finds fewer functions. Importing the app shows what was swallowed, where"
        " it was raised and what is lost by it; a warning where all works on this machine."
    ),
    mend=(
        "Take the import out of the try, and let it raise: then the worker's failure names the"
        " cause. What is truly optional belongs behind a setting that is asked before."
    ),
    source="azure-functions-runtime 1.3.0, loader.index_function_app: only exceptions are told",
    check=_check,
)

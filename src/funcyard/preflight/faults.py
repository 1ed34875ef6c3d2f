"""Why an app did not load: each fault with its cause and its place in the source.

Each cause is one rule's; what no rule knows is :attr:`.causes.Cause.OTHER`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from funcyard.preflight.causes import Cause, cause_in_function, cause_of, words_of
from funcyard.preflight.code.by_hand import decorated_by_hand
from funcyard.preflight.code.definitions import definition_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from funcyard.functions.model import LoadFailure
    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import AppFacts, Facts
    from funcyard.preflight.sources import Source

_NOWHERE = frozenset({Cause.SCRIPT_NAME, Cause.HANGS, Cause.ENDS})
_ON_NONE = "'NoneType' object has no attribute"


@dataclass(frozen=True, slots=True)
class Fault:
    """One failure of an app.

    Attributes:
        app: The app.
        failure: What the worker says.
        cause: Why.
        file: Where it points, as findings tell it; empty for nowhere.
        line: The line there, 0 for none.
        definition: The function at fault, None where the whole app is or it cannot be found.
        given: What the worker's words name: ``function``, ``parameter``, ``type``, ``module``, ….
    """

    app: AppFacts
    failure: LoadFailure
    cause: Cause
    file: str
    line: int
    definition: Definition | None = None
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def source(self) -> Source | None:
        """The source there."""
        return self.app.source_by_name.get(self.file)

    @property
    def function(self) -> str:
        """The function's name in Azure, else the app's."""
        if found := self.given.get("function"):
            return found
        return self.definition.name if self.definition else self.app.name

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters that the worker lists, in order."""
        return tuple(sorted(ast.literal_eval(f"[{self.given.get('names', '')}]")))

    def evidence(self, line: int = 0) -> str:
        """Return a line of its source, its own unless another is given, and the worker's words."""
        text = self.app.text_at(self.file, line or self.line)
        return "\n".join(part for part in (text, words_of(self.failure)) if part)


def faults_of(app: AppFacts) -> tuple[Fault, ...]:
    """Look for the cause and place of every fault of an app."""
    return tuple(_fault(app, failure) for failure in app.survey.faults)


def caused_by(facts: Facts, *causes: Cause) -> Iterator[Fault]:
    """Yield the faults of all apps that have one of these causes."""
    for app in facts.apps:
        yield from (fault for fault in app.faults if fault.cause in causes)


def is_indexed(app: AppFacts) -> bool:
    """Tell whether the app object was found, so that it is known what never reached it."""
    index = app.survey.index
    return not index.missing_script and not any(fault.cause.is_of_app for fault in app.faults)


def lacks_app(app: AppFacts) -> bool:
    """Tell whether an app failed because the app object is None, or there is none."""
    return any(
        fault.cause is Cause.NO_APP
        or (fault.cause is Cause.IMPORT and _ON_NONE in fault.failure.message)
        for fault in app.faults
    )


def _fault(app: AppFacts, failure: LoadFailure) -> Fault:
    cause, given = cause_of(failure)
    file, line = app.name_of(failure.file), failure.line
    if not file and cause not in _NOWHERE:
        file, line = decorated_by_hand(app, given.get("function", ""))
    definition = definition_at(app.source_by_name.get(file), line)
    if cause is Cause.OTHER and definition is not None:
        retried = definition.decorator("retry") is not None
        cause = cause_in_function(failure, retried=retried)
    return Fault(app, failure, cause, file, line, definition, given)

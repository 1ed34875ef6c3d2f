"""Functions of Durable Functions, by their decorators.

The library puts a function of its own, with the one parameter ``context``, in place of an
orchestrator or an entity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.preflight.code.definitions import definitions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.code.decorators import Decorator
    from funcyard.preflight.code.definitions import Definition
    from funcyard.preflight.facts import AppFacts
    from funcyard.preflight.faults import Fault

CONTEXT = "context"


def misnamed_context(fault: Fault) -> Decorator | None:
    """Return the decorator of the function at fault that names the context otherwise."""
    definition = fault.definition
    found = definition.decorator("orchestration_trigger", "entity_trigger") if definition else None
    return found if found is not None and found.parameter not in {"", CONTEXT} else None


def orchestrators(app: AppFacts) -> Iterator[Definition]:
    """Yield the orchestrators in the sources that importing the app reached."""
    for source in app.sources:
        if source.name in app.imported and "orchestration_trigger" in source.text:
            for definition in definitions(source):
                if definition.decorator("orchestration_trigger"):
                    yield definition

"""What an evaluator asks of the template that an expression stands in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.preflight.infrastructure.syntax import Member
    from funcyard.preflight.infrastructure.value import Value

    Variables = Mapping[str, Value]
    """What loops and lambdas around an expression have given names to."""


class Meanings(Protocol):
    """What the names of a template mean."""

    def meaning(self, name: str, line: int) -> Value:
        """Return the value that a name stands for, unknown where it stands for none."""
        ...

    def member_of_declared(self, node: Member, wanted: str, variables: Variables) -> Value | None:
        """Return what a resource or module tells, None where the node asks something else."""
        ...

    def id_of_named(self, kind: str, name: str, scope: str) -> str:
        """Return what tells a resource apart that ``resourceId()`` names."""
        ...

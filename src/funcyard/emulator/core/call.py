"""One request to the Resource Manager, with who sends it and what it names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.emulator import strict_json
from funcyard.emulator.core import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from funcyard.emulator.core.access import Caller
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target
    from funcyard.emulator.core.types import ResourceType
    from funcyard.emulator.http import Request


@dataclass(frozen=True, slots=True)
class Call:
    """A request.

    Attributes:
        core: What answers it.
        request: As it came.
        caller: Who sends it.
        target: What it names; None where that is no resource.
        word: What stands behind a resource's id.
    """

    core: Core
    request: Request
    caller: Caller
    target: Target | None
    word: str | None

    @property
    def version(self) -> str:
        """The API version that it asks for."""
        return self.request.query.get("api-version", "")

    @property
    def named(self) -> Target:
        """The resource that it names."""
        assert self.target is not None  # noqa: S101 - routes hand over calls that name one
        return self.target

    def body(self) -> Json:
        """Return its body, an object.

        Raises:
            ArmError: It is none.
        """
        try:
            found: Any = strict_json.read(self.request.body)
        except ValueError as fault:
            raise errors.bad_content(f"The body is no JSON: {fault}") from None
        if not isinstance(found, dict):
            raise errors.bad_content("Expected an object. Path ''.")
        return found

    def check_version(self, kind: str, versions: Sequence[str]) -> None:
        """Refuse an API version that a type has not.

        Raises:
            ArmError: None is named, or not one of these.
        """
        if not self.version:
            raise errors.missing_version()
        if self.version.lower() not in versions:
            raise errors.unknown_version(kind, self.version, versions)

    def type(self) -> ResourceType:
        """Return the description of the type that it names.

        Raises:
            ArmError: There is none, or not in that API version.
        """
        found = self.core.registry.find(self.named.type)
        self.check_version(found.name, found.versions)
        return found

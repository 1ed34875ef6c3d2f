"""Where resources are kept whose truth lies elsewhere than in the Resource Manager's store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Protocol

from funcyard.emulator.core import errors

if TYPE_CHECKING:
    from funcyard.emulator.core.call import Call
    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.core.target import Target


class Backing(Protocol):
    """Where resources are kept whose truth lies in a data plane."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:
        """Write one."""
        ...

    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there."""
        ...

    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of a parent, whole."""
        ...

    async def delete(self, call: Call, target: Target) -> None:
        """Delete one that is there."""
        ...


class Deferred(ABC):
    """Where resources are kept whose truth lies in a data plane, and whose changes take time."""

    @abstractmethod
    def check(self, core: Core, target: Target, body: Json) -> None:
        """Refuse what cannot be written, before a change of it is accepted."""

    @abstractmethod
    async def put(self, core: Core, target: Target, body: Json) -> None:
        """Write one; what was done is not done twice."""

    @abstractmethod
    async def get(self, core: Core, target: Target) -> Json | None:
        """Return one whole; None where it is not there."""

    @abstractmethod
    async def list(self, core: Core, parent: Target) -> list[Json]:
        """Return all of a parent, whole."""

    async def delete(self, core: Core, target: Target) -> None:  # noqa: B027 - some are not deleted
        """Delete one, which may be gone."""

    def check_deletion(self, core: Core, target: Target) -> None:  # noqa: B027 - most may be
        """Refuse to delete what stays."""


class ReadOnly:
    """Base of what is kept elsewhere and cannot be changed."""

    async def put(self, call: Call, target: Target, body: Json, *, is_new: bool) -> None:  # noqa: ARG002 - as every backing
        """Refuse it."""
        raise errors.not_allowed(call.request.method)

    async def delete(self, call: Call, target: Target) -> None:  # noqa: ARG002 - as every backing
        """Refuse it."""
        raise errors.not_allowed(call.request.method)

"""Where a stack's state is kept: an interface, so that it may be a folder or something shared."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import UserError

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from funcyard.deploy.entries import Entry
    from funcyard.deploy.records import State
    from funcyard.deploy.sealing import Seal


class StateLockedError(UserError):
    """Another deployment of the same stack is at work."""

    code = "state-locked"


class StateDamagedError(UserError):
    """The state holds what no version of this program wrote."""

    code = "state-damaged"


class OtherStackError(UserError):
    """Something else is deployed where a stack would keep its state: it bore another name then."""

    code = "other-stack"


class StateNotWrittenError(UserError):
    """What has to be recorded before anything is done cannot be written."""

    code = "state-not-written"


class Journal(ABC):
    """The state of a stack, held by one deployment alone, and what is written to it.

    Attributes:
        state: What the stack consists of after the last entry.
        seal: Hashes its secrets.
    """

    state: State
    seal: Seal

    @abstractmethod
    async def write(self, entry: Entry) -> None:
        """Write an entry so that it is still there after a kill or a power cut.

        Raises:
            StateNotWrittenError: It cannot be written; the state is as it was.
        """

    @abstractmethod
    async def compact(self) -> None:
        """Put the state in the place of the entries that led to it.

        Raises:
            StateNotWrittenError: It cannot be written; the entries stay.
        """


@dataclass(frozen=True, slots=True)
class Standing:
    """A state as it stood when it was read.

    Attributes:
        state: The state.
        seal: Hashes its secrets.
    """

    state: State
    seal: Seal


class Store(ABC):
    """Keeps the state of one stack."""

    @abstractmethod
    async def read(self) -> Standing:
        """Return the state, also while a deployment goes on; changes nothing.

        Raises:
            StateDamagedError: It cannot be read.
            OtherStackError: It tells of another stack.
        """

    @abstractmethod
    def open(self) -> AbstractAsyncContextManager[Journal]:
        """Hold the state alone, until the context ends or the process does.

        Raises:
            StateLockedError: Another holds it.
            StateDamagedError: It cannot be read.
            OtherStackError: It tells of another stack.
            StateNotWrittenError: It cannot be made.
        """

"""The secrets of a twin: made of the key of its state, so that none has to be kept.

A name has the same secret in every run with the same state. A boundary's token is replaced by
counting its generation on, in three deployments between which nothing is refused: receivers accept
the next one, too; senders show it; receivers forget the one before.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

from funcyard.atomic import write_atomically
from funcyard.deploy.refs import Given
from funcyard.deploy.store import StateDamagedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE: Final = "tokens.json"
"""In a state's folder: generations of tokens, no tokens."""


@dataclass(frozen=True, slots=True)
class Generation:
    """Which tokens of a boundary count.

    Attributes:
        shown: The number of the one that senders show, from 1.
        accepted: The numbers of those that receivers accept, one or two.
    """

    shown: int = 1
    accepted: tuple[int, ...] = (1,)

    def next(self) -> Generation:
        """Return the next step of replacing a token; the third is like the first, a token on."""
        if len(self.accepted) == 1:
            return Generation(self.shown, (self.shown, self.shown + 1))
        newest = max(self.accepted)
        if self.shown != newest:
            return Generation(newest, self.accepted)
        return Generation(newest, (newest,))

    @property
    def is_settled(self) -> bool:
        """Whether no token is being replaced."""
        return self.accepted == (self.shown,)


@dataclass(frozen=True)
class Secrets:
    """The secrets of one twin.

    Attributes:
        key: Of its state.
        generations: Of the tokens that were ever replaced, by their settings.
    """

    key: bytes = field(repr=False)
    generations: Mapping[str, Generation] = field(default_factory=dict)

    def generation(self, name: str) -> Generation:
        """Return which secrets of a name count."""
        return self.generations.get(name, Generation())

    def of(self, name: str) -> Given:
        """Return the secret of a name, as who shows it has it."""
        return self._given(name, (self.generation(name).shown,))

    def accepted(self, name: str) -> Given:
        """Return the secret of a name, as who accepts it has it: one, or two with a space."""
        return self._given(name, self.generation(name).accepted)

    def after(self, name: str) -> Self:
        """Return these with the next step of replacing one made."""
        told = {**self.generations, name: self.generation(name).next()}
        return type(self)(self.key, told)

    def _given(self, name: str, numbers: tuple[int, ...]) -> Given:
        value = " ".join(self._made(name, number) for number in numbers)
        return Given(f"{name}#{'+'.join(map(str, numbers))}", value)

    def _made(self, name: str, number: int) -> str:
        message = f"funcyard twin secret\0{name}\0{number}".encode()
        digest = hmac.new(self.key, message, hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def read_generations(folder: Path) -> dict[str, Generation]:
    """Return what a state's folder says of replaced tokens.

    Raises:
        StateDamagedError: It cannot be read.
    """
    path = folder / FILE
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(name): Generation(int(one["shown"]), tuple(map(int, one["accepted"])))
            for name, one in told.items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise StateDamagedError(f"{path} cannot be read: {fault}") from fault


def write_generations(folder: Path, generations: Mapping[str, Generation]) -> None:
    """Keep which tokens count, before anything is deployed with them.

    Raises:
        OSError: It cannot be written.
    """
    told = {
        name: {"shown": one.shown, "accepted": list(one.accepted)}
        for name, one in sorted(generations.items())
    }
    write_atomically(folder / FILE, json.dumps(told, indent=1) + "\n", mode=0o600)

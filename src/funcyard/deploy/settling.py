"""Puts values in the place of references: for comparing, for recording and for writing.

:func:`settle` leaves secrets sealed and says of an output that nobody knows yet that it is unknown;
its result is compared and recorded. :func:`reveal` puts everything in, for the call that writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias, Union

from funcyard.deploy.refs import Given, Json, Properties, Ref, SecretRef, Text, Value
from funcyard.deploy.sealing import Seal, Sealed


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only the deployment of another resource will tell.

    Attributes:
        source: The reference to it, in words.
    """

    source: str


_Leaf: TypeAlias = Ref | SecretRef | Text | Given
_GIVEN: Final = "given"

Settled: TypeAlias = Union[
    bool, int, float, str, Unknown, Sealed, "list[Settled]", "dict[str, Settled]", None
]
"""A property with references put in place as far as they are known."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of other resources at a moment.

    Attributes:
        outputs: Of each address whose outputs are known.
        revisions: Of each address that is recorded: it changes whenever the resource is written.
        secrets: Those that were asked for.
    """

    outputs: Mapping[str, Mapping[str, Json]]
    revisions: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[SecretRef, str] = field(default_factory=dict, repr=False)

    def output(self, ref: Ref) -> Json | Unknown:
        """Return what a reference stands for, as far as it is known."""
        outputs = self.outputs.get(ref.address)
        return Unknown(str(ref)) if outputs is None else outputs.get(ref.output)


def settle(properties: Properties, known: Known, seal: Seal) -> dict[str, Settled]:
    """Return properties with outputs in their place and secrets sealed."""

    def leaf(value: _Leaf) -> Settled:
        return _settled(value, known, seal)

    return {name: _replaced(value, leaf) for name, value in properties.items()}


def reveal(properties: Properties, known: Known) -> dict[str, Json]:
    """Return properties with everything in its place, secrets too; all of it must be known.

    Raises:
        KeyError: An output or a secret is not known.
    """

    def leaf(value: _Leaf) -> Settled:
        return _revealed(value, known)

    return {name: as_json(_replaced(value, leaf)) for name, value in properties.items()}


def as_json(value: Settled) -> Json:
    """Return a settled value as a record holds it: sealed secrets and unknowns in words."""
    match value:
        case Sealed():
            return value.as_json()
        case Unknown():
            return value.source
        case dict():
            return {name: as_json(item) for name, item in value.items()}
        case list():
            return [as_json(item) for item in value]
        case _:
            return value


def holds_secret(value: Settled) -> bool:
    """Whether a settled value holds a secret anywhere."""
    match value:
        case dict():
            return any(map(holds_secret, value.values()))
        case list():
            return any(map(holds_secret, value))
        case _:
            return isinstance(value, Sealed)


def _replaced(value: Value, leaf: Callable[[_Leaf], Settled]) -> Settled:
    match value:
        case Ref() | SecretRef() | Text() | Given():
            return leaf(value)
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {name: _replaced(item, leaf) for name, item in value.items()}
        case Sequence():
            return [_replaced(item, leaf) for item in value]


def _settled(value: _Leaf, known: Known, seal: Seal) -> Settled:
    if isinstance(value, Ref):
        return _open(known.output(value))
    if isinstance(value, Given):
        return Sealed(str(value), _GIVEN, seal.digest(value.value))
    parts = value.parts if isinstance(value, Text) else (value,)
    told = [_open(known.output(part)) if isinstance(part, Ref) else str(part) for part in parts]
    if any(isinstance(part, Unknown) for part in told):
        return Unknown(str(value))
    secrets = [part for part in parts if isinstance(part, SecretRef)]
    if not secrets:
        return "".join(map(str, told))
    as_of = " ".join(known.revisions.get(secret.address, "none") for secret in secrets)
    if any(secret not in known.secrets for secret in secrets):
        return Sealed("".join(map(str, told)), as_of)
    return Sealed("".join(map(str, told)), as_of, seal.digest(_joined(parts, known)))


def _revealed(value: _Leaf, known: Known) -> Settled:
    match value:
        case Given():
            return value.value
        case Ref():
            return _open(known.outputs[value.address][value.output])
        case SecretRef():
            return known.secrets[value]
        case Text():
            return _joined(value.parts, known)


def _joined(parts: Sequence[str | Ref | SecretRef], known: Known) -> str:
    told = ""
    for part in parts:
        match part:
            case str():
                told += part
            case Ref():
                told += str(known.outputs[part.address][part.output])
            case SecretRef():
                told += known.secrets[part]
    return told


def _open(value: Json | Unknown) -> Settled:
    """Return a value with the type of a settled one: lists and dicts are invariant."""
    match value:
        case dict():
            return {name: _open(item) for name, item in value.items()}
        case list():
            return [_open(item) for item in value]
        case _:
            return value

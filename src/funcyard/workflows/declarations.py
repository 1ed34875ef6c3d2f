"""What a workflow, a parameter and a data provider are, as data that crosses processes.

The decorators of :mod:`funcyard.workflows.sdk` make these in the worker; as JSON they reach the
engine, which makes them again. Standard library only: the worker imports this.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import Any, Final

TYPES: Final = ("string", "int", "bool", "float", "json", "list", "email")
"""The types a parameter may have."""

MODES: Final = ("sync", "async")
"""Whether a caller waits for the result, or gets the execution's id at once."""

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
"""HTTP methods that an endpoint may allow."""

LONGEST_TIMEOUT: Final = 7200
"""Seconds that an execution may take at most."""

MOST_ATTEMPTS: Final = 10
"""How often a retry policy may have a workflow run."""

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")
_PARAMETER: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_CRON_FIELDS: Final = 5
_LONGEST_DELAY: Final = 3600


class DeclarationError(ValueError):
    """A decorator says what cannot be meant; raised where it is written."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and when an asynchronous execution that failed or timed out runs again.

    Attributes:
        max_attempts: Runs in all, 1 to 10.
        delay_seconds: Before the second run, up to an hour.
        backoff: The delay's factor from one retry to the next, at least 1.
    """

    max_attempts: int = 1
    delay_seconds: float = 5
    backoff: float = 2

    def __post_init__(self) -> None:
        """Check the numbers."""
        if not _whole(self.max_attempts) or not 1 <= self.max_attempts <= MOST_ATTEMPTS:
            raise DeclarationError(
                f"max_attempts is {self.max_attempts!r}: a whole number from 1 to {MOST_ATTEMPTS}"
            )
        if not _number(self.delay_seconds) or not 0 <= self.delay_seconds <= _LONGEST_DELAY:
            raise DeclarationError(
                f"delay_seconds is {self.delay_seconds!r}: a number from 0 to {_LONGEST_DELAY}"
            )
        if not _number(self.backoff) or not 1 <= self.backoff <= MOST_ATTEMPTS:
            raise DeclarationError(f"backoff is {self.backoff!r}: a number from 1 to 10")

    def delay(self, attempt: int) -> float:
        """Return the seconds between a failed attempt, counted from 1, and the next."""
        return float(min(_LONGEST_DELAY, self.delay_seconds * self.backoff ** (attempt - 1)))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of a workflow.

    Attributes:
        name: As the function takes it.
        type: One of :data:`TYPES`.
        required: Whether a caller has to give it.
        default: What the function gets where a caller gives nothing; of that type.
        label: For a form.
        help: For a form.
        choices: The values that are allowed; None allows all.
        data_provider: The provider that offers values; it binds nobody to them.
    """

    name: str
    type: str = "string"
    required: bool = False
    default: Any = None
    label: str = ""
    help: str = ""
    choices: tuple[Any, ...] | None = None
    data_provider: str = ""

    def __post_init__(self) -> None:
        """Check what can be said without the function."""
        if not _PARAMETER.fullmatch(str(self.name)):
            raise DeclarationError(f"{self.name!r} cannot name a parameter")
        if self.type not in TYPES:
            raise DeclarationError(
                f"the parameter {self.name} has the type {self.type!r}; there are"
                f" {', '.join(TYPES)}"
            )
        if self.required and self.default is not None:
            raise DeclarationError(f"the parameter {self.name} is required and has a default")
        if self.choices is not None and not self.choices:
            raise DeclarationError(f"the parameter {self.name} has no choices to choose from")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a function of the workspace is.

    Attributes:
        file: From the scope's root.
        line: Of its first decorator, from 1.
        function: Its qualified name.
        wants_context: Whether its first parameter is the context.
    """

    file: str = ""
    line: int = 0
    function: str = ""
    wants_context: bool = False


@dataclass(frozen=True, slots=True)
class Workflow:
    """A function that can be executed, scheduled and called as an endpoint."""

    name: str
    description: str = ""
    category: str = "General"
    tags: tuple[str, ...] = ()
    execution_mode: str = "async"
    timeout_seconds: float = 1800
    retry_policy: RetryPolicy | None = None
    schedule: str = ""
    endpoint_enabled: bool = False
    allowed_methods: tuple[str, ...] = ("POST",)
    disable_global_key: bool = False
    public_endpoint: bool = False
    parameters: tuple[Parameter, ...] = ()
    place: Place = Place()

    def __post_init__(self) -> None:
        """Check all but the schedule's grammar."""
        check_name("workflow", self.name)
        if self.execution_mode not in MODES:
            raise DeclarationError(
                f"the workflow {self.name} has the execution_mode {self.execution_mode!r};"
                " there are sync and async"
            )
        if not _number(self.timeout_seconds) or not 0 < self.timeout_seconds <= LONGEST_TIMEOUT:
            raise DeclarationError(
                f"the workflow {self.name} has timeout_seconds {self.timeout_seconds!r}:"
                f" a number up to {LONGEST_TIMEOUT}"
            )
        if self.schedule and len(self.schedule.split()) != _CRON_FIELDS:
            raise DeclarationError(
                f"the workflow {self.name} has the schedule {self.schedule!r}: five fields,"
                " minute hour day month weekday, in UTC"
            )
        if not self.allowed_methods or not set(self.allowed_methods) <= set(METHODS):
            raise DeclarationError(
                f"the workflow {self.name} allows the methods {list(self.allowed_methods)!r};"
                f" there are {', '.join(METHODS)}"
            )
        for option in ("disable_global_key", "public_endpoint"):
            if getattr(self, option) and not self.endpoint_enabled:
                raise DeclarationError(
                    f"the workflow {self.name} sets {option} and has no endpoint"
                )
        names = [parameter.name for parameter in self.parameters]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise DeclarationError(f"the workflow {self.name} declares {', '.join(twice)} twice")
        if self.schedule and (wanted := [one.name for one in self.parameters if one.required]):
            raise DeclarationError(
                f"the workflow {self.name} has a schedule and requires {', '.join(wanted)}:"
                " nobody would give it"
            )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Workflow:
        """Make it again from what :func:`as_dict` made."""
        policy = values["retry_policy"]
        return cls(
            **{
                **values,
                "tags": tuple(values["tags"]),
                "allowed_methods": tuple(values["allowed_methods"]),
                "retry_policy": RetryPolicy(**policy) if policy else None,
                "parameters": _parameters(values["parameters"]),
                "place": Place(**values["place"]),
            }
        )


@dataclass(frozen=True, slots=True)
class DataProvider:
    """A function that offers values for a parameter.

    Attributes:
        cache_ttl_seconds: How long its answer is good for, per organisation; 0 for not at all.
    """

    name: str
    description: str = ""
    cache_ttl_seconds: float = 300
    parameters: tuple[Parameter, ...] = ()
    place: Place = Place()

    def __post_init__(self) -> None:
        """Check the name and the time."""
        check_name("data provider", self.name)
        if not _number(self.cache_ttl_seconds) or self.cache_ttl_seconds < 0:
            raise DeclarationError(
                f"the data provider {self.name} has cache_ttl_seconds"
                f" {self.cache_ttl_seconds!r}: a number from 0"
            )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> DataProvider:
        """Make it again from what :func:`as_dict` made."""
        parameters, place = _parameters(values["parameters"]), Place(**values["place"])
        return cls(**{**values, "parameters": parameters, "place": place})


def as_dict(declared: Workflow | DataProvider) -> dict[str, Any]:
    """Return a declaration as JSON takes it."""
    return asdict(declared)


def check_name(kind: str, name: object) -> None:
    """Check a workflow's or a provider's name.

    Raises:
        DeclarationError: It is none: up to 100 letters, digits, dots, hyphens and underscores,
            a letter first.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise DeclarationError(
            f"{name!r} cannot name a {kind}: letters, digits, '.', '-' and '_', a letter first"
        )


def _parameters(values: list[dict[str, Any]]) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(**{**one, "choices": None if one["choices"] is None else tuple(one["choices"])})
        for one in values
    )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: object) -> bool:
    return _whole(value) or (isinstance(value, float) and math.isfinite(value))

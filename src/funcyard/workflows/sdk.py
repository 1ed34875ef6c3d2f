"""What the code of a workspace imports.

::

    from funcyard.workflows.sdk import param, workflow

    @workflow(name="greet", execution_mode="sync")
    @param("name", type="string", required=True)
    def greet(context, name):
        context.logger.info("greeting %s", name)
        return {"greeting": f"Hello {name}"}

The decorators check what they are told, note it on the function and return the function itself, so
a test calls it like any other. ``@param`` stands below ``@workflow``. A function whose first
parameter is called ``context`` is given the :class:`Context`; :func:`get_context` finds it from
anywhere. Functions may be asynchronous.
"""

from __future__ import annotations

import inspect
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from funcyard.host.listeners.ncrontab import Ncrontab, NcrontabError
from funcyard.workflows.declarations import (
    DataProvider,
    DeclarationError,
    Parameter,
    Place,
    RetryPolicy,
    Workflow,
)

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    Function = TypeVar("Function", bound=Callable[..., Any])

__all__ = [
    "Cancelled",
    "Context",
    "DeclarationError",
    "RetryPolicy",
    "data_provider",
    "get_context",
    "param",
    "workflow",
]

_PARAMETERS: Final = "__funcyard_parameters__"
_CONTEXT: Final = "context"

declared: Final[list[tuple[Workflow | DataProvider, Callable[..., Any], str]]] = []
"""Everything that was decorated in this process, its function and its source file, in order."""


class Cancelled(BaseException):
    """The execution is being ended: it was cancelled, or its time is up.

    Raised wherever the code is, so that ``finally`` and ``with`` clean up; some seconds later the
    process is killed.
    """


class Context:
    """What an execution knows of itself.

    Attributes:
        execution_id: Its id.
        organization: On whose behalf it runs; ``GLOBAL`` for the platform's own.
        caller: Who started it.
        workflow: Its name.
        version: The published version that it runs.
        attempt: From 1; more after a retry.
        scheduled_for: The moment of its schedule, ISO 8601 in UTC; empty where nobody scheduled it.
        folder: The version's files, to be read.
        logger: For what it has to say.
    """

    def __init__(self, facts: Mapping[str, Any], folder: Path, logger: logging.Logger) -> None:
        self.execution_id: str = facts["execution_id"]
        self.organization: str = facts["organization"]
        self.caller: str = facts["caller"]
        self.workflow: str = facts["workflow"]
        self.version: str = facts["version"]
        self.attempt: int = facts["attempt"]
        self.scheduled_for: str = facts["scheduled_for"]
        self.folder = folder
        self.logger = logger
        self.errors: list[str] = []
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether somebody has cancelled it: return soon, or be ended."""
        return self._cancelled

    def report_error(self, message: str) -> None:
        """Note that a part failed; an execution that returns then ends CompletedWithErrors."""
        self.errors.append(str(message))
        self.logger.error("%s", message)

    def cancel(self) -> None:
        """Note that it was cancelled (called by the worker)."""
        self._cancelled = True


current: Final[ContextVar[Context]] = ContextVar("funcyard_execution")
"""The running execution's context."""


def get_context() -> Context:
    """Return the running execution's context.

    Raises:
        RuntimeError: No execution runs here, as in a test or while a file is imported.
    """
    try:
        return current.get()
    except LookupError:
        raise RuntimeError("no execution is running: there is no context") from None


def workflow(
    name: str | None = None,
    description: str = "",
    category: str = "General",
    tags: Iterable[str] = (),
    execution_mode: str | None = None,
    timeout_seconds: float = 1800,
    retry_policy: RetryPolicy | Mapping[str, Any] | None = None,
    schedule: str = "",
    *,
    endpoint_enabled: bool = False,
    allowed_methods: Iterable[str] = ("POST",),
    disable_global_key: bool = False,
    public_endpoint: bool = False,
) -> Callable[[Function], Function]:
    """Declare a function to be a workflow.

    Args:
        name: Unique in its scope; the function's own name where none is given.
        description: For people; the first line of its docstring where none is given.
        category: For people.
        tags: For people.
        execution_mode: ``sync`` or ``async``; where none is given ``sync`` with an endpoint, else
            ``async``.
        timeout_seconds: How long it may run, up to 7200.
        retry_policy: When an asynchronous execution that failed runs again; never by default.
        schedule: Five fields of cron, in UTC.
        endpoint_enabled: Whether it may be called by its own address.
        allowed_methods: The endpoint's HTTP methods.
        disable_global_key: Whether the endpoint refuses the key that opens all others.
        public_endpoint: Whether the endpoint asks for no key at all.

    Raises:
        DeclarationError: Something of it cannot be meant.
    """
    _refuse_bare("workflow", name)

    def decorate(function: Function) -> Function:
        parameters = _parameters_of(function)
        declaration = Workflow(
            name=name or function.__name__,
            description=description or _first_line(function),
            category=category,
            tags=_texts("tags", tags),
            execution_mode=execution_mode or ("sync" if endpoint_enabled else "async"),
            timeout_seconds=timeout_seconds,
            retry_policy=_policy(retry_policy),
            schedule=schedule,
            endpoint_enabled=endpoint_enabled,
            allowed_methods=tuple(
                one.upper() for one in _texts("allowed_methods", allowed_methods)
            ),
            disable_global_key=disable_global_key,
            public_endpoint=public_endpoint,
            parameters=parameters,
            place=_place(function, parameters),
        )
        if schedule:
            try:
                Ncrontab.parse(schedule)
            except NcrontabError as fault:
                raise DeclarationError(f"the schedule {schedule!r} is wrong: {fault}") from fault
        _note(declaration, function)
        return function

    return decorate


def param(
    name: str,
    type: str = "string",  # noqa: A002 - the name that callers know
    *,
    required: bool = False,
    default: Any = None,  # noqa: ANN401 - of the parameter's type
    label: str = "",
    help: str = "",  # noqa: A002 - the name that callers know
    choices: Iterable[Any] | None = None,
    data_provider: str = "",
) -> Callable[[Function], Function]:
    """Declare a parameter of the workflow or data provider; it stands below that decorator.

    Args:
        name: As the function takes it.
        type: string, int, bool, float, json, list or email.
        required: Whether a caller has to give it.
        default: What the function gets where a caller gives nothing.
        label: For a form.
        help: For a form.
        choices: The allowed values.
        data_provider: Name of the provider that offers values.

    Raises:
        DeclarationError: Something of it cannot be meant.
    """
    given = None if choices is None else tuple(choices)
    declaration = Parameter(name, type, required, default, label, help, given, data_provider)

    def decorate(function: Function) -> Function:
        if any(one is function for _, one, _ in declared):
            raise DeclarationError(f"@param({name!r}) belongs below @workflow, not above it")
        # Decorators apply from the lowest up: the first to be read comes first in a form.
        function.__dict__[_PARAMETERS] = [declaration, *function.__dict__.get(_PARAMETERS, ())]
        return function

    return decorate


def data_provider(
    name: str | None = None, description: str = "", cache_ttl_seconds: float = 300
) -> Callable[[Function], Function]:
    """Declare a function to offer values for parameters; it returns a list.

    Args:
        name: Unique in its scope; the function's own name where none is given.
        description: For people.
        cache_ttl_seconds: How long an answer is good for, per organisation and version.

    Raises:
        DeclarationError: Something of it cannot be meant.
    """
    _refuse_bare("data_provider", name)

    def decorate(function: Function) -> Function:
        parameters = _parameters_of(function)
        declaration = DataProvider(
            name=name or function.__name__,
            description=description or _first_line(function),
            cache_ttl_seconds=cache_ttl_seconds,
            parameters=parameters,
            place=_place(function, parameters),
        )
        _note(declaration, function)
        return function

    return decorate


def _refuse_bare(decorator: str, name: object) -> None:
    if callable(name):
        raise DeclarationError(f"write @{decorator}(), with parentheses")


def _note(declaration: Workflow | DataProvider, function: Callable[..., Any]) -> None:
    declared.append((declaration, function, inspect.unwrap(function).__code__.co_filename))


def _parameters_of(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    if not inspect.isfunction(inspect.unwrap(function)):
        raise DeclarationError(f"{function!r} is no function")
    return tuple(function.__dict__.get(_PARAMETERS, ()))


def _policy(given: RetryPolicy | Mapping[str, Any] | None) -> RetryPolicy | None:
    if given is None or isinstance(given, RetryPolicy):
        return given
    try:
        return RetryPolicy(**given)
    except TypeError:
        raise DeclarationError(
            f"retry_policy is {given!r}: max_attempts, delay_seconds and backoff, none else"
        ) from None


def _texts(option: str, given: Iterable[str]) -> tuple[str, ...]:
    values = (given,) if isinstance(given, str) else tuple(given)
    if not all(isinstance(one, str) for one in values):
        raise DeclarationError(f"{option} is {values!r}: texts")
    return values


def _first_line(function: Callable[..., Any]) -> str:
    return (inspect.getdoc(function) or "").partition("\n")[0]


def _place(function: Callable[..., Any], parameters: tuple[Parameter, ...]) -> Place:
    """Return where the function is, having checked that it takes what is declared."""
    signature = inspect.signature(function)
    taken = [
        one
        for one in signature.parameters.values()
        if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
    ]
    anything = any(one.kind is one.VAR_KEYWORD for one in signature.parameters.values())
    names = {one.name for one in taken}
    called = function.__name__
    wants_context = bool(taken) and taken[0].name == _CONTEXT
    declared_names = {one.name for one in parameters}
    if not anything and (unknown := sorted(declared_names - names)):
        raise DeclarationError(f"{called}() does not take {', '.join(unknown)}, declared by @param")
    undeclared = [
        one.name
        for one in (taken[1:] if wants_context else taken)
        if one.default is one.empty and one.name not in declared_names
    ]
    if undeclared:
        raise DeclarationError(
            f"{called}() needs {', '.join(undeclared)}, which no @param declares"
        )
    code = inspect.unwrap(function).__code__
    place = Place(code.co_filename, code.co_firstlineno, function.__qualname__)
    return replace(place, wants_context=wants_context)

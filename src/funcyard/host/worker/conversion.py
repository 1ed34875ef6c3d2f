"""A function's arguments from an invocation's message, and its answer's message from what it gave.

Used by every kind of invocation; see :mod:`.values` for the single value.
"""

from __future__ import annotations

import concurrent.futures.thread
import traceback
from itertools import dropwhile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...functions import bindings
from .channel import split
from .context import Context, RetryContext, TraceContext
from .values import Encoded, encode, metadata_to_datums, to_datum

if TYPE_CHECKING:
    from ...functions.loader import BoundFunction, ParameterType
    from .channel import Head

    Answer = tuple[Head, list[bytes]]

_PACKAGE_AND_POOL = (str(Path(__file__).resolve().parents[2]), concurrent.futures.thread.__file__)


class Out:
    """The ``Out`` a function sets; only the last value counts."""

    def __init__(self) -> None:
        self._value: Any = None

    def set(self, val: Any) -> None:  # noqa: ANN401 - any value of the user's
        """Keep the value to be written after the function ran."""
        self._value = val

    def get(self) -> Any:  # noqa: ANN401 - any value of the user's
        """Return the value set last, or None."""
        return self._value


def arguments_of(
    bound: BoundFunction, head: Head, body: memoryview, context: Context, streamed: str = ""
) -> tuple[dict[str, Any], dict[str, Out]]:
    """Return the keyword arguments of a call, and those among them that the function sets.

    Args:
        bound: What is called.
        head: The invocation's message, with its ``body``.
        body: See there.
        context: Passed where the function asks for it.
        streamed: The parameter that receives a streamed request; its argument is left None.

    Raises:
        TypeError: A converter does not support a value, or whatever else it raises.
    """
    metadata = metadata_to_datums(head["meta"]) if "meta" in head else {}
    arguments: dict[str, Any] = dict.fromkeys(bound.input_types)
    for (name, kind, value_head), part in zip(head["in"], split(head, body), strict=True):
        if name == streamed:
            continue
        expected = bound.input_types[name]
        arguments[name] = bindings.decode(
            expected.binding_type,
            to_datum(kind, part, value_head),
            trigger_metadata=(
                metadata if bindings.takes_trigger_metadata(expected.binding_type) else None
            ),
            pytype=expected.pytype,
        )
    if bound.requires_context:
        arguments["context"] = context
    outs = {name: Out() for name in bound.output_types}
    arguments.update(outs)
    return arguments, outs


def success(bound: BoundFunction, result: Any, outs: dict[str, Out]) -> Answer:  # noqa: ANN401 - any value of the user's
    """Return the answer of a function that returned ``result`` and set ``outs``.

    Raises:
        RuntimeError: It must not return anything.
        TypeError: A converter does not support a value.
    """
    answer: Head = {"ok": True}
    bodies: list[bytes] = []
    for name, (entry, content) in _results(bound, result, outs).items():
        if name == "$return":
            answer["ret"] = [len(bodies), *entry]
        else:
            answer.setdefault("out", []).append([name, len(bodies), *entry])
        bodies.append(content)
    return answer, bodies


def _results(bound: BoundFunction, result: Any, outs: dict[str, Out]) -> dict[str, Encoded]:  # noqa: ANN401 - any value of the user's
    if result is not None and not bound.has_return:
        raise RuntimeError(
            f"function {bound.name!r} without a $return binding returned a non-None value"
        )
    values: dict[str, Encoded] = {}
    for name, out in outs.items():
        if (value := out.get()) is not None:
            _put(values, name, value, bound.output_types[name])
    if bound.return_type is not None and result is not None:
        _put(values, "$return", result, bound.return_type)
    return values


def _put(values: dict[str, Encoded], name: str, value: Any, expected: ParameterType) -> None:  # noqa: ANN401 - any value of the user's
    datum = bindings.encode(expected.binding_type, value, pytype=expected.pytype)
    if (encoded := encode(datum)) is not None:
        values[name] = encoded


def context_of(bound: BoundFunction, head: Head) -> Context:
    """Return the context of the invocation that a message asks for."""
    retry = head.get("retry")
    return Context(
        function_name=bound.name,
        function_directory=bound.directory,
        invocation_id=head["id"],
        trace_context=TraceContext(head.get("trace", ""), head.get("state", ""), {}),
        retry_context=RetryContext(retry[0], retry[1]) if retry else None,
    )


def failure_of(fault: BaseException, trace: str | None = None) -> Answer:
    """Return the answer of a function that raised; ``trace`` where the traceback is another."""
    told = _users_traceback(fault) if trace is None else trace
    return failure(type(fault).__name__, str(fault), told)


def failure(kind: str, message: str, trace: str = "") -> Answer:
    """Return the answer that names what went wrong."""
    return {"ok": False, "error": [kind, message, trace]}, []


def _users_traceback(fault: BaseException) -> str:
    """Return the traceback without the frames that led from the worker to the function."""
    frames = traceback.extract_tb(fault.__traceback__)
    users = dropwhile(lambda frame: frame.filename.startswith(_PACKAGE_AND_POOL), frames)
    lines = traceback.format_list(list(users))
    lines += traceback.format_exception_only(type(fault), fault)
    return "Traceback (most recent call last):\n" + "".join(lines)

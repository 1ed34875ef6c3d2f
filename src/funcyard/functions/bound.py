"""What binding takes and gives: declared bindings, the types of parameters, a bound function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class DeclaredBinding:
    """A binding as the worker sees it; azure.functions' own bindings have these attributes, too.

    Attributes:
        name: The parameter's name, or ``$return``.
        type: ``httpTrigger``, ``queue``, …
        direction: 0 in, 1 out, 2 inout.
        data_type: 0 where nothing is declared.
    """

    name: str
    type: str
    direction: int
    data_type: int = 0


@dataclass(frozen=True, slots=True)
class ParameterType:
    """How a value is converted.

    Attributes:
        binding_type: Type of the binding whose converter is used; ``generic`` where the parameter
            asks for plain text or bytes.
        pytype: The annotation, of an ``Out`` what stands in its brackets; None without one.
        deferred: Whether the value is an SDK client.
    """

    binding_type: str
    pytype: Any
    deferred: bool = False


@dataclass(frozen=True, slots=True)
class BoundFunction:
    """A function ready to be invoked.

    Attributes:
        name: Its name in Azure.
        callable: What is called, with keyword arguments.
        directory: Folder of the file that defines it, for its ``context``.
        is_async: Whether calling it gives a coroutine.
        requires_context: Whether it takes the invocation's ``context``.
        has_return: Whether it may return something other than None.
        input_types: By parameter, the trigger included.
        output_types: By ``Out`` parameter.
        return_type: Of the returned value; None where it has no binding.
        trigger_name: The trigger's parameter.
        settlement_client: Parameter that receives a client to settle messages, or None.
        needs: What it needs besides ordinary bindings, see :class:`.model.Function`.
    """

    name: str
    callable: Callable[..., Any]
    directory: str
    is_async: bool
    requires_context: bool
    has_return: bool
    input_types: Mapping[str, ParameterType]
    output_types: Mapping[str, ParameterType]
    return_type: ParameterType | None
    trigger_name: str
    settlement_client: str | None = None
    needs: tuple[str, ...] = ()

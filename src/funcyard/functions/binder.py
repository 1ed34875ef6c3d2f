"""Binding: a function's parameters, annotations and return held against its bindings.

Takes a function as azure-functions registered it and gives what an invocation needs, or raises
what the official worker raises, in its words. Follows ``functions.Registry`` of
azure-functions-runtime 1.3.0.
"""

from __future__ import annotations

import inspect
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bindings, extensions, generics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OUT = 1
_INOUT = 2
_UNDEFINED = 0
_RETURN = "$return"


class FunctionLoadError(RuntimeError):
    """A function's signature and its bindings do not fit; named as in the official worker."""

    def __init__(self, function_name: str, reason: str) -> None:
        super().__init__(f"cannot load the {function_name} function: {reason}")


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


def bind(function: Any) -> BoundFunction:  # noqa: ANN401 - azure.functions' Function
    """Bind one registered function.

    Raises:
        FunctionLoadError: Its parameters or annotations do not fit its bindings.
        TypeError, NameError, …: An annotation cannot be evaluated or compared; the official
            worker lets these through and so does this.
    """
    call = function.get_user_function()
    name = function.get_function_name()
    parameters = dict(inspect.signature(call).parameters)
    hints = typing.get_type_hints(call)
    directory = str(Path(inspect.getfile(call)).parent)
    declared = _Declared()
    for binding in function.get_bindings():
        declared.add(binding, name)
    requires_context = _take_context(parameters, declared.parameters, hints, name)
    settlement_client = _compare(parameters, declared.parameters, hints, name)
    inputs: dict[str, ParameterType] = {}
    outputs: dict[str, ParameterType] = {}
    for parameter in parameters:
        binding = declared.parameters[parameter]
        target = outputs if binding.direction == _OUT else inputs
        target[parameter] = _parameter_type(parameter, binding, hints, name)
    return BoundFunction(
        name=name,
        callable=call,
        directory=directory,
        is_async=inspect.iscoroutinefunction(call),
        requires_context=requires_context,
        has_return=declared.explicit_return or declared.implicit_return,
        input_types=inputs,
        output_types=outputs,
        return_type=_return_type(declared, hints, name),
        trigger_name=function.get_trigger().name,
        settlement_client=settlement_client,
        needs=_needs(inputs, outputs, settlement_client),
    )


class _Declared:
    """The bindings by parameter, and where a returned value goes."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self.explicit_return = False
        self.implicit_return = False
        self.return_binding: Any = None

    def add(self, binding: Any, function: str) -> None:  # noqa: ANN401 - azure.functions' Binding
        if binding.direction == _INOUT:
            raise FunctionLoadError(function, '"inout" bindings are not supported')
        if binding.name == _RETURN:
            if binding.direction != _OUT:
                raise FunctionLoadError(
                    function, '"$return" binding must have direction set to "out"'
                )
            if not self.explicit_return:
                self.return_binding = binding.type
            self.explicit_return = True
            return
        self.parameters[binding.name] = binding
        if bindings.has_implicit_output(binding.type):
            self.implicit_return = True
            if not self.explicit_return:
                self.return_binding = binding.type


def _take_context(
    parameters: dict[str, Any], bound: dict[str, Any], hints: dict[str, Any], function: str
) -> bool:
    if "context" not in parameters or "context" in bound:
        return False
    del parameters["context"]
    hint = hints.get("context")
    if "context" in hints and (not isinstance(hint, type) or hint.__name__ != "Context"):
        raise FunctionLoadError(
            function,
            'the "context" parameter is expected to be of type azure.functions.Context, '
            f'got "{hint!r}"',
        )
    return True


def _compare(
    parameters: dict[str, Any], bound: dict[str, Any], hints: dict[str, Any], function: str
) -> str | None:
    """Hold parameters against bindings; take out and return a settlement client's parameter."""
    unbound = set(parameters) - set(bound)
    client: str | None = None
    if unbound:
        client = next(iter(unbound))
        if len(unbound) > 1 or not extensions.is_settlement_client(hints.get(client)):
            raise FunctionLoadError(
                function,
                "the following parameters are declared in Python but not in the function "
                f"definition (function.json or function decorators):  {unbound!r}",
            )
        del parameters[client]
    if missing := set(bound) - set(parameters):
        raise FunctionLoadError(
            function,
            "Extra parameters in binding definition — the following parameters are declared as "
            f"bindings but are not present in Python: {missing!r}",
        )
    return client


def _parameter_type(
    parameter: str,
    binding: Any,  # noqa: ANN401 - azure.functions' Binding
    hints: dict[str, Any],
    function: str,
) -> ParameterType:
    hint = hints.get(parameter)
    deferred = extensions.is_sdk_type(hint)
    if parameter not in hints:
        return ParameterType(binding.type, None, deferred)
    is_out = generics.is_out(hint)
    pytype = _inside_out(parameter, hint, function) if is_out else hint
    if not isinstance(pytype, type) and not generics.is_generic(pytype):
        raise FunctionLoadError(
            function, f"binding {parameter} has invalid non-type annotation {hint!r}"
        )
    if (binding.direction == _OUT) and not is_out:
        raise FunctionLoadError(
            function,
            f'binding {parameter} is declared to have the "out" direction, but its annotation in '
            "Python is not a subclass of azure.functions.Out",
        )
    if is_out and binding.direction != _OUT:
        raise FunctionLoadError(
            function,
            f'binding {parameter} is declared to have the "in" direction in the binding decorator, '
            "but its annotation is azure.functions.Out in Python",
        )
    plain = pytype in (str, bytes) and not bindings.has_implicit_output(binding.type)
    binding_type = bindings.GENERIC if plain else binding.type
    if is_out:
        accepted = bindings.accepts_output(binding_type, pytype)
    else:
        accepted = bindings.accepts_input(binding_type, pytype, deferred=deferred)
    if not accepted:
        raise FunctionLoadError(function, _mismatch(parameter, binding, pytype))
    return ParameterType(binding_type, pytype, deferred)


def _inside_out(parameter: str, hint: Any, function: str) -> Any:  # noqa: ANN401 - see generics
    inside = generics.arguments(hint)
    if len(inside) != 1:
        raise FunctionLoadError(
            function, f"binding {parameter} has invalid Out annotation {hint!r}"
        )
    return inside[0]


def _mismatch(parameter: str, binding: Any, pytype: Any) -> str:  # noqa: ANN401 - see generics
    if binding.data_type != _UNDEFINED:
        return (
            f'binding type "{parameter!r}" and dataType "{binding.type}" in the binding decorator '
            "do not match the corresponding function parameter's Python type annotation "
            f"{pytype.__name__}"
        )
    return (
        f'type of {parameter} binding in the binding decorator "{binding.type}" does not match its '
        f'Python annotation "{pytype.__name__}"'
    )


def _return_type(declared: _Declared, hints: dict[str, Any], function: str) -> ParameterType | None:
    hint = hints.get("return")
    if declared.explicit_return and "return" in hints:
        if generics.is_out_alias(hint):
            raise FunctionLoadError(function, "return annotation should not be azure.functions.Out")
        if not isinstance(hint, type):
            raise FunctionLoadError(function, f"has invalid non-type return annotation {hint!r}")
        if not bindings.accepts_output(declared.return_binding, hint):
            raise FunctionLoadError(
                function,
                f'Python return annotation "{hint.__name__}" does not match binding type '
                f'"{declared.return_binding}"',
            )
    if declared.explicit_return or declared.implicit_return:
        return ParameterType(declared.return_binding, hint)
    return None


def _needs(
    inputs: dict[str, ParameterType], outputs: dict[str, ParameterType], client: str | None
) -> tuple[str, ...]:
    needs = []
    if any(found.deferred for found in (*inputs.values(), *outputs.values())):
        needs.append("sdk-types")
    if client is not None:
        needs.append("settlement-client")
    http = any(found.binding_type == "httpTrigger" for found in inputs.values())
    if http and extensions.streamed_http() is not None:
        needs.append("http-streams")
    return tuple(needs)

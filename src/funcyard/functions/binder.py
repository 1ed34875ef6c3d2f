"""Binding: a function's parameters, annotations and return held against its bindings.

Takes a function as azure-functions registered it, or as a function.json declares it, and gives what
an invocation needs, or raises what the official worker raises, in its words. Follows
``functions.Registry`` of azure-functions-runtime 1.3.0 and of azure-functions-runtime-v1 1.2.0.
"""

from __future__ import annotations

import inspect
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import bindings, extensions, generics
from .bound import BoundFunction, ParameterType
from .model import HTTP_STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .bound import DeclaredBinding

_OUT = 1
_INOUT = 2
_UNDEFINED = 0
_RETURN = "$return"


class FunctionLoadError(RuntimeError):
    """A function's signature and its bindings do not fit; named as in the official worker."""

    def __init__(self, function_name: str, reason: str) -> None:
        super().__init__(f"cannot load the {function_name} function: {reason}")


@dataclass(frozen=True, slots=True)
class _Model:
    """What tells the programming models apart: how faults are worded, and what is known of.

    Attributes:
        place: Where bindings are declared.
        unbound: A parameter without binding, the set of them to follow.
        absent: A binding without parameter, the set of them to follow.
        extended: SDK types, settlement clients and streamed HTTP exist.
    """

    place: str
    unbound: str
    absent: str
    extended: bool


_V1 = _Model(
    place="function.json",
    unbound="the following parameters are declared in Python but not in function.json: ",
    absent="the following parameters are declared in function.json but not in Python: ",
    extended=False,
)
_V2 = _Model(
    place="the binding decorator",
    unbound="the following parameters are declared in Python but not in the function definition "
    "(function.json or function decorators):  ",
    absent="Extra parameters in binding definition — the following parameters are declared as "
    "bindings but are not present in Python: ",
    extended=True,
)


def bind(function: Any) -> BoundFunction:  # noqa: ANN401 - azure.functions' Function
    """Bind one registered function.

    Raises:
        FunctionLoadError: Its parameters or annotations do not fit its bindings.
        TypeError, NameError, …: An annotation cannot be evaluated or compared; the official
            worker lets these through and so does this.
    """
    call = function.get_user_function()
    name = function.get_function_name()
    binder = _Binder(call, name, _V2)
    directory = str(Path(inspect.getfile(call)).parent)
    return binder.bind(function.get_bindings(), directory, function.get_trigger().name)


def bind_declared(
    call: Callable[..., Any],
    name: str,
    bindings: Sequence[DeclaredBinding],
    *,
    directory: str,
    trigger_name: str,
) -> BoundFunction:
    """Bind a function of the model v1 to what its function.json declares; see :func:`bind`."""
    return _Binder(call, name, _V1).bind(bindings, directory, trigger_name)


class _Binder:
    """One function on its way to be bound."""

    def __init__(self, call: Callable[..., Any], name: str, model: _Model) -> None:
        self._call = call
        self._name = name
        self._model = model
        self._parameters = dict(inspect.signature(call).parameters)
        self._hints = typing.get_type_hints(call)

    def bind(self, bindings: Sequence[Any], directory: str, trigger_name: str) -> BoundFunction:
        name, hints, parameters = self._name, self._hints, self._parameters
        declared = _Declared()
        for binding in bindings:
            declared.add(binding, name)
        requires_context = _take_context(parameters, declared.parameters, hints, name)
        settlement_client = self._compare(declared.parameters)
        inputs: dict[str, ParameterType] = {}
        outputs: dict[str, ParameterType] = {}
        for parameter in parameters:
            binding = declared.parameters[parameter]
            target = outputs if binding.direction == _OUT else inputs
            target[parameter] = self._parameter_type(parameter, binding)
        return BoundFunction(
            name=name,
            callable=self._call,
            directory=directory,
            is_async=inspect.iscoroutinefunction(self._call),
            requires_context=requires_context,
            has_return=declared.explicit_return or declared.implicit_return,
            input_types=inputs,
            output_types=outputs,
            return_type=_return_type(declared, hints, name, extended=self._model.extended),
            trigger_name=trigger_name,
            settlement_client=settlement_client,
            needs=self._needs(inputs, outputs, settlement_client),
        )

    def _compare(self, bound: dict[str, Any]) -> str | None:
        """Hold parameters against bindings; take out and return a settlement client's parameter."""
        unbound = set(self._parameters) - set(bound)
        client: str | None = None
        if unbound:
            client = next(iter(unbound))
            settles = self._model.extended and extensions.is_settlement_client(
                self._hints.get(client)
            )
            if len(unbound) > 1 or not settles:
                raise FunctionLoadError(self._name, f"{self._model.unbound}{unbound!r}")
            del self._parameters[client]
        if absent := set(bound) - set(self._parameters):
            raise FunctionLoadError(self._name, f"{self._model.absent}{absent!r}")
        return client

    def _parameter_type(
        self,
        parameter: str,
        binding: Any,  # noqa: ANN401 - a DeclaredBinding or azure.functions' Binding
    ) -> ParameterType:
        function, extended = self._name, self._model.extended
        hint = self._hints.get(parameter)
        deferred = extended and extensions.is_sdk_type(hint)
        if parameter not in self._hints:
            return ParameterType(binding.type, None, deferred)
        is_out = generics.is_out(hint)
        pytype = _inside_out(parameter, hint, function) if is_out else hint
        if not isinstance(pytype, type) and not generics.is_generic(pytype):
            raise FunctionLoadError(
                function, f"binding {parameter} has invalid non-type annotation {hint!r}"
            )
        if binding.direction == _OUT and not is_out:
            raise FunctionLoadError(
                function,
                f'binding {parameter} is declared to have the "out" direction, but its annotation '
                "in Python is not a subclass of azure.functions.Out",
            )
        if is_out and binding.direction != _OUT:
            raise FunctionLoadError(
                function,
                f'binding {parameter} is declared to have the "in" direction in '
                f"{self._model.place}, but its annotation is azure.functions.Out in Python",
            )
        plain = pytype in (str, bytes) and not bindings.has_implicit_output(binding.type)
        binding_type = bindings.GENERIC if plain else binding.type
        if is_out:
            accepted = bindings.accepts_output(binding_type, pytype, extended=extended)
        else:
            accepted = bindings.accepts_input(
                binding_type, pytype, deferred=deferred, extended=extended
            )
        if not accepted:
            raise FunctionLoadError(function, self._mismatch(parameter, binding, pytype))
        return ParameterType(binding_type, pytype, deferred)

    def _mismatch(self, parameter: str, binding: Any, pytype: Any) -> str:  # noqa: ANN401 - see generics
        place = self._model.place
        if binding.data_type != _UNDEFINED:
            return (
                f'binding type "{parameter!r}" and dataType "{binding.type}" in {place} do not '
                "match the corresponding function parameter's Python type annotation "
                f"{pytype.__name__}"
            )
        return (
            f'type of {parameter} binding in {place} "{binding.type}" does not match its Python '
            f'annotation "{pytype.__name__}"'
        )

    def _needs(
        self,
        inputs: dict[str, ParameterType],
        outputs: dict[str, ParameterType],
        client: str | None,
    ) -> tuple[str, ...]:
        needs = []
        if any(found.deferred for found in (*inputs.values(), *outputs.values())):
            needs.append("sdk-types")
        if client is not None:
            needs.append("settlement-client")
        http = any(found.binding_type == "httpTrigger" for found in inputs.values())
        if self._model.extended and http and extensions.streamed_http() is not None:
            needs.append(HTTP_STREAMS)
        return tuple(needs)


class _Declared:
    """The bindings by parameter, and where a returned value goes."""

    def __init__(self) -> None:
        self.parameters: dict[str, Any] = {}
        self.explicit_return = False
        self.implicit_return = False
        self.return_binding: Any = None

    def add(self, binding: Any, function: str) -> None:  # noqa: ANN401 - see DeclaredBinding
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


def _inside_out(parameter: str, hint: Any, function: str) -> Any:  # noqa: ANN401 - see generics
    inside = generics.arguments(hint)
    if len(inside) != 1:
        raise FunctionLoadError(
            function, f"binding {parameter} has invalid Out annotation {hint!r}"
        )
    return inside[0]


def _return_type(
    declared: _Declared, hints: dict[str, Any], function: str, *, extended: bool
) -> ParameterType | None:
    hint = hints.get("return")
    if declared.explicit_return and "return" in hints:
        if generics.is_out_alias(hint):
            raise FunctionLoadError(function, "return annotation should not be azure.functions.Out")
        if not isinstance(hint, type):
            raise FunctionLoadError(function, f"has invalid non-type return annotation {hint!r}")
        if not bindings.accepts_output(declared.return_binding, hint, extended=extended):
            raise FunctionLoadError(
                function,
                f'Python return annotation "{hint.__name__}" does not match binding type '
                f'"{declared.return_binding}"',
            )
    if declared.explicit_return or declared.implicit_return:
        return ParameterType(declared.return_binding, hint)
    return None

"""Values of bindings to and from Python, by the converters of the app's own azure-functions.

The library keeps a registry from binding type to converter; a type that it does not know is
*generic*: text or bytes as they are. Indexing asks converters which annotations they accept, the
worker has them decode inputs and encode outputs. Nothing is imported from azure-functions before
the first call, so that an app without it still gets a proper failure.
Follows ``bindings/meta.py`` and ``bindings/generic.py`` of azure-functions-runtime 1.3.0.
"""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any

from . import extensions

if TYPE_CHECKING:
    from collections.abc import Mapping

GENERIC = "generic"


def converter(binding_type: str, *, deferred: bool = False) -> Any:  # noqa: ANN401 - a class of the app's library
    """Return the converter of a binding type, the generic one where none is registered.

    Args:
        binding_type: ``httpTrigger``, ``queue``, ``generic``, …
        deferred: Look among the SDK types instead.
    """
    registry = extensions.sdk_types() if deferred else _registry()
    found = registry.get(binding_type) if registry is not None else None
    return GenericConverter if found is None else found


def accepts_input(
    binding_type: str,
    pytype: Any,  # noqa: ANN401 - see generics
    *,
    deferred: bool,
    extended: bool = True,
) -> bool:
    """Whether an input of this binding type may be annotated with ``pytype``.

    Args:
        binding_type: As bound; ``generic`` included.
        pytype: The annotation.
        deferred: Look among the SDK types instead.
        extended: Regard streamed HTTP, which the model v1 knows nothing of.
    """
    http = extended and binding_type == "httpTrigger"
    streamed = extensions.streamed_http() if http else None
    if streamed is not None:
        return bool(streamed.RequestTrackerMeta.check_type(pytype))
    found = converter(binding_type, deferred=deferred)
    return bool(found.check_input_type_annotation(pytype))


def accepts_output(binding_type: str, pytype: Any, *, extended: bool = True) -> bool:  # noqa: ANN401 - see generics
    """Whether an output of this binding type may be annotated with ``pytype``; see above."""
    streamed = extensions.streamed_http() if extended and binding_type == "http" else None
    if streamed is not None:
        return bool(streamed.ResponseTrackerMeta.check_type(pytype))
    return bool(converter(binding_type).check_output_type_annotation(pytype))


def has_implicit_output(binding_type: str) -> bool:
    """Whether a function with this binding may return a value without a ``$return`` binding."""
    found = converter(binding_type)
    if found is GenericConverter:
        return GenericConverter.has_implicit_output(binding_type)
    return bool(getattr(found, "has_implicit_output", bool)())


def takes_trigger_metadata(binding_type: str) -> bool:
    """Whether the official worker hands the trigger's metadata to this binding's converter.

    It asks the converter, and one converter serves ``blob`` and ``blobTrigger``: a blob input of a
    queue function gets the queue's metadata.
    """
    return bool(converter(binding_type).has_trigger_support())


def decode(
    binding_type: str,
    datum: Any,  # noqa: ANN401 - azure.functions' Datum or None
    *,
    trigger_metadata: Mapping[str, Any] | None,
    pytype: Any,  # noqa: ANN401, ARG001 - mirrors encode; only SDK types look at it
) -> Any:  # noqa: ANN401 - what the function receives
    """Return the Python value of an input.

    Args:
        binding_type: As bound; ``generic`` included.
        datum: ``azure.functions.meta.Datum``, or None for no value.
        trigger_metadata: Datums by name, where the binding takes them.
        pytype: The parameter's annotation.

    Raises:
        TypeError: The converter does not support this kind of data.
        ValueError: The data is not what the converter expects.
    """
    found = converter(binding_type)
    try:
        return found.decode(datum, trigger_metadata=trigger_metadata or {})
    except NotImplementedError:
        kind = datum.type if datum is not None else None
        raise TypeError(
            "unable to decode incoming TypedData: unsupported combination of TypedData field "
            f"{kind!r} and expected binding type {found}"
        ) from None


def encode(binding_type: str, obj: Any, *, pytype: Any) -> Any:  # noqa: ANN401 - any value, a Datum
    """Return the ``azure.functions.meta.Datum`` of an output.

    Its type may be None (no value), or ``dict``, ``list``, ``int``, ``double``, ``bool`` besides
    those that inputs have.

    Raises:
        TypeError: The converter does not support the value's type.
    """
    try:
        return converter(binding_type).encode(obj, expected_type=pytype)
    except NotImplementedError:
        raise TypeError(
            f'unable to encode outgoing TypedData: unsupported type "{binding_type}" '
            f'for Python type "{type(obj).__name__}"'
        ) from None


class GenericConverter:
    """Converter of every binding type that azure-functions does not know."""

    @classmethod
    def has_trigger_support(cls) -> bool:
        """A generic binding sees no trigger metadata."""
        return False

    @classmethod
    def has_implicit_output(cls, binding_type: str) -> bool:
        """Every generic binding allows a return value, except the durable client."""
        return binding_type != "durableClient"

    @classmethod
    def check_input_type_annotation(cls, pytype: type) -> bool:
        """Accept text and bytes."""
        return issubclass(pytype, (str, bytes))

    @classmethod
    def check_output_type_annotation(cls, pytype: type) -> bool:
        """Accept text and bytes."""
        return issubclass(pytype, (str, bytes, bytearray))

    @classmethod
    def decode(cls, data: Any, *, trigger_metadata: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a Datum
        """Return text, bytes or JSON text as they are."""
        del trigger_metadata
        if data is None or data.type is None:
            return None
        if data.type in {"string", "bytes", "json"}:
            return data.value
        raise ValueError(
            'unexpected type of data received for the "generic" binding ', repr(data.type)
        )

    @classmethod
    def encode(cls, obj: Any, *, expected_type: Any) -> Any:  # noqa: ANN401 - any value, a Datum
        """Return a Datum of the value's own kind."""
        del expected_type
        for pytype, kind in _GENERIC_KINDS:
            if isinstance(obj, pytype):
                value = bytes(obj) if kind == "bytes" else obj
                return _datum()(value, kind)
        raise NotImplementedError


# The order is the official one: a bool is an int before it could be a bool.
_GENERIC_KINDS: tuple[tuple[Any, str | None], ...] = (
    (str, "string"),
    ((bytes, bytearray), "bytes"),
    (type(None), None),
    (dict, "dict"),
    (list, "list"),
    (int, "int"),
    (float, "double"),
)


@functools.cache
def _registry() -> Any:  # noqa: ANN401 - a class of the app's library
    return importlib.import_module("azure.functions").get_binding_registry()


@functools.cache
def _datum() -> Any:  # noqa: ANN401 - a class of the app's library
    return importlib.import_module("azure.functions.meta").Datum

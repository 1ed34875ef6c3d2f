"""How the official worker reads type annotations, blind spots included.

It looks at aliases of ``typing`` only: ``typing.Dict[str, int]`` is a generic type to it,
``dict[str, int]`` is not. The rules are those of ``utils/typing_inspect.py`` in
azure-functions-runtime 1.3.0, which follows the ``typing_inspect`` package.
"""

from __future__ import annotations

import collections.abc
import typing
from typing import Any, ClassVar, Generic, Union

# Private, and the only names under which typing keeps its aliases; present from 3.11 to 3.14.
from typing import _GenericAlias, _SpecialGenericAlias  # type: ignore[attr-defined]  # isort: skip

_SPECIAL_FORMS = (Union, tuple, ClassVar, collections.abc.Callable)


def is_generic(annotation: Any) -> bool:  # noqa: ANN401 - an annotation may be any object
    """Whether the official worker takes the annotation for a generic type."""
    if isinstance(annotation, type) and issubclass(annotation, typing.cast("Any", Generic)):
        return True
    return (
        isinstance(annotation, _GenericAlias | _SpecialGenericAlias)
        and annotation.__origin__ not in _SPECIAL_FORMS
    )


def is_out(annotation: Any) -> bool:  # noqa: ANN401 - an annotation may be any object
    """Whether the annotation is ``Out`` or ``Out[...]``, told by the name as officially."""
    target = annotation
    if is_generic(annotation) and (origin := _origin(annotation)) is not None:
        target = origin
    return isinstance(target, type) and target.__name__ == "Out"


def is_out_alias(annotation: Any) -> bool:  # noqa: ANN401 - an annotation may be any object
    """Whether the annotation is a subscripted ``Out[...]``: what a return must not be."""
    origin = _origin(annotation) if is_generic(annotation) else None
    return origin is not None and bool(origin.__name__ == "Out")


def arguments(annotation: Any) -> tuple[Any, ...]:  # noqa: ANN401 - an annotation may be any object
    """Return what stands in the brackets of an alias, else an empty tuple."""
    return tuple(annotation.__args__) if isinstance(annotation, _GenericAlias) else ()


def _origin(annotation: Any) -> Any:  # noqa: ANN401 - an annotation may be any object
    if isinstance(annotation, _GenericAlias):
        return annotation.__origin__ if annotation.__origin__ is not ClassVar else None
    return Generic if annotation is Generic else None

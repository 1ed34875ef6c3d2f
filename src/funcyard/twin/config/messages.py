"""How a fault of shape is said to a person: what was found, and what is taken instead."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from funcyard.faults import Path
    from funcyard.twin.config.json_tree import Node

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
TAG = "pattern"
"""The field that says of what kind an object is, where there are several."""

_PLAIN = {
    "missing": "is missing",
    "too_short": "is empty",
    "union_tag_not_found": f"{TAG} is missing",
}
_LONGEST_SHOWN = 40


def explain(
    error: ErrorDetails, model: type[BaseModel], node: Node, *, secret: bool
) -> tuple[str, str | None]:
    """Return message and hint for one error of the validation.

    Args:
        error: As pydantic reports it.
        model: The model of the whole file.
        node: The innermost node that the file has for it.
        secret: Whether the file's values are not to be shown.
    """
    kind, loc, context = error["type"], error["loc"], error.get("ctx", {})
    if kind == "refused":
        return str(context.get("message")), context.get("hint")
    if kind == "union_tag_invalid":
        return _unknown_tag(node, context)
    if kind == "extra_forbidden":
        return _unknown_field(str(loc[-1]), _walk(model, loc[:-1])[0])
    found = "what stands here" if secret else _shown(node)
    if said := _PLAIN.get(kind) or _mismatch(kind, context, found):
        return said, None
    return f"{found} is not taken", _first_lower(_described(model, loc) or error["msg"])


def _mismatch(kind: str, context: dict[str, Any], found: str) -> str | None:
    """Return what is wanted in a value's stead, None where the kind of error does not say."""
    expected = _EXPECTED.get(kind)
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", '"').replace("False", "false")
    return f"expected {expected}, found {found}" if expected else None


def _unknown_tag(node: Node, context: dict[str, Any]) -> tuple[str, str]:
    tag = node.entries.get(TAG, node)
    known = str(context.get("expected_tags", "")).replace("'", "")
    return f"no {TAG} is called {_shown(tag)}", f"one of {known}"


def _first_lower(text: str) -> str:
    text = text.rstrip(".")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _unknown_field(name: str, model: type[BaseModel]) -> tuple[str, str | None]:
    known = [field.alias or key for key, field in model.model_fields.items()]
    known = [one for one in known if one != "$schema"]
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
    return "unknown field", hint


def _walk(model: type[BaseModel], steps: Path) -> tuple[type[BaseModel], ...]:
    """Return the models of which one is at some steps."""
    models: tuple[type[BaseModel], ...] = (model,)
    for step in steps:
        models = _below(models, step)
    return models


def _described(model: type[BaseModel], steps: Path) -> str | None:
    """Return the description of the innermost field on the way to an error."""
    found = None
    models: tuple[type[BaseModel], ...] = (model,)
    for step in steps:
        fields = (_field(one, step) for one in models)
        found = next((one.description for one in fields if one and one.description), found)
        models = _below(models, step)
    return found


def _below(models: tuple[type[BaseModel], ...], step: str | int) -> tuple[type[BaseModel], ...]:
    """Return the models one step further in, the same where the step is an index or a key."""
    if named := tuple(one for one in models if _is_tagged(one, step)):
        return named
    field = next((one for one in (_field(model, step) for model in models) if one), None)
    annotation = field.annotation if field else get_type_hints(models[0]).get("__pydantic_extra__")
    return tuple(_models_in(annotation)) or models


def _is_tagged(model: type[BaseModel], step: str | int) -> bool:
    field = model.model_fields.get(TAG)
    return field is not None and step in get_args(field.annotation)


def _field(model: type[BaseModel], step: str | int) -> FieldInfo | None:
    if "root" in model.model_fields:
        return model.model_fields["root"]
    fields = model.model_fields.items()
    return next((field for key, field in fields if step in {key, field.alias}), None)


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _shown(node: Node) -> str:
    if node.kind != "scalar":
        return "a list" if node.kind == "array" else "an object"
    text = json.dumps(node.value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"

"""How a fault of shape is said to a person: what was found, and what is taken instead."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args, get_type_hints

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

    from funcyard.twin.config.json_tree import Node, Path

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
_PLAIN = {"missing": "is missing", "too_short": "is empty"}
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
    if kind == "extra_forbidden":
        return _unknown_field(str(loc[-1]), _model_at(model, loc[:-1]))
    if kind in _PLAIN:
        return _PLAIN[kind], None
    found = "what stands here" if secret else _shown(node)
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {found}", None
    if kind == "literal_error":
        expected = str(context.get("expected", "")).replace("'", '"').replace("False", "false")
        return f"expected {expected}, found {found}", None
    field = _field_at(model, loc)
    return f"{found} is not taken", _first_lower(field.description) if field else error["msg"]


def _first_lower(text: str | None) -> str | None:
    if text is None:
        return None
    text = text.rstrip(".")
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def _unknown_field(name: str, model: type[BaseModel]) -> tuple[str, str | None]:
    known = [field.alias or key for key, field in model.model_fields.items()]
    known = [one for one in known if one != "$schema"]
    close = get_close_matches(name, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
    return "unknown field", hint


def _model_at(model: type[BaseModel], steps: Path) -> type[BaseModel]:
    for step in steps:
        model = _below(model, step)
    return model


def _field_at(model: type[BaseModel], steps: Path) -> FieldInfo | None:
    """Return the innermost field on the way to an error that has a description."""
    found = None
    for step in steps:
        field = _field(model, step)
        if field is not None and field.description:
            found = field
        model = _below(model, step)
    return found


def _below(model: type[BaseModel], step: str | int) -> type[BaseModel]:
    """Return the model one step further in, the same one where the step is an index or a key."""
    field = _field(model, step)
    annotation = field.annotation if field else get_type_hints(model).get("__pydantic_extra__")
    return next(_models_in(annotation), model)


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

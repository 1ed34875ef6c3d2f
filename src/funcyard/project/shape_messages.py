"""How a fault of shape is said to a person: what was expected, and what to write instead."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel

from funcyard.functions import runtimes
from funcyard.project.shorthand import TRIGGER_TYPES
from funcyard.project.spec import BlobTrigger, HttpTrigger, QueueTrigger, Spec, TimerTrigger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pydantic_core import ErrorDetails

    from funcyard.faults import Path
    from funcyard.project.yaml_tree import Node

_TRIGGERS: dict[str, type[BaseModel]] = {
    "http": HttpTrigger,
    "timer": TimerTrigger,
    "queue": QueueTrigger,
    "blob": BlobTrigger,
}

_LATER_TRIGGERS = frozenset(
    {
        "activity", "cosmosdb", "dapr", "durable", "entity", "eventgrid", "eventhub",
        "eventhubs", "kafka", "orchestration", "rabbitmq", "sendgrid", "servicebus",
        "servicebusqueue", "servicebustopic", "signalr", "sql", "table", "twilio", "warmup",
    }
)  # fmt: skip
"""Triggers and bindings that Azure knows and that a spec cannot declare yet."""

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping of fields",
    "model_attributes_type": "a mapping of fields",
}
_LONGEST_SHOWN = 40


def explain(
    error: ErrorDetails, node: Node, parent: Node | None, today: date
) -> tuple[str, str | None]:
    """Return message and hint for one error of the validation.

    Args:
        error: As pydantic reports it.
        node: The innermost node that the file has for it.
        parent: The node around that, None at the top.
        today: The day on which runtimes are judged.
    """
    kind, loc = error["type"], error["loc"]
    if kind == "extra_forbidden":
        return _unknown_field(str(loc[-1]), loc[:-1])
    if kind == "missing":
        return "is missing", None
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return _trigger(node)
    if kind == "literal_error":
        return _choice(error, node, parent, today)
    if kind in _EXPECTED:
        hint = "put it in quotes" if kind == "string_type" and node.kind == "scalar" else None
        if loc[-2:-1] == ("triggers",):
            hint = f"or one of {', '.join(TRIGGER_TYPES)}"
        return f"expected {_EXPECTED[kind]}, found {_shown(node)}", hint
    return error["msg"][:1].lower() + error["msg"][1:], None


def _unknown_field(name: str, parent: Path) -> tuple[str, str | None]:
    known = list(_model_at(parent).model_fields)
    close = get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known here: {', '.join(known)}"
    return "unknown field", hint


def _model_at(steps: Path) -> type[BaseModel]:
    model: type[BaseModel] = Spec
    for step in steps:
        if isinstance(step, int):
            continue
        if field := model.model_fields.get(step):
            model = next(_models_in(field.annotation), model)
        else:
            model = _TRIGGERS.get(step, model)
    return model


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _trigger(node: Node) -> tuple[str, str | None]:
    kind = node.entries.get("type") if node.kind == "mapping" else node
    if kind is None:
        return "type is missing", f"one of {', '.join(TRIGGER_TYPES)}"
    name = kind.text if kind.kind == "scalar" else _shown(kind)
    bare = name.lower().replace("_", "").replace("-", "").removesuffix("trigger")
    if bare in _LATER_TRIGGERS:
        return f"the {name} trigger is not supported yet", f"now: {', '.join(TRIGGER_TYPES)}"
    close = get_close_matches(bare, TRIGGER_TYPES, n=1)
    hint = f"did you mean {close[0]}?" if close else f"one of {', '.join(TRIGGER_TYPES)}"
    return f"no trigger of type {name!r}", hint


def _choice(
    error: ErrorDetails, node: Node, parent: Node | None, today: date
) -> tuple[str, str | None]:
    if error["loc"] == ("runtime", "name"):
        return _runtime(node, parent, today)
    if error["loc"] == ("programming_model",):
        return _model(node.text)
    expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
    return f"expected {expected}, found {_shown(node)}", None


def _runtime(node: Node, parent: Node | None, today: date) -> tuple[str, str | None]:
    version = parent.child("version") if parent else None
    name, number = runtimes.known_as(node.text), version.text if version else ""
    number = number.removesuffix(".0")
    if name == "python":
        return f"expected python, found {_shown(node)}", None
    if name in runtimes.TITLES and not number:
        return f"{runtimes.TITLES[name]} is not supported yet", runtimes.alternatives(today)
    why = runtimes.refusal(name, number, today)
    return why or f"expected python, found {_shown(node)}", runtimes.alternatives(today)


def _model(name: str) -> tuple[str, str | None]:
    if name == "v1":
        return "the v1 model (function.json) is not supported yet", "write v2"
    if name in {"v3", "v4"}:
        return f"the {name} model is Node's, which is not supported yet", "write v2"
    return f"no programming model {name!r}", "write v2"


def _shown(node: Node) -> str:
    if node.kind != "scalar":
        return "a list" if node.kind == "sequence" else "a mapping"
    if node.plain and node.value is None:
        return "nothing"
    text = node.text if len(node.text) <= _LONGEST_SHOWN else f"{node.text[:_LONGEST_SHOWN]}…"
    return repr(text)

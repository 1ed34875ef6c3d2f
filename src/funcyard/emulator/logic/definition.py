"""A workflow's definition: a Request trigger, and actions that call addresses or respond.

https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-definition-language
https://learn.microsoft.com/azure/logic-apps/logic-apps-workflow-actions-triggers
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.errors import ArmError
from funcyard.emulator.logic import expressions
from funcyard.emulator.logic.expressions import ExpressionError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.emulator.core.records import Json

_NAME: Final = re.compile(r"[^<>%&\\?/:]{1,80}")
_SCHEMA: Final = "2016-06-01/workflowdefinition.json#"
_MEMBERS: Final = {
    "definition": {"$schema", "contentVersion", "parameters", "triggers", "actions", "outputs"},
    "trigger": {"type", "kind", "inputs"},
    "request": {"schema", "method"},
    "action": {"type", "kind", "inputs", "runAfter"},
    "Http": {"method", "uri", "headers", "body", "queries"},
    "Response": {"statusCode", "headers", "body", "schema"},
}
_NEEDED: Final = {"Http": ("method", "uri"), "Response": ("statusCode",)}
STATUSES: Final = ("Succeeded", "Failed", "Skipped", "TimedOut")
_METHODS: Final = ("GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Action:
    """An action.

    Attributes:
        name: Its own.
        type: ``Http`` or ``Response``.
        inputs: What it does, expressions in it.
        after: Which actions it waits for, and how they may have ended.
    """

    name: str
    type: str
    inputs: Json
    after: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Definition:
    """What a workflow does.

    Attributes:
        trigger: Name of its trigger.
        method: With which it is called.
        actions: Each after those that it waits for.
        parameters: Their values.
    """

    trigger: str
    method: str
    actions: tuple[Action, ...]
    parameters: Json

    @property
    def responds(self) -> bool:
        """Whether a caller waits for what an action says."""
        return any(one.type == "Response" for one in self.actions)


def definition_of(body: Json, given: Json) -> Definition:
    """Read a definition.

    Args:
        body: The definition.
        given: Values of its parameters, as the workflow gives them.

    Raises:
        ArmError: It is none, or not served here; says where.
    """
    _known(body, "definition", "the definition")
    if not str(body.get("$schema", "")).endswith(_SCHEMA):
        raise _bad(f"'$schema' does not end with {_SCHEMA}.")
    if body.get("outputs"):
        raise _bad("Outputs of workflows are not served here.")
    parameters = _parameters(_object(body, "parameters"), given)
    triggers = _object(body, "triggers")
    if len(triggers) != 1:
        raise _bad("A workflow served here has one trigger.")
    ((trigger, told),) = triggers.items()
    method = _trigger(trigger, told)
    actions = _ordered({name: _action(name, one) for name, one in _object(body, "actions").items()})
    for one in actions:
        _check_expressions(one, actions, parameters)
    return Definition(trigger, method, actions, parameters)


def _trigger(name: str, told: Any) -> str:  # noqa: ANN401 - JSON
    where = f"the trigger '{name}'"
    if not _NAME.fullmatch(name):
        raise _bad(f"{where} cannot be called that.")
    _known(told, "trigger", where)
    if told.get("type") != "Request" or told.get("kind", "Http") != "Http":
        raise _bad(f"{where} is of type '{told.get('type')}': only 'Request' is served here.")
    inputs = told.get("inputs") or {}
    _known(inputs, "request", f"the inputs of {where}")
    method = inputs.get("method", "POST")
    if method not in _METHODS:
        raise _bad(f"the method '{method}' of {where} is none of {', '.join(_METHODS)}.")
    return str(method)


def _action(name: str, told: Any) -> Action:  # noqa: ANN401 - JSON
    where = f"the action '{name}'"
    if not _NAME.fullmatch(name):
        raise _bad(f"{where} cannot be called that.")
    kind = told.get("type") if isinstance(told, dict) else None
    if not isinstance(kind, str) or kind not in _NEEDED:
        raise _bad(f"{where} is of type '{kind}': only Http and Response are served here.")
    _known(told, "action", where)
    inputs = told.get("inputs")
    _known(inputs, kind, f"the inputs of {where}")
    for member in _NEEDED[kind]:
        if inputs.get(member) is None:
            raise _bad(f"the inputs of {where} have no '{member}'.")
    for member in ("headers", "queries"):
        if not isinstance(inputs.get(member) or {}, dict):
            raise _bad(f"'{member}' of {where} is no object.")
    after = told.get("runAfter") or {}
    if not isinstance(after, dict) or not all(
        isinstance(one, list) and set(map(str, one)) <= set(STATUSES) for one in after.values()
    ):
        raise _bad(f"'runAfter' of {where} is none: actions, each with some of {STATUSES}.")
    return Action(name, kind, inputs, {other: tuple(one) for other, one in after.items()})


def _ordered(actions: Mapping[str, Action]) -> tuple[Action, ...]:
    """Return actions, each behind those that it waits for."""
    done: dict[str, Action] = {}
    left = dict(actions)
    for one in actions.values():
        for other in one.after:
            if other not in actions:
                raise _bad(f"the action '{one.name}' waits for '{other}', which is not there.")
    while left:
        ready = [one for one in left.values() if all(other in done for other in one.after)]
        if not ready:
            raise _bad(f"the actions {', '.join(sorted(left))} wait for each other.")
        for one in ready:
            done[one.name] = left.pop(one.name)
    return tuple(done.values())


def _check_expressions(one: Action, actions: tuple[Action, ...], parameters: Json) -> None:
    names = {other.name for other in actions}
    try:
        for found in expressions.check(one.inputs):
            if found.name in {"body", "outputs"} and found.argument not in names:
                raise _bad(f"the action '{one.name}' asks for '{found.argument}', not there.")
            if found.name == "parameters" and found.argument not in parameters:
                raise _bad(f"the action '{one.name}' asks for a parameter that is not there.")
    except ExpressionError as fault:
        raise _bad(f"In the action '{one.name}' {fault}.") from None


def _parameters(declared: Json, given: Json) -> Json:
    found: Json = {}
    for name, one in declared.items():
        value = given.get(name)
        value = value.get("value") if isinstance(value, dict) else None
        if value is None:
            value = one.get("defaultValue") if isinstance(one, dict) else None
        if value is None:
            raise _bad(f"the parameter '{name}' has no value.")
        found[name] = value
    for name in given:
        if name not in declared:
            raise _bad(f"the parameter '{name}' is not declared.")
    return found


def _object(body: Json, name: str) -> Json:
    found = body.get(name) or {}
    if not isinstance(found, dict):
        raise _bad(f"'{name}' is no object.")
    return found


def _known(value: Any, kind: str, where: str) -> None:  # noqa: ANN401 - JSON
    if not isinstance(value, dict):
        raise _bad(f"{where} is no object.")
    for name in value:
        if name not in _MEMBERS[kind]:
            raise _bad(f"'{name}' of {where} is not served here.")


def _bad(message: str) -> ArmError:
    return ArmError(400, "InvalidTemplate", f"The workflow is not valid: {message}")

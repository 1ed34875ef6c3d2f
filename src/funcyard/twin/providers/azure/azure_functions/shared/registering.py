"""Functions of an app, made of the contract's table and of their modules.

    import persister
    app = func.FunctionApp()
    register(app, "l2", {"persister": persister})

A module answers with a JSON document, or raises a fault; what it raises besides is told in the log
and nowhere else.
"""

from __future__ import annotations

import asyncio
import json
import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import azure.functions as func

from funcyard.twin.contract.errors import ContractError
from funcyard.twin.contract.functions import Function, Guard, Trigger, function
from funcyard.twin.contract.tokens import HEADER, accepts

from .arriving import Arrived
from .asking import Asked
from .faults import RETRIED, BadRequestError, FunctionError, TokenError
from .services import Services
from .tracing import HEADER as TRACE_HEADER
from .tracing import begin, logger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

_LEVELS: Final = {
    Guard.KEY: func.AuthLevel.FUNCTION,
    Guard.TOKEN: func.AuthLevel.ANONYMOUS,
}
_LOGGER = logger("function")


def register(app: func.FunctionApp, layer: str, modules: Mapping[str, ModuleType]) -> None:
    """Register functions.

    Args:
        app: Where.
        layer: Whose app it is.
        modules: The module of each function, by its name.
    """
    for name, module in modules.items():
        one = function(name, layer)
        match one.trigger:
            case Trigger.HTTP:
                _register_http(app, one, module)
            case Trigger.EVENT_GRID:
                _register_events(app, one, module)
            case Trigger.TIMER:
                _register_timer(app, one, module)


def _register_http(app: func.FunctionApp, one: Function, module: ModuleType) -> None:
    async def run(req: func.HttpRequest) -> func.HttpResponse:
        return await _answered(one, module, req)

    level = _LEVELS[one.guard or Guard.KEY]
    routed = app.route(route=one.route, methods=list(one.methods), auth_level=level)
    app.function_name(one.name)(routed(run))


def _register_events(app: func.FunctionApp, one: Function, module: ModuleType) -> None:
    async def run(event: func.EventGridEvent) -> None:
        begin(event.id)
        try:
            time = event.event_time or services().now()
            await module.take(Arrived(event.id, time, event.get_json()), services())
        except FunctionError as fault:
            _LOGGER.error("%s: %s", one.name, fault.message)  # noqa: TRY400
            raise

    app.function_name(one.name)(app.event_grid_trigger(arg_name="event")(run))


def _register_timer(app: func.FunctionApp, one: Function, module: ModuleType) -> None:
    async def run(timer: func.TimerRequest) -> None:  # noqa: ARG001 - the trigger's
        begin(None)
        await module.move(services())

    timed = app.timer_trigger(arg_name="timer", schedule=one.schedule or "", run_on_startup=False)
    app.function_name(one.name)(timed(run))


@cache
def services() -> Services:
    """Return what every function of this process is handed."""
    return Services(os.environ)


async def _answered(one: Function, module: ModuleType, req: func.HttpRequest) -> func.HttpResponse:
    trace = begin(req.headers.get(TRACE_HEADER))
    headers = {TRACE_HEADER: trace}
    try:
        _check_token(one, req)
        asked = Asked(_document(req), dict(req.route_params), dict(req.params))
        if services().info.debug:
            _LOGGER.info("%s was asked %s", one.name, asked.body)
        return _response(200, await module.answer(asked, services()), headers)
    except ContractError as fault:
        told: FunctionError = BadRequestError(fault.message)
    except FunctionError as fault:
        told = fault
    except asyncio.CancelledError:
        raise
    except Exception:
        _LOGGER.exception("%s failed", one.name)
        told = FunctionError("the function failed; its log says why")
    _LOGGER.warning("%s answers %s: %s", one.name, told.status, told.message)
    if told.was_retried:
        headers[RETRIED] = "1"
    return _response(told.status, told.body(), headers)


def _check_token(one: Function, req: func.HttpRequest) -> None:
    """Refuse who does not show the boundary's token, before anything else is looked at.

    Raises:
        TokenError: The caller does not show it.
    """
    if one.token is None:
        return
    setting = os.environ.get(one.token)
    if not setting:
        _LOGGER.error("settings missing: %s; nobody is let in", one.token)
    if not accepts(setting, req.headers.get(HEADER)):
        raise TokenError(f"{HEADER} is missing or not the one of this boundary")


def _document(req: func.HttpRequest) -> object:
    body = req.get_body()
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequestError("the body is not JSON, or nested too deep") from None


def _response(status: int, body: Any, headers: dict[str, str]) -> func.HttpResponse:  # noqa: ANN401
    return func.HttpResponse(
        json.dumps(body), status_code=status, headers=headers, mimetype="application/json"
    )

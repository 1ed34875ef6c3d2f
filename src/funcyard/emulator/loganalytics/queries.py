"""The query API of workspaces: who asks, of which workspace, what comes of it.

https://learn.microsoft.com/azure/azure-monitor/logs/api/overview
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import jwt

from funcyard.emulator.core.access import caller_of
from funcyard.emulator.durations import duration
from funcyard.emulator.http import Answer
from funcyard.emulator.loganalytics.kql.errors import QueryError
from funcyard.emulator.loganalytics.kql.parser import parse
from funcyard.emulator.loganalytics.kql.values import Value, moment, shown
from funcyard.emulator.loganalytics.models import workspace
from funcyard.emulator.loganalytics.tables import table_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.http import Request

AUDIENCES: Final = (
    "https://api.loganalytics.io",
    "https://api.loganalytics.io/",
    "https://api.loganalytics.azure.com",
)
"""What a token for queries is for, in the public cloud and here."""

MOST_ROWS: Final = 500_000
"""So many rows an answer holds at most, as in Azure."""

_PATH: Final = re.compile(r"/v1/workspaces/([0-9A-Fa-f-]{36})/query/?")
_RIGHT: Final = "Microsoft.OperationalInsights/workspaces/query/read"
_LOGGER = logging.getLogger(__name__)


class _RefusedError(Exception):
    """An answer that refuses, in the words of the query API."""

    def __init__(self, status: int, code: str, message: str, inner: Json | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"error": {"message": message, "code": code}}
        if inner is not None:
            self.body["error"]["innererror"] = inner


def is_query(path: str) -> bool:
    """Whether an address is the query API's."""
    return _PATH.fullmatch(path) is not None


async def answer(core: Core, request: Request) -> Answer:
    """Answer a query."""
    try:
        return Answer(200, _answered(core, request))
    except _RefusedError as fault:
        return Answer(fault.status, fault.body)
    except Exception:
        _LOGGER.exception("%s %s", request.method, request.path)
        failed = _RefusedError(500, "InternalServerError", "An internal error occurred.")
        return Answer(failed.status, failed.body)


def _answered(core: Core, request: Request) -> Json:
    path = _PATH.fullmatch(request.path)
    found = workspace(core, path[1]) if path is not None else None
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    try:
        caller = caller_of(token.strip() if scheme.lower() == "bearer" else "", core, AUDIENCES)
    except jwt.PyJWTError:
        raise _RefusedError(
            401, "AuthorizationRequiredError", "Valid authentication was not provided"
        ) from None
    if found is None:
        raise _RefusedError(404, "PathNotFoundError", "The requested path does not exist")
    if not caller.is_application and not core.allows(caller, _RIGHT, found.id):
        raise _RefusedError(
            403,
            "InsufficientAccessError",
            "The provided credentials have insufficient access to perform the requested operation",
        )
    text, timespan = _asked(request)
    now = datetime.fromtimestamp(core.clock.time(), UTC)
    try:
        query = parse(text, now, table_of)
    except QueryError as fault:
        raise _syntax(fault, text) from None
    known = table_of(query.table)
    columns = known[1] if known is not None else {}
    customer = str(found.properties["customerId"])
    rows = (_row(one, columns) for one in core.lines.rows(customer, query.table))
    result = query.run(_within(rows, _limits(timespan, now)))[:MOST_ROWS]
    return {
        "tables": [
            {
                "name": "PrimaryResult",
                "columns": [{"name": name, "type": kind} for name, kind in query.columns.items()],
                "rows": [[shown(row.get(name)) for name in query.columns] for row in result],
            }
        ]
    }


def _asked(request: Request) -> tuple[str, str]:
    """Return the query and its span of time."""
    if request.method == "GET":
        return request.query.get("query", ""), request.query.get("timespan", "")
    try:
        body: Any = json.loads(request.body)
    except ValueError:
        body = None
    text = body.get("query") if isinstance(body, dict) else None
    if request.method != "POST" or not isinstance(text, str):
        raise _RefusedError(400, "BadArgumentError", "The request had some invalid properties")
    return text, str(body.get("timespan") or "")


def _syntax(fault: QueryError, text: str) -> _RefusedError:
    line = text.count("\n", 0, fault.position) + 1
    column = fault.position - text.rfind("\n", 0, fault.position)
    inner = {
        "code": "SyntaxError",
        "message": f"{fault.message} (line {line}, column {column})",
        "line": line,
        "pos": column,
    }
    return _RefusedError(400, "BadArgumentError", "The request had some invalid properties", inner)


def _row(row: Json, columns: Mapping[str, str]) -> dict[str, Value]:
    """Return a row with its times as such."""
    return {
        name: moment(value) if columns.get(name) == "datetime" and isinstance(value, str) else value
        for name, value in row.items()
    }


def _limits(timespan: str, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return from when to when rows count: ``P1D``, or two of moments and spans.

    https://en.wikipedia.org/wiki/ISO_8601#Time_intervals
    """
    if not timespan:
        return None, None
    first, _, second = timespan.partition("/")
    start, end = moment(first), moment(second)
    try:
        if not second:
            return now - _span(first), None
        if start is not None:
            return start, end if end is not None else start + _span(second)
        if end is not None:
            return end - _span(first), end
    except OverflowError:
        pass  # there is no such moment
    raise _no_span(timespan)


def _span(text: str) -> timedelta:
    seconds = duration(text)
    if seconds is None:
        raise _no_span(text)
    return timedelta(seconds=seconds)


def _no_span(text: str) -> _RefusedError:
    return _RefusedError(400, "BadArgumentError", f"'{text}' is no span of time")


def _within(
    rows: Iterable[dict[str, Value]], limits: tuple[datetime | None, datetime | None]
) -> Iterable[dict[str, Value]]:
    start, end = limits
    for row in rows:
        at = row.get("TimeGenerated")
        if start is not None and (not isinstance(at, datetime) or at < start):
            continue
        if end is not None and (not isinstance(at, datetime) or at > end):
            continue
        yield row

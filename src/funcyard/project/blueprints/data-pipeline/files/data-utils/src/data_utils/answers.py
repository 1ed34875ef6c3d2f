"""JSON requests and responses, apart from any web framework."""

import json
from collections.abc import Callable, Mapping

from data_utils.errors import InputError, PipelineError

Body = Mapping[str, object]


def filename_of(body: bytes) -> str:
    """Return the ``filename`` of a request's body or of a queue message.

    Raises:
        InputError: The body is not a JSON object, or has no file name.
    """
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise InputError('the body is not JSON: send {"filename": "…"}', code="not-json") from fault
    filename = asked.get("filename") if isinstance(asked, dict) else None
    if not isinstance(filename, str) or not filename:
        raise InputError('the filename is missing: send {"filename": "…"}', code="missing-filename")
    return filename


def answer(work: Callable[[], tuple[int, Body]]) -> tuple[int, str]:
    """Return HTTP status and JSON of what the work returns, or of the fault it explains."""
    try:
        status, body = work()
    except PipelineError as fault:
        status, body = fault.status, {"error": fault.code, "message": str(fault)}
    return status, json.dumps(body)

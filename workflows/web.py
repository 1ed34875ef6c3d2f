"""The types of requests and responses: those by which the host knows that HTTP is streamed.

The framework takes every request of the app by one route, ``/{path:path}``, and its ``path`` ends
at a line's end: an address with ``%0A`` would be answered by the framework and never by the app,
whoever calls. Here a path is every sign that there is.
"""

from __future__ import annotations

from azurefunctions.extensions.http.fastapi import (  # type: ignore[import-untyped]
    JSONResponse,
    Request,
    Response,
    StreamingResponse,
)
from starlette.convertors import PathConvertor, register_url_convertor

__all__ = ["JSONResponse", "Request", "Response", "StreamingResponse"]


class _AnyPath(PathConvertor):
    regex = "(?s:.*)"


register_url_convertor("path", _AnyPath())

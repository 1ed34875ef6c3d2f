"""The types of requests and responses: those by which the host knows that HTTP is streamed."""

from __future__ import annotations

from azurefunctions.extensions.http.fastapi import (  # type: ignore[import-untyped]
    JSONResponse,
    Request,
    Response,
    StreamingResponse,
)

__all__ = ["JSONResponse", "Request", "Response", "StreamingResponse"]

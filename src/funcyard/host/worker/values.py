"""Values between the channel and the app's azure-functions: decoded to ``Datum``, encoded back.

On the channel a value is an entry of the head and a body. ``string`` and ``json`` bodies are UTF-8,
``bytes`` are raw; an ``http`` request's head holds ``m`` method, ``u`` url, ``h`` headers,
``p`` route parameters and ``q`` query, a response's ``s`` status, ``h`` headers and ``c`` cookies.
"""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Encoded = tuple[list[Any], bytes]
"""Entry for the head (type, then an http head or None) and the body."""

Datum: Any = importlib.import_module("azure.functions.meta").Datum
"""The app's own; this module is imported once the app is loaded, so it exists by then."""


def to_datum(kind: str, body: memoryview, head: Mapping[str, Any] | None) -> Any:  # noqa: ANN401 - a Datum
    """Return the ``Datum`` that the official worker would have made of this value."""
    if kind == "bytes":
        return Datum(bytes(body), "bytes")
    if kind != "http":
        return Datum(str(body, "utf-8"), kind)
    if head is None:
        message = "a request without its head"
        raise ValueError(message)
    return Datum(
        {
            "method": Datum(head["m"], "string"),
            "url": Datum(head["u"], "string"),
            "headers": {name: Datum(value, "string") for name, value in head["h"].items()},
            "body": Datum(bytes(body), "bytes"),
            "params": {name: Datum(value, "string") for name, value in head["p"].items()},
            "query": {name: Datum(value, "string") for name, value in head["q"].items()},
        },
        "http",
    )


def metadata_to_datums(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return trigger metadata as typed data: text and numbers as such, the rest as JSON."""
    datums: dict[str, Any] = {}
    for name, value in metadata.items():
        if isinstance(value, str):
            datums[name] = Datum(value, "string")
        elif isinstance(value, int) and not isinstance(value, bool):
            datums[name] = Datum(value, "int")
        elif isinstance(value, float):
            datums[name] = Datum(value, "double")
        else:
            datums[name] = Datum(json.dumps(value), "json")
    return datums


def encode(datum: Any) -> Encoded | None:  # noqa: ANN401 - a Datum or None
    """Return what an output's ``Datum`` is on the channel, None for no value."""
    if datum is None or datum.type is None:
        return None
    value = datum.value
    if datum.type == "http":
        return _encode_response(value)
    if datum.type == "bytes":
        return ["bytes", None], value
    if datum.type in ("string", "json"):
        return [datum.type, None], value.encode("utf-8")
    return ["json", None], json.dumps(value).encode("utf-8")


def _encode_response(value: Mapping[str, Any]) -> Encoded:
    cookies = [
        morsel.OutputString() for jar in value.get("cookies") or () for morsel in jar.values()
    ]
    head = {
        "s": value["status_code"].value,
        "h": [[name, datum.value] for name, datum in value["headers"].items()],
        "c": cookies,
    }
    body = value["body"]
    content = b"" if body is None or body.value is None else body.value
    return ["http", head], content.encode("utf-8") if isinstance(content, str) else content

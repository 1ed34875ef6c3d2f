"""Convert values both ways, officially and by ours: ``values.py OUTCOMES``.

Runs on the interpreter of the judge's environment. Writes a JSON object by case, each a pair of
descriptions: what the official worker made of the value, and what ours made of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
import re
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

BOOTSTRAP = Path(__file__).resolve().parents[3] / "src" / "funcyard" / "functions" / "bootstrap.py"

func: Any = importlib.import_module("azure.functions")
Datum: Any = importlib.import_module("azure.functions.meta").Datum
official: Any = importlib.import_module("azure_functions_runtime.bindings.meta")

EVENT: dict[str, Any] = {
    "id": "1",
    "data": {"a": 1},
    "subject": "s",
    "event_type": "t",
    "event_time": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - as functions often give it
    "data_version": "1",
}

PLAIN: dict[str, Callable[[], Any]] = {
    "text": lambda: "x",
    "no text": lambda: "",
    "bytes": lambda: b"\x00\xff",
    "bytearray": lambda: bytearray(b"ab"),
    "nothing": lambda: None,
    "dict": lambda: {"a": [1, None]},
    "list": lambda: [1, "a"],
    "true": lambda: True,
    "int": lambda: 3,
    "float": lambda: 2.5,
    "object": object,
    "stream": lambda: io.BytesIO(b"stream"),
    "message": lambda: func.QueueMessage(body=b"m"),
    "messages": lambda: [func.QueueMessage(body="m"), func.QueueMessage(body=b"n")],
    "texts": lambda: ["a", "b"],
    "document": lambda: func.Document.from_dict({"id": "1"}),
    "event": lambda: func.EventGridOutputEvent(**EVENT),
    "events": lambda: [func.EventGridOutputEvent(**EVENT), "{}"],
    "response": lambda: func.HttpResponse(
        b"\x00", status_code=201, headers={"Set-Cookie": "a=b; Path=/"}, mimetype="image/png"
    ),
    "empty response": func.HttpResponse,
}
"""Made anew for each side: streams are read and headers are taken apart while they are encoded."""

OUTPUTS = (
    "generic", "http", "queue", "blob", "table", "cosmosDB", "eventHub", "serviceBus",
    "activityTrigger", "durableClient", "timerTrigger", "eventGrid", "neverHeardOf",
)  # fmt: skip
INPUTS = (
    "generic", "httpTrigger", "queueTrigger", "blobTrigger", "blob", "table", "timerTrigger",
    "cosmosDBTrigger", "activityTrigger", "eventGridTrigger", "neverHeardOf",
)  # fmt: skip
REQUEST = {
    "method": Datum("POST", "string"),
    "url": Datum("http://localhost/api/x?q=1", "string"),
    "headers": {"content-type": Datum("application/json", "string")},
    "params": {"id": Datum("7", "string")},
    "query": {"q": Datum("1", "string")},
    "body": Datum(b'{"a": 1}', "bytes"),
}
DATUMS: dict[str, Any] = {
    "text": Datum("plain", "string"),
    "json": Datum('{"IsPastDue": true, "id": "1"}', "json"),
    "event": Datum('{"id": "1", "eventTime": "2026-01-02T03:04:05Z", "data": [1]}', "json"),
    "cloud event": Datum('{"id": "1", "specversion": "1.0", "source": "s", "ours": 1}', "json"),
    "json list": Datum('[{"a": 1}]', "json"),
    "bytes": Datum(b"\x00\xff", "bytes"),
    "request": Datum(REQUEST, "http"),
    "no value": None,
}
METADATA = {
    "Id": Datum("a-1", "string"),
    "DequeueCount": Datum("2", "string"),
    "InsertionTime": Datum("2026-01-02T03:04:05+00:00", "string"),
    "PopReceipt": Datum("r", "string"),
    "BlobTrigger": Datum("in/a.csv", "string"),
    "Uri": Datum("http://localhost/in/a.csv", "string"),
    "Properties": Datum('{"ContentLength": 5}', "json"),
    "Metadata": Datum('{"k": "v"}', "json"),
}


def main(outcomes: Path) -> None:
    """Convert every value by both sides and write what came out."""
    official.load_binding_registry()
    ours = _bootstrap().load("functions.bindings")
    found: dict[str, list[str]] = {}
    for binding in OUTPUTS:
        for name, make in PLAIN.items():
            found[f"{binding} encodes {name}"] = [
                _told(partial(official.get_datum, binding, value := make(), type(value))),
                _told(partial(ours.encode, binding, value := make(), pytype=type(value))),
            ]
    for binding in INPUTS:
        found[f"{binding} takes trigger metadata"] = [
            repr(official.is_trigger_binding(binding)),
            repr(ours.takes_trigger_metadata(binding)),
        ]
        for name, datum in DATUMS.items():
            for metadata in (METADATA, {}):
                decode = partial(ours.decode, binding, datum)
                found[f"{binding} decodes {name}{' with metadata' if metadata else ''}"] = [
                    _told(partial(_official_decode, binding, datum, metadata)),
                    _told(partial(decode, trigger_metadata=metadata, pytype=None)),
                ]
    generic = importlib.import_module("azure_functions_runtime.bindings.generic").GenericBinding
    for binding in ("durableClient", "neverHeardOf"):
        found[f"a generic {binding} allows a return value"] = [
            repr(generic.has_implicit_output(binding)),
            repr(ours.GenericConverter.has_implicit_output(binding)),
        ]
    outcomes.write_text(json.dumps(found), encoding="utf-8")


def _official_decode(binding: str, datum: Any, metadata: dict[str, Any]) -> Any:  # noqa: ANN401 - a Datum
    return official.from_incoming_proto(
        binding,
        SimpleNamespace(WhichOneof=lambda _: "data", data=_TypedData(datum)),
        pytype=None,
        trigger_metadata={name: _TypedData(value) for name, value in metadata.items()},
        function_name="f",
    )


class _TypedData:
    """A datum as the protocol's message carries it."""

    def __init__(self, datum: Any) -> None:  # noqa: ANN401 - a Datum
        self._type = datum.type if datum is not None else None
        if datum is None:
            return
        if datum.type == "http":
            request = datum.value
            parts = {key: {k: v.value for k, v in request[key].items()}
                     for key in ("headers", "params", "query")}  # fmt: skip
            self.http = SimpleNamespace(
                method=request["method"].value,
                url=request["url"].value,
                body=_TypedData(request["body"]),
                **parts,
            )
        else:
            setattr(self, datum.type, datum.value)

    def WhichOneof(self, _: str) -> str | None:  # noqa: N802 - protobuf's own name
        """Return which field is set."""
        return str(self._type) if self._type else None


def _told(convert: Callable[[], Any]) -> str:
    """Describe a conversion's result, or its exception."""
    try:
        told = _describe(convert())
    except Exception as fault:  # noqa: BLE001 - whatever it is, both sides must raise it
        told = f"{type(fault).__name__}: {fault}"
    return re.sub(r" at 0x[0-9a-f]+", "", told)


def _describe(value: Any) -> str:  # noqa: ANN401 - whatever came out
    if hasattr(value, "type") and hasattr(value, "value"):
        return f"Datum {value.type} {_describe(value.value)}"
    if isinstance(value, Mapping):
        return str({key: _describe(item) for key, item in value.items()})
    if not type(value).__module__.startswith("azure"):
        return f"{type(value).__name__} {value!r}"
    told = {
        name: _describe(getattr(value, name))
        for name in dir(type(value))
        if isinstance(getattr(type(value), name), property) and not name.startswith("_")
    }
    for method in ("get_body", "read", "to_json"):
        if hasattr(value, method):
            told[method] = repr(getattr(value, method)())
    return f"{type(value).__name__} {told}"


def _bootstrap() -> Any:  # noqa: ANN401 - a module
    spec = importlib.util.spec_from_file_location("bootstrap", BOOTSTRAP)
    if spec is None or spec.loader is None:
        raise ImportError(str(BOOTSTRAP))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1]))

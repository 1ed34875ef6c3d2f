"""The messages of FunctionRpc.proto that the official worker builds while it indexes.

Those that carry functions are real protobuf classes, so that a value of a wrong type or an unknown
enum label fails as it does in Azure; no package on PyPI ships the generated module. The others only
carry a status and are plain records. Names, numbers and types are those of
https://github.com/Azure/azure-functions-language-worker-protobuf.
"""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

_PACKAGE = "AzureFunctionsRpcMessages"
_ENUMS: dict[str, dict[str, list[str]]] = {
    "BindingInfo": {
        "Direction": ["in", "out", "inout"],
        "DataType": ["undefined", "string", "binary", "stream"],
    },
    "RpcRetryOptions": {"RetryStrategy": ["exponential_backoff", "fixed_delay"]},
}
_FIELDS: dict[str, list[tuple[str, int, str]]] = {
    "BindingInfo": [
        ("type", 2, "string"),
        ("direction", 3, "Direction"),
        ("data_type", 4, "DataType"),
    ],
    "RpcRetryOptions": [
        ("max_retry_count", 2, "int32"),
        ("delay_interval", 3, "duration"),
        ("minimum_interval", 4, "duration"),
        ("maximum_interval", 5, "duration"),
        ("retry_strategy", 6, "RetryStrategy"),
    ],
    "RpcFunctionMetadata": [
        ("directory", 1, "string"),
        ("script_file", 2, "string"),
        ("entry_point", 3, "string"),
        ("name", 4, "string"),
        ("bindings", 6, "map of BindingInfo"),
        ("is_proxy", 7, "bool"),
        ("language", 9, "string"),
        ("raw_bindings", 10, "repeated string"),
        ("function_id", 13, "string"),
        ("managed_dependency_enabled", 14, "bool"),
        ("retry_options", 15, "RpcRetryOptions"),
        ("properties", 16, "map of string"),
    ],
}


class StatusResult(SimpleNamespace):
    """How a request ended."""

    Failure = 0
    Success = 1


def messages() -> SimpleNamespace:
    """Return an object that stands for the generated module."""
    factory = importlib.import_module("google.protobuf.message_factory")
    pool = _pool()
    classes: dict[str, Any] = {
        name: factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _FIELDS
    }
    records = (
        "FunctionLoadResponse",
        "FunctionMetadataResponse",
        "RpcException",
        "WorkerInitResponse",
        "WorkerMetadata",
    )
    return SimpleNamespace(
        StatusResult=StatusResult, **classes, **dict.fromkeys(records, SimpleNamespace)
    )


def _pool() -> Any:  # noqa: ANN401 - protobuf is not installed beside the tests
    descriptors = importlib.import_module("google.protobuf.descriptor_pb2")
    duration = importlib.import_module("google.protobuf.duration_pb2")
    file = descriptors.FileDescriptorProto(
        name="FunctionRpc.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[duration.DESCRIPTOR.name],
    )
    for name, fields in _FIELDS.items():
        message = file.message_type.add(name=name)
        for enum, labels in _ENUMS.get(name, {}).items():
            described = message.enum_type.add(name=enum)
            for number, label in enumerate(labels):
                described.value.add(name=label, number=number)
        for field, number, kind in fields:
            _add_field(message, field, number, kind)
    pool = importlib.import_module("google.protobuf.descriptor_pool").DescriptorPool()
    pool.AddSerializedFile(duration.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return pool


def _add_field(message: Any, name: str, number: int, kind: str) -> None:  # noqa: ANN401 - see above
    field = message.field.add(name=name, number=number)
    field.label = field.LABEL_OPTIONAL
    if kind.startswith("map of "):
        entry = message.nested_type.add(name=f"{name.title()}Entry")
        entry.options.map_entry = True
        _add_field(entry, "key", 1, "string")
        _add_field(entry, "value", 2, kind.removeprefix("map of "))
        field.label = field.LABEL_REPEATED
        kind = f"{message.name}.{entry.name}"
    elif kind.startswith("repeated "):
        field.label = field.LABEL_REPEATED
        kind = kind.removeprefix("repeated ")
    if kind in {"string", "bool", "int32"}:
        field.type = getattr(field, f"TYPE_{kind.upper()}")
    elif kind == "duration":
        field.type, field.type_name = field.TYPE_MESSAGE, ".google.protobuf.Duration"
    elif kind in _ENUMS.get(message.name, {}):
        field.type, field.type_name = field.TYPE_ENUM, f".{_PACKAGE}.{message.name}.{kind}"
    else:
        field.type, field.type_name = field.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"

"""Index many apps one way and write what came out: ``side.py official|funcyard APPS OUTCOMES``.

Runs on the interpreter of the judge's environment. ``APPS`` is a folder of apps, each with an
optional ``settings.json`` beside its script; ``OUTCOMES`` becomes a JSON object by app. Each app is
loaded in a fork of its own. Both sides are put in the same words: functions with their raw bindings
and all that binding decided about them, or the failure as ``class: message``.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from funcyard.functions.loader import BoundFunction, ParameterType
    from funcyard.functions.model import Function

HERE = Path(__file__).resolve().parent
BOOTSTRAP = HERE.parents[2] / "src" / "funcyard" / "functions" / "bootstrap.py"


def main(side: str, apps: Path, outcomes: Path) -> None:
    """Load every app and write the outcomes."""
    importlib.import_module("azure.functions")
    if side == "official":
        importlib.import_module("azure_functions_runtime.handle_event")
        protocol = _by_path("protocol", HERE / "protocol.py").messages()

        def load(app: Path) -> dict[str, Any]:
            return _official(app, protocol)
    else:
        loader = _by_path("bootstrap", BOOTSTRAP).load("functions.loader")

        def load(app: Path) -> dict[str, Any]:
            return _funcyard(app, loader)

    found = {app.name: _forked(load, app) for app in sorted(apps.iterdir())}
    outcomes.write_text(json.dumps(found), encoding="utf-8")


def _official(app: Path, protos: SimpleNamespace) -> dict[str, Any]:
    worker = importlib.import_module("azure_functions_runtime.handle_event")
    sys.path.insert(0, str(app))
    request = SimpleNamespace(
        request=SimpleNamespace(
            worker_init_request=SimpleNamespace(capabilities={}, function_app_directory=str(app))
        ),
        properties={"host": "127.0.0.1", "protos": protos},
    )
    try:
        answer = asyncio.run(worker.worker_init_request(request))
    except SystemExit as fault:
        return {"failure": f"SystemExit: {fault}"}
    if answer.result.status != protos.StatusResult.Success:
        return {"failure": answer.result.exception.message}
    listed = asyncio.run(worker.functions_metadata_request(request)).function_metadata_results
    return {"functions": [_official_function(worker, metadata) for metadata in listed or ()]}


def _official_function(worker: ModuleType, metadata: Any) -> dict[str, Any]:  # noqa: ANN401 - a protobuf message
    bound = worker._functions.get_function(metadata.function_id)  # noqa: SLF001 - what an invocation uses
    retry = metadata.retry_options if metadata.HasField("retry_options") else None
    return {
        "name": metadata.name,
        "script_file": metadata.script_file,
        "bindings": [json.loads(raw) for raw in metadata.raw_bindings],
        "directory": bound.directory,
        "is_async": bound.is_async,
        "requires_context": bound.requires_context,
        "has_return": bound.has_return,
        "settlement_client": bound.settlement_client_arg,
        "inputs": {name: _official_type(found) for name, found in bound.input_types.items()},
        "outputs": {name: _official_type(found) for name, found in bound.output_types.items()},
        "returns": _official_type(bound.return_type) if bound.return_type else None,
        "sdk_types": bound.deferred_bindings_enabled,
        "http_streams": bound.is_http_func and worker.HttpV2Registry.http_v2_enabled(),
        "retry": [
            retry.DESCRIPTOR.enum_types_by_name["RetryStrategy"]
            .values_by_number[retry.retry_strategy]
            .name,
            retry.max_retry_count,
        ]
        if retry is not None
        else None,
    }


def _official_type(found: Any) -> list[Any]:  # noqa: ANN401 - the official ParamTypeInfo
    return [found.binding_name, repr(found.pytype), found.deferred_bindings_enabled]


def _funcyard(app: Path, loader: ModuleType) -> dict[str, Any]:
    loaded = loader.load_app(app, os.environ)
    failure = loaded.index.failure
    if failure is not None:
        known = not failure.message.startswith("Unhandled exception in function.")
        return {"failure": f"{failure.kind}: {failure.message}" if known else failure.message}
    return {
        "functions": [
            _our_function(function, loaded.bound[function.name])
            for function in loaded.index.functions
        ]
    }


def _our_function(function: Function, bound: BoundFunction) -> dict[str, Any]:
    retry = function.retry
    return {
        "name": function.name,
        "script_file": function.script_file,
        "bindings": [binding.properties for binding in function.bindings],
        "directory": bound.directory,
        "is_async": bound.is_async,
        "requires_context": bound.requires_context,
        "has_return": bound.has_return,
        "settlement_client": bound.settlement_client,
        "inputs": {name: _our_type(found) for name, found in bound.input_types.items()},
        "outputs": {name: _our_type(found) for name, found in bound.output_types.items()},
        "returns": _our_type(bound.return_type) if bound.return_type else None,
        "sdk_types": "sdk-types" in function.needs,
        "http_streams": "http-streams" in function.needs,
        "retry": [retry["strategy"], int(retry["max_retry_count"])] if retry else None,
    }


def _our_type(found: ParameterType) -> list[Any]:
    return [found.binding_type, repr(found.pytype), found.deferred]


def _forked(load: Callable[[Path], dict[str, Any]], app: Path) -> dict[str, Any]:
    """Load one app in a child process; what it prints is dropped."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.chdir(app)
        settings = app / "settings.json"
        if settings.exists():
            os.environ.update(json.loads(settings.read_text(encoding="utf-8")))
        with os.fdopen(writing, "w") as pipe:
            json.dump(load(app), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    outcome: dict[str, Any] = json.loads(said) if said else {"failure": f"process: {status}"}
    return outcome


def _by_path(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(str(path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

"""Index apps one way and tell what came out: ``side.py official|funcyard v1|v2``.

Runs on the interpreter of the judge's environment. Reads the folders of apps from its input, a line
each, with an optional ``settings.json`` beside the script; answers each with a line of JSON. Each
app is loaded in a fork of its own. Both sides are put in the same words: functions with their raw
bindings and all that binding decided about them, or the failure as ``class: message``; of the model
v1 the failure of each function that has one.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from funcyard.functions.bound import BoundFunction, ParameterType
    from funcyard.functions.loader import LoadedApp
    from funcyard.functions.model import Function, LoadFailure

    Load = Callable[[Path], dict[str, Any]]

HERE = Path(__file__).resolve().parent
BOOTSTRAP = HERE.parents[2] / "src" / "funcyard" / "functions" / "bootstrap.py"
HEAVY = ("aiohttp", "azure.identity", "azure.storage.blob", "fastapi", "furl", "uvicorn")
"""What the extensions are built on: imported once, so that the forks need not. No extension itself:
one that is imported changes how functions are bound."""


def main(side: str, model: str) -> None:
    """Load every app that is named and tell the outcome."""
    for module in ("azure.functions", *HEAVY):
        importlib.import_module(module)
    load = _official_side(model) if side == "official" else _our_side(model)
    for line in sys.stdin:
        print(json.dumps(_forked(load, Path(line.rstrip("\n")))), flush=True)  # noqa: T201 - the answer


def _official_side(model: str) -> Load:
    protos = _by_path("protocol", HERE / "protocol.py").messages()
    package = "azure_functions_runtime_v1" if model == "v1" else "azure_functions_runtime"
    worker = importlib.import_module(f"{package}.handle_event")
    return functools.partial(_official_v1 if model == "v1" else _official, worker, protos)


def _our_side(model: str) -> Load:
    load = _by_path("bootstrap", BOOTSTRAP).load
    if model == "v1":
        return functools.partial(_funcyard_v1, load("functions.legacy"))
    return functools.partial(_funcyard, load("functions.loader"))


def _official(worker: ModuleType, protos: SimpleNamespace, app: Path) -> dict[str, Any]:
    request = _init_request(protos, app)
    try:
        answer = asyncio.run(worker.worker_init_request(request))
    except SystemExit as fault:
        return {"failure": f"SystemExit: {fault}"}
    if answer.result.status != protos.StatusResult.Success:
        return {"failure": answer.result.exception.message}
    listed = asyncio.run(worker.functions_metadata_request(request)).function_metadata_results
    return {"functions": [_official_function(worker, metadata) for metadata in listed or ()]}


def _init_request(protos: SimpleNamespace, app: Path) -> SimpleNamespace:
    sys.path.insert(0, str(app))
    return SimpleNamespace(
        request=SimpleNamespace(
            worker_init_request=SimpleNamespace(capabilities={}, function_app_directory=str(app))
        ),
        properties={"host": "127.0.0.1", "protos": protos},
    )


def _official_v1(worker: ModuleType, protos: SimpleNamespace, app: Path) -> dict[str, Any]:
    asyncio.run(worker.worker_init_request(_init_request(protos, app)))
    functions, failures = [], {}
    for config in sorted(app.glob("*/function.json"), key=lambda path: path.parent.name.lower()):
        name = config.parent.name
        metadata = _metadata(protos, name, config)
        loading = SimpleNamespace(function_id=name, metadata=metadata)
        request = SimpleNamespace(request=SimpleNamespace(function_load_request=loading))
        try:
            result = asyncio.run(worker.function_load_request(request)).result
        except SystemExit as fault:
            failures[name] = f"SystemExit: {fault}"
            continue
        if result.status == protos.StatusResult.Success:
            bound = worker._functions.get_function(name)  # noqa: SLF001 - what an invocation uses
            functions.append(_official_v1_function(bound))
        else:
            failures[name] = result.exception.message
    return {"functions": functions, "failures": failures}


def _metadata(protos: SimpleNamespace, name: str, config: Path) -> Any:  # noqa: ANN401 - a protobuf message
    """Build what the host hands to the worker: the file as it is, the script's whole path."""
    declared = json.loads(config.read_text(encoding="utf-8"))
    script = os.path.normpath(config.parent / declared.get("scriptFile", "__init__.py"))
    bindings = {}
    for binding in declared["bindings"]:
        kind = binding.get("dataType", "undefined")
        bindings[binding["name"]] = protos.BindingInfo(
            type=binding["type"],
            direction=binding["direction"].lower(),
            data_type=kind.lower() if isinstance(kind, str) else kind,
        )
    return protos.RpcFunctionMetadata(
        name=name,
        directory=str(config.parent),
        script_file=script,
        entry_point=declared.get("entryPoint", ""),
        bindings=bindings,
    )


def _official_v1_function(bound: Any) -> dict[str, Any]:  # noqa: ANN401 - the official FunctionInfo
    return {
        "name": bound.name,
        "directory": bound.directory,
        "is_async": bound.is_async,
        "requires_context": bound.requires_context,
        "has_return": bound.has_return,
        "inputs": {name: _official_v1_type(found) for name, found in bound.input_types.items()},
        "outputs": {name: _official_v1_type(found) for name, found in bound.output_types.items()},
        "returns": _official_v1_type(bound.return_type) if bound.return_type else None,
    }


def _official_v1_type(found: Any) -> list[Any]:  # noqa: ANN401 - the official ParamTypeInfo
    return [found.binding_name, repr(found.pytype)]


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


async def _on_a_loop(load: Callable[[Path, Mapping[str, str]], LoadedApp], app: Path) -> LoadedApp:
    return load(app, os.environ)


def _funcyard_v1(legacy: ModuleType, app: Path) -> dict[str, Any]:
    loaded = asyncio.run(_on_a_loop(legacy.load_any, app))
    failures = {each.name: _told(each.failure) for each in loaded.index.broken}
    functions = []
    for function in loaded.index.functions:
        told = _our_function(function, loaded.bound[function.name])
        for name in ("script_file", "bindings", "settlement_client", "retry"):
            del told[name]
        del told["sdk_types"], told["http_streams"]
        for kind in ("inputs", "outputs"):
            told[kind] = {name: found[:2] for name, found in told[kind].items()}
        told["returns"] = told["returns"] and told["returns"][:2]
        functions.append(told)
    return {"functions": functions, "failures": failures}


def _funcyard(loader: ModuleType, app: Path) -> dict[str, Any]:
    loaded = asyncio.run(_on_a_loop(loader.load_app, app))
    failure = loaded.index.failure
    if failure is not None:
        return {"failure": _told(failure)}
    return {
        "functions": [
            _our_function(function, loaded.bound[function.name])
            for function in loaded.index.functions
        ]
    }


def _told(failure: LoadFailure) -> str:
    known = not failure.message.startswith("Unhandled exception in function.")
    return f"{failure.kind}: {failure.message}" if known else failure.message


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


def _forked(load: Load, app: Path) -> dict[str, Any]:
    """Load one app in a child process; what it prints is dropped."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
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
    main(*sys.argv[1:])

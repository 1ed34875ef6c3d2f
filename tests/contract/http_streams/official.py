"""The official worker with streamed HTTP, and as much of a host as it needs: ``official.py APP``.

Runs on the judge's interpreter. The worker serves its web extension; for every case an invocation
is asked for and, at the same time, the request is sent there with the invocation's id, as the real
host does. Tells for each case the answer, and the outcome of the invocation; or why there is none.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import sys
import uuid
from pathlib import Path
from types import SimpleNamespace
from typing import Any

HERE = Path(__file__).resolve().parent


async def main(app: Path) -> dict[str, Any]:
    """Load the app and tell how it answers."""
    worker = importlib.import_module("azure_functions_runtime.handle_event")
    importlib.import_module("azure_functions_runtime").start_threadpool_executor()
    protos = _by_path(HERE.parent / "discovery" / "protocol.py").messages()
    protos.InvocationResponse = SimpleNamespace
    cases = _by_path(HERE / "requests.py")
    sys.path.insert(0, str(app))
    init = SimpleNamespace(capabilities={}, function_app_directory=str(app))
    request = SimpleNamespace(
        request=SimpleNamespace(worker_init_request=init),
        properties={"host": "127.0.0.1", "protos": protos},
    )
    started = await worker.worker_init_request(request)
    if started.result.status != protos.StatusResult.Success:
        return {"failure": started.result.exception.message}
    address = started.capabilities["HttpUri"].removeprefix("http://").split(":")
    listed = (await worker.functions_metadata_request(request)).function_metadata_results
    identities = {metadata.name: metadata.function_id for metadata in listed}
    await _listening(address[0], int(address[1]))
    told = {}
    for case in cases.CASES:
        identity = str(uuid.uuid4())
        invocation = asyncio.create_task(
            worker.invocation_request(_invocation(identities[case.function], identity, case))
        )
        told[case.name] = await asyncio.to_thread(
            cases.answer_of,
            (address[0], int(address[1])),
            case,
            ("x-ms-invocation-id", identity),
        )
        result = (await invocation).result
        told[case.name]["function"] = (
            "returned"
            if result.status == protos.StatusResult.Success
            else result.exception.message.replace(identity, "ID")
        )
    return told


def _invocation(function: str, identity: str, case: Any) -> SimpleNamespace:  # noqa: ANN401 - from the file beside
    parameters = dict(case.parameters)
    http = SimpleNamespace(
        method=case.method,
        url=case.path,
        headers={},
        params=parameters,
        query={},
        body=SimpleNamespace(WhichOneof=lambda _: None),
    )
    data = SimpleNamespace(WhichOneof=lambda _: "http", http=http)
    message = SimpleNamespace(
        invocation_id=identity,
        function_id=function,
        input_data=[SimpleNamespace(name="req", WhichOneof=lambda _: "data", data=data)],
        trigger_metadata={},
        trace_context=SimpleNamespace(trace_parent="", trace_state="", attributes={}),
        retry_context=SimpleNamespace(retry_count=0, max_retry_count=0, exception=None),
    )
    return SimpleNamespace(request=SimpleNamespace(invocation_request=message))


async def _listening(host: str, port: int) -> None:
    for _ in range(500):
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


def _by_path(path: Path) -> Any:  # noqa: ANN401 - a module
    spec = importlib.util.spec_from_file_location(path.stem + "_beside", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    outcome = asyncio.run(main(Path(sys.argv[1])))
    Path(sys.argv[2]).write_text(json.dumps(outcome), encoding="utf-8")

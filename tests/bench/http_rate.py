"""HTTP requests per second of the host against the same handler on bare Starlette and uvicorn.

32 connections, a small JSON answer, invocation log on; peer and host in turn, three rounds each,
medians and their ratio. wrk, the load, shares the machine's cores with both.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.machinery import free_port, print_ratio, up_in_lines

_SECONDS = 4
_ROUNDS = 3
_CONNECTIONS = 32

APP = """
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(route="async")
async def handle_async(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse('{"hello": "world"}', mimetype="application/json")


@app.route(route="sync")
def handle_sync(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse('{"hello": "world"}', mimetype="application/json")
"""

PEER = """
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route


async def handle_async(request):
    return Response('{"hello": "world"}', media_type="application/json")


def handle_sync(request):
    return Response('{"hello": "world"}', media_type="application/json")


app = Starlette(routes=[Route("/api/async", handle_async), Route("/api/sync", handle_sync)])
"""


def main() -> None:
    """Run the comparison and print it."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "peer.py").write_text(PEER, encoding="utf-8")
        port = free_port()
        peer = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "peer:app", "--port", str(port),
             "--log-level", "warning", "--no-access-log"],
            cwd=folder,
        )  # fmt: skip
        try:
            with up_in_lines(folder / "project", {"api": APP}) as url:
                for kind in ("async", "sync"):
                    _compare(kind, url, f"http://127.0.0.1:{port}")
        finally:
            peer.terminate()
            peer.wait()


def _compare(kind: str, ours: str, peer: str) -> None:
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    for address in (ours, peer):
        _rate(f"{address}/api/{kind}", 1)
    for _ in range(_ROUNDS):
        rates["peer"].append(_rate(f"{peer}/api/{kind}", _SECONDS))
        rates["ours"].append(_rate(f"{ours}/api/{kind}", _SECONDS))
    print_ratio(
        f"HTTP requests/s, {kind} handler",
        statistics.median(rates["ours"]),
        "Starlette",
        statistics.median(rates["peer"]),
        target="0.4" if kind == "async" else "0.8",
    )


def _rate(url: str, seconds: int) -> float:
    done = subprocess.run(
        ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", url],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    if "Non-2xx" in done.stdout:
        raise SystemExit(done.stdout)
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if found is None:
        raise SystemExit(done.stdout)
    return float(found[1])


if __name__ == "__main__":
    main()

"""The images of apps that work and of apps that do not, in a registry of a local Azure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.integration.emulator.registries import LocalRegistry
from tests.integration.emulator.replicas import Pushed, pushed

from funcyard.emulator.registries.packing import Packing

_SERVER = """\
import http.server, os, signal, sys, time
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in ("/", "/ready") else 404)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *ignored):
        pass
signal.signal(signal.SIGTERM, lambda *ignored: os._exit(0))
time.sleep(float(os.environ.get("SLOW", "0")))
port = int(os.environ.get("LISTEN", "80"))
print(f"Listening on :{port}...", flush=True)
here = port if port >= 1024 else port + 20000
http.server.ThreadingHTTPServer((os.environ["HOST"], here), Answer).serve_forever()
"""
_CRASH = "import time\nfrom nowhere_to_be_found import anything\n"
_HUNGRY = "import time; kept = b'x' * (700 * 1024 * 1024); time.sleep(60)"
_HOST = '{"version": "2.0"}'
_FUNCTION = """
@app.route(route="{name}", auth_level="anonymous")
def {name}(req: func.HttpRequest) -> str:
    return "{name}"
"""
_APP = "import azure.functions as func\n\napp = func.FunctionApp()\n"
NAMES = tuple(f"function_{number}" for number in range(10))


@dataclass(frozen=True)
class Images:
    """What apps are made of.

    Attributes:
        registry: Where they are.
        plain: Serves a page at 80, or where ``LISTEN`` says, ``SLOW`` seconds after its start;
            beside it programs that end.
        functions: A function app with ten functions.
        nine: The same with nine.
        none: The same with an annotation that the worker refuses.
        empty: One that registers nothing.
    """

    registry: LocalRegistry
    plain: Pushed
    functions: Pushed
    nine: Pushed
    none: Pushed
    empty: Pushed


def made(registry: LocalRegistry, folder: Path) -> Images:
    """Push all images."""
    functions = "".join(_FUNCTION.format(name=name) for name in NAMES)
    refused = functions + (
        '\n@app.timer_trigger(arg_name="timer", schedule="0 0 0 * * *")\n'
        "def nightly(timer: dict[str, str]) -> None:\n    pass\n"
    )
    nine = "".join(_FUNCTION.format(name=name) for name in NAMES[:9])
    python = Packing(("python", "-S", "-E", "/app/server.py"), 80)
    programs = {"server.py": _SERVER, "crash.py": _CRASH, "hungry.py": _HUNGRY}
    wanted: dict[str, tuple[Mapping[str, str], Packing]] = {
        "plain": (programs, python),
        "functions": (_app(functions), Packing()),
        "nine": (_app(nine), Packing()),
        "none": (_app(refused), Packing()),
        "empty": (_app(""), Packing()),
    }

    async def all_pushed() -> list[Pushed]:
        return await asyncio.gather(
            *(
                pushed(registry, _written(folder / name, files), name, packing)
                for name, (files, packing) in wanted.items()
            )
        )

    return Images(registry, *asyncio.run(all_pushed()))


def pushed_program(registry: LocalRegistry, folder: Path, program: str) -> Pushed:
    """Push an image that runs one program."""
    (folder / "main.py").write_text(program, encoding="utf-8")
    packing = Packing(("python", "-S", "-E", "/app/main.py"), 80)
    return asyncio.run(pushed(registry, folder, "program", packing))


def _app(functions: str) -> dict[str, str]:
    return {"host.json": _HOST, "function_app.py": _APP + functions}


def _written(folder: Path, files: Mapping[str, str]) -> Path:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder

"""What benchmarks of the workspace share: storage, sample trees, programs to compare with."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import functools
import os
import random
import subprocess
import sys
import sysconfig
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.machinery import ROOT
from tests.integration.host.host_app import new_key

from funcyard.host.azurite.locate import Places, find
from funcyard.host.azurite.process import AzuriteProcess, Ports
from funcyard.host.events import Events

if TYPE_CHECKING:
    from collections.abc import Iterator

Files = dict[str, bytes]

_FOLDERS = 20


@contextlib.contextmanager
def azurite(location: Path) -> Iterator[str]:
    """Run an Azurite until the block is left; yield its connection string."""
    places = Places(
        prefix=Path(sys.prefix),
        data_home=Path.home() / ".local" / "share",
        search_path="/usr/local/bin:/usr/bin:/bin",
    )
    process = AzuriteProcess(
        find(places), location=location, key=new_key(), ports=Ports(), events=Events()
    )
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(process.start(), loop).result(60)
    try:
        yield process.connection_string
    finally:
        asyncio.run_coroutine_threadsafe(process.stop(), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@functools.cache
def text() -> bytes:
    """Return real sources, one after another: Python's own."""
    folder = Path(sysconfig.get_paths()["stdlib"])
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))


def source(choice: random.Random) -> bytes:
    """Return a piece of real sources, of the size that files have: 3 kB at the median."""
    size = int(choice.lognormvariate(8, 1))
    start = choice.randrange(len(text()) - size)
    return text()[start : start + size]


def tree(files: int, choice: random.Random) -> Files:
    """Return sources in twenty folders."""
    return {f"part{number % _FOLDERS}/step{number}.py": source(choice) for number in range(files)}


@functools.cache
def _functions() -> tuple[str, ...]:
    """Return real functions that need nothing to be defined: of Python's own sources."""
    found = []
    for path in sorted(Path(sysconfig.get_paths()["stdlib"]).glob("*.py")):
        written = path.read_text(encoding="utf-8", errors="replace")
        for node in ast.parse(written).body:
            if isinstance(node, ast.FunctionDef) and not node.decorator_list:
                bare = ast.FunctionDef(**{**vars(node), "body": []})
                if not any(isinstance(one, ast.Name | ast.Attribute) for one in ast.walk(bare)):
                    found.append(ast.get_source_segment(written, node) or "")
    return tuple(found)


def module(choice: random.Random) -> str:
    """Return a module of real functions, of the size that :func:`source` has."""
    size, parts = int(choice.lognormvariate(8, 1)), [""]
    while sum(map(len, parts)) < size:
        parts.append(choice.choice(_functions()))
    return "\n\n\n".join(parts).lstrip() + "\n"


def write_tree(folder: Path, files: Files) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def read_tree(folder: Path) -> Files:
    """Return the files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@dataclass(frozen=True)
class Program:
    """A program to compare with.

    Attributes:
        path: Where it is.
        environment: What it is started with, beside what this process has.
    """

    path: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path, folder: Path | None = None) -> None:
        """Run it to its good end."""
        done = subprocess.run(
            [self.path, *arguments],
            env={**os.environ, **self.environment},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{self.path.name} failed:\n{done.stdout.decode(errors='replace')}")


def debian(name: str) -> Program:
    """Return a program of Debian, unpacked beside the environment."""
    done = subprocess.run(
        [ROOT / "scripts" / "debian-programs.sh", "rsync", "zip"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{name} cannot be had:\n{done.stderr}")
    folder = Path(done.stdout.strip())
    libraries = os.pathsep.join(str(path) for path in folder.glob("usr/lib/*-linux-gnu"))
    found = folder / "usr" / "bin" / name
    return Program(found) if not libraries else Program(found, {"LD_LIBRARY_PATH": libraries})


def rclone(url: str, key: str, account: str, share: str) -> Program:
    """Return rclone with a share as ``azure:``."""
    remote = {
        "TYPE": "azurefiles",
        "ACCOUNT": account,
        "KEY": key,
        "SHARE_NAME": share,
        "ENDPOINT": url,
    }
    environment = {f"RCLONE_CONFIG_AZURE_{name}": value for name, value in remote.items()}
    return Program(
        Path(sys.executable).with_name("rclone"), {**environment, "RCLONE_CONFIG": os.devnull}
    )

"""The Docker engine of these tests, spoken to by its own command-line clients."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def run(
    *command: str | Path, cwd: Path | None = None, environment: dict[str, str] | None = None
) -> str:
    """Run a command and return what it prints; its failure shows everything that it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "DOCKER_BUILDKIT": "1", **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-6000:]}"
    return done.stdout


def docker(*arguments: str | Path, cwd: Path | None = None) -> str:
    """Run docker and return what it prints."""
    return run("docker", *arguments, cwd=cwd).strip()


def build(tag: str, dockerfile: Path, context: Path, **arguments: str) -> float:
    """Build an image and return how long it took, in seconds."""
    began = time.monotonic()
    flags = [f"--build-arg={name}={value}" for name, value in arguments.items()]
    docker("build", "--progress=plain", f"--file={dockerfile}", f"--tag={tag}", *flags, context)
    return time.monotonic() - began


def inspect(thing: str) -> dict[str, Any]:
    """Return what the engine knows of a container or an image."""
    found: dict[str, Any] = json.loads(docker("inspect", thing))[0]
    return found


def own_bytes(image: str, base: str) -> int:
    """Return the size of the layers that an image adds to its base, in bytes."""
    ours, theirs = inspect(image), inspect(base)
    layers = theirs["RootFS"]["Layers"]
    assert ours["RootFS"]["Layers"][: len(layers)] == layers, f"{image} is not built on {base}"
    return int(ours["Size"]) - int(theirs["Size"])

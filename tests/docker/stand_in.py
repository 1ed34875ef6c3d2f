"""Stand-ins for Microsoft's images: no registry is needed, only Debian and the package index.

Debian and the wheels are kept in ``build/test-docker`` between runs; the images are made anew in
every engine.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import sys
import tomllib
from pathlib import Path

from tests.docker.engine import ROOT, build, docker, run

DEBIAN = "funcyard-test/debian:bookworm"
FUNCTIONS = "funcyard-test/functions:python3.11"
AZURITE = "funcyard-test/azurite:pinned"
IMAGES = (FUNCTIONS, AZURITE, DEBIAN)

_CACHE = ROOT / "build" / "test-docker"
_PACKAGES = "python3,python3-venv,libstdc++6,libatomic1,git,passwd"
_SETS = ROOT / "src" / "funcyard" / "project" / "dependency_sets"
_LOCKS = (
    *sorted(_SETS.glob("*/requirements.hashed.txt")),
    ROOT / "tools/judges/poetry.txt",
    ROOT / "requirements/workspace.txt",
    ROOT / "requirements/debugger.txt",
)
_BUILD_BACKENDS = ("poetry-core>=2,<3", "hatchling")


def make_images(folder: Path, tools: tuple[str, ...]) -> None:
    """Make the three images in the engine.

    Args:
        folder: An empty folder for what goes into them.
        tools: Requirements that generated Dockerfiles install by name.
    """
    docker("import", _debian(), DEBIAN)
    images = Path(__file__).parent / "images"
    context = folder / "functions"
    shutil.copytree(_wheels(tools), context / "wheels")
    run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", context / "wheels", ROOT),
    )
    build(FUNCTIONS, images / "functions.Dockerfile", context, DEBIAN=DEBIAN)
    context = folder / "azurite"
    found = json.loads(
        run(Path(sys.executable).with_name("funcyard"), "azurite", "where", "--json")
    )
    modules = next(p for p in Path(found["main"]).parents if p.name == "node_modules")
    shutil.copytree(modules, context / "node_modules", symlinks=True)
    shutil.copy(Path(found["node"]).resolve(), context / "node")
    build(AZURITE, images / "azurite.Dockerfile", context, DEBIAN=DEBIAN)


def remove_images() -> None:
    """Remove them from the engine."""
    docker("image", "rm", "--force", *IMAGES)


def _debian() -> Path:
    """Return a tarball of Debian 12 with Python 3.11 and Git."""
    digest = hashlib.sha256(_PACKAGES.encode()).hexdigest()
    made = _CACHE / f"debian-{digest[:12]}.tar"
    if not made.exists():
        _CACHE.mkdir(parents=True, exist_ok=True)
        partial = made.with_name("debian.partial.tar")
        run("mmdebstrap", "--variant=essential", f"--include={_PACKAGES}", "bookworm", partial)
        for old in _CACHE.glob("debian-*.tar"):
            old.unlink()
        partial.replace(made)
    return made


def _wheels(tools: tuple[str, ...]) -> Path:
    """Return a folder with every wheel that the images install, Funcyard's own excepted."""
    assert sys.version_info[:2] == (3, 11), "the images' Python is 3.11: make .venv from 3.11 too"
    pins = ROOT / "requirements" / "dev.txt"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    inputs = [*(lock.read_text(encoding="utf-8") for lock in (*_LOCKS, pins)), *tools]
    inputs += [*project["dependencies"], *_BUILD_BACKENDS]
    digest = hashlib.sha256("\n".join(inputs).encode()).hexdigest()
    folder = _CACHE / f"wheels-{digest[:12]}"
    if folder.exists():
        return folder
    partial = _CACHE / "wheels.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    constraints = partial / "constraints.txt"
    found = re.findall(r"^([\w.-]+==[^\s;\\]+)", pins.read_text(encoding="utf-8"), re.MULTILINE)
    constraints.write_text("\n".join(found), encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--only-binary=:all:")
    for lock in _LOCKS:
        run(*pip, "--dest", partial, "--requirement", lock)
    run(*pip, "--dest", partial, "--constraint", constraints, *project["dependencies"])
    run(*pip, "--dest", partial, *_BUILD_BACKENDS, *tools)
    constraints.unlink()
    for old in _CACHE.glob("wheels-*"):
        shutil.rmtree(old)
    return partial.rename(folder)

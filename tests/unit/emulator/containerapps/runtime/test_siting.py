"""What is run for a container where its replica is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, cast

import pytest

from funcyard.emulator.containerapps.runtime.process import Launch, LaunchError
from funcyard.emulator.containerapps.runtime.pulling import Image
from funcyard.emulator.containerapps.runtime.siting import Site
from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ReplicaSpec
from funcyard.emulator.core.clock import Clock

_IMAGE = Image("sha256:1", None, ("/bin/sh", "-c"), ("exit",))


def _launched(folder: Path, spec: ContainerSpec) -> Launch:
    site = Site(
        ReplicaSpec(name="app--1", containers=(spec,)),
        "127.88.0.1",
        folder,
        folder / "environments",
        cast("Any", None),
        Clock(),
        Path("ca.pem"),
    )
    lines: list[tuple[str, str]] = []

    def printed(stream: str, text: str) -> None:
        lines.append((stream, text))

    launch, takes = asyncio.run(site.launch(spec, _IMAGE, printed))
    takes("stdout", "one")
    assert lines == [("stdout", "one")], "no line of a container that is no function app is read"
    return launch


def test_a_container_has_files_of_its_own_and_its_images_command(tmp_path: Path) -> None:
    spec = ContainerSpec(name="main", image="unused", environment={"SAID": "hello"})
    launch = _launched(tmp_path, spec)

    assert launch.command == ("/bin/sh", "-c", "exit")
    assert launch.environment["SAID"] == "hello"
    assert (tmp_path / "main" / "root").is_dir()


def test_a_command_that_is_not_there_cannot_be_run(tmp_path: Path) -> None:
    spec = ContainerSpec(name="main", image="unused", command=("/no/such/program",))
    with pytest.raises(LaunchError):
        _launched(tmp_path, spec)

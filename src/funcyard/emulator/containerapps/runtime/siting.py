"""Where the containers of a replica run, and what runs there for one."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.emulator.containerapps.runtime import functions_app, launching
from funcyard.emulator.containerapps.runtime.host_console import HostConsole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.emulator.containerapps.runtime.process import Launch
    from funcyard.emulator.containerapps.runtime.pulling import Image, Images
    from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ReplicaSpec
    from funcyard.emulator.core.clock import Clock

    Printed = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the containers of a replica run.

    Attributes:
        replica: What is wanted of that.
        host: Its address.
        folder: Of its files.
        environments: Where environments of function apps are kept.
        images: Where images come from.
        clock: Of the local Azure.
        authority: File of the certificate to trust.
    """

    replica: ReplicaSpec
    host: str
    folder: Path
    environments: Path
    images: Images
    clock: Clock
    authority: Path

    async def launch(
        self, spec: ContainerSpec, image: Image, printed: Printed
    ) -> tuple[Launch, Printed]:
        """Make the files of a container; return what is run, and what takes its lines.

        Args:
            spec: What is wanted of it.
            image: Its own.
            printed: Takes stream and text of each line that is the container's.

        Raises:
            LaunchError: It cannot be run.
        """
        root = self.folder / spec.name / "root"
        await asyncio.to_thread(launching.prepare, image, spec, root)
        found = launching.surroundings(
            image, spec, self.replica, root, host=self.host, authority=self.authority
        )
        app = launching.functions_folder(image, spec, root)
        if app is None:
            command = launching.command_of(image, spec)
            return launching.with_command(found, command, root), printed
        keys = self.folder / spec.name / "keys.json"
        launch = await functions_app.host_launch(
            found, app, spec.name, keys, self.environments, printed
        )
        return launch, HostConsole(printed)

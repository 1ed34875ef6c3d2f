"""One container of a replica: pulled, started, probed, ended and started again.

One task goes through its life; whatever is seen from outside is its state, which is replaced whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime import functions_app, launching, listening, probing
from funcyard.emulator.containerapps.runtime.backoff import BackOff
from funcyard.emulator.containerapps.runtime.host_console import HostConsole
from funcyard.emulator.containerapps.runtime.interface import (
    ContainerState,
    ProbeKind,
    RestartPolicy,
    RunningState,
)
from funcyard.emulator.containerapps.runtime.process import ContainerProcess, Ended, LaunchError
from funcyard.emulator.containerapps.runtime.pulling import PullError
from funcyard.emulator.containerapps.runtime.usage import usage_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from funcyard.emulator.containerapps.runtime.happenings import Happenings
    from funcyard.emulator.containerapps.runtime.interface import (
        ContainerSpec,
        ProbeSpec,
        ReplicaSpec,
    )
    from funcyard.emulator.containerapps.runtime.process import Launch
    from funcyard.emulator.containerapps.runtime.pulling import Image, Images
    from funcyard.emulator.containerapps.runtime.usage import Usage
    from funcyard.emulator.core.clock import Clock

_LOGGER = logging.getLogger(__name__)
_LEAST_PAUSE: Final = 0.2
_LEAST_GRACE: Final = 3.0
"""Seconds of this machine: a process needs its own time however fast the clock goes."""

_LONG_RUN: Final = 10.0
_LOOK_SECONDS: Final = 2.0
_START_ERROR: Final = 128


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


class Container:
    """A container.

    Args:
        spec: What is wanted of it.
        site: Where it runs.
        probes: What it is asked.
        happenings: Tells what happens to it.
        printed: Takes stream and text of each line.
        changed: Told that its state is another.

    Attributes:
        state: How it is now.
    """

    def __init__(
        self,
        spec: ContainerSpec,
        site: Site,
        probes: tuple[ProbeSpec, ...],
        happenings: Happenings,
        *,
        printed: Callable[[str, str], None],
        changed: Callable[[], None],
    ) -> None:
        self.spec = spec
        self.state = ContainerState(name=spec.name, reason="ContainerCreating")
        self._site = site
        self._probes = probes
        self._happenings = happenings
        self._printed = printed
        self._changed = changed
        self._stopping = asyncio.Event()
        self._grace: float | None = None
        self._process: ContainerProcess | None = None
        self._looked = 0.0

    async def run(self, *, is_init: bool = False) -> bool:
        """Run it until it is stopped, or ended for good; return whether it ended well.

        Args:
            is_init: Whether its end is what is waited for, if it is a good one.
        """
        restarts = self._site.replica.restarts is RestartPolicy.ALWAYS
        crashes = BackOff()
        while not self._stopping.is_set():
            image = await self._pulled(keeps_on=restarts)
            if image is None:
                return False
            began = self._site.clock.time()
            ended = await self._lived(image)
            is_good = ended.code == 0
            if not restarts or (is_init and is_good) or self._stopping.is_set():
                return is_good
            await self._wait_to_restart(crashes.after(self._ran(began)))
        return False

    def _ran(self, began: float) -> float:
        """Return how long it ran, in Azure's seconds; nothing where it hardly had time to start."""
        here = self._site.clock.time() - began
        return here * self._site.clock.scale if here >= _LONG_RUN else 0

    async def usage(self) -> Usage | None:
        """Return what it uses; None while it does not run."""
        process = self._process
        if process is None:
            return None
        seconds = time.monotonic() - process.began
        return await asyncio.to_thread(usage_of, self.state.container_id, seconds, process.shim)

    def stop(self, grace: float) -> None:
        """Let it end, within so many seconds of this machine."""
        self._grace = grace
        self._stopping.set()

    async def _pulled(self, *, keeps_on: bool) -> Image | None:
        """Return its image; None where it is stopped before, or nobody tries again."""
        pauses = BackOff(is_patient=True)
        while True:
            self._happenings.pulling(self.spec.image)
            began = time.monotonic()
            try:
                logins = self._site.replica.registries
                image = await self._site.images.pull(self.spec.image, logins)
            except PullError as fault:
                self._happenings.not_pulled(fault)
                self._waits(
                    "ImagePullBackOff", "Container is waiting with reason: ImagePullBackOff"
                )
                if not keeps_on:
                    self._terminated(_START_ERROR, "ImagePullFailure")
                    return None
                if await self._paused(pauses.after(0)):
                    return None
                continue
            self._happenings.pulled(self.spec.image, time.monotonic() - began, image.size)
            self._set(replace(self.state, digest=image.digest))
            return image

    async def _lived(self, image: Image) -> Ended:
        """Start it, and return how it ended."""
        try:
            launch, printed = await self._launch(image)
            self._happenings.created()
            process = await ContainerProcess.start(launch, printed)
        except LaunchError as fault:
            self._happenings.terminated(_START_ERROR, "StartError", f". {fault.message}")
            self._terminated(_START_ERROR, "StartError")
            return Ended(_START_ERROR)
        self._process = process
        self._happenings.started()
        self._runs()
        try:
            ended = await self._attended(process)
        finally:
            self._process = None
        reason = "OOMKilled" if ended.was_oom else "Completed" if ended.code == 0 else "Error"
        self._terminated(ended.code, reason)
        return ended

    async def _launch(self, image: Image) -> tuple[Launch, Callable[[str, str], None]]:
        """Return what is run, and what takes its lines."""
        site, spec = self._site, self.spec
        root = site.folder / spec.name / "root"
        await asyncio.to_thread(launching.prepare, image, spec, root)
        found = launching.surroundings(
            image, spec, site.replica, root, host=site.host, authority=site.authority
        )
        app = launching.functions_folder(image, spec, root)
        if app is None:
            command = launching.command_of(image, spec)
            return launching.with_command(found, command, root), self._printed
        keys = site.folder / spec.name / "keys.json"
        launch = await functions_app.host_launch(
            found, app, spec.name, keys, site.environments, self._printed
        )
        return launch, HostConsole(self._printed)

    async def _attended(self, process: ContainerProcess) -> Ended:
        """Ask its probes until its process ends, or is ended because it was asked to or failed."""
        failed: asyncio.Future[ProbeSpec] = asyncio.get_running_loop().create_future()
        asking = asyncio.create_task(self._probed(failed))
        ended = asyncio.create_task(process.ended())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait((ended, stopping, failed), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                self._tell_end(ended.result())
            elif stopping.done():
                self._happenings.stopping()
                await self._ended_within(process, self._grace or 0)
                self._happenings.terminated("", "ManuallyStopped")
            else:
                probe = failed.result()
                self._happenings.failed_probes(probe.kind)
                grace = self._site.replica.grace if probe.grace is None else probe.grace
                await self._ended_within(process, self.grace_here(grace))
                self._happenings.terminated((await ended).code, "ProbeFailure")
            return await ended
        finally:
            asking.cancel()
            stopping.cancel()
            failed.cancel()
            if not ended.done():
                process.kill()
            told, *_ = await asyncio.gather(asking, stopping, ended, return_exceptions=True)
            if isinstance(told, Exception):
                _LOGGER.error("the probes of %s are given up", self.spec.name, exc_info=told)

    def grace_here(self, seconds: float) -> float:
        """Return how long of this machine's time so many of Azure's seconds of grace are."""
        return max(seconds / self._site.clock.scale, min(seconds, _LEAST_GRACE))

    async def _ended_within(self, process: ContainerProcess, grace: float) -> None:
        process.end()
        try:
            async with asyncio.timeout(grace):
                await process.ended()
        except TimeoutError:
            process.kill()
            await process.ended()

    def _tell_end(self, ended: Ended) -> None:
        self._happenings.terminated(ended.code, "ProcessExited")

    async def _probed(self, failed: asyncio.Future[ProbeSpec]) -> None:
        """Ask all probes, those of its start first."""
        by_kind = {one.kind: one for one in self._probes}
        startup = by_kind.get(ProbeKind.STARTUP)
        if startup is not None:
            await self._ask(startup, failed)
            if failed.done():
                return
        readiness = by_kind.get(ProbeKind.READINESS)
        self._set(replace(self.state, is_started=True, is_ready=readiness is None))
        left = [
            by_kind[kind] for kind in (ProbeKind.LIVENESS, ProbeKind.READINESS) if kind in by_kind
        ]
        await asyncio.gather(*(self._ask(one, failed) for one in left))

    async def _ask(self, probe: ProbeSpec, failed: asyncio.Future[ProbeSpec]) -> None:
        def changed(holds: bool) -> None:  # noqa: FBT001 - its only argument
            if probe.kind is ProbeKind.READINESS:
                self._set(replace(self.state, is_ready=holds))
            elif not holds and not failed.done():
                failed.set_result(probe)

        site = self._site
        await probing.watch(
            probe, site.host, site.clock, failed=self._probe_failed, changed=changed
        )

    def _probe_failed(self, text: str) -> None:
        self._happenings.probe_failed(text)
        process = self._process
        if process is None or time.monotonic() - self._looked < _LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        ports = listening.ports_of(process.pid, self._site.host)
        if ports != self.state.listening_ports:
            self._set(replace(self.state, listening_ports=ports))

    async def _wait_to_restart(self, seconds: float) -> None:
        if seconds:
            self._happenings.backing_off()
            self._waits("CrashLoopBackOff", "Container is waiting with reason: CrashLoopBackOff")
        await self._paused(seconds)
        if not self._stopping.is_set():
            self._set(replace(self.state, restart_count=self.state.restart_count + 1))

    async def _paused(self, seconds: float) -> bool:
        """Wait so many of Azure's seconds; return whether it was stopped meanwhile."""
        pause = max(seconds / self._site.clock.scale, _LEAST_PAUSE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._stopping.wait()
        return self._stopping.is_set()

    def _runs(self) -> None:
        now = datetime.fromtimestamp(self._site.clock.time(), UTC)
        hour = now.hour % 12 or 12
        told = f"{now.month}/{now.day}/{now.year} {hour}:{now:%M:%S %p}"
        self._set(
            replace(
                self.state,
                running_state=RunningState.RUNNING,
                details=f"Container started at: {told}.",
                reason="",
                container_id=f"containerd://{secrets.token_hex(32)}",
                listening_ports=(),
            )
        )

    def _waits(self, reason: str, details: str) -> None:
        self._set(
            replace(
                self.state,
                running_state=RunningState.WAITING,
                details=details,
                reason=reason,
                is_ready=False,
                is_started=False,
            )
        )

    def _terminated(self, code: int, reason: str) -> None:
        self._set(
            replace(
                self.state,
                running_state=RunningState.TERMINATED,
                details=f"Container terminated with exit code {code} and reason: {reason}",
                reason=reason,
                exit_code=code,
                is_ready=False,
                is_started=False,
            )
        )

    def _set(self, state: ContainerState) -> None:
        if state != self.state:
            self.state = state
            self._changed()

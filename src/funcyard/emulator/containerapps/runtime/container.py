"""One container of a replica: pulled, started, probed, ended and started again.

One task goes through its life; what is seen from outside is its condition.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Final

from funcyard.emulator.containerapps.runtime import listening, probing
from funcyard.emulator.containerapps.runtime.backoff import BackOff
from funcyard.emulator.containerapps.runtime.condition import Condition
from funcyard.emulator.containerapps.runtime.process import ContainerProcess, Ended, LaunchError
from funcyard.emulator.containerapps.runtime.pulling import PullError
from funcyard.emulator.containerapps.runtime.usage import usage_of
from funcyard.emulator.containerapps.runtime.wanted import ProbeKind, RestartPolicy

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.containerapps.runtime.happenings import Happenings
    from funcyard.emulator.containerapps.runtime.pulling import Image
    from funcyard.emulator.containerapps.runtime.siting import Site
    from funcyard.emulator.containerapps.runtime.told import ContainerState
    from funcyard.emulator.containerapps.runtime.usage import Usage
    from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec, ProbeSpec

_LOGGER = logging.getLogger(__name__)
_LEAST_PAUSE: Final = 0.2
_LEAST_GRACE: Final = 3.0
"""Seconds of this machine: a process needs its own time however fast the clock goes."""

_LONG_RUN: Final = 10.0
_LOOK_SECONDS: Final = 2.0
_START_ERROR: Final = 128


class Container:
    """A container.

    Args:
        spec: What is wanted of it.
        site: Where it runs.
        probes: What it is asked.
        happenings: Tells what happens to it.
        printed: Takes stream and text of each line.
        changed: Told that its state is another.
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
        self._condition = Condition(spec.name, site.clock, changed)
        self._site = site
        self._probes = probes
        self._happenings = happenings
        self._printed = printed
        self._stopping = asyncio.Event()
        self._grace: float | None = None
        self._process: ContainerProcess | None = None
        self._looked = 0.0

    @property
    def state(self) -> ContainerState:
        """How it is now."""
        return self._condition.state

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
                self._condition.waits("ImagePullBackOff")
                if not keeps_on:
                    self._condition.terminated(_START_ERROR, "ImagePullFailure")
                    return None
                if await self._paused(pauses.after(0)):
                    return None
                continue
            self._happenings.pulled(self.spec.image, time.monotonic() - began, image.size)
            self._condition.change(digest=image.digest)
            return image

    async def _lived(self, image: Image) -> Ended:
        """Start it, and return how it ended."""
        try:
            launch, printed = await self._site.launch(self.spec, image, self._printed)
            self._happenings.created()
            process = await ContainerProcess.start(launch, printed)
        except LaunchError as fault:
            self._happenings.terminated(_START_ERROR, "StartError", f". {fault.message}")
            self._condition.terminated(_START_ERROR, "StartError")
            return Ended(_START_ERROR)
        self._process = process
        self._happenings.started()
        self._condition.runs()
        try:
            ended = await self._attended(process)
        finally:
            self._process = None
        reason = "OOMKilled" if ended.was_oom else "Completed" if ended.code == 0 else "Error"
        self._condition.terminated(ended.code, reason)
        return ended

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
        self._condition.change(is_started=True, is_ready=readiness is None)
        left = [
            by_kind[kind] for kind in (ProbeKind.LIVENESS, ProbeKind.READINESS) if kind in by_kind
        ]
        await asyncio.gather(*(self._ask(one, failed) for one in left))

    async def _ask(self, probe: ProbeSpec, failed: asyncio.Future[ProbeSpec]) -> None:
        def changed(holds: bool) -> None:  # noqa: FBT001 - its only argument
            if probe.kind is ProbeKind.READINESS:
                self._condition.change(is_ready=holds)
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
            self._condition.change(listening_ports=ports)

    async def _wait_to_restart(self, seconds: float) -> None:
        if seconds:
            self._happenings.backing_off()
            self._condition.waits("CrashLoopBackOff")
        await self._paused(seconds)
        if not self._stopping.is_set():
            self._condition.change(restart_count=self.state.restart_count + 1)

    async def _paused(self, seconds: float) -> bool:
        """Wait so many of Azure's seconds; return whether it was stopped meanwhile."""
        pause = max(seconds / self._site.clock.scale, _LEAST_PAUSE)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await self._stopping.wait()
        return self._stopping.is_set()

"""Probes of a container: asked over TCP or HTTP, again and again, until it ends.

The container's process needs its own time however fast the local Azure's clock goes, so the
seconds that an answer may take are this machine's, and nothing is told to have failed its start
before it had as long as Azure gives it, or some seconds.

https://learn.microsoft.com/azure/container-apps/health-probes
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import aiohttp

from funcyard.emulator.containerapps.runtime.addresses import port_here
from funcyard.emulator.containerapps.runtime.wanted import ProbeKind, ProbeSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.containerapps.runtime.wanted import ContainerSpec
    from funcyard.emulator.core.clock import Clock

_SHORTEST: Final = {
    ProbeKind.STARTUP: 0.1,
    ProbeKind.LIVENESS: 0.25,
    ProbeKind.READINESS: 0.25,
}
"""Seconds of this machine between two questions, at least."""

_PATIENCE: Final = 15.0
"""Seconds of this machine that a start may take, where Azure gives it as much."""

_NAMES: Final = {
    ProbeKind.STARTUP: "StartUp",
    ProbeKind.LIVENESS: "Liveness",
    ProbeKind.READINESS: "Readiness",
}
_GOOD: Final = range(200, 400)
_NO_ANSWER: Final = 1


def with_defaults(spec: ContainerSpec, target_port: int) -> tuple[ProbeSpec, ...]:
    """Return the probes of a main container with ingress: Azure's own where it has none of a kind.

    https://learn.microsoft.com/azure/container-apps/health-probes#default-configuration
    """
    given = {one.kind: one for one in spec.probes}
    default = {
        ProbeKind.STARTUP: ProbeSpec(
            kind=ProbeKind.STARTUP,
            port=target_port,
            timeout=3,
            period=1,
            initial_delay=1,
            failures=240,
        ),
        ProbeKind.READINESS: ProbeSpec(
            kind=ProbeKind.READINESS,
            port=target_port,
            timeout=5,
            period=5,
            initial_delay=3,
            failures=48,
        ),
        ProbeKind.LIVENESS: ProbeSpec(kind=ProbeKind.LIVENESS, port=target_port),
    }
    return tuple((default | given).values())


async def ask(spec: ProbeSpec, host: str) -> str:
    """Ask once; return what is wrong, nothing where all is well.

    Args:
        spec: The probe.
        host: Address of the replica.
    """
    try:
        async with asyncio.timeout(spec.timeout):
            status = await _answer(spec, host)
    except TimeoutError:
        return f"Probe of {_NAMES[spec.kind]} failed with timeout in {spec.timeout:g} seconds."
    if status in _GOOD:
        return ""
    return f"Probe of {_NAMES[spec.kind]} failed with status code: {status}"


async def _answer(spec: ProbeSpec, host: str) -> int:
    port = port_here(spec.port)
    if spec.path is None:
        try:
            _, writer = await asyncio.open_connection(host, port)
        except OSError:
            return _NO_ANSWER
        writer.transport.abort()
        return _GOOD.start
    path = spec.path if spec.path.startswith("/") else f"/{spec.path}"
    url = f"{spec.scheme.lower()}://{host}:{port}{path}"
    try:  # kubelet takes any certificate
        async with (
            aiohttp.ClientSession(headers=spec.headers) as session,
            session.get(url, ssl=False, allow_redirects=False) as answer,
        ):
            return answer.status
    except (aiohttp.ClientError, OSError):
        return _NO_ANSWER


async def watch(
    spec: ProbeSpec,
    host: str,
    clock: Clock,
    *,
    failed: Callable[[str], None],
    changed: Callable[[bool], None],
) -> None:
    """Ask until told to end, or until a probe of the start is through.

    Args:
        spec: The probe.
        host: Address of the replica.
        clock: Of the local Azure.
        failed: Told of each answer that is not good.
        changed: Told whether the probe holds, when it begins to, fails, or holds again.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    holds: bool | None = None
    good = bad = 0
    await clock.passing(spec.initial_delay)
    while True:
        fault = await ask(spec, host)
        if fault:
            good, bad = 0, bad + 1
            failed(fault)
        else:
            good, bad = good + 1, 0
        if good >= spec.successes and not holds:
            holds = True
            changed(True)  # noqa: FBT003 - its only argument
            if spec.kind is ProbeKind.STARTUP:
                return
        elif bad >= spec.failures and holds is not False and _had_time(spec, loop.time() - began):
            holds = False
            changed(False)  # noqa: FBT003 - its only argument
            if spec.kind is not ProbeKind.READINESS:
                return
        await asyncio.sleep(max(spec.period / clock.scale, _SHORTEST[spec.kind]))


def _had_time(spec: ProbeSpec, seconds: float) -> bool:
    whole = spec.initial_delay + spec.period * spec.failures
    return seconds >= min(whole, _PATIENCE)

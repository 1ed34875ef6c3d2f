"""Lines of many replicas at once, from a local Azure: each once and in order, whatever happens."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from tests import local_azure
from tests.forked_command import funcyard
from tests.integration.containerapps.health_images import pushed_program
from tests.integration.emulator import containerapps as apps
from tests.integration.emulator.registries import registry
from tests.integration.emulator.twins import group
from tests.local_azure import SUBSCRIPTION, LocalAzure

from funcyard.azure.cloud import cloud_of
from funcyard.azure.container_apps import CONTAINER_APP, ContainerApps
from funcyard.azure.credentials import credential, identity_of
from funcyard.azure.errors import AzureAuthenticationError, AzureUnreachableError
from funcyard.azure.resource_ids import ResourceId
from funcyard.azure.sign_in import SharedSignIn
from funcyard.containerapps.logs.following import Streams
from funcyard.containerapps.logs.sources import NoSuchSourceError, Wanted, sources_of
from funcyard.containerapps.naming import UnknownRevisionError
from funcyard.containerapps.observing import observe

_GROUP = "logs"
_APP = "counting"
_PATIENCE = 40
_COUNTING = """\
import signal, os, time
signal.signal(signal.SIGTERM, lambda *ignored: os._exit(0))
number = 0
while True:
    print("counted", number, flush=True)
    number += 1
    time.sleep(0.05)
"""
_COUNTED = re.compile(r"counted (\d+)")


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    service = local_azure.start(tmp_path_factory.mktemp("azure") / "kept", "--scale", "100")
    group(service, _GROUP)
    yield service
    service.end()


@pytest.fixture(scope="module")
def where(azure: LocalAzure, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An app of three replicas, each of which counts aloud."""
    image = pushed_program(
        registry(azure, _GROUP, "images", is_open=True),
        tmp_path_factory.mktemp("image"),
        _COUNTING,
    )
    made = apps.path(_GROUP, "containerApps", _APP)
    environment = apps.environment(azure, _GROUP, "env")
    template = {
        "containers": [apps.container("main", image.reference)],
        "scale": {"minReplicas": 3, "maxReplicas": 3},
        "revisionSuffix": "one",
    }
    apps.app(azure, made, environment, template)
    apps.revision_until(azure, made, "one", "RunningAtMaxScale")
    return made


@asynccontextmanager
async def _opened(azure: LocalAzure) -> AsyncIterator[tuple[ContainerApps, Streams, ResourceId]]:
    cloud = cloud_of(azure.settings)
    app = ResourceId(SUBSCRIPTION, _GROUP, CONTAINER_APP, _APP)
    async with (
        SharedSignIn(credential(identity_of(azure.settings), cloud)) as sign_in,
        ContainerApps(sign_in, cloud, SUBSCRIPTION) as client,
    ):
        yield client, Streams(client, cloud, app), app


def _counted(lines: dict[str, list[int]], replica: str, text: str) -> None:
    found = _COUNTED.fullmatch(text)
    if found is not None:
        lines[replica].append(int(found[1]))


async def test_the_last_lines_of_each_replica_come_in_the_order_of_their_times(
    azure: LocalAzure, where: str
) -> None:
    assert where
    async with _opened(azure) as (client, streams, app):
        sources = sources_of(await observe(client, app), Wanted())
        async with asyncio.timeout(_PATIENCE):
            while len(found := await streams.tail(sources, 5)) < 15:
                pass
    assert len({one.replica for one in found}) == len(sources) == 3
    assert len(found) == 15
    assert [one.ticks for one in found] == sorted(one.ticks for one in found)
    assert {one.revision for one in found} == {f"{_APP}--one"}


async def test_lines_are_followed_once_and_in_order_through_replicas_that_come_and_go(
    azure: LocalAzure, where: str
) -> None:
    assert where
    lines: dict[str, list[int]] = defaultdict(list)
    async with (
        asyncio.timeout(_PATIENCE),
        _opened(azure) as (client, streams, app),
        aclosing(streams.follow(Wanted(), 10)) as following,
    ):
        restarted = False
        async for line in following:
            _counted(lines, line.replica, line.text)
            if not restarted and len(lines) == 3 and all(map(len, lines.values())):
                restarted = True
                await client.restart(app, f"{_APP}--one")
            if sum(numbers[0] == 0 and len(numbers) > 15 for numbers in lines.values()) == 3:
                break
    for numbers in lines.values():
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert len(lines) == 6


async def test_a_stream_that_breaks_off_is_opened_again_behind_its_last_line(
    azure: LocalAzure, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token is refused now and then, and connections are cut after a moment."""
    from funcyard.azure import container_streams as module  # noqa: PLC0415 - to disturb it

    whole = module.ContainerStreams.lines
    opened = 0

    async def cut(self: Any, address: str, **options: Any) -> AsyncGenerator[str, None]:  # noqa: ANN401 - what it wraps
        nonlocal opened
        opened += 1
        if opened % 4 == 3:
            raise AzureAuthenticationError("the token has expired", status=401)
        until = asyncio.get_running_loop().time() + 0.4
        async with aclosing(whole(self, address, **options)) as lines:
            async for line in lines:
                yield line
                if asyncio.get_running_loop().time() > until:
                    raise AzureUnreachableError("cut off")

    monkeypatch.setattr(module.ContainerStreams, "lines", cut)
    assert where
    lines: dict[str, list[int]] = defaultdict(list)
    async with (
        asyncio.timeout(_PATIENCE),
        _opened(azure) as (_, streams, _app),
        aclosing(streams.follow(Wanted(), 3)) as following,
    ):
        async for line in following:
            _counted(lines, line.replica, line.text)
            if len(lines) >= 3 and sum(len(one) > 60 for one in lines.values()) >= 3:
                break
    for numbers in lines.values():
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert opened > 6


async def test_what_is_not_there_is_named_with_what_there_is(azure: LocalAzure, where: str) -> None:
    assert where
    async with _opened(azure) as (client, _, app):
        observed = await observe(client, app)
    for wanted, kind, told in (
        (Wanted(revision="no"), UnknownRevisionError, "has no revision no"),
        (Wanted(replica="no"), NoSuchSourceError, "no replica no"),
        (Wanted(container="no"), NoSuchSourceError, "no container no"),
    ):
        with pytest.raises(kind, match=told) as refused:
            sources_of(observed, wanted)
        assert refused.value.exit_code == 2
        assert refused.value.hint is not None
        assert refused.value.hint.startswith("there are ")


async def test_a_revision_is_named_by_its_suffix_too(azure: LocalAzure, where: str) -> None:
    assert where
    async with _opened(azure) as (client, _, app):
        observed = await observe(client, app)
    whole = sources_of(observed, Wanted(revision=f"{_APP}--one"))
    assert len(whole) == 3
    assert sources_of(observed, Wanted(revision="one")) == whole


def _logs(azure: LocalAzure, *words: str) -> Any:  # noqa: ANN401 - as the command's
    names = {"AZURE_RESOURCE_GROUP": _GROUP, "AZURE_CONTAINER_APP_NAME": _APP}
    return funcyard("orch", "logs", *words, cwd=azure.location, **azure.settings, **names)


def test_the_command_prints_chosen_lines_behind_their_replicas_names(
    azure: LocalAzure, where: str
) -> None:
    assert where
    done = _logs(azure, "--tail", "40", "--grep", r"counted \d*7$")
    assert done.returncode == 0, done.stderr
    printed = done.stdout.splitlines()
    assert printed
    assert all(re.fullmatch(rf"{_APP}--one-\S+/main  \S+Z  counted \d*7", one) for one in printed)
    listed = [json.loads(one) for one in _logs(azure, "--tail", "2", "--json").stdout.splitlines()]
    assert {one["container"] for one in listed} == {"main"}
    assert len(listed) == 6
    told = _logs(azure, "--system", "--tail", "100").stdout
    assert f"{_APP}--one  " in told or f"{_APP}--one-" in told
    assert "RevisionReady: " in told


def test_where_nothing_is_printed_it_says_what_may_tell_why(azure: LocalAzure, where: str) -> None:
    assert where
    made = apps.path(_GROUP, "containerApps", "silent")
    template = {"containers": [apps.container(image="127.0.0.1:1/none:1")], "revisionSuffix": "one"}
    home = apps.environment(azure, _GROUP, "env")
    apps.app(azure, made, home, {**template, "scale": {"minReplicas": 1}})
    done = _logs(azure, "--app-name", "silent", "--revision", "one")
    assert (done.returncode, done.stdout) == (0, "")
    assert "funcyard orch logs --app-name silent --system --revision one tells" in done.stderr
    apps.app(azure, made, home, {**template, "revisionSuffix": "two", "scale": {"minReplicas": 0}})
    apps.patch(azure, made, {"template": {"scale": {"minReplicas": 0}, "revisionSuffix": "three"}})
    done = _logs(azure, "--app-name", "silent", "--revision", "two")
    assert done.returncode == 1
    assert f"az containerapp env update -g {_GROUP} -n env --logs-destination" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--since", "yesterday"), "no span of time"),
        (("--grep", "("), "no regular expression"),
        (("--system", "--replica", "x"), "leave out --replica"),
        (("--tail", "301"), "0<=x<=300"),
        (("--revision", "none"), "has no revision none"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    azure: LocalAzure, where: str, words: tuple[str, ...], told: str
) -> None:
    assert where
    done = _logs(azure, *words)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stdout == ""

from __future__ import annotations

import asyncio

from funcyard.azurite.errors import AzuriteStartError, PortTakenError
from funcyard.azurite.listening import Output

LISTENING = "Azurite {} service is successfully listening at http://127.0.0.1:{}"


async def output_of(script: str) -> Output:
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    return Output(process)


async def test_it_listens_once_all_services_do_and_tells_their_ports() -> None:
    lines = [LISTENING.format(name, port) for name, port in (("Blob", 1), ("Queue", 2))]
    script = "; ".join(f"echo '{line}'" for line in lines)

    two = await output_of(script)
    three = await output_of(f"{script}; echo '{LISTENING.format('Table', 3)}'")

    assert not await two.listens(30)
    assert await three.listens(30)
    assert three.ports == {"blob": 1, "queue": 2, "table": 3}
    await three.ended()


async def test_what_does_not_come_up_is_told_with_what_it_printed() -> None:
    output = await output_of("echo 'no disk'; exit 3")

    assert not await output.listens(30)
    failure = output.failure("the Azurite of acme")

    assert type(failure) is AzuriteStartError
    assert failure.message == "the Azurite of acme did not come up:\nno disk"


async def test_what_prints_nothing_is_told_so() -> None:
    output = await output_of("exit 1")

    assert not await output.listens(30)
    assert output.failure("Azurite").message.endswith("it printed nothing")


async def test_a_port_that_is_taken_is_told_apart_for_others_may_be_free() -> None:
    output = await output_of("echo 'listen EADDRINUSE: address already in use 127.0.0.1:10000' >&2")

    assert not await output.listens(30)
    assert type(output.failure("Azurite")) is PortTakenError

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from funcyard.azurite.errors import AzuriteStartError
from funcyard.azurite.launching import Program, launch

if TYPE_CHECKING:
    from pathlib import Path

PORTS = {"blob": 1, "queue": 2, "table": 0}


async def test_keys_come_by_the_environment_alone_and_all_else_in_the_command(
    tmp_path: Path,
) -> None:
    node, extra = tmp_path / "node", tmp_path / "extra.cjs"
    node.write_text('#!/bin/sh\necho "$*"\necho "$AZURITE_ACCOUNTS"\n')
    node.chmod(0o755)

    process = await launch(
        Program(node, tmp_path / "azurite.js"),
        account="acme",
        keys=("a2V5MQ==", "a2V5Mg=="),
        location=tmp_path,
        ports=PORTS,
        preloads=(extra,),
    )
    command, accounts = (await process.communicate())[0].decode().splitlines()

    assert accounts == "acme:a2V5MQ==:a2V5Mg=="
    assert "a2V5" not in command
    assert f"--require {extra} {tmp_path / 'azurite.js'} " in command
    assert "--blobHost 127.0.0.1 --blobPort 1 " in command
    assert "--tablePort 0 " in command


async def test_a_program_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    program = Program(tmp_path / "node", tmp_path / "azurite.js")

    with pytest.raises(AzuriteStartError, match="cannot be started"):
        await launch(program, account="acme", keys=("a2V5",), location=tmp_path, ports=PORTS)

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.integration.host.host_app import new_key

from funcyard.azurite.launching import SERVICES, launch
from funcyard.azurite.listening import Output
from funcyard.host.azurite.caching import has_cache

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.host.azurite.locate import Azurite

COUNTS = """
const Module = require("module");
const compile = Module.prototype._compile;
Module.prototype._compile = function (content, filename) {
  if (/node_modules.*\\.c?js$/.test(filename)) console.log("COMPILED " + filename);
  return compile.apply(this, arguments);
};
"""


async def test_an_installed_azurite_compiles_nothing_until_it_listens(
    azurite: Azurite, tmp_path: Path
) -> None:
    counts = tmp_path / "counts.cjs"
    counts.write_text(COUNTS)

    assert has_cache(azurite.node, azurite.main.parents[3])
    process = await launch(
        azurite,
        account="acme",
        keys=(new_key(),),
        location=tmp_path,
        ports=dict.fromkeys(SERVICES, 0),
        preloads=(counts,),
    )
    output = Output(process)
    try:
        assert await output.listens(60)
    finally:
        process.terminate()
        await asyncio.shield(output.ended())

    assert "COMPILED" not in output.failure("Azurite").message

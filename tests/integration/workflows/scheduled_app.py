"""The Function App's own services with a workflow that is due: what each tick starts.

``scheduled_app.py APP ORGANISATION``, the settings in the environment. Prints as JSON how many
executions the organisation has after it became due: while it is active, and when it is not.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

from azure.data.tables.aio import TableServiceClient

from funcyard.access.principal import Principal
from funcyard.workspace.scopes import Scope

STORAGE = "AzureWebJobsStorage"
CODE = b"""from funcyard.workflows.sdk import workflow

@workflow(name="report", schedule="0 0 1 1 *")
def report(): return 1
"""


async def _due(organisation: str) -> None:
    connection = os.environ[STORAGE]
    async with TableServiceClient.from_connection_string(connection) as service:
        table = service.get_table_client("WorkflowSchedules")
        async for row in table.query_entities(f"RowKey eq '{organisation}:report'"):
            await table.upsert_entity({**row, "Due": datetime.now(UTC) - timedelta(minutes=1)})


async def main(organisation: str) -> list[int]:
    """Build the services, have the workflow due twice, and return what there is after each."""
    services = await import_module("composition").platform()
    following: Any = import_module("functions.timers").follow_schedules
    await services.directory.create(organisation, "Acme", by=Principal("ada", "here", "Ada"))
    await services.editor.put(Scope(organisation), "report.py", CODE, by="ada")
    await following.build().get_user_function()(None)
    counts = []
    for is_active in (True, False):
        await services.directory.change(organisation, is_active=is_active)
        await _due(organisation)
        await services.engine.tick()
        counts.append(len((await services.engine.executions.page(organisation)).executions))
    await services.engine.close()
    return counts


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    sys.stdout.write(json.dumps(asyncio.run(main(sys.argv[2]))))

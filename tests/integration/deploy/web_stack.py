"""A stack of one function app in the local Azure, and what a test says of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path

from tests.local_azure import SUBSCRIPTION

from funcyard.deploy.engine import Engine
from funcyard.deploy.events import Event
from funcyard.deploy.folder import FolderStore
from funcyard.deploy.graph import Graph
from funcyard.deploy.package import Package
from funcyard.deploy.refs import Given, SecretRef, Value
from funcyard.deploy.resources.app_code import AppCode
from funcyard.deploy.resources.app_settings import AppSettings
from funcyard.deploy.resources.function_app import FunctionApp
from funcyard.deploy.resources.known import REGISTRY
from funcyard.deploy.resources.reach import Reach
from funcyard.deploy.resources.resource_group import ResourceGroup
from funcyard.deploy.resources.service_plan import ServicePlan
from funcyard.deploy.resources.storage_account import StorageAccount
from funcyard.deploy.resources.user_assigned_identity import UserAssignedIdentity

_WEST = "westeurope"
_APP = """
import json
import os

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.FUNCTION)


@app.route("NAME")
def NAME(req: func.HttpRequest) -> func.HttpResponse:
    return func.HttpResponse(json.dumps({name: os.environ.get(name) for name in ("WHO", "GIVEN")}))
"""


def package(function: str = "tell", *, requirements: str = "azure-functions\n") -> Package:
    """Return an app of one function."""
    files = {
        "host.json": json.dumps({"version": "2.0"}),
        "requirements.txt": requirements,
        "function_app.py": _APP.replace("NAME", function),
    }
    return Package({path: text.encode() for path, text in files.items()})


class WebStack:
    """A group with a plan and an app; names of its own."""

    def __init__(self, reach: Reach, folder: Path) -> None:
        self.name = f"w{uuid.uuid4().hex[:12]}"
        self.events: list[Event] = []
        self.engine = Engine(
            self.name, reach, FolderStore(folder, self.name), REGISTRY, emit=self.events.append
        )

    @property
    def site(self) -> str:
        group = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{self.name}"
        return f"{group}/providers/Microsoft.Web/sites/{self.name}"

    def graph(
        self,
        *,
        account: bool = False,
        settings: Mapping[str, Value] | None = None,
        code: Package | None = None,
        functions: tuple[str, ...] = ("tell",),
        given: str = "hunter2",
    ) -> Graph[Reach]:
        """Return what is wanted: with an account, its key is among the app's settings."""
        group = ResourceGroup.of("group", SUBSCRIPTION, self.name, _WEST)
        plan = ServicePlan.of("plan", group, self.name, _WEST)
        who = UserAssignedIdentity.of("identity", group, self.name, _WEST)
        app = FunctionApp.of("app", group, plan, self.name, _WEST, identities=(who,))
        declared: dict[str, Value] = {
            "WHO": "first",
            "GIVEN": Given(".env:GIVEN", given),
            **(settings or {}),
        }
        storage = []
        if account:
            storage = [StorageAccount.of("storage", group, self.name, _WEST)]
            declared["AzureWebJobsStorage"] = SecretRef("storage", "connection_string")
        return Graph(
            [
                group,
                plan,
                *storage,
                who,
                app,
                AppSettings.of("app.settings", app, declared),
                AppCode.of("app.code", app, code or package(), functions, ("app.settings",)),
            ]
        )

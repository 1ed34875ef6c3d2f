"""What those who soak and those who are killed share: where everything is, and what trees hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from tests.integration.emulator.conftest import ACCOUNT
from tests.integration.workspace.connected.platform import Place, opened
from tests.integration.workspace.sync.worker import tree

from funcyard.azure.storage import StorageAccount
from funcyard.workspace.scopes import Scope
from funcyard.workspace.store.share import ShareStore

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from tests.integration.workspace.connected.platform import Platform
    from tests.integration.workspace.sources import Files

WORKFLOW = "tell"
"""Of every tree: returns what it was given and the tree's number, as two of its files tell it."""

_PART = "flows/part.py"
_CODE = """import time

from flows.part import NUMBER as PART
from funcyard.workflows.sdk import param, workflow

NUMBER = {number}


@workflow(name="tell")
@param("given", type="int")
def tell(given):
    time.sleep(given % 8 / 20)
    return [given, NUMBER, PART]
"""


def pushed(number: int) -> Files:
    """Return what the tree of a number holds."""
    code = {
        "flows/tell.py": _CODE.format(number=number).encode(),
        _PART: f"NUMBER = {number}\n".encode(),
    }
    return tree(number) | code


def edited(by: str) -> bytes:
    """Return what an edit writes; no two edits have the same author here."""
    return f"edited by {by}\n".encode() * 50


@dataclass(frozen=True)
class Spot:
    """Where a soak goes on.

    Attributes:
        place: Of the platform.
        files: Address of the file service.
        key: Of its account.
        share: That holds the view.
        local: Folder for snapshots and workers of workflows, shared by the killed.
    """

    place: Place
    files: str
    key: str
    share: str
    local: str

    @property
    def followed(self) -> Scope:
        """The scope that follows a repository."""
        return Scope("followed")

    @property
    def edited(self) -> Scope:
        """The scope that is edited by hand."""
        return Scope("edited")

    def as_dict(self) -> dict[str, Any]:
        """Return what :meth:`from_dict` takes."""
        names = ("files", "key", "share", "local")
        return {"place": asdict(self.place), **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Make it of its dictionary."""
        return cls(**{**values, "place": Place(**values["place"])})

    def open(self) -> AbstractAsyncContextManager[Platform]:
        """Build a platform on it; what was lost is soon seen to be."""
        account = StorageAccount(name=ACCOUNT, endpoints={"file": self.files}, key=self.key)
        return opened(
            self.place,
            lost=timedelta(seconds=8),
            lasting=timedelta(seconds=10),
            store=ShareStore(account, self.share),
        )

"""The data planes of all accounts: what they hold, and what answers at their addresses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from funcyard.emulator.core.folders import remove_folder
from funcyard.emulator.core.regions import REGIONS, region
from funcyard.emulator.cosmos import keys
from funcyard.emulator.cosmos.data.account import Account
from funcyard.emulator.cosmos.data.app import CosmosApp
from funcyard.emulator.cosmos.naming import account_named, is_serverless
from funcyard.emulator.cosmos.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept


class Accounts:
    """The data planes of the Cosmos DB accounts of a location.

    Args:
        folder: Of what they hold.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stores: dict[str, Store] = {}

    def store(self, name: str) -> Store | None:
        """Return what an account holds; None where it is not served."""
        return self._stores.get(name.lower())

    def url(self, core: Core, name: str) -> str | None:
        """Return the address of an account; None before it was first served."""
        host = core.planes.host(_plane(name))
        return None if host is None else f"https://{host}/"

    async def ensure(self, core: Core, account: Kept) -> None:
        """Serve an account, unless it is served.

        Raises:
            FuncyardError: It cannot be; the reason is told.
        """
        name = account.name.lower()
        if name in self._stores:
            return
        store = Store(self._folder / name)
        self._stores[name] = store
        try:
            await core.planes.serve(
                _plane(name), CosmosApp(partial(_told, core, name), store, core.clock)
            )
        except BaseException:
            del self._stores[name]
            store.close()
            raise

    async def remove(self, core: Core, name: str) -> None:
        """Serve an account no more, and delete what it holds."""
        await core.planes.remove(_plane(name))
        store = self._stores.pop(name.lower(), None)
        if store is not None:
            store.close()
        await remove_folder(self._folder / name.lower())

    def stop(self) -> None:
        """Let go of what accounts hold, once none is served any more."""
        for store in self._stores.values():
            store.close()
        self._stores.clear()


def _told(core: Core, name: str) -> Account:
    """Return what the data plane knows of its account, as it is now."""
    found = account_named(core, name)
    assert found is not None  # noqa: S101 - its data plane ends with it
    properties = found.properties
    regions = tuple(
        REGIONS.get(region(one["locationName"]), one["locationName"])
        for one in sorted(properties["locations"], key=lambda one: one["failoverPriority"])
    )
    takes_keys = not properties.get("disableLocalAuth")
    return Account(
        name=found.name,
        url=core.cosmos.url(core, name) or "",
        regions=regions,
        consistency=properties["consistencyPolicy"]["defaultConsistencyLevel"],
        keys=keys.of(found) if takes_keys else (),
        reading_keys=keys.reading_of(found) if takes_keys else (),
        is_serverless=is_serverless(found),
    )


def _plane(name: str) -> str:
    return f"Cosmos DB account {name.lower()}"

"""The data planes of all sites: what answers at their addresses, started, changed and taken down.

A site has two ports of this machine: its app's and its Kudu's, both HTTPS under the location's
certificate. They are chosen once and kept; others are taken only where somebody else holds them.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.core.folders import remove_folder
from funcyard.emulator.listening import bind
from funcyard.emulator.managed_identity import app_header
from funcyard.emulator.web import identity, syncing
from funcyard.emulator.web.building import BROUGHT
from funcyard.emulator.web.deployments import Deployments, setting_of
from funcyard.emulator.web.front import Front
from funcyard.emulator.web.keeping import AppKeeper
from funcyard.emulator.web.keys import SiteKeys, keys_at, set_host_key
from funcyard.emulator.web.kudu import KuduApp
from funcyard.emulator.web.naming import site_named
from funcyard.emulator.web.process import Launch
from funcyard.emulator.web.settings import settings_of
from funcyard.listening import PortError
from funcyard.serving import EmbeddedServer

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from funcyard.emulator.core.core import Core
    from funcyard.emulator.core.records import Kept
    from funcyard.emulator.core.store import Store
    from funcyard.emulator.tls import Certificates

_HOST: Final = "127.0.0.1"
_GRACE_SECONDS: Final = 5
_KEPT_VARIABLES: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")
_RUNNING: Final = "Running"


@dataclass(frozen=True, slots=True)
class _Plane:
    keeper: AppKeeper
    deployments: Deployments
    front: Front
    kudu: EmbeddedServer


class Sites:
    """The data planes of the sites of a location.

    Args:
        store: Where their ports are kept; their files lie in its location.
        trusted: The certificates of the location.
    """

    def __init__(self, store: Store, trusted: Certificates) -> None:
        self._store = store
        self._trusted = trusted
        self._planes: dict[str, _Plane] = {}

    def hosts(self, name: str) -> tuple[str, str]:
        """Return host and port of a site's app, and of its Kudu."""
        app, scm = self._store.setting(_setting(name)) or (0, 0)
        return f"{_HOST}:{app}", f"{_HOST}:{scm}"

    def keys(self, name: str) -> SiteKeys:
        """Return the keys of a site's app."""
        return keys_at(self._folder(name) / "keys.json")

    def set_host_key(self, name: str, key: str, value: str | None) -> None:
        """Let a site's app be opened by a key of a name, or by none of that name."""
        set_host_key(self._folder(name) / "keys.json", key, value)

    async def functions(self, name: str) -> list[dict[str, Any]] | None:
        """Return the functions that a site's app tells; None where it does not answer."""
        plane = self._planes.get(name.lower())
        return None if plane is None else await plane.keeper.functions()

    def deployments(self, name: str) -> list[dict[str, Any]]:
        """Return what was deployed to a site, the newest first."""
        plane = self._planes.get(name.lower())
        return [] if plane is None else plane.deployments.all()

    def restart(self, name: str) -> None:
        """Run what is to run of a site now."""
        plane = self._planes.get(name.lower())
        if plane is not None:
            plane.keeper.restart()

    async def ensure(self, core: Core, site: Kept) -> None:
        """Serve a site; one that is served is run anew, for it may have changed.

        Raises:
            PortError: No port can be bound.
        """
        if site.name.lower() in self._planes:
            self.restart(site.name)
            return
        folder = self._folder(site.name)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        keys_at(folder / "keys.json")
        keeper = AppKeeper(
            site.name,
            partial(self._launch, core, site.name),
            partial(_loaded, core, site.name),
            lambda: self.keys(site.name).master,
        )

        async def activate() -> None:
            await keeper.restart()

        deployments = Deployments(self._store, core.clock, site.name, folder, activate)
        for_app, for_kudu = self._bound(site.name)
        trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trust.load_cert_chain(self._trusted.server)
        front = Front(
            site.name,
            for_app,
            trust,
            lambda: keeper.address,
            lambda: not _is_running(core, site.name),
        )
        kudu = EmbeddedServer(
            KuduApp(core, site.name, deployments),
            for_kudu,
            grace=_GRACE_SECONDS,
            ssl_certfile=str(self._trusted.server),
        )
        self._planes[site.name.lower()] = _Plane(keeper, deployments, front, kudu)
        await front.start()
        await kudu.start()
        keeper.start()
        deployments.resume()

    async def remove(self, name: str) -> None:
        """Serve a site no more, and delete its files."""
        await self._stop(name.lower())
        await remove_folder(self._folder(name))
        self._store.settle(_setting(name), None)
        self._store.settle(setting_of(name), None)

    async def stop(self) -> None:
        """Serve no site any more; their files stay."""
        await asyncio.gather(*(self._stop(key) for key in list(self._planes)))

    async def _stop(self, key: str) -> None:
        plane = self._planes.pop(key, None)
        if plane is not None:
            await plane.deployments.stop()
            await asyncio.gather(plane.front.stop(), plane.kudu.stop(), plane.keeper.stop())

    def _launch(self, core: Core, name: str) -> Launch | None:
        """Return what is to run of a site; None where nothing is."""
        site = site_named(core, name)
        plane = self._planes.get(name.lower())
        if site is None or plane is None or not _is_running(core, name):
            return None
        package = plane.deployments.active
        if package is None:
            return None
        folder = self._folder(name)
        return Launch(
            folder=package,
            interpreter=plane.deployments.interpreter(package),
            keys=folder / "keys.json",
            log=folder / "app.log",
            environment=self._environment(core, site, package),
        )

    def _environment(self, core: Core, site: Kept, package: Path) -> dict[str, str]:
        """Return what an app finds in its environment; its settings have the last word."""
        host, _ = self.hosts(site.name)
        found = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        found |= {
            "WEBSITE_SITE_NAME": site.name,
            "WEBSITE_HOSTNAME": host,
            "WEBSITE_RESOURCE_GROUP": site.target.group,
            "WEBSITE_OWNER_NAME": f"{site.target.subscription}+{site.target.group}",
            "REQUESTS_CA_BUNDLE": str(self._trusted.authority),
            "SSL_CERT_FILE": str(self._trusted.authority),
        }
        if (package / BROUGHT).is_dir():
            found["PYTHONPATH"] = str(package / BROUGHT)
        if assigned := identity.assigned(core, site):
            found |= {
                "IDENTITY_ENDPOINT": f"{core.url}{app_header.PATH}",
                "IDENTITY_HEADER": app_header.header(
                    self._store.key, tuple(one.id for one in assigned), site.id
                ),
                "AZURE_CLIENT_ID": assigned[0].properties["clientId"],
            }
        return found | settings_of(core, site.target)

    def _bound(self, name: str) -> tuple[socket.socket, socket.socket]:
        """Return the sockets of a site's app and of its Kudu, at the ports that it had."""
        had = self._store.setting(_setting(name)) or (0, 0)
        app, scm = _bind(had[0]), _bind(had[1])
        self._store.settle(_setting(name), [one.getsockname()[1] for one in (app, scm)])
        return app, scm

    def _folder(self, name: str) -> Path:
        return self._store.location / "web" / name.lower()


def _bind(port: int) -> socket.socket:
    try:
        return bind(_HOST, port)
    except PortError:
        return bind(_HOST, 0)


def _is_running(core: Core, name: str) -> bool:
    site = site_named(core, name)
    return site is not None and site.properties.get("state") == _RUNNING


def _loaded(core: Core, name: str, functions: list[dict[str, Any]]) -> None:
    site = site_named(core, name)
    if site is not None:
        syncing.keep(core, site, functions)


def _setting(name: str) -> str:
    return f"ports of site {name}"

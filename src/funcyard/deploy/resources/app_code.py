"""The code of a function app: a package handed to Kudu, and the functions that answer afterwards.

The deployment's message holds the package's digest, so what runs can be told without the package.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from azure.core.exceptions import ResourceNotFoundError

from funcyard.azure.kudu import kudu_at
from funcyard.azure.progress import Progress
from funcyard.deploy.resource import Observed, Resource
from funcyard.deploy.resources.function_app import SITE_VERSION, kudu_host
from funcyard.deploy.resources.reach import Reach
from funcyard.errors import FuncyardError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from funcyard.azure.kudu import Deployment
    from funcyard.deploy.diff import Difference
    from funcyard.deploy.package import Package
    from funcyard.deploy.refs import Json
    from funcyard.deploy.resource import Operation, Wanted
    from funcyard.deploy.resources.function_app import FunctionApp

_MARK: Final = "funcyard sha256:"
_LOOKS: Final = 40
"""How often a site's functions are asked for before others than the expected are a fault: the
engine's pauses make that some minutes."""


class CodeFailedError(FuncyardError):
    """A package did not become a running app."""

    code = "code-failed"


@dataclass(frozen=True)
class AppCode(Resource[Reach]):
    """A package that runs in an app; it is handed over only where another runs, or none.

    Attributes:
        package: The files; None where it is known by its record alone.
        functions: Names of those that must answer.
    """

    package: Package | None = field(default=None, repr=False)
    functions: tuple[str, ...] = ()

    kind: ClassVar[str] = "app-code"
    timeout: ClassVar[float] = 1800.0
    output_names: ClassVar[frozenset[str]] = frozenset({"functions"})
    secret_names: ClassVar[frozenset[str]] = frozenset({"key", "master_key"})
    identity_is_ours: ClassVar[bool] = True
    goes_along: ClassVar[bool] = True
    ends_by_operation: ClassVar[bool] = True

    @classmethod
    def of(
        cls,
        address: str,
        app: FunctionApp,
        package: Package,
        functions: tuple[str, ...],
        depends_on: tuple[str, ...] = (),
    ) -> Self:
        """Return the code of an app.

        Args:
            address: Its name in the graph.
            app: What runs it.
            package: The files.
            functions: Names of the functions in it.
            depends_on: Addresses of what must be there before, such as the app's settings.
        """
        return cls(
            address,
            f"{app.identity}/deployments",
            {"content": package.digest},
            (app.address, *depends_on),
            package,
            functions,
        )

    @property
    def _site(self) -> str:
        return self.identity.rpartition("/")[0]

    async def read(self, cloud: Reach) -> Observed | None:
        """Return the digest of what runs, empty of what others deployed; None where nothing is."""
        try:
            answer = await cloud.manager.send("GET", self.identity, SITE_VERSION)
        except ResourceNotFoundError:
            return None
        deployments = [one.get("properties") or {} for one in answer.body.get("value") or []]
        active = next((one for one in deployments if one.get("active")), None)
        return None if active is None else Observed({"content": _digest(active.get("message"))})

    async def create(self, cloud: Reach, wanted: Wanted) -> Operation | None:
        """Hand the package over."""
        if self.package is None:
            raise CodeFailedError(f"{self.address}: the package is not at hand")
        site = await cloud.manager.get(self._site, SITE_VERSION) or {}
        host, message = kudu_host(site), self._message(wanted)
        async with kudu_at(host, cloud.credential, cloud.cloud) as kudu:
            await kudu.publish(self.package.zipped(), message)
        return Publication(cloud, self._site, self.functions, host, message)

    async def update(
        self,
        cloud: Reach,
        wanted: Wanted,
        observed: Observed,  # noqa: ARG002  the package is whole
        differences: tuple[Difference, ...],
    ) -> Operation | None:
        """Hand the package over; where it was built, see that its functions answer."""
        if differences:
            return await self.create(cloud, wanted)
        return Publication(cloud, self._site, self.functions)

    async def destroy(self, cloud: Reach) -> Operation | None:  # noqa: ARG002  it goes along
        """Leave it: it goes with the app."""
        return None

    def outputs(self, observed: Observed) -> Mapping[str, Json]:  # noqa: ARG002
        """Return the names of its functions."""
        return {"functions": list(self.functions)}

    async def secrets(self, cloud: Reach, names: frozenset[str]) -> Mapping[str, str]:
        """Return keys that open its functions: the default one, and the one that opens all."""
        host = f"{self._site}/host/default"
        told = await cloud.manager.act(host, "listkeys", SITE_VERSION)
        found = {
            "key": str((told.get("functionKeys") or {}).get("default") or ""),
            "master_key": str(told.get("masterKey") or ""),
        }
        return {name: found[name] for name in names}

    def _message(self, wanted: Wanted) -> str:
        """Return what its deployment is marked with."""
        # What an earlier attempt ended with is not to be taken for this one's end.
        return f"{_MARK}{wanted.properties['content']} {uuid.uuid4().hex[:8]}"


@dataclass
class Publication:
    """A package on its way: unpacked and built by Kudu, then the functions that it has.

    Attributes:
        cloud: Of the site.
        site: Its id.
        functions: Names of those that must answer.
        host: Of its Kudu; empty where it is built.
        message: What marks the deployment.
    """

    cloud: Reach
    site: str
    functions: tuple[str, ...]
    host: str = ""
    message: str = ""
    _is_synced: bool = False
    _looks: int = 0

    async def poll(self) -> Progress:
        """Ask how far it is, once.

        Raises:
            CodeFailedError: It could not be built, or other functions answer than expected.
            AzureError: Azure refuses or cannot be reached.
        """
        if self.host:
            not_yet = await self._built()
            if not_yet is not None:
                return not_yet
            self.host = ""
        if not self._is_synced:
            await self.cloud.manager.act(self.site, "syncfunctiontriggers", SITE_VERSION)
            self._is_synced = True
        found = await self._found()
        if found == set(self.functions):
            return Progress(is_done=True)
        self._looks += 1
        if self._looks >= _LOOKS:
            raise CodeFailedError(
                f"{self.site}: the app has the functions {_told(found)} instead of"
                f" {_told(set(self.functions))}",
                hint="look at what the app logs: funcyard check says why functions are not found",
            )
        return Progress(is_done=False)

    async def _built(self) -> Progress | None:
        """Return how far Kudu is, None where it is done."""
        async with kudu_at(self.host, self.cloud.credential, self.cloud.cloud) as kudu:
            latest = await kudu.latest()
            if latest is None:
                return Progress(is_done=False)
            if not latest.is_complete or latest.message != self.message:
                return Progress(is_done=False, retry_after=latest.retry_after)
            if latest.has_failed:
                raise _failed(self.site, latest, await kudu.log(latest.id))
        return None

    async def _found(self) -> set[str]:
        answer = await self.cloud.manager.send("GET", f"{self.site}/functions", SITE_VERSION)
        listed: list[dict[str, Any]] = answer.body.get("value") or []
        return {str(one.get("name", "")).rpartition("/")[2] for one in listed}


def _failed(site: str, deployment: Deployment, log: list[str]) -> CodeFailedError:
    lines = log or deployment.status_text.splitlines()
    told = "\n".join(f"  {line}" for line in lines)
    return CodeFailedError(
        f"{site}: the package could not be built" + (f":\n{told}" if told else ""),
        hint="mend what its log tells, then deploy again",
    )


def _digest(message: object) -> str:
    """Return the digest of a deployment that we made, empty of another's."""
    told = str(message or "")
    return told.removeprefix(_MARK).partition(" ")[0] if told.startswith(_MARK) else ""


def _told(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "(none)"

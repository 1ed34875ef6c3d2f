"""What functions ask of an app's settings: connections, names, and ``%NAME%`` in their bindings.

A connection is the name of a setting that holds a connection string, or the beginning of the names
of several that tell a service to be reached with an identity: ``X__serviceUri``,
``X__fullyQualifiedNamespace``.
https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
An Event Grid output names the settings that hold its topic's address and key.
https://learn.microsoft.com/azure/azure-functions/functions-bindings-event-grid-output
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from funcyard.functions.model import Binding, Function

HOST_STORAGE = "AzureWebJobsStorage"
_NAMING = (
    "connection",
    "connectionStringSetting",
    "leaseConnection",
    "leaseConnectionStringSetting",
)
_NAMED = ("topicEndpointUri", "topicKeySetting")
_STORED = re.compile(r"(?:queue|blob|table)(?:Trigger)?", re.IGNORECASE)
_HOSTS = re.compile(
    r"timerTrigger|(?:orchestration|activity|entity)Trigger|durableClient", re.IGNORECASE
)
_PREFIXES = ("", "AzureWebJobs", "ConnectionStrings:", "ConnectionStrings__")
_KINDS = ("CUSTOMCONNSTR_", "SQLCONNSTR_", "SQLAZURECONNSTR_", "SERVICEBUSCONNSTR_")
_WHO = frozenset(
    {"clientid", "clientsecret", "credential", "managedidentityresourceid", "tenantid"}
)
_STRING = re.compile(
    r"(?:AccountKey|AccountName|Endpoint|Server|SharedAccessKey)\s*=", re.IGNORECASE
)
_PERCENT = re.compile(r"%([^%\s]+)%")
_RESOLVED = frozenset(
    {
        "brokerlist",
        "collectionname",
        "connection",
        "connectionstringsetting",
        "consumergroup",
        "containername",
        "databasename",
        "eventhubname",
        "hubname",
        "leasecontainername",
        "path",
        "queuename",
        "schedule",
        "subscriptionname",
        "tablename",
        "topic",
        "topicname",
    }
)
"""Properties in which the host puts settings for ``%NAME%``; a query may hold percent signs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One setting that a function asks for.

    Attributes:
        function: The function.
        binding: Its binding.
        name: The setting's name, or what the names of several begin with.
        is_connection: Whether it is a connection; else the binding holds ``%NAME%``, or the name
            in a property that is meant for it.
        is_written: Whether the function names it; else it is the default.
        place: The property that is meant for the name of a setting; empty for the others.
    """

    function: Function
    binding: Binding
    name: str
    is_connection: bool
    is_written: bool
    place: str = ""

    @property
    def is_needed(self) -> bool:
        """Whether the host refuses the function without it, rather than failing its runs."""
        return self.binding.is_trigger or bool(self.place)


class Known:
    """The settings that are known to have a value.

    Args:
        names: Their names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = {name.lower() for name in names}

    def has(self, name: str) -> bool:
        """Tell whether a setting has a value."""
        return name.lower() in self._names

    def has_connection(self, name: str) -> bool:
        """Tell whether a connection has one: a connection string, or where to find the service."""
        names = [f"{prefix}{name}".lower() for prefix in (*_PREFIXES, *_KINDS)]
        if not self._names.isdisjoint(names):
            return True
        return any(end not in _WHO for start in names for end in self._after(start))

    def tells_identity(self, name: str) -> bool:
        """Tell whether settings of a connection say who asks, wherever the service may be."""
        return any(end in _WHO for end in self._after(name.lower()))

    def lacks_queues(self, name: str) -> bool:
        """Tell whether a connection by identity names where blobs are and not where queues are."""
        ends = {end for prefix in _PREFIXES for end in self._after(f"{prefix}{name}".lower())}
        named = {"accountname", "queueserviceuri"} & ends
        return "blobserviceuri" in ends and not named and not self.has(name)

    def _after(self, start: str) -> Iterator[str]:
        for name in self._names:
            for mark in ("__", ":"):
                if name.startswith(start + mark):
                    yield name[len(start) + len(mark) :]


def asked_by(function: Function) -> Iterator[Asked]:
    """Yield what a function asks for."""
    for binding in function.bindings:
        yield from _connections(function, binding)
        yield from _named(function, binding)
        for key, value in binding.properties.items():
            if key.lower() in _RESOLVED and isinstance(value, str):
                for found in _PERCENT.findall(value):
                    yield Asked(function, binding, found, is_connection=False, is_written=True)


def is_connection_string(name: str) -> bool:
    """Tell whether what should be the name of a setting is its value."""
    return _STRING.search(name) is not None


def _named(function: Function, binding: Binding) -> Iterator[Asked]:
    if binding.type.lower() != "eventgrid":
        return
    for place in _NAMED:
        if isinstance(name := binding.get(place), str) and name:
            yield Asked(function, binding, name, is_connection=False, is_written=True, place=place)


def _connections(function: Function, binding: Binding) -> Iterator[Asked]:
    written = [
        value
        for key in _NAMING
        if isinstance(value := binding.get(key), str) and value and "%" not in value
    ]
    for name in written:
        yield Asked(function, binding, name, is_connection=True, is_written=True)
    stored = _STORED.fullmatch(binding.type) and not binding.get("connection")
    if stored or _HOSTS.fullmatch(binding.type):
        yield Asked(function, binding, HOST_STORAGE, is_connection=True, is_written=False)

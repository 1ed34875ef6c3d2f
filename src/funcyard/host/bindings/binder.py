"""What every kind of binding is given: names resolved, clients at hand, faults in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from funcyard.errors import FuncyardError
from funcyard.host.bindings.expressions import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from funcyard.functions.model import Binding
    from funcyard.host.host_json import HostJson
    from funcyard.host.storage import StorageAccounts
    from funcyard.host.topics import Topics


class BindingError(FuncyardError):
    """A binding could not be read or written."""

    code = "binding"


@dataclass(frozen=True, slots=True)
class Binder:
    """One run's view of the app, for reading inputs and writing outputs.

    Attributes:
        function: Name of the function.
        data: The trigger's binding data.
        settings: The app's settings.
        storage: Clients of its storage accounts.
        topics: Clients of the topics that it sends events to.
        host_json: The app's host.json.
    """

    function: str
    data: Mapping[str, str]
    settings: Mapping[str, str]
    storage: StorageAccounts
    topics: Topics
    host_json: HostJson

    def text(self, binding: Binding, name: str, *, quote: Callable[[str], str] = str) -> str | None:
        """Return a property of a binding with its expressions resolved, None where it is absent.

        Raises:
            ExpressionError: An expression names what the trigger does not give.
            SettingMissingError: A setting does not exist.
        """
        value = binding.get(name)
        if value is None or value == "":
            return None
        return resolve(
            str(value), data=self.data, settings=self.settings, function=self.function, quote=quote
        )

    def required(self, binding: Binding, name: str) -> str:
        """Return a property that the binding must have.

        Raises:
            BindingError: It is absent.
        """
        value = self.text(binding, name)
        if value is None:
            raise BindingError(f"{self.function}: {binding.name} ({binding.type}) has no {name}")
        return value

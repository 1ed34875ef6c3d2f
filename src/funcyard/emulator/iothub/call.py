"""One request to a hub, with what of its address names something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from funcyard.emulator.digits import whole_number
from funcyard.emulator.iothub import access, errors
from funcyard.emulator.iothub.reading import read_json

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.http import Request
    from funcyard.emulator.iothub.hub import Hub


@dataclass(frozen=True, slots=True)
class HubCall:
    """A request.

    Attributes:
        hub: Whom it is sent to.
        request: As it came.
        names: What stands in its address for the braces of its route, in order.
    """

    hub: Hub
    request: Request
    names: tuple[str, ...]

    @property
    def device(self) -> str:
        """The device that it names."""
        return self.names[0]

    def check_service(self, right: str, action: str) -> None:
        """Refuse a sender that is no service with a right.

        Raises:
            HubError: It is none.
        """
        hub, request = self.hub, self.request
        header = request.headers.get("authorization", "")
        access.check_service(
            hub.core, hub.kept, header, path=request.path, right=right, action=action
        )

    def check_device(self) -> None:
        """Refuse a sender that is not the device that is named.

        Raises:
            HubError: It is not.
        """
        hub, request = self.hub, self.request
        header = request.headers.get("authorization", "")
        device = hub.store.device(self.device)
        access.check_device(hub.core, hub.kept, device, header, path=request.path)

    def json(self) -> Any:  # noqa: ANN401 - JSON
        """Return the body.

        Raises:
            HubError: It is no JSON.
        """
        return read_json(self.request.body)

    def body(self) -> Json:
        """Return the body, an object.

        Raises:
            HubError: It is none.
        """
        found = self.json()
        if not isinstance(found, dict):
            raise errors.bad_argument("The body is no JSON object.")
        return found

    def is_match(self, etag: str) -> bool:
        """Whether something with an etag is as the sender saw it; so it is where none is named."""
        wanted = self.request.headers.get("if-match", "").strip().strip('"')
        return wanted in {"", "*", etag}

    def number(self, name: str, most: int) -> int:
        """Return a whole number of the query from 1 to the most, which it is where none is given.

        Raises:
            HubError: It is none.
        """
        text = self.request.query.get(name, str(most))
        found = whole_number(text)
        if not found:
            raise errors.bad_argument(f"'{text[:40]}' is no {name}.")
        return min(found, most)

"""What services do with devices over HTTPS: twins, direct methods, messages.

https://learn.microsoft.com/rest/api/iothub/service/devices
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.http import Answer
from funcyard.emulator.iothub import errors, headers
from funcyard.emulator.iothub.errors import HubError, MethodError

if TYPE_CHECKING:
    from funcyard.emulator.iothub.call import HubCall
    from funcyard.emulator.iothub.devices import Device

_SECONDS: Final = range(5, 301)
_USUAL_SECONDS: Final = 30
_LONGEST_METHOD: Final = 1024


async def get_twin(call: HubCall) -> Answer:
    """Return the twin of a device."""
    call.check_service("ServiceConnect", "twins/read")
    return _answer(call, call.hub.device(call.device))


async def patch_twin(call: HubCall) -> Answer:
    """Change what is named of the twin of a device."""
    return _written(call, is_whole=False)


async def put_twin(call: HubCall) -> Answer:
    """Replace the tags and desired properties of a device."""
    return _written(call, is_whole=True)


async def call_method(call: HubCall) -> Answer:
    """Call a direct method of a device that is connected, and wait for what it answers."""
    call.check_service("ServiceConnect", "directMethods/invoke/action")
    body, device = call.body(), call.hub.device(call.device)
    name = body.get("methodName")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_METHOD:
        raise errors.bad_argument("The body names no method.")
    answering = _seconds(body.get("responseTimeoutInSeconds"), _USUAL_SECONDS, least=_SECONDS[0])
    connecting = _seconds(body.get("connectTimeoutInSeconds"), 0, least=0)
    connection = await call.hub.callable(device.id, connecting)
    if connection is None:
        raise MethodError(
            404, "DeviceNotOnline", 404103, "Timed out waiting for device to connect."
        )
    try:
        status, payload = await connection.call(name, body.get("payload"), answering)
    except TimeoutError:
        raise MethodError(
            504, "GatewayTimeout", 504101, "Timed out waiting for the response from device."
        ) from None
    return Answer(200, {"status": status, "payload": payload})


async def send_message(call: HubCall) -> Answer:
    """Keep a message for a device; Azure takes these by AMQP alone, at the same address."""
    call.check_service("ServiceConnect", "cloudToDeviceMessages/send/action")
    device = call.hub.device(call.device)
    properties, system = headers.read(call.request.headers)
    ack = call.request.headers.get("iothub-ack", "none").lower()
    if ack != "none":
        raise errors.not_served("feedback on messages", "Send without iothub-ack.")
    system |= {"to": f"/devices/{device.id}/messages/deviceBound"}
    call.hub.queue.send(device, call.request.body, properties, system)
    return Answer(204)


async def purge(call: HubCall) -> Answer:
    """Forget the messages that wait for a device."""
    call.check_service("ServiceConnect", "cloudToDeviceMessages/queue/purge/action")
    device = call.hub.device(call.device)
    told = {"deviceId": device.id, "moduleId": None}
    return Answer(200, {**told, "totalMessagesPurged": call.hub.store.purge(device.id)})


async def feedback(call: HubCall) -> Answer:
    """Tell that no device has said anything of its messages, for none is asked to."""
    call.check_service("ServiceConnect", "cloudToDeviceMessages/feedback/action")
    return Answer(204)


def _written(call: HubCall, *, is_whole: bool) -> Answer:
    call.check_service("ServiceConnect", "twins/write")
    device = call.hub.device(call.device)
    if not call.is_match(device.twin.etag):
        raise errors.changed()
    return _answer(call, call.hub.patch_twin(device, call.body(), is_whole=is_whole))


def _answer(call: HubCall, device: Device) -> Answer:
    return Answer(200, call.hub.twin(device), {"etag": f'"{device.twin.etag}"'})


def _seconds(value: object, usual: int, *, least: int) -> float:
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value < _SECONDS.stop:
        raise HubError(
            400, "ArgumentInvalid", f"A time-out is {least} to {_SECONDS[-1]} whole seconds."
        )
    return value

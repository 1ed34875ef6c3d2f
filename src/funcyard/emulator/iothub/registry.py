"""The registry over HTTPS: devices one by one, listed, in bulk, counted.

https://learn.microsoft.com/rest/api/iothub/service/devices
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.digits import whole_number
from funcyard.emulator.http import Answer
from funcyard.emulator.iothub import errors, query
from funcyard.emulator.iothub.errors import HubError

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.iothub.call import HubCall
    from funcyard.emulator.iothub.devices import Device

_MOST_LISTED: Final = 1000
_MOST_AT_ONCE: Final = 100
_NUMBERS: Final = {
    "DeviceAlreadyExists": 409201,
    "DeviceNotFound": 404001,
    "PreconditionFailed": 412001,
}
_ANY_ERROR: Final = 400004


async def list_devices(call: HubCall) -> Answer:
    """Return devices, no more than asked for."""
    call.check_service("RegistryRead", "devices/read")
    most = call.number("top", _MOST_LISTED)
    found = [call.hub.shown(one) for one in islice(call.hub.store.devices(), most)]
    return Answer(200, found)


async def get_device(call: HubCall) -> Answer:
    """Return a device."""
    call.check_service("RegistryRead", "devices/read")
    return _answer(call, call.hub.device(call.device))


async def put_device(call: HubCall) -> Answer:
    """Make a device, or replace its identity where If-Match says that it is there."""
    call.check_service("RegistryWrite", "devices/write")
    device = call.hub.store.device(call.device)
    wanted = call.request.headers.get("if-match", "").strip()
    if device is None:
        if wanted.strip('"'):
            raise errors.no_device(call.device)
        return _answer(call, await call.hub.create(call.device, call.body()))
    if not wanted.strip('"'):
        raise errors.device_exists(call.device)
    if not call.is_match(device.etag):
        raise errors.changed()
    return _answer(call, await call.hub.change(device, call.body()))


async def delete_device(call: HubCall) -> Answer:
    """Delete a device."""
    call.check_service("RegistryWrite", "devices/delete")
    device = call.hub.device(call.device)
    if "if-match" not in call.request.headers:
        raise errors.bad_argument("The request needs If-Match.")
    if not call.is_match(device.etag):
        raise errors.changed()
    await call.hub.delete(device)
    return Answer(204)


async def bulk(call: HubCall) -> Answer:
    """Make, change or delete up to a hundred devices, each by itself."""
    call.check_service("RegistryWrite", "devices/write")
    listed = call.json()
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise errors.bad_argument("The body is no list of objects.")
    if not 0 < len(listed) <= _MOST_AT_ONCE:
        raise errors.bad_argument(f"1 to {_MOST_AT_ONCE} devices can be changed at once.")
    faults = []
    for one in listed:
        name = str(one.get("id", ""))
        try:
            await _import(call, name, one)
        except HubError as fault:
            number = _NUMBERS.get(fault.code, _ANY_ERROR)
            told = {"errorCode": number, "errorStatus": fault.message}
            faults.append({"deviceId": name, **told})
    good = {"isSuccessful": not faults, "errors": faults, "warnings": []}
    return Answer(200 if not faults else 400, good)


async def _import(call: HubCall, name: str, one: Json) -> None:
    hub, mode = call.hub, str(one.get("importMode", "create")).lower()
    # Here an etag may be named that is not held against anything.
    body = {key: value for key, value in one.items() if key != "importMode"}
    if mode == "create":
        await hub.create(name, body)
        return
    device = hub.store.device(name)
    if device is None and mode == "createorupdate":
        await hub.create(name, body)
        return
    if device is None:
        raise errors.no_device(name)
    if mode.endswith("ifmatchetag"):
        if one.get("eTag") != device.etag:
            raise errors.changed()
        mode = mode.removesuffix("ifmatchetag")
    if mode in {"update", "createorupdate"}:
        await hub.change(device, body)
    elif mode == "delete":
        await hub.delete(device)
    elif mode == "updatetwin":
        hub.patch_twin(device, body)
    else:
        raise errors.bad_argument(f"'{one.get('importMode')}' is no import mode.")


async def query_twins(call: HubCall) -> Answer:
    """Return the twins that a query names, a page at a time."""
    call.check_service("RegistryRead", "twins/read")
    text = call.body().get("query")
    if not isinstance(text, str):
        raise errors.bad_argument("The body names no query.")
    holds = query.parse(text)
    headers = call.request.headers
    after = headers.get("x-ms-continuation", "")
    asked = headers.get("x-ms-max-item-count", str(_MOST_AT_ONCE))
    most = whole_number(asked)
    if not most:
        raise errors.bad_argument(f"'{asked[:40]}' is no x-ms-max-item-count.")
    page, more = _page(call, holds, after, min(most, _MOST_LISTED))
    told = {"x-ms-item-type": "Twin"}
    if more:
        told["x-ms-continuation"] = page[-1]["deviceId"]
    return Answer(200, page, told)


def _page(call: HubCall, holds: query.Condition, after: str, most: int) -> tuple[list[Any], bool]:
    found: list[Any] = []
    for device in call.hub.store.devices(after):
        twin = call.hub.twin(device)
        if holds(twin):
            if len(found) == most:
                return found, True
            found.append(twin)
    return found, False


async def device_statistics(call: HubCall) -> Answer:
    """Count the devices."""
    call.check_service("RegistryRead", "devices/read")
    found = [one.is_enabled for one in call.hub.store.devices()]
    told = {"enabledDeviceCount": sum(found), "disabledDeviceCount": len(found) - sum(found)}
    return Answer(200, {"totalDeviceCount": len(found), **told})


async def service_statistics(call: HubCall) -> Answer:
    """Count the devices that are connected."""
    call.check_service("ServiceConnect", "devices/read")
    connected = (one for one in call.hub.store.devices() if call.hub.is_connected(one.id))
    return Answer(200, {"connectedDeviceCount": sum(1 for _ in connected)})


def _answer(call: HubCall, device: Device) -> Answer:
    return Answer(200, call.hub.shown(device), {"etag": f'"{device.etag}"'})

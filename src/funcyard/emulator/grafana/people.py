"""Who is known in a Grafana: whoever asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.call import Call

_AVATAR = "/avatar/00000000000000000000000000000000"
_LABELS = ["Auth Proxy"]


def user(call: Call) -> Answer:
    """Return who asks."""
    now = call.now()
    return Answer(
        200,
        {
            **_named(call),
            "id": 2,
            "theme": "",
            "isGrafanaAdmin": False,
            "isExternal": True,
            "isGrafanaAdminExternallySynced": False,
            "updatedAt": now,
            "createdAt": now,
        },
    )


def users(call: Call) -> Answer:
    """Return those of the organisation: whoever asks, for nobody else is remembered."""
    seen = {"role": call.user.role, "lastSeenAt": call.now(), "lastSeenAtAge": "< 1 minute"}
    return Answer(200, [{**_named(call), "userId": 2, **seen}])


def _named(call: Call) -> Json:
    name = call.user.name
    return {
        "orgId": 1,
        "uid": name,
        "email": name,
        "name": name,
        "login": name,
        "avatarUrl": _AVATAR,
        "isDisabled": False,
        "authLabels": _LABELS,
        "isExternallySynced": False,
    }

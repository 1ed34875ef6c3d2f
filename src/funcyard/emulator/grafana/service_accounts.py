"""Service accounts, whose tokens programs bear: a function an operation.

https://grafana.com/docs/grafana/latest/developers/http_api/serviceaccount/
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from funcyard.emulator.grafana import errors
from funcyard.emulator.grafana.access import ROLES, digest, is_expired, new_token
from funcyard.emulator.grafana.call import new_uid, number_of, slug
from funcyard.emulator.grafana.store import ACCOUNT, TOKEN
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.call import Call

_LONGEST = 10 * 365 * 24 * 3600
_AVATAR = "/avatar/00000000000000000000000000000000"


def search(call: Call) -> Answer:
    """Return the accounts whose name holds a text."""
    text = call.query.get("query", [""])[-1].lower()
    found = [one for one in call.store.all(ACCOUNT) if text in one["name"].lower()]
    shown = [{**_brief(one), "tokens": len(_tokens(call, one))} for one in found]
    body = {"totalCount": len(shown), "serviceAccounts": shown, "page": 1, "perPage": 1000}
    return Answer(200, body)


def add(call: Call) -> Answer:
    """Make an account."""
    given = call.body()
    record = _record(call, given, {"isDisabled": False, "role": "Viewer"}, None)
    now = call.now()
    record |= {"login": f"sa-1-{slug(record['name'])}", "createdAt": now, "updatedAt": now}
    made = call.store.add(ACCOUNT, new_uid(), record)
    return Answer(201, {**_brief(made), "tokens": 0})


def get(call: Call) -> Answer:
    """Return an account."""
    return Answer(200, _shown(_account(call)))


def patch(call: Call) -> Answer:
    """Change an account."""
    kept = _account(call)
    changed = {**kept, **_record(call, call.body(), kept, kept), "updatedAt": call.now()}
    call.store.change(kept["id"], changed)
    told = {"id": kept["id"], "message": "Service account updated", "name": changed["name"]}
    return Answer(200, {**told, "serviceaccount": _shown(changed)})


def delete(call: Call) -> Answer:
    """Delete an account with its tokens."""
    kept = _account(call)
    call.store.drop([kept["id"], *(one["id"] for one in _tokens(call, kept))])
    return Answer(200, {"message": "Service account deleted"})


def tokens(call: Call) -> Answer:
    """Return the tokens of an account, without what they are."""
    return Answer(200, [_token(call, one) for one in _tokens(call, _account(call))])


def add_token(call: Call) -> Answer:
    """Make a token of an account; only this answer tells it."""
    kept, given = _account(call), call.body()
    name, seconds = given.get("name"), given.get("secondsToLive", 0)
    is_time = type(seconds) is int and 0 <= seconds <= _LONGEST
    if not isinstance(name, str) or not name or not is_time:
        raise errors.bad("a token has a name, and lives for a number of seconds")
    if any(one["name"] == name for one in _tokens(call, kept)):
        raise errors.GrafanaError(409, "service account token with given name already exists")
    ends = datetime.fromtimestamp(call.clock.time() + seconds, UTC)
    expiration = f"{ends:%Y-%m-%dT%H:%M:%SZ}" if seconds else None
    key = new_token()
    record = {"account": kept["id"], "name": name, "created": call.now(), "expiration": expiration}
    made = call.store.add(TOKEN, digest(key), record)
    return Answer(200, {"id": made["id"], "name": name, "key": key})


def delete_token(call: Call) -> Answer:
    """Delete a token of an account."""
    wanted = number_of(call.names[1], "service account token")
    for one in _tokens(call, _account(call)):
        if one["id"] == wanted:
            call.store.drop([wanted])
            return Answer(200, {"message": "Service account token deleted"})
    raise errors.not_found("service account token")


def _record(call: Call, given: Json, base: Json, own: Json | None) -> Json:
    wanted = {name: given.get(name, base.get(name)) for name in ("name", "role", "isDisabled")}
    if not isinstance(wanted["name"], str) or not wanted["name"]:
        raise errors.bad("a service account has a name")
    if wanted["role"] not in ROLES:
        raise errors.bad(f"the role is one of {', '.join(ROLES)}")
    if not isinstance(wanted["isDisabled"], bool):
        raise errors.bad("'isDisabled' is true or false")
    for other in call.store.all(ACCOUNT):
        if other["name"] == wanted["name"] and (own is None or other["id"] != own["id"]):
            raise errors.bad("service account already exists")
    return wanted


def _account(call: Call) -> Json:
    wanted = number_of(call.names[0], "service account")
    found = next((one for one in call.store.all(ACCOUNT) if one["id"] == wanted), None)
    if found is None:
        raise errors.not_found("service account")
    return found


def _tokens(call: Call, account: Json) -> list[Json]:
    return [one for one in call.store.all(TOKEN) if one["account"] == account["id"]]


def _brief(kept: Json) -> Json:
    names = ("id", "uid", "name", "login", "isDisabled", "role")
    return {"orgId": 1, **{name: kept[name] for name in names}, "avatarUrl": ""}


def _shown(kept: Json) -> Json:
    times = {name: kept[name] for name in ("createdAt", "updatedAt")}
    return {**_brief(kept), **times, "avatarUrl": _AVATAR, "teams": None}


def _token(call: Call, kept: Json) -> Json:
    left: float = 0
    if kept["expiration"] is not None:
        left = datetime.fromisoformat(kept["expiration"]).timestamp() - call.clock.time()
    return {
        "id": kept["id"],
        "name": kept["name"],
        "created": kept["created"],
        "lastUsedAt": None,
        "expiration": kept["expiration"],
        "secondsUntilExpiration": max(0.0, left),
        "hasExpired": is_expired(kept, call.clock.time()),
        "isRevoked": False,
    }

"""Data sources: a function an operation. Their secrets are taken and never shown.

https://grafana.com/docs/grafana/latest/developers/http_api/data_source/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from funcyard.emulator.grafana import errors
from funcyard.emulator.grafana.call import number_of, uid_of
from funcyard.emulator.grafana.store import SOURCE
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.call import Call

_DEFAULTS: Final[Json] = {
    "access": "proxy",
    "url": "",
    "user": "",
    "database": "",
    "basicAuth": False,
    "basicAuthUser": "",
    "withCredentials": False,
    "isDefault": False,
    "jsonData": {},
}
_KINDS: Final = {bool: "true or false", str: "a string", dict: "an object"}
_LOGOS: Final = "public/app/plugins/datasource"
_ALIKE: Final = {"grafana-azure-monitor-datasource": "azuremonitor"}


def listed(call: Call) -> Answer:
    """Return all data sources."""
    return Answer(200, [_shown(one, is_listed=True) for one in call.store.all(SOURCE)])


def by_id(call: Call) -> Answer:
    """Return a data source by its id."""
    return Answer(200, _shown(_by_id(call)))


def by_uid(call: Call) -> Answer:
    """Return a data source by its uid."""
    return Answer(200, _shown(_by_uid(call)))


def by_name(call: Call) -> Answer:
    """Return a data source by its name."""
    return Answer(200, _shown(_by_name(call)))


def add(call: Call) -> Answer:
    """Make a data source."""
    given = call.body()
    record = _record(call, given, None)
    uid = uid_of(given.get("uid"))
    if call.store.find(SOURCE, uid) is not None:
        raise errors.GrafanaError(409, "data source with the same uid already exists")
    made = call.store.add(SOURCE, uid, record)
    _keep_one_default(call, made)
    return _told(made, "Datasource added")


def put_by_id(call: Call) -> Answer:
    """Change the data source of an id."""
    return _put(call, _by_id(call))


def put_by_uid(call: Call) -> Answer:
    """Change the data source of a uid."""
    return _put(call, _by_uid(call))


def delete_by_id(call: Call) -> Answer:
    """Delete the data source of an id."""
    call.store.drop([_by_id(call)["id"]])
    return Answer(200, {"message": "Data source deleted"})


def delete_by_uid(call: Call) -> Answer:
    """Delete the data source of a uid."""
    return _deleted(call, _by_uid(call))


def delete_by_name(call: Call) -> Answer:
    """Delete the data source of a name."""
    return _deleted(call, _by_name(call))


def _deleted(call: Call, kept: Json) -> Answer:
    call.store.drop([kept["id"]])
    return Answer(200, {"id": kept["id"], "message": "Data source deleted"})


def _put(call: Call, before: Json) -> Answer:
    given = call.body()
    if "version" in given and given["version"] != before["version"]:
        raise errors.GrafanaError(409, "Datasource has already been updated by someone else")
    record = _record(call, given, before)
    uid = uid_of(given.get("uid") or before["uid"])
    if uid != before["uid"] and call.store.find(SOURCE, uid) is not None:
        raise errors.GrafanaError(409, "data source with the same uid already exists")
    changed = {"id": before["id"], "uid": uid, **record}
    call.store.change(before["id"], changed)
    _keep_one_default(call, changed)
    return _told(changed, "Datasource updated")


def _record(call: Call, given: Json, before: Json | None) -> Json:
    name, kind = given.get("name"), given.get("type")
    if not isinstance(name, str) or not name or not isinstance(kind, str) or not kind:
        raise errors.bad("bad request data: a data source has a name and a type")
    for other in call.store.all(SOURCE):
        if other["name"] == name and (before is None or other["id"] != before["id"]):
            raise errors.GrafanaError(409, "data source with the same name already exists")
    record: Json = {"name": name, "type": kind}
    for member, default in _DEFAULTS.items():
        value = given.get(member)
        if value is not None and not isinstance(value, type(default)):
            raise errors.bad(f"bad request data: '{member}' is {_KINDS[type(default)]}")
        record[member] = default if value is None else value
    secret = given.get("secureJsonData") or {}
    if not isinstance(secret, dict) or not all(isinstance(one, str) for one in secret.values()):
        raise errors.bad("bad request data: 'secureJsonData' is an object of strings")
    kept: dict[str, Any] = before["secrets"] if before is not None else {}
    record["secrets"] = {**kept, **secret}
    # Grafana counts the first writing as 1, and a change by one more only where a version is sent.
    record["version"] = 1 if before is None else before["version"] + ("version" in given)
    return record


def _keep_one_default(call: Call, chosen: Json) -> None:
    if not chosen["isDefault"]:
        return
    for other in call.store.all(SOURCE):
        if other["isDefault"] and other["id"] != chosen["id"]:
            call.store.change(other["id"], {**other, "isDefault": False})


def _told(kept: Json, message: str) -> Answer:
    shown = _shown(kept)
    body = {"datasource": shown, "id": kept["id"], "message": message, "name": kept["name"]}
    return Answer(200, body)


def _shown(kept: Json, *, is_listed: bool = False) -> Json:
    logo = f"{_LOGOS}/{_ALIKE.get(kept['type'], kept['type'])}/img/logo.jpg"
    fields = dict.fromkeys(kept["secrets"], True)
    told = {
        "id": kept["id"],
        "uid": kept["uid"],
        "orgId": 1,
        "name": kept["name"],
        "type": kept["type"],
        "typeLogoUrl": logo,
        **{name: kept[name] for name in _DEFAULTS},
    }
    if is_listed:
        return {**told, "typeName": kept["type"], "readOnly": False}
    version = {"version": kept["version"], "readOnly": False, "apiVersion": ""}
    return {**told, "secureJsonFields": fields, **version}


def _by_id(call: Call) -> Json:
    wanted = number_of(call.names[0], "data source")
    return _one(next((one for one in call.store.all(SOURCE) if one["id"] == wanted), None))


def _by_uid(call: Call) -> Json:
    return _one(call.store.find(SOURCE, call.names[0]))


def _by_name(call: Call) -> Json:
    wanted = call.names[0]
    return _one(next((one for one in call.store.all(SOURCE) if one["name"] == wanted), None))


def _one(found: Json | None) -> Json:
    if found is None:
        raise errors.not_found("Data source")
    return found

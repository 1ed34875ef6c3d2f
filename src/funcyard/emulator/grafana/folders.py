"""Folders of dashboards: a function an operation.

https://grafana.com/docs/grafana/latest/developers/http_api/folder/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from funcyard.emulator.grafana import errors
from funcyard.emulator.grafana.call import slug, uid_of
from funcyard.emulator.grafana.store import DASHBOARD, FOLDER
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.call import Call


def listed(call: Call) -> Answer:
    """Return all folders."""
    found = call.store.all(FOLDER)
    return Answer(200, [{name: one[name] for name in ("id", "uid", "title")} for one in found])


def get(call: Call) -> Answer:
    """Return a folder."""
    return Answer(200, _shown(folder(call, call.names[0])))


def add(call: Call) -> Answer:
    """Make a folder; folders in folders are not served."""
    given = call.body()
    if given.get("parentUid"):
        raise errors.bad("folders in folders are not served here (parentUid)")
    title = _title(call, given, None)
    uid = uid_of(given.get("uid"))
    if call.store.find(FOLDER, uid) is not None:
        raise errors.GrafanaError(
            412, "a folder with the same uid already exists", state="name-exists"
        )
    who, now = call.user.name, call.clock.stamp()
    record = {"title": title, "createdBy": who, "created": now, "updatedBy": who, "updated": now}
    return Answer(200, _shown(call.store.add(FOLDER, uid, {**record, "version": 1})))


def put(call: Call) -> Answer:
    """Rename a folder."""
    kept, given = folder(call, call.names[0]), call.body()
    if not given.get("overwrite") and given.get("version") != kept["version"]:
        raise errors.GrafanaError(
            412, "the folder has been changed by someone else", state="version-mismatch"
        )
    changed = {
        **kept,
        "title": _title(call, given, kept),
        "updatedBy": call.user.name,
        "updated": call.clock.stamp(),
        "version": kept["version"] + 1,
    }
    call.store.change(kept["id"], changed)
    return Answer(200, _shown(changed))


def delete(call: Call) -> Answer:
    """Delete a folder with its dashboards."""
    kept = folder(call, call.names[0])
    inside = [one["id"] for one in call.store.all(DASHBOARD) if one["folder"] == kept["uid"]]
    call.store.drop([kept["id"], *inside])
    return Answer(200, {"message": "Folder deleted"})


def folder(call: Call, uid: str) -> Json:
    """Return a folder as it is kept.

    Raises:
        GrafanaError: There is no such.
    """
    found = call.store.find(FOLDER, uid)
    if found is None:
        raise errors.GrafanaError(404, "folder not found", state="not-found")
    return found


def _title(call: Call, given: Json, own: Json | None) -> str:
    title = given.get("title")
    if not isinstance(title, str) or not title.strip():
        raise errors.bad("folder title cannot be empty")
    for other in call.store.all(FOLDER):
        if other["title"] == title and (own is None or other["id"] != own["id"]):
            raise errors.GrafanaError(
                412, "a folder with the same name already exists", state="name-exists"
            )
    return title


def url_of(kept: Json) -> str:
    """Return where a folder is shown."""
    return f"/dashboards/f/{kept['uid']}/{slug(kept['title'])}"


def _shown(kept: Json) -> Json:
    may = dict.fromkeys(("canSave", "canEdit", "canAdmin", "canDelete"), True)
    return {
        "id": kept["id"],
        "uid": kept["uid"],
        "orgId": 1,
        "title": kept["title"],
        "url": url_of(kept),
        "hasAcl": False,
        **may,
        "createdBy": kept["createdBy"],
        "created": kept["created"],
        "updatedBy": kept["updatedBy"],
        "updated": kept["updated"],
        "version": kept["version"],
    }

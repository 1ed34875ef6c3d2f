"""Dashboards, and the search for them and for folders: a function an operation.

https://grafana.com/docs/grafana/latest/developers/http_api/dashboard/
https://grafana.com/docs/grafana/latest/developers/http_api/folder_dashboard_search/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digits import whole_number
from funcyard.emulator.grafana import errors
from funcyard.emulator.grafana.call import slug, uid_of
from funcyard.emulator.grafana.folders import folder, url_of
from funcyard.emulator.grafana.store import DASHBOARD, FOLDER
from funcyard.emulator.http import Answer

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.grafana.call import Call

_NEVER: Final = "0001-01-01T00:00:00Z"
_ALL: Final = 5000
_KINDS: Final = {"dash-db", "dash-folder"}
_PARAMETERS: Final = frozenset(
    {"query", "type", "tag", "dashboardUIDs", "folderUIDs", "limit", "page"}
)


def put(call: Call) -> Answer:
    """Make a dashboard, or change it; who did not see the last version has to say so."""
    given = call.body()
    document = given.get("dashboard")
    title = document.get("title") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(title, str) or not title.strip():
        raise errors.bad("Dashboard title cannot be empty")
    within = given.get("folderUid") or ""
    if not isinstance(within, str):
        raise errors.bad("bad request data: 'folderUid' is a uid")
    if not all(isinstance(one, str) for one in _tags(document)):
        raise errors.bad("bad request data: 'tags' are words")
    if within:
        folder(call, within)
    before = _before(call, document)
    overwrites = given.get("overwrite") is True
    _check_title(call, title, within, before)
    if before is not None and not overwrites and document.get("version") != before["version"]:
        raise errors.GrafanaError(
            412, "The dashboard has been changed by someone else", state="version-mismatch"
        )
    own = {name: one for name, one in document.items() if name not in {"id", "uid", "version"}}
    now, who = call.now(), call.user.name
    record: Json = {"folder": within, "document": own, "updated": now, "updatedBy": who}
    if before is None:
        record |= {"version": 1, "created": now, "createdBy": who}
        kept = call.store.add(DASHBOARD, uid_of(document.get("uid")), record)
    else:
        kept = {**before, **record, "version": before["version"] + 1}
        call.store.change(before["id"], kept)
    return Answer(
        200,
        {
            "folderUid": within,
            "id": kept["id"],
            "slug": slug(title),
            "status": "success",
            "uid": kept["uid"],
            "url": _url(kept),
            "version": kept["version"],
        },
    )


def get(call: Call) -> Answer:
    """Return a dashboard, and what is known of it."""
    kept = _dashboard(call)
    own = {"id": kept["id"], "uid": kept["uid"], "version": kept["version"]}
    return Answer(200, {"meta": _meta(call, kept), "dashboard": {**kept["document"], **own}})


def delete(call: Call) -> Answer:
    """Delete a dashboard."""
    kept = _dashboard(call)
    call.store.drop([kept["id"]])
    title = kept["document"]["title"]
    told = {"message": f"Dashboard {title} deleted", "title": title, "uid": kept["uid"]}
    return Answer(200, told)


def search(call: Call) -> Answer:
    """Return the folders and dashboards that are looked for."""
    query = call.query
    unknown = set(query) - _PARAMETERS
    if unknown:
        raise errors.bad(f"not served here: {', '.join(sorted(unknown))}")
    kinds = set(query.get("type", ())) or _KINDS
    text = query.get("query", [""])[-1].lower()
    tags, uids = set(query.get("tag", ())), set(query.get("dashboardUIDs", ()))
    within = set(query.get("folderUIDs", ()))
    found: list[Json] = []
    if "dash-folder" in kinds and not (tags or uids or within):
        found += [_found_folder(one) for one in call.store.all(FOLDER)]
    if "dash-db" in kinds:
        chosen = (
            one
            for one in call.store.all(DASHBOARD)
            if tags <= set(_tags(one["document"]))
            and (not uids or one["uid"] in uids)
            and (not within or (one["folder"] or "general") in within)
        )
        found += [_found_dashboard(call, one) for one in chosen]
    matching = [one for one in found if text in one["title"].lower()]
    size, page = _number(query, "limit", 1000), _number(query, "page", 1)
    return Answer(200, matching[(page - 1) * size : page * size])


def _number(query: dict[str, list[str]], name: str, default: int) -> int:
    given = whole_number(query.get(name, [str(default)])[-1]) or 0
    if not 1 <= given <= _ALL:
        raise errors.bad(f"'{name}' is a number from 1 to {_ALL}")
    return given


def _before(call: Call, document: Json) -> Json | None:
    """Return the dashboard that a document stands for; None for a new one."""
    if uid := document.get("uid"):
        return call.store.find(DASHBOARD, uid_of(uid))
    if (identifier := document.get("id")) is None:
        return None
    kept = next((one for one in call.store.all(DASHBOARD) if one["id"] == identifier), None)
    if kept is None:
        raise errors.GrafanaError(404, "Dashboard not found", state="not-found")
    return kept


def _check_title(call: Call, title: str, within: str, own: Json | None) -> None:
    for other in call.store.all(DASHBOARD):
        if own is not None and other["id"] == own["id"]:
            continue
        if other["document"]["title"] == title and other["folder"] == within:
            raise errors.GrafanaError(
                412,
                "A dashboard with the same name in the folder already exists",
                state="name-exists",
            )


def _dashboard(call: Call) -> Json:
    found = call.store.find(DASHBOARD, call.names[0])
    if found is None:
        raise errors.not_found("Dashboard")
    return found


def _url(kept: Json) -> str:
    return f"/d/{kept['uid']}/{slug(kept['document']['title'])}"


def _folder(call: Call, kept: Json) -> Json | None:
    return call.store.find(FOLDER, kept["folder"]) if kept["folder"] else None


def _meta(call: Call, kept: Json) -> Json:
    above = _folder(call, kept)
    may = dict.fromkeys(("canSave", "canEdit", "canAdmin", "canStar", "canDelete"), True)
    notes = dict.fromkeys(("canAdd", "canEdit", "canDelete"), True)
    return {
        "type": "db",
        **may,
        "slug": slug(kept["document"]["title"]),
        "url": _url(kept),
        "expires": _NEVER,
        **{name: kept[name] for name in ("created", "updated", "updatedBy", "createdBy")},
        "version": kept["version"],
        "hasAcl": False,
        "isFolder": False,
        "folderId": above["id"] if above else 0,
        "folderUid": kept["folder"],
        "folderTitle": above["title"] if above else "General",
        "folderUrl": url_of(above) if above else "",
        "provisioned": False,
        "provisionedExternalId": "",
        "annotationsPermissions": {"dashboard": notes, "organization": notes},
    }


def _found_folder(kept: Json) -> Json:
    return _found(kept, kept["title"], url_of(kept), "dash-folder", [])


def _found_dashboard(call: Call, kept: Json) -> Json:
    document, above = kept["document"], _folder(call, kept)
    found = _found(kept, document["title"], _url(kept), "dash-db", _tags(document))
    if above is None:
        return found
    told = {"folderId": above["id"], "folderUid": above["uid"], "folderTitle": above["title"]}
    return {**found, **told, "folderUrl": url_of(above)}


def _tags(document: Json) -> list[str]:
    found = document.get("tags")
    return found if isinstance(found, list) else []


def _found(kept: Json, title: str, url: str, kind: str, tags: list[str]) -> Json:
    return {
        "id": kept["id"],
        "uid": kept["uid"],
        "title": title,
        "uri": f"db/{slug(title)}",
        "url": url,
        "slug": "",
        "type": kind,
        "tags": tags,
        "isStarred": False,
        "sortMeta": 0,
    }

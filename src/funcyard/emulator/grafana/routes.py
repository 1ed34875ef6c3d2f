"""What a request to a Grafana means, and which role it needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from funcyard.emulator.grafana import (
    dashboards,
    data_sources,
    errors,
    folders,
    people,
    service_accounts,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from funcyard.emulator.grafana.call import Call
    from funcyard.emulator.http import Answer

    Handler = Callable[[Call], Answer]

_VIEWER, _EDITOR, _ADMIN = "Viewer", "Editor", "Admin"
_SOURCES: Final = "/api/datasources"
_FOLDERS: Final = "/api/folders"
_ACCOUNTS: Final = "/api/serviceaccounts"
_TABLE: Final[tuple[tuple[str, str, Handler, str], ...]] = (
    ("GET", "/api/user", people.user, _VIEWER),
    ("GET", "/api/org/users", people.users, _ADMIN),
    ("GET", _SOURCES, data_sources.listed, _ADMIN),
    ("POST", _SOURCES, data_sources.add, _ADMIN),
    ("GET", f"{_SOURCES}/name/{{}}", data_sources.by_name, _ADMIN),
    ("DELETE", f"{_SOURCES}/name/{{}}", data_sources.delete_by_name, _ADMIN),
    ("GET", f"{_SOURCES}/uid/{{}}", data_sources.by_uid, _ADMIN),
    ("PUT", f"{_SOURCES}/uid/{{}}", data_sources.put_by_uid, _ADMIN),
    ("DELETE", f"{_SOURCES}/uid/{{}}", data_sources.delete_by_uid, _ADMIN),
    ("GET", f"{_SOURCES}/{{}}", data_sources.by_id, _ADMIN),
    ("PUT", f"{_SOURCES}/{{}}", data_sources.put_by_id, _ADMIN),
    ("DELETE", f"{_SOURCES}/{{}}", data_sources.delete_by_id, _ADMIN),
    ("GET", _FOLDERS, folders.listed, _VIEWER),
    ("POST", _FOLDERS, folders.add, _EDITOR),
    ("GET", f"{_FOLDERS}/{{}}", folders.get, _VIEWER),
    ("PUT", f"{_FOLDERS}/{{}}", folders.put, _EDITOR),
    ("DELETE", f"{_FOLDERS}/{{}}", folders.delete, _EDITOR),
    ("POST", "/api/dashboards/db", dashboards.put, _EDITOR),
    ("GET", "/api/dashboards/uid/{}", dashboards.get, _VIEWER),
    ("DELETE", "/api/dashboards/uid/{}", dashboards.delete, _EDITOR),
    ("GET", "/api/search", dashboards.search, _VIEWER),
    ("GET", f"{_ACCOUNTS}/search", service_accounts.search, _ADMIN),
    ("POST", _ACCOUNTS, service_accounts.add, _ADMIN),
    ("GET", f"{_ACCOUNTS}/{{}}", service_accounts.get, _ADMIN),
    ("PATCH", f"{_ACCOUNTS}/{{}}", service_accounts.patch, _ADMIN),
    ("DELETE", f"{_ACCOUNTS}/{{}}", service_accounts.delete, _ADMIN),
    ("GET", f"{_ACCOUNTS}/{{}}/tokens", service_accounts.tokens, _ADMIN),
    ("POST", f"{_ACCOUNTS}/{{}}/tokens", service_accounts.add_token, _ADMIN),
    ("DELETE", f"{_ACCOUNTS}/{{}}/tokens/{{}}", service_accounts.delete_token, _ADMIN),
)
_PATTERNS: Final = [
    (method, re.compile(re.escape(path).replace(r"\{\}", "([^/]+)")), handler, role)
    for method, path, handler, role in _TABLE
]


def find(method: str, raw_path: str) -> tuple[Handler, str, tuple[str, ...]]:
    """Return what carries a request out, the role that it needs, and what its address names.

    Args:
        method: Of HTTP.
        raw_path: As it was sent, so that a name may hold a slash.

    Raises:
        GrafanaError: Nothing is served there.
    """
    path = raw_path.rstrip("/")
    matched = False
    for verb, pattern, handler, role in _PATTERNS:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        matched = True
        if verb == method:
            return handler, role, tuple(map(unquote, match.groups()))
    if matched:
        raise errors.GrafanaError(405, "Method not allowed")
    raise errors.GrafanaError(404, f"Not found: nothing is served here at {path}")

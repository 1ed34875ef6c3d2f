"""Read a poetry.lock (format 2.1) as requirement lines: the main group, with markers and hashes.

The official exporter needs Poetry itself; the lock already holds what pip must know. Each package
becomes one line. pip accepts hashes for all requirements or for none, so a lock that holds a
folder or a repository yields lines without hashes.
"""

from __future__ import annotations

from typing import Any

Package = dict[str, Any]


def requirement_lines(lock: Package) -> list[str]:
    """Return one requirement a package of the main group, in the order of the lock.

    Optional packages, which only extras ask for, are left out. A folder's path is relative to the
    folder of the lock.

    Args:
        lock: The parsed poetry.lock.

    Raises:
        KeyError, TypeError, ValueError: The lock is not of its format.
    """
    packages = [
        package
        for package in lock.get("package", [])
        if "main" in package["groups"] and not package["optional"]
    ]
    hashed = all(_from_index(package) for package in packages)
    return [_line(package, hashed=hashed) for package in packages]


def _from_index(package: Package) -> bool:
    return package.get("source", {}).get("type", "legacy") == "legacy" and bool(package["files"])


def _line(package: Package, *, hashed: bool) -> str:
    marker = package.get("markers", "")
    if isinstance(marker, dict):
        marker = marker.get("main", "")
    requirement = _requirement(package)
    editable = requirement.startswith("-e ")
    if marker and not editable:
        requirement += f" ; {marker}"
    if hashed:
        digests = sorted({file["hash"] for file in package["files"]})
        requirement += "".join(f" --hash={digest}" for digest in digests)
    return requirement


def _requirement(package: Package) -> str:
    name, source = package["name"], package.get("source", {})
    match source.get("type", "legacy"):
        case "legacy":
            return f"{name}=={package['version']}"
        case "directory" | "file" if package.get("develop"):
            return f"-e {source['url']}"
        case "directory" | "file":
            return str(source["url"])
        case "git":
            revision = f"git+{source['url']}@{source['resolved_reference']}"
            subdirectory = source.get("subdirectory")
            fragment = f"#subdirectory={subdirectory}" if subdirectory else ""
            return f"{name} @ {revision}{fragment}"
        case "url":
            return f"{name} @ {source['url']}"
        case other:
            raise ValueError(f"the package {name} comes from an unknown kind of source, {other}")

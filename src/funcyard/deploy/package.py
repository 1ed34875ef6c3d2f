"""What is deployed to a function app: files, by their paths in it.

Equal files make equal packages: the digest is of paths and contents alone, and the ZIP has neither
times nor owners.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from funcyard.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_LOCAL_SETTINGS: Final = "local.settings.json"
_ENV_FILES: Final = ".env"
_LEFT_OUT: Final = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".python_packages"}
)
_WANTED: Final = ("host.json", "function_app.py", "requirements.txt")
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MODE: Final = 0o644 << 16


class PackageError(UserError):
    """An app's files cannot be what is deployed."""

    code = "bad-package"


@dataclass(frozen=True)
class Package:
    """The files of one app.

    Attributes:
        files: Content by path, with forward slashes.
    """

    files: Mapping[str, bytes] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """What tells it from every other: SHA-256, in hexadecimal."""
        hasher = hashlib.sha256()
        for path, content in sorted(self.files.items()):
            for part in (path.encode(), content):
                hasher.update(len(part).to_bytes(8, "big") + part)
        return hasher.hexdigest()

    def zipped(self) -> bytes:
        """Return it as a ZIP."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in sorted(self.files.items()):
                entry = zipfile.ZipInfo(path, _EPOCH)
                entry.external_attr = _MODE
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        return made.getvalue()

    def write(self, folder: Path) -> None:
        """Lay it out in a folder."""
        for path, content in self.files.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def package_of(
    folder: Path,
    *,
    requirements: str | None = None,
    more: Mapping[str, bytes] | None = None,
    is_ignored: Callable[[str], bool] = lambda _path: False,
) -> Package:
    """Return the package of an app's folder.

    Files that hold secrets (``.env*``, ``local.settings.json``), environments and caches are left
    out whatever ``is_ignored`` says.

    Args:
        folder: The app's, with host.json, function_app.py and, unless it is given,
            requirements.txt.
        requirements: What is installed for it, in place of the folder's requirements.txt.
        more: Files that are put beside them, such as packages of the project's own.
        is_ignored: Whether a path is left out.

    Raises:
        PackageError: A file that must be there is not, one cannot be read or is a link, or two
            would have one path.
    """
    files = gathered(folder, is_ignored=is_ignored)
    for path, content in (more or {}).items():
        if path in files:
            raise PackageError(f"{folder / path} hides a file of a package that the app uses")
        files[path] = content
    if requirements is not None:
        files["requirements.txt"] = requirements.encode()
    missing = [name for name in _WANTED if name not in files]
    if missing:
        raise PackageError(
            f"{folder}: the package would lack {', '.join(missing)}",
            hint="make it, or take it out of .funcignore",
        )
    return Package(files)


def gathered(folder: Path, *, is_ignored: Callable[[str], bool]) -> dict[str, bytes]:
    """Return the files of a folder by their paths in it.

    Raises:
        PackageError: One cannot be read, or is a link or no file.
    """
    found: dict[str, bytes] = {}
    try:
        for file in _walked(folder):
            path = file.relative_to(folder).as_posix()
            if is_ignored(path) or _is_secret(file.name):
                continue
            if file.is_symlink():
                raise PackageError(
                    f"{file} is a link, and what it leads to is not the app's",
                    hint="put the file in its place, or name it in .funcignore",
                )
            if not _is_text(path):
                raise PackageError(f"{path!r} in {folder} has a name that is no text")
            if not file.is_file():
                raise PackageError(f"{file} is no file", hint="name it in .funcignore")
            found[path] = file.read_bytes()
    except OSError as fault:
        raise PackageError(f"{fault.filename} cannot be read: {fault.strerror}") from fault
    return found


def _walked(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _LEFT_OUT or path.suffix == ".pyc":
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _walked(path)
        else:
            yield path


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return path.isprintable()


def _is_secret(name: str) -> bool:
    return name == _LOCAL_SETTINGS or name.startswith(_ENV_FILES)

"""Defaults of ``environment`` that a file of this machine sets otherwise, and so hides.

``.env.local`` wins over an app's local.settings.json, and that over ``funcyard.yaml``. A
local.settings.json that is as it was generated is nobody's choice: the spec counts then, and the
next update writes the file anew.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from funcyard.errors import UserError
from funcyard.host.local_settings import parse_local_settings, read_local_settings
from funcyard.project.manifest import is_unedited, load
from funcyard.project.memory.secrets import find_secret
from funcyard.project.names import ENV_FILE
from funcyard.project.place import shown
from funcyard.project.root import SPEC_FILE
from funcyard.project.tree import locate, read
from funcyard.settings import is_secret_name, merge, parse_env

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from funcyard.project.spec import Spec

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+,-]{1,80}")


def local_settings_path(app: str) -> str:
    """Return where an app's settings for Core Tools are, relative to the project."""
    return f"functions/{app}/local.settings.json"


def app_settings(root: Path, spec: Spec, app: str) -> dict[str, str]:
    """Return what an app's local.settings.json and the spec's defaults set, the file first.

    Of a file that is as it was generated, the spec's defaults win.

    Raises:
        SettingsError: The file cannot be read.
        PathBlockedError: The way to it may not be searched; see ``tree.locate``.
        NewerManifestError: See ``manifest.load``.
    """
    path = local_settings_path(app)
    defaults = {variable.name: variable.default for variable in spec.environment}
    values = read_local_settings(locate(root, path))
    if not is_untouched(root, path):
        return merge(values, defaults)
    return merge(defaults, values)


def is_untouched(root: Path, path: str) -> bool:
    """Tell whether the file at ``path`` is there as it was generated.

    Raises:
        NewerManifestError, PathBlockedError: See ``manifest.load``.
    """
    entry, disk = load(root).files.get(path), read(root, path)
    return disk is not None and entry is not None and is_unedited(disk, entry)


def setting_overrides(spec: Spec, content: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """Return a sentence for each default of the spec that is hidden: file, line, both values.

    Args:
        spec: The project's spec, complete.
        content: Gives the text of a file of the project that somebody may have edited.

    Returns:
        What is in force: of several lines for one variable only the last counts, and one in
        ``.env.local`` hides the others. A value that looks like a secret is not shown, and one
        that the spec leaves to ``.env.local`` is no override. Faults of a file are told elsewhere.
    """
    defaults = {variable.name: variable.default for variable in spec.environment}
    file = parse_env((content(ENV_FILE) or b"").decode("utf-8-sig", "replace"), ENV_FILE)
    env = {name: (number, value) for number, name, value in file.lines if name in defaults}
    said = [
        _sentence(f"{ENV_FILE}:{number}", name, value, defaults[name])
        for name, (number, value) in env.items()
        if _differs(name, value, defaults[name])
    ]
    for app in spec.function_apps:
        path = local_settings_path(app.name)
        for number, name, value in _local(content(path) or b"", path):
            if name in defaults and name not in env and _differs(name, value, defaults[name]):
                said.append(_sentence(f"{path}:{number}", name, value, defaults[name]))
    return tuple(said)


def setting_overrides_of(root: Path, spec: Spec) -> tuple[str, ...]:
    """Return :func:`setting_overrides` of the project in ``root``.

    Raises:
        NewerManifestError: See ``manifest.load``.
        PathBlockedError: A file is a link or a folder, or cannot be read.
    """

    def edited(path: str) -> bytes | None:
        file = read(root, path)
        return None if file is None or is_untouched(root, path) else file.content

    return setting_overrides(spec, edited)


def _local(content: bytes, path: str) -> Iterator[tuple[int, str, str]]:
    text = content.decode("utf-8-sig", "replace")
    try:
        values = parse_local_settings(text, path)
    except UserError:
        return
    for name, value in values.items():
        keys = [*re.finditer(rf"{re.escape(json.dumps(name))}\s*:", text)]
        yield (text.count("\n", 0, keys[-1].start()) + 1 if keys else 1), name, value


def _differs(name: str, value: str, default: str) -> bool:
    return value != default and not (is_secret_name(name) and not default)


def _sentence(place: str, name: str, value: str, default: str) -> str:
    if is_secret_name(name) or find_secret(f"{name}={value}") or find_secret(default):
        return f"{place}: {name} overrides its default of {SPEC_FILE} (values not shown)"
    return f"{place}: {name}={_shown(value)} overrides default {_shown(default)} of {SPEC_FILE}"


def _shown(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else shown(value)

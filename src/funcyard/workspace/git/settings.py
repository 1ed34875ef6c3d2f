"""The environment Git runs in: our settings, and nobody's files.

No configuration of the system or the user is read, no hook runs, nobody is asked, no redirect is
followed, nothing but HTTP is spoken, and a repository's submodules are let be. Settings go by
``GIT_CONFIG_COUNT``, which no other process can read on a command line. Received objects are
checked as ``git fsck`` does.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from funcyard.workspace.git.address import RepositoryUrl
    from funcyard.workspace.git.token import Token

_ALWAYS: Final = {
    "core.bigFileThreshold": "16m",  # longer files are streamed, not held in memory
    "core.hooksPath": os.devnull,
    "core.askPass": "",
    "credential.helper": "",
    "fetch.fsckObjects": "true",
    "fetch.recurseSubmodules": "false",
    "fetch.unpackLimit": "1",  # a pack is one file to watch, and to remove when it was cut off
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "gc.packRefs": "false",
    "http.followRedirects": "false",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "protocol.http.allow": "always",
    "protocol.https.allow": "always",
    "protocol.version": "2",
    "submodule.recurse": "false",
}
# Faults of ancient commits that Git's own history knows and that harm nobody.
_FORGIVEN: Final = (
    "badTimezone",
    "missingSpaceBeforeDate",
    "missingSpaceBeforeEmail",
    "zeroPaddedFilemode",
)


def environment(settings: Mapping[str, str], *, repository: Path | None = None) -> dict[str, str]:
    """Return the whole environment of a Git process.

    Args:
        settings: Beside those that are always set, such as ``access``.
        repository: The bare repository it works in; none for a question to a server.
    """
    every = _ALWAYS | {f"fetch.fsck.{fault}": "ignore" for fault in _FORGIVEN} | dict(settings)
    given = {
        "GIT_CONFIG_COUNT": str(len(every)),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_DIR": os.devnull if repository is None else str(repository.absolute()),
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "HOME": os.devnull,
        "LC_ALL": "C",
    }
    for number, (key, value) in enumerate(every.items()):
        given[f"GIT_CONFIG_KEY_{number}"] = key
        given[f"GIT_CONFIG_VALUE_{number}"] = value
    return given


def access(url: RepositoryUrl, token: Token | None) -> dict[str, str]:
    """Return the settings that carry a token to the repository's own host and to no other."""
    return {f"http.{url.origin}.extraHeader": token.header} if token else {}

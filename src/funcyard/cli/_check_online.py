"""What ``funcyard check`` takes from outside: a deployed app's address or id, its key, its log."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from funcyard.errors import UsageError
from funcyard.loopback import names_loopback
from funcyard.preflight.target import Live, Log, Online

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from funcyard.preflight.target import Target

KEY = "FUNCYARD_MASTER_KEY"

_NAMED = re.compile(r"(?P<app>[A-Za-z0-9_-]+)=(?P<url>.+)")
_STDIN = "-"


class OnlineError(UsageError):
    """The address or the key of a deployed app cannot be meant."""

    code = "bad-online"


class LogError(UsageError):
    """The log cannot be read."""

    code = "bad-log"


def online_of(
    text: str,
    targets: Sequence[Target],
    environment: Mapping[str, str],
    cloud: str | None = None,
) -> Online:
    """Return the deployed app that ``[APP=]TARGET`` names.

    Args:
        text: The address, or the id of a container app; before it the app's name where there are
            several.
        targets: The apps that are checked.
        environment: Holds the master key, and who asks Azure.
        cloud: ``public`` or ``local``, None for the one that the environment names.

    Raises:
        OnlineError: It is no address of an app, no such app is checked, the app has to be named, or
            the key would be sent in the clear or can be none; or a cloud is chosen for an address.
        ResourceIdError, CloudError, IdentityError: It is no id of a container app, or the
            environment does not say which Azure is meant, or who asks.
    """
    named = _NAMED.fullmatch(text)
    name, url = (named["app"], named["url"]) if named else ("", text)
    names = [target.name for target in targets]
    if name and name not in names:
        raise OnlineError(f"no app {name!r} is checked", hint=f"there are: {', '.join(names)}")
    if not name and len(names) > 1:
        raise OnlineError(
            f"{len(names)} apps are checked: which one runs at {url}?",
            hint=f"--online {names[0]}={url}",
        )
    key = environment.get(KEY, "").strip()
    if not (key.isascii() and key.isprintable()):
        raise OnlineError(f"{KEY} holds characters that no key has")
    live = live_of(url, environment, cloud)
    if live is None and cloud is not None:
        raise OnlineError("--cloud is for the id of a container app, and this is an address")
    address = "" if live is not None else _address(url, with_key=bool(key))
    return Online(address, key, name or names[0], live)


def live_of(text: str, environment: Mapping[str, str], cloud: str | None) -> Live | None:
    """Return the container app whose id a text is, None where it is none; see :func:`online_of`."""
    if not text.lower().startswith("/subscriptions/"):
        return None
    from funcyard.azure.cloud import PUBLIC, CloudError, cloud_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.azure.credentials import identity_of  # noqa: PLC0415 - keeps --help fast
    from funcyard.azure.resource_ids import read_resource_id  # noqa: PLC0415 - keeps --help fast

    resource = read_resource_id(text, "Microsoft.App/containerApps")
    meant = PUBLIC if cloud == PUBLIC.name else cloud_of(environment)
    if cloud is not None and meant.is_public == (cloud != PUBLIC.name):
        raise CloudError(
            "no Azure on this machine is named",
            hint="AZURE_AUTHORITY_HOST and SSL_CERT_FILE, as funcyard emulator connection azure"
            " prints them",
        )
    return Live(resource, identity_of(environment), meant)


def _address(text: str, *, with_key: bool) -> str:
    whole = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname, parts.port
    except ValueError as fault:
        raise OnlineError(f"{text} is no address: {fault}") from fault
    if parts.scheme not in {"http", "https"} or not host or not text.isprintable() or " " in text:
        raise OnlineError(f"{text} is no address of an app", hint="such as https://my-app.example")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise OnlineError(
            f"{text} holds more than the address of an app",
            hint=f"{parts.scheme}://{host}{f':{port}' if port else ''}",
        )
    if parts.scheme == "http" and with_key and not names_loopback(host):
        raise OnlineError(
            f"{text} would carry the master key in the clear",
            hint=f"https://{host}, or unset {KEY}",
        )
    return f"{parts.scheme}://{parts.netloc}"


def log_of(name: str, root: Path) -> Log:
    """Return the log in a file, or on standard input where the name is ``-``.

    Args:
        name: The file as it was given.
        root: The checked folder.

    Raises:
        LogError: The file cannot be read.
    """
    if name == _STDIN:
        return Log(name, sys.stdin.buffer.read().decode(errors="replace"))
    try:
        text = Path(name).read_text(encoding="utf-8", errors="replace")
    except OSError as fault:
        raise LogError(f"{name} cannot be read: {fault.strerror or fault}") from fault
    return Log(Path(os.path.relpath(name, root)).as_posix(), text)

"""Ask a deployed app: three GET requests, the key in a header, redirects not followed.

The root comes first: where nobody answers, or only an ingress, that is soon known, and its date
tells what time it is there. A request may have to start the app (scale from zero): it waits long.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from funcyard.deployed.answers import Deployed, Exchange

if TYPE_CHECKING:
    from email.message import Message
    from http.client import HTTPResponse


PATIENCE = 60.0
"""Seconds for one answer; starting from zero replicas takes up to half a minute."""

_STATUS, _FUNCTIONS = "/admin/host/status", "/admin/functions"
_KEY_HEADER = "x-functions-key"
_LARGEST = 4 * 1024 * 1024


def ask_app(
    url: str,
    key: str = "",
    *,
    patience: float = PATIENCE,
    trusted: ssl.SSLContext | None = None,
) -> Deployed:
    """Ask a deployed app for its root, its status and its functions.

    Args:
        url: Its address, without anything behind host and port.
        key: Its master key; empty to send none.
        patience: Seconds for each answer.
        trusted: Whose certificates count; the system's where none is given.
    """
    home = ask_home(url, patience=patience, trusted=trusted)
    answered_at = time.time()
    if home.failure:
        return Deployed(url, bool(key), home)
    with ThreadPoolExecutor(2) as both:
        status, functions = both.map(
            lambda path: _get(url, path, key, patience, trusted), (_STATUS, _FUNCTIONS)
        )
    return Deployed(url, bool(key), home, status, functions, _skew(answered_at, home))


def ask_home(
    url: str, *, patience: float = PATIENCE, trusted: ssl.SSLContext | None = None
) -> Exchange:
    """Ask a deployed app for its root alone; arguments as of :func:`ask_app`."""
    return _get(url, "/", "", patience, trusted)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Takes a redirect for an answer: the key must not be sent to another place."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        del req, fp, code, msg, headers, newurl


def _get(
    url: str, path: str, key: str, patience: float, trusted: ssl.SSLContext | None
) -> Exchange:
    request = urllib.request.Request(  # noqa: S310 - the command line takes http and https only
        f"{url}{path}", headers={"Accept": "application/json, */*"}
    )
    if key:
        request.add_unredirected_header(_KEY_HEADER, key)
    https = [urllib.request.HTTPSHandler(context=trusted)] if trusted is not None else []
    opener = urllib.request.build_opener(_NoRedirect, *https)
    try:
        with opener.open(request, timeout=patience) as answer:
            return _exchange(path, answer.status, answer.headers, _body(answer, patience))
    except urllib.error.HTTPError as answer:
        with answer:
            return _exchange(path, answer.code, answer.headers, _body(answer, patience))
    except urllib.error.URLError as fault:
        return Exchange(path, failure=_told(fault.reason, url, patience))
    except (OSError, http.client.HTTPException, UnicodeError) as fault:
        return Exchange(path, failure=_told(fault, url, patience))
    except ValueError:  # its message holds the key
        return Exchange(path, failure="the key holds what no header can")


def _body(answer: HTTPResponse | urllib.error.HTTPError, patience: float) -> bytes:
    """Return what comes of a body in time: one may go on as long as somebody reads it."""
    body = bytearray()
    until = time.monotonic() + patience
    with contextlib.suppress(TimeoutError):
        while len(body) < _LARGEST and time.monotonic() < until:
            part = answer.read1(_LARGEST - len(body))
            if not part:
                break
            body += part
    return bytes(body)


def _exchange(path: str, status: int, headers: Message, body: bytes) -> Exchange:
    return Exchange(
        path,
        status,
        {name.lower(): value for name, value in headers.items()},
        body.decode(errors="replace"),
    )


def _told(fault: object, url: str, patience: float) -> str:
    """Return in words why no answer came."""
    host = urlsplit(url).hostname
    match fault:
        case socket.gaierror():
            told = f"the name {host} does not resolve"
        case ssl.SSLCertVerificationError():
            told = f"the certificate of {host} is not accepted: {fault.verify_message}"
        case ssl.SSLError():
            told = f"{host} does not speak TLS: {fault.reason or fault}"
        case TimeoutError():
            told = f"no answer came within {patience:g} seconds"
        case ConnectionRefusedError():
            told = "the connection is refused: nothing listens there"
        case http.client.RemoteDisconnected():
            told = "the connection was closed without an answer"
        case http.client.HTTPException():
            told = f"what answers does not speak HTTP: {fault}"
        case _:
            told = f"the connection failed: {fault}"
    return told


def _skew(answered_at: float, answer: Exchange) -> float | None:
    date = answer.headers.get("date")
    if date is None:
        return None
    try:
        return answered_at - parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None

"""Calls the loader, again when it does not answer: a bounded number of times, ever more patiently.

What still fails then is raised, and the host that runs the function takes over: it tries the whole
chunk again and in the end puts it aside.
"""

import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from data_utils import settings
from data_utils.errors import PipelineError, SettingError

ATTEMPTS = 5
FIRST_WAIT = 0.5
TIMEOUT = 60

_random = random.SystemRandom()
_WORTH_A_RETRY = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class DeliveryError(PipelineError):
    """The loader did not take the chunk."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="not-delivered", status=HTTPStatus.BAD_GATEWAY)


@dataclass(frozen=True)
class Answer:
    """What the loader said, and at which attempt."""

    body: dict[str, Any]
    attempts: int


def deliver(name: str, sleep: Callable[[float], None] = time.sleep) -> Answer:
    """Ask the loader at ``LOADER_URL`` to load a chunk.

    Between attempts it waits 0.5 s, 1 s, 2 s, 4 s, each less up to a half at random, so that many
    processors do not come back at the same moment.

    Raises:
        DeliveryError: The loader refused it, or did not answer at any attempt.
    """
    url = _loader()
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return Answer(_post(url, name), attempt)
        except urllib.error.HTTPError as fault:
            said = f"{fault.code} {_text_of(fault)}".strip()
            if fault.code < HTTPStatus.INTERNAL_SERVER_ERROR and fault.code not in _WORTH_A_RETRY:
                raise DeliveryError(f"the loader refused {name!r}: {said}") from fault
        except (OSError, ValueError) as fault:
            said = str(fault)
        if attempt < ATTEMPTS:
            wait = FIRST_WAIT * 2 ** (attempt - 1)
            sleep(wait * _random.uniform(0.5, 1))
    raise DeliveryError(f"the loader did not take {name!r} in {ATTEMPTS} attempts: {said}")


def _loader() -> str:
    url = settings.text("LOADER_URL").rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise SettingError(f"LOADER_URL is {url!r}: no http address")
    return f"{url}/api/load"


def _post(url: str, name: str) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url,
        data=json.dumps({"filename": name}).encode(),
        headers={"Content-Type": "application/json"},
    )
    # Apps of one project call each other directly, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=TIMEOUT) as response:
        body = json.load(response)
    if not isinstance(body, dict):
        raise DeliveryError(f"the loader's answer to {name!r} is no JSON object")
    return body


def _text_of(fault: urllib.error.HTTPError) -> str:
    with fault:
        return fault.read(500).decode(errors="replace")

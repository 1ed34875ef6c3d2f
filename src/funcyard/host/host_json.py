"""host.json, typed: read once per app, every fault reported at once with its line.

Settings that nothing here uses are kept in ``raw`` and ignored. Names are matched without regard to
case and comments are allowed, as the real host does it.
https://learn.microsoft.com/azure/azure-functions/functions-host-json
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from funcyard.errors import UsageError
from funcyard.functions.json_text import line_of, without_comments
from funcyard.host.timespan import parse_timespan
from funcyard.plain_files import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MessageEncoding = Literal["base64", "none"]

_DEFAULT_TIMEOUT = 30 * 60.0
_SHORTEST_TIMEOUT = 1.0
"""Seconds; with less the real host does not start."""
_LEVELS = ("trace", "debug", "information", "warning", "error", "critical", "none")


class HostJsonError(UsageError):
    """host.json is missing, is not JSON or holds a value that cannot be meant."""

    code = "host-json"


@dataclass(frozen=True, slots=True)
class Http:
    """``extensions.http``; -1 means without limit."""

    route_prefix: str = "api"
    max_outstanding_requests: int = -1
    max_concurrent_requests: int = -1
    custom_headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queues:
    """``extensions.queues``.

    Attributes:
        max_polling_interval: Longest wait between polls of an idle queue in seconds; None where
            host.json leaves it open.
        visibility_timeout: Seconds between a failed run and the next try.
        batch_size: Messages taken at once, 1 to 32.
        new_batch_threshold: A new batch is taken when no more messages than this are running.
        max_dequeue_count: Tries before a message goes to the poison queue.
        message_encoding: How message text is encoded.
    """

    max_polling_interval: float | None = None
    visibility_timeout: float = 0.0
    batch_size: int = 16
    new_batch_threshold: int = 8
    max_dequeue_count: int = 5
    message_encoding: MessageEncoding = "base64"


@dataclass(frozen=True, slots=True)
class Blobs:
    """``extensions.blobs``: invocations at once, and tries before a blob counts as poison."""

    max_degree_of_parallelism: int = field(default_factory=lambda: 8 * (os.cpu_count() or 1))
    poison_blob_threshold: int = 5


@dataclass(frozen=True, slots=True)
class ExtensionBundle:
    """``extensionBundle``; recorded, nothing is downloaded here."""

    id: str
    version: str


@dataclass(frozen=True, slots=True)
class HostJson:
    """One app's host.json.

    Attributes:
        function_timeout: Longest run of a function in seconds, None without limit.
        log_levels: ``logging.logLevel``: category to level in lower case.
        raw: The whole document.
    """

    function_timeout: float | None = _DEFAULT_TIMEOUT
    log_levels: Mapping[str, str] = field(default_factory=dict)
    http: Http = field(default_factory=Http)
    queues: Queues = field(default_factory=Queues)
    blobs: Blobs = field(default_factory=Blobs)
    extension_bundle: ExtensionBundle | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)


def read_host_json(path: Path) -> HostJson:
    """Read and validate a host.json.

    Raises:
        HostJsonError: It is missing or wrong; every fault is named with its line.
    """
    try:
        text = read_text(path, "utf-8-sig")
    except FileNotFoundError:
        raise HostJsonError(
            f"{path} is missing", hint='a host.json holding {"version": "2.0"} is enough'
        ) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise HostJsonError(f"{path} cannot be read: {fault}") from fault
    return parse(text, str(path))


def parse(text: str, source: str = "host.json") -> HostJson:
    """Validate the text of a host.json; ``source`` names it in errors.

    Raises:
        HostJsonError: It is not JSON or holds wrong values.
    """
    clean = without_comments(text)
    try:
        raw = json.loads(clean)
    except (ValueError, RecursionError) as fault:
        where = f"{source}:{fault.lineno}" if isinstance(fault, json.JSONDecodeError) else source
        raise HostJsonError(f"{where}: not JSON: {fault}") from fault
    if not isinstance(raw, dict):
        raise HostJsonError(f"{source}:1: a JSON object is expected")
    reader = _Reader(raw, clean, source)
    if reader.text("version", "") != "2.0":
        reader.fault("version", 'must be "2.0"')
    timeout = reader.seconds(
        "functionTimeout", _DEFAULT_TIMEOUT, low=_SHORTEST_TIMEOUT, unlimited="-1"
    )
    extensions = reader.section("extensions")
    queues, blobs, http = (extensions.section(name) for name in ("queues", "blobs", "http"))
    batch_size = queues.integer("batchSize", 16, low=1, high=32)
    parsed = HostJson(
        function_timeout=timeout,
        log_levels=reader.section("logging").section("logLevel").texts(allowed=_LEVELS),
        http=Http(
            route_prefix=http.text("routePrefix", "api").strip("/"),
            max_outstanding_requests=http.integer("maxOutstandingRequests", -1, low=-1),
            max_concurrent_requests=http.integer("maxConcurrentRequests", -1, low=-1),
            custom_headers=http.section("customHeaders").texts(),
        ),
        queues=Queues(
            max_polling_interval=queues.seconds("maxPollingInterval", None, low=0.1),
            visibility_timeout=queues.seconds("visibilityTimeout", 0.0) or 0.0,
            batch_size=batch_size,
            new_batch_threshold=queues.integer("newBatchThreshold", batch_size // 2, low=0),
            max_dequeue_count=queues.integer("maxDequeueCount", 5, low=1),
            message_encoding=_encoding(queues),
        ),
        blobs=Blobs(
            max_degree_of_parallelism=blobs.integer(
                "maxDegreeOfParallelism", 8 * (os.cpu_count() or 1), low=1
            ),
            poison_blob_threshold=blobs.integer("poisonBlobThreshold", 5, low=1),
        ),
        extension_bundle=_bundle(reader.section("extensionBundle")),
        raw=raw,
    )
    reader.raise_faults()
    return parsed


def _encoding(queues: _Reader) -> MessageEncoding:
    value = queues.text("messageEncoding", "base64").lower()
    if value not in ("base64", "none"):
        queues.fault("messageEncoding", 'must be "base64" or "none"')
    return "none" if value == "none" else "base64"


def _bundle(section: _Reader) -> ExtensionBundle | None:
    if not section.raw:
        return None
    return ExtensionBundle(id=section.text("id", ""), version=section.text("version", ""))


class _Reader:
    """Reads one JSON object by names without regard to case and collects faults for all."""

    def __init__(
        self,
        raw: Mapping[str, Any],
        text: str,
        source: str,
        path: tuple[str, ...] = (),
        faults: list[tuple[int, str]] | None = None,
    ) -> None:
        self.raw = raw
        self._by_name = {key.lower(): (key, value) for key, value in raw.items()}
        self._text, self._source, self._path = text, source, path
        self._faults: list[tuple[int, str]] = [] if faults is None else faults

    def section(self, name: str) -> _Reader:
        key, value = self._by_name.get(name.lower(), (name, {}))
        if not isinstance(value, dict):
            if value is not None:
                self.fault(name, "must be an object")
            value = {}
        return _Reader(value, self._text, self._source, (*self._path, key), self._faults)

    def integer(self, name: str, default: int, *, low: int, high: int | None = None) -> int:
        value = self._value(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(name, f"must be a whole number, not {json.dumps(value)}")
            return default
        if value < low or (high is not None and value > high):
            limits = f"at least {low}" if high is None else f"from {low} to {high}"
            self.fault(name, f"must be {limits}, not {value}")
        return value

    def text(self, name: str, default: str) -> str:
        value = self._value(name, default)
        if not isinstance(value, str):
            self.fault(name, f"must be text, not {json.dumps(value)}")
            return default
        return value

    def seconds(
        self, name: str, default: float | None, *, low: float = 0.0, unlimited: str | None = None
    ) -> float | None:
        value = self._value(name, None)
        if value is None:
            return default
        if unlimited is not None and str(value) == unlimited:
            return None
        if not isinstance(value, str):
            self.fault(name, f'must be a duration such as "00:00:05", not {json.dumps(value)}')
            return default
        try:
            seconds = parse_timespan(value).total_seconds()
        except ValueError as fault:
            self.fault(name, str(fault))
            return default
        if seconds < low:
            self.fault(name, f"must be at least {low:g} second{'' if low == 1 else 's'}")
        return seconds

    def texts(self, *, allowed: tuple[str, ...] = ()) -> dict[str, str]:
        result: dict[str, str] = {}
        for key, value in self.raw.items():
            if not isinstance(value, str):
                self.fault(key, f"must be text, not {json.dumps(value)}")
            elif allowed and value.lower() not in allowed:
                self.fault(key, f"must be one of {', '.join(allowed)}, not {value!r}")
            else:
                result[key] = value.lower() if allowed else value
        return result

    def fault(self, name: str, message: str) -> None:
        key = self._by_name.get(name.lower(), (name, None))[0]
        path = (*self._path, key)
        line = line_of(self._text, path)
        self._faults.append((line, f"{self._source}:{line}: {'.'.join(path)} {message}"))

    def raise_faults(self) -> None:
        if self._faults:
            raise HostJsonError(
                "\n".join(text for _, text in sorted(self._faults)),
                hint="https://learn.microsoft.com/azure/azure-functions/functions-host-json",
            )

    def _value(self, name: str, default: object) -> Any:  # noqa: ANN401 - any JSON value
        return self._by_name.get(name.lower(), (name, default))[1]

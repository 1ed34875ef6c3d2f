"""Sends what Microsoft's clients sent to the local Azure, and holds its answers to the recorded."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.local_azure import SUBSCRIPTION, LocalAzure

_RECORDED = Path(__file__).parents[2] / "recorded"
_PATIENCE_SECONDS = 20
_STEP_SECONDS = 0.05
_CREATED = 201
_NO_CONTENT = 204
_HEADERS = ("location", "azure-asyncoperation", "x-ms-failure-cause", "content-type")
_STATES = {"provisioningState", "status", "statusOfPrimary", "nameAvailable", "reason", "code"}
_PLACE = re.compile(r"\{(\w+)\}")
_MANAGER = "https://management.azure.com"


def stories(*names: str) -> dict[str, list[dict[str, Any]]]:
    """Return the exchanges of recordings by the test that made them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in names:
        for one in json.loads((_RECORDED / f"{name}.json").read_text(encoding="utf-8")):
            found.setdefault(one["name"].partition(":")[0], []).append(one)
    return found


@dataclass
class Replay:
    """One story told again.

    Attributes:
        azure: Where.
        names: What stands for each placeholder.
        followed: Address of the last operation.
        unlike: Paths of members that are not here, and never sent.
    """

    azure: LocalAzure
    names: dict[str, str] = field(default_factory=dict)
    followed: str = ""
    unlike: set[str] = field(default_factory=set)

    def filled(self, text: str) -> str:
        """Return a text with names for its placeholders."""
        return _PLACE.sub(lambda found: self._name(found[1]), text)

    def do(self, method: str, path: str, body: object = None, version: str = "2022-09-01") -> Any:  # noqa: ANN401 - JSON
        """Do what the recorded story takes for granted."""
        status, _, answered = self.azure.call(method, self.filled(path), body, version)
        assert status < 300, answered
        return answered

    def wait(self, path: str, version: str) -> None:
        """Wait until what goes on of a resource has ended."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.do("GET", path, None, version)["properties"]["provisioningState"] != "Succeeded":
            assert time.monotonic() < deadline
            time.sleep(_STEP_SECONDS)

    def tell(self, exchange: dict[str, Any]) -> None:
        """Send a recorded request and hold the answer."""
        body = exchange["request_body"]
        sent = None if body is None else json.loads(self.filled(json.dumps(body)))
        sent, expected = self._left(sent, ""), self._left(exchange["response_body"], "")
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            path = self.filled(exchange["path"])
            if "{operationId}" in exchange["path"]:
                path = self.followed
            path = path.replace(" ", "%20").replace("'", "%27")
            status, headers, answered = self.azure.call(
                exchange["method"], path, sent, exchange["api_version"]
            )
            waits = exchange["method"] in {"GET", "HEAD"} and time.monotonic() < deadline
            if status == exchange["status"] or not waits:
                break
        assert status == exchange["status"], answered
        for name in ("location", "azure-asyncoperation"):
            if "operation" in (address := headers.get(name, "")).lower():
                self.followed = address
        recorded = exchange["response_headers"]
        for name in _HEADERS:
            if name == "content-type" and status == _NO_CONTENT:
                continue
            assert (name in recorded) <= (name in headers), f"{name} is missing"
            if name in headers and name != "content-type":
                assert name in recorded, f"{name}: {headers[name]}"
        self._hold_addresses(recorded, headers)
        is_write = exchange["method"] == "PUT"
        self._hold(expected, answered, "", may_say_more=is_write and status == _CREATED)

    def _hold_addresses(self, recorded: dict[str, str], headers: dict[str, str]) -> None:
        for name in ("location", "azure-asyncoperation"):
            if name not in recorded:
                continue
            own = headers[name].removeprefix(self.azure.url).partition("?")[0]
            there = self.filled(recorded[name].removeprefix(_MANAGER).partition("?")[0])
            if "{operationId}" in recorded[name]:
                own, there = own.rpartition("/")[0], there.rpartition("/")[0]
            assert own.lower() == there.lower()

    def _left(self, value: Any, where: str) -> Any:  # noqa: ANN401 - JSON
        """Return a body without what is not here."""
        if not isinstance(value, dict):
            return value
        paths = {name: f"{where}.{name}".removeprefix(".") for name in value}
        return {
            name: self._left(inner, paths[name])
            for name, inner in value.items()
            if paths[name] not in self.unlike
        }

    def _hold(
        self,
        recorded: Any,  # noqa: ANN401 - JSON
        answered: Any,  # noqa: ANN401 - JSON
        where: str,
        *,
        may_say_more: bool = False,
    ) -> None:
        """Hold an answer against a recorded one: the members, their kinds, and every state."""
        if recorded is None or answered is None:
            assert recorded is answered or where, f"{where}: {answered}"
            return
        assert type(answered) is type(recorded), f"{where}: {answered}"
        if isinstance(recorded, dict):
            recorded = {self.filled(name): value for name, value in recorded.items()}
            missing = recorded.keys() - answered.keys()
            assert not missing, f"{where}: {missing} missing"
            more = answered.keys() - recorded.keys()
            assert not more or may_say_more, f"{where}: {more} too much"
            for name, value in recorded.items():
                if name == "tags":
                    assert answered[name] == value
                self._hold(value, answered[name], f"{where}.{name}", may_say_more=may_say_more)
        elif isinstance(recorded, list):
            assert bool(answered) == bool(recorded), where
            for one, other in zip(recorded, answered, strict=False):
                self._hold(one, other, where, may_say_more=may_say_more)
        elif where.rpartition(".")[2] in _STATES:
            assert answered == recorded, where

    def _name(self, place: str) -> str:
        if place == "subscriptionId":
            return SUBSCRIPTION
        if place == "operationId":
            return "{operationId}"
        plain = "".join(letter for letter in place.lower() if letter.isalnum())
        return self.names.setdefault(place, f"{plain}{len(self.names)}")

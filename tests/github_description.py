"""GitHub's published description of its REST API, held against what is really exchanged."""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[1]
_NODE = ROOT / ".venvs" / "judges" / "node" / "node_modules"
_ANY_ERROR = {401, 403, 408, 429, 500, 502, 503, 504}


@cache
def judges() -> Path:
    """Make the judges that npm installs, once for all processes, and return their folder."""
    (ROOT / ".venvs").mkdir(exist_ok=True)
    with (ROOT / ".venvs" / "judges-node.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        script = str(ROOT / "scripts" / "judges.sh")
        subprocess.run([script, "node"], check=True, capture_output=True)
    return _NODE


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any
    status: int
    answer: Any


@dataclass(frozen=True)
class Description:
    """The description."""

    document: dict[str, Any]

    @classmethod
    def load(cls) -> Self:
        """Read the one that is pinned."""
        path = judges() / "@octokit" / "openapi" / "generated" / "api.github.com.json"
        return cls(_without_nullable(json.loads(path.read_text(encoding="utf-8"))))

    def example(self, name: str) -> Any:  # noqa: ANN401 - JSON
        """Return a copy of the value of an example."""
        return json.loads(json.dumps(self.document["components"]["examples"][name]["value"]))

    def faults(self, one: Exchange) -> list[str]:
        """Return what of an exchange is not as described."""
        template = self._template(one.path)
        if template is None or one.method.lower() not in self.document["paths"][template]:
            return [f"{one.method} {one.path} is not described"]
        operation = self.document["paths"][template][one.method.lower()]
        told = f"{one.method} {template} → {one.status}"
        found = [f"{told}: {fault}" for fault in self._query(operation, one.query)]
        if one.headers.get("x-github-api-version") is None:
            found.append(f"{told}: no X-GitHub-Api-Version")
        found += [f"{told}: request {fault}" for fault in self._request(operation, one.body)]
        found += [f"{told}: answer {fault}" for fault in self._answer(operation, one)]
        return found

    def _template(self, path: str) -> str | None:
        for template in self.document["paths"]:
            pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
            if re.fullmatch(pattern, path):
                return str(template)
        return None

    def _query(self, operation: dict[str, Any], query: str) -> list[str]:
        known = {}
        for one in operation.get("parameters", []):
            told = self._resolved(one)
            if told["in"] == "query":
                known[told["name"]] = told["schema"]
        found = []
        for name, text in parse_qsl(query):
            if name not in known:
                found.append(f"query has {name}")
                continue
            value = int(text) if known[name].get("type") == "integer" else text
            found += self._check(known[name], value)
        return found

    def _request(self, operation: dict[str, Any], body: Any) -> list[str]:  # noqa: ANN401
        if "requestBody" not in operation:
            return [] if body is None else ["has a body, and none is described"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        unknown = set(body or {}) - set(schema.get("properties", {}))
        return [f"has {name}" for name in sorted(unknown)] + self._check(schema, body)

    def _answer(self, operation: dict[str, Any], one: Exchange) -> list[str]:
        answers = operation["responses"]
        if str(one.status) not in answers:
            if one.status not in _ANY_ERROR:
                return ["has a status that is not described"]
            return self._check({"$ref": "#/components/schemas/basic-error"}, one.answer)
        content = self._resolved(answers[str(one.status)]).get("content")
        if content is None:
            return [] if one.answer is None else ["has a body, and none is described"]
        return self._check(content["application/json"]["schema"], one.answer)

    def _check(self, schema: dict[str, Any], value: Any) -> list[str]:  # noqa: ANN401
        validator = Draft202012Validator(
            {"components": self.document["components"], "allOf": [schema]}
        )
        return [f"{one.json_path}: {one.message[:200]}" for one in validator.iter_errors(value)]

    def _resolved(self, value: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in value:
            found: Any = self.document
            for part in value["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            value = found
        return value


@cache
def description() -> Description:
    """Return the description, read once."""
    return Description.load()


def _without_nullable(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return schemas of OpenAPI 3.0 as JSON Schema has them."""
    if isinstance(value, list):
        return [_without_nullable(one) for one in value]
    if not isinstance(value, dict):
        return value
    plain = {name: _without_nullable(one) for name, one in value.items()}
    if plain.pop("nullable", None) is True:
        return {"anyOf": [plain, {"type": "null"}], "properties": plain.get("properties", {})}
    return plain

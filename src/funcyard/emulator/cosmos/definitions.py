"""What databases and containers may be: names, partition keys, policies, throughput.

The same for both doors, the Resource Manager and the data plane.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from funcyard.emulator.core.writing import merged
from funcyard.emulator.cosmos import indexing
from funcyard.emulator.cosmos.refusing import DefinitionError
from funcyard.emulator.cosmos.store.records import Throughput

if TYPE_CHECKING:
    from funcyard.emulator.core.records import Json
    from funcyard.emulator.cosmos.store.records import Container

LONGEST_TTL: Final = 2**31 - 1
_LONGEST_NAME: Final = 255
_ILLEGAL: Final = re.compile(r"[/\\?#\x00-\x1f\ud800-\udfff]")
_PATH: Final = re.compile(r"""(?:/(?:[^/"'*?\[\]]+|"(?:[^"\\]|\\.)+"|'(?:[^'\\]|\\.)+'))+""")
_KNOWN: Final = frozenset(
    {
        "indexingPolicy",
        "partitionKey",
        "defaultTtl",
        "uniqueKeyPolicy",
        "conflictResolutionPolicy",
        "geospatialConfig",
        "vectorEmbeddingPolicy",
        "computedProperties",
    }
)
_FIXED: Final = ("partitionKey", "uniqueKeyPolicy")
_LEAST_MANUAL: Final = 400
_LEAST_AUTOSCALE: Final = 1000
_STEPS: Final = {False: 100, True: 1000}
_MOST: Final = 1_000_000
_PERCENT: Final = 100
_ETAG_PATH: Final[Json] = {"path": '/"_etag"/?'}


def check_name(name: object) -> str:
    """Return the name of a database or a container.

    Raises:
        DefinitionError: It is none.
    """
    if not isinstance(name, str) or not name:
        raise DefinitionError(
            "The input content is invalid because the required properties - 'id; ' - are missing"
        )
    if _ILLEGAL.search(name):
        raise DefinitionError(f"Id contains illegal chars: {name[:80]!r}.")
    if name.endswith(" "):
        raise DefinitionError("Id ends with a space or newline.")
    if len(name) > _LONGEST_NAME:
        raise DefinitionError(
            "The id has too many characters. Ensure to provide a unique non-empty string less than"
            " '255' characters."
        )
    return name


def container_body(given: Json, before: Container | None) -> Json:
    """Return what is kept of a container: what was given, and defaults.

    Args:
        given: Its properties, without its name and what the service adds.
        before: What is there.

    Raises:
        DefinitionError: It cannot be like that.
    """
    given = {name: value for name, value in given.items() if value is not None}
    for name, value in given.items():
        if name not in _KNOWN:
            raise DefinitionError(f"The property '{name}' is not supported by the local Cosmos DB.")
        if name.endswith(("Policy", "Key", "Config")) and not isinstance(value, dict):
            raise DefinitionError(f"The property '{name}' is no object.")
    if given.pop("computedProperties", None):
        raise DefinitionError("Computed properties are not supported by the local Cosmos DB.")
    _check_partition_key(given.get("partitionKey"))
    _check_ttl(given.get("defaultTtl"))
    indexing.check(given.get("indexingPolicy") or {})
    _check_vectors(given.get("vectorEmbeddingPolicy") or {})
    body = merged(_defaults(), given)
    body["indexingPolicy"] = _indexing(body)
    _check_unique_keys(body["uniqueKeyPolicy"])
    for name in _FIXED:
        if before is not None and _plain(before.body[name]) != _plain(body[name]):
            raise DefinitionError(
                f"Document collection {name} cannot be changed; delete the container first."
            )
    if before is not None:
        body["partitionKey"] = before.body["partitionKey"]
    return body


def throughput(
    amount: object, scaling: Json, *, offer: str, is_serverless: bool
) -> Throughput | None:
    """Return what is provisioned; None where nothing is asked for.

    Args:
        amount: In request units a second.
        scaling: The most of them, and how that grows, where it scales by itself.
        offer: Resource id of what tells it.
        is_serverless: Whether the account has none.

    Raises:
        DefinitionError: It cannot be had.
    """
    most = scaling.get("maxThroughput")
    if amount is None and most is None:
        return None
    if is_serverless:
        raise DefinitionError(
            "Setting offer throughput or autopilot on container is not supported for serverless"
            " accounts."
        )
    if amount is not None and most is not None:
        raise DefinitionError("Both manual and autoscale throughput are asked for.")
    is_autoscale = most is not None
    wanted = most if is_autoscale else amount
    least = _LEAST_AUTOSCALE if is_autoscale else _LEAST_MANUAL
    step = _STEPS[is_autoscale]
    if isinstance(wanted, int) and wanted < least:
        raise DefinitionError(
            f"Requested throughput {wanted} is less than required minimum throughput {least}."
        )
    if not isinstance(wanted, int) or wanted > _MOST or wanted % step:
        raise DefinitionError(
            f"The offer should have valid throughput values between {least} and {_MOST} inclusive"
            f" in increments of {step}."
        )
    policy = (scaling.get("autoUpgradePolicy") or {}).get("throughputPolicy") or {}
    increment = policy.get("incrementPercent")
    if increment is not None and (type(increment) is not int or not 0 <= increment <= _PERCENT):
        raise DefinitionError("The increment of an autoscale policy is a number of percent.")
    return Throughput(offer, wanted, is_autoscale, increment)


def default_throughput(offer: str) -> Throughput:
    """Return what a container has for which nothing was asked."""
    return Throughput(offer, _LEAST_MANUAL)


def _defaults() -> Json:
    return {
        "indexingPolicy": {
            "indexingMode": "consistent",
            "automatic": True,
            "includedPaths": [{"path": "/*"}],
            "excludedPaths": [],
        },
        "uniqueKeyPolicy": {"uniqueKeys": []},
        "conflictResolutionPolicy": {
            "mode": "LastWriterWins",
            "conflictResolutionPath": "/_ts",
            "conflictResolutionProcedure": "",
        },
        "geospatialConfig": {"type": "Geography"},
    }


def _indexing(body: Json) -> Json:
    policy: Json = body["indexingPolicy"]
    excluded = list(policy.get("excludedPaths") or ())
    paths = [one.get("path") for one in excluded if isinstance(one, dict)]
    if str(policy.get("indexingMode", "")).lower() == "none":
        return {**policy, "includedPaths": [], "excludedPaths": []}
    if _ETAG_PATH["path"] not in paths and "/*" not in paths:
        excluded.append(_ETAG_PATH)
    vectors = (body.get("vectorEmbeddingPolicy") or {}).get("vectorEmbeddings") or ()
    wanted = [f"{one.get('path')}/*" for one in vectors]
    excluded += [{"path": path} for path in wanted if path not in paths]
    return {**policy, "excludedPaths": excluded}


def _check_partition_key(given: object) -> None:
    if not isinstance(given, dict) or not given.get("paths"):
        raise DefinitionError(
            "The partition key definition is missing: a container needs one path, such as /id."
        )
    paths = given["paths"]
    if not isinstance(paths, list):
        raise DefinitionError("The partition key definition holds no list 'paths'.")
    if str(given.get("kind") or "Hash").lower() != "hash" or len(paths) != 1:
        raise DefinitionError(
            "Hierarchical partition keys are not supported by the local Cosmos DB: the kind is"
            " Hash, and there is one path."
        )
    if not isinstance(paths[0], str) or not _PATH.fullmatch(paths[0]):
        raise DefinitionError(f"The partition key path {paths[0]!r} is invalid.")


def _check_ttl(ttl: object) -> None:
    if ttl is None or (type(ttl) is int and (ttl == -1 or 0 < ttl <= LONGEST_TTL)):
        return
    raise DefinitionError(
        f"The value {ttl!r} specified for 'defaultTtl' is invalid: -1, or a positive whole number"
        f" up to {LONGEST_TTL}."
    )


def _check_vectors(policy: Json) -> None:
    vectors = policy.get("vectorEmbeddings") or []
    if not isinstance(vectors, list) or not all(isinstance(one, dict) for one in vectors):
        raise DefinitionError("The vector embedding policy holds no list of embeddings.")


def _check_unique_keys(policy: Json) -> None:
    keys = policy.get("uniqueKeys")
    if not isinstance(keys, list):
        raise DefinitionError("The unique key policy holds no list 'uniqueKeys'.")
    for one in keys:
        paths = one.get("paths") if isinstance(one, dict) else None
        if not isinstance(paths, list) or not paths:
            raise DefinitionError("A unique key holds no list 'paths'.")
        if not all(isinstance(path, str) and _PATH.fullmatch(path) for path in paths):
            raise DefinitionError(f"The unique key's paths {paths!r} are invalid.")


def _plain(policy: Json) -> Json:
    """Return a policy without what the service adds to it."""
    return {name: policy[name] for name in ("paths", "uniqueKeys") if name in policy}

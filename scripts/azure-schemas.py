"""Cut Microsoft's official schemas of Azure resources down to what the local Azure validates with.

    scripts/azure-schemas.py FOLDER

FOLDER holds the schemas as they are published (VERSION/Microsoft.NAME.json). Of each type in TYPES
the definition and all that it refers to is kept, without descriptions, without the alternative that
a template may write an expression, and without children, which have addresses of their own.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TYPES = {
    "Microsoft.Storage": (
        "2025-06-01",
        (
            "storageAccounts",
            "storageAccounts_blobServices",
            "storageAccounts_blobServices_containers",
            "storageAccounts_queueServices",
            "storageAccounts_queueServices_queues",
            "storageAccounts_tableServices",
            "storageAccounts_tableServices_tables",
            "storageAccounts_fileServices",
            "storageAccounts_fileServices_shares",
        ),
    ),
    "Microsoft.Devices": ("2023-06-30", ("IotHubs", "IotHubs_eventHubEndpoints_ConsumerGroups")),
    "Microsoft.ManagedIdentity": (
        "2024-11-30",
        ("userAssignedIdentities", "userAssignedIdentities_federatedIdentityCredentials"),
    ),
    "Microsoft.Authorization": ("2022-04-01", ("roleAssignments", "roleDefinitions")),
    "Microsoft.EventGrid": (
        "2025-02-15",
        ("topics", "topics_eventSubscriptions", "systemTopics", "systemTopics_eventSubscriptions"),
    ),
    "Microsoft.DigitalTwins": ("2023-01-31", ("digitalTwinsInstances",)),
    "Microsoft.Dashboard": ("2024-10-01", ("grafana",)),
    "Microsoft.DocumentDB": (
        "2024-11-15",
        (
            "databaseAccounts",
            "databaseAccounts_sqlDatabases",
            "databaseAccounts_sqlDatabases_throughputSettings",
            "databaseAccounts_sqlDatabases_containers",
            "databaseAccounts_sqlDatabases_containers_throughputSettings",
        ),
    ),
    "Microsoft.OperationalInsights": ("2025-02-01", ("workspaces",)),
    "Microsoft.Web": ("2024-11-01", ("serverfarms", "sites")),
    "Microsoft.App": (
        "2026-01-01",
        ("managedEnvironments", "managedEnvironments_storages", "containerApps", "jobs"),
    ),
}
FRACTIONS = {"ContainerResources": "cpu"}
"""Members that may be fractions, which templates write as expressions."""
ALIKE = {"eventSubscriptions": "topics/eventSubscriptions"}
"""Types without a schema of their own, and the type that takes the same."""
OUTPUT = Path(__file__).parents[1] / "src/funcyard/emulator/core/schemas"
_EXPRESSION = "common/definitions.json#/definitions/expression"
_NOISE = {"description", "title", "metadata"}
_OF_TEMPLATES = {"apiVersion", "type", "name", "resources", "dependsOn", "comments", "scope"}


def cut(schema: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a schema without what only templates have."""
    if isinstance(schema, list):
        return [cut(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "oneOf" in schema:
        ways = schema["oneOf"]
        left = [one for one in ways if not str(one.get("$ref", "")).endswith(_EXPRESSION)]
        rest = {key: value for key, value in schema.items() if key != "oneOf"}
        whole = [cut(joined(rest, one)) for one in left]
        return whole[0] if len(whole) == 1 else {"oneOf": whole}
    kept = {key: cut(value) for key, value in schema.items() if key not in _NOISE}
    if isinstance(schema.get("properties"), dict):
        # Here the names are properties', and one of them may be "description".
        kept["properties"] = {name: cut(one) for name, one in schema["properties"].items()}
    return kept


def joined(common: dict[str, Any], way: dict[str, Any]) -> dict[str, Any]:
    """Return an alternative with what all have in common."""
    properties = {**common.get("properties", {}), **way.get("properties", {})}
    return {**common, **way, **({"properties": properties} if properties else {})}


def references(schema: Any) -> set[str]:  # noqa: ANN401 - JSON
    """Return the names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        return {name for one in schema for name in references(one)}
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].rpartition("/")[2]} if isinstance(schema.get("$ref"), str) else set()
    return own.union(*(references(value) for value in schema.values()), set())


def of_namespace(official: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """Return the types of a namespace and their definitions."""
    types = {}
    for name in names:
        whole = official["resourceDefinitions"][name]
        whole["properties"] = {
            key: value for key, value in whole["properties"].items() if key not in _OF_TEMPLATES
        }
        whole["required"] = [key for key in whole["required"] if key not in _OF_TEMPLATES]
        types[name.replace("_", "/")] = cut(whole)
    definitions: dict[str, Any] = {}
    wanted = references(types)
    while missing := wanted - definitions.keys():
        for name in missing:
            definitions[name] = cut(official["definitions"][name])
        wanted |= references(definitions)
    for name, member in FRACTIONS.items():
        if name in definitions:
            definitions[name]["properties"][member] = {"type": "number"}
    for name, like in ALIKE.items():
        if like in types:
            types[name] = types[like]
    return {"types": types, "definitions": dict(sorted(definitions.items()))}


def main(folder: Path) -> None:
    """Write what is shipped."""
    for namespace, (version, names) in TYPES.items():
        path = folder / version / f"{namespace}.json"
        kept = of_namespace(json.loads(path.read_text(encoding="utf-8")), names)
        text = json.dumps({"version": version, **kept}, indent=1, sort_keys=True)
        (OUTPUT / f"{namespace}.json").write_text(f"{text}\n", encoding="utf-8")
    (OUTPUT / "LICENSE").write_bytes((folder / "LICENSE").read_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Resources are deleted in the order in which Azure lets them be."""

from __future__ import annotations

from funcyard.orchestrator.ordering import waves

_GROUP = "/subscriptions/s/resourceGroups/g"


def _resource(kind: str, name: str, above: str = _GROUP) -> dict[str, str]:
    return {"id": f"{above}/providers/{kind}/{name}", "name": name, "type": kind}


def test_what_others_need_goes_after_those() -> None:
    group = {"id": _GROUP, "name": "g", "type": "Microsoft.Resources/subscriptions/resourceGroups"}
    machine = _resource("Microsoft.Compute/virtualMachines", "vm")
    card = _resource("Microsoft.Network/networkInterfaces", "nic")
    network = _resource("Microsoft.Network/virtualNetworks", "net")
    environment = _resource("Microsoft.App/managedEnvironments", "cae")
    jobs = [_resource("Microsoft.App/jobs", name) for name in ("b", "a")]
    account = _resource("Microsoft.Storage/storageAccounts", "s")

    found = waves([group, network, card, machine, environment, *jobs, account])

    assert [[one["name"] for one in wave] for wave in found] == [
        ["a", "b", "vm"],
        ["s"],
        ["cae", "nic"],
        ["net"],
        ["g"],
    ]


def test_what_is_part_of_another_goes_before_it() -> None:
    whole = _resource("Microsoft.Sql/servers", "server")
    part = {**_resource("databases", "db", whole["id"]), "type": "Microsoft.Sql/servers/databases"}
    part["id"] = f"{whole['id']}/databases/db"

    assert waves([whole, part]) == [[part], [whole]]
    assert waves([]) == []

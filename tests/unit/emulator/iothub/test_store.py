"""What a hub keeps, and how it is found again."""

from __future__ import annotations

from pathlib import Path

from funcyard.emulator.iothub import devices
from funcyard.emulator.iothub.store import HubStore


def test_devices_are_read_from_where_a_page_ended(tmp_path: Path) -> None:
    store = HubStore(tmp_path)
    names = ["-", "A", "B", "a", "a-1", "b"]
    for number, name in enumerate(reversed(names)):
        store.save(devices.made(name, {}, generation="1", number=number))
    assert [one.id for one in store.devices()] == names
    for at, name in enumerate(names):
        assert [one.id for one in store.devices(name)] == names[at + 1 :]
    assert [one.id for one in store.devices("a-0")] == ["a-1", "b"]
    store.close()

from __future__ import annotations

import errno
import os
import subprocess
from dataclasses import replace

from tests.unit.twin.twins import EXAMPLE

from funcyard.twin.config.optimization import Flags
from funcyard.twin.config.reading import read_twin
from funcyard.twin.contract.info import LARGEST_INFO, read_info
from funcyard.twin.contract.settings import INFO
from funcyard.twin.describing import describe, describe_device

TWIN = read_twin(EXAMPLE).twin


def test_functions_know_their_twin_as_it_is_configured() -> None:
    info = describe(TWIN)

    assert (info.name, info.debug, info.hot_days, info.cold_days) == (
        "cold-storage-hall", False, 7, 90,
    )  # fmt: skip
    assert info.clouds["layer_3_hot_provider"] == "azure"
    assert [one.function for one in info.events] == ["raise-alarm", "raise-alarm", None]
    assert info.events[0].feedback == {"signal": "close the door"}


def test_functions_know_each_device_as_it_is_configured() -> None:
    devices = {one.id: describe_device(one, TWIN) for one in TWIN.devices}

    assert devices["cold-room-2"].twin == "cold-room-2"
    assert [name for name, one in devices.items() if one.has_processor] == ["cold-room-2"]
    assert devices["compressor"].properties == {
        "powerWatts": "DOUBLE", "starts": "INTEGER", "state": "STRING",
    }  # fmt: skip


def test_what_is_written_into_a_setting_is_what_functions_read() -> None:
    info = describe(TWIN)

    assert read_info({INFO: info.write()}) == info
    assert describe(read_twin(EXAMPLE).twin).write() == info.write()


def test_where_events_are_not_checked_functions_know_none() -> None:
    flags = Flags(
        useEventChecking=False, triggerNotificationWorkflow=False, returnFeedbackToDevice=False
    )

    assert describe(replace(TWIN, flags=flags)).events == ()


def test_the_largest_setting_is_the_largest_that_a_process_takes() -> None:
    def starts(size: int) -> bool:
        try:
            subprocess.run(["true"], env={INFO: "x" * size}, executable="/bin/true", check=True)
        except OSError as fault:
            assert fault.errno == errno.E2BIG  # noqa: PT017 - either way
            return False
        return True

    largest = 32 * os.sysconf("SC_PAGE_SIZE") - len(f"{INFO}=") - 1
    assert starts(largest)
    assert not starts(largest + 1)
    assert largest >= LARGEST_INFO

"""A kill at any moment leaves every version that was answered, and none that is torn."""

from __future__ import annotations

import gc
import random
import threading
from pathlib import Path

import pytest
from azure.core.exceptions import AzureError
from tests import local_vault

_ROUNDS = 5
_LAST = 20
"""So many of the last answered versions are read as well: what a kill would tear lies there."""


# What a kill cuts off in the handshake of TLS is left to the garbage collector by urllib3.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    asked, answered = 0, {}
    for seed in range(_ROUNDS):
        vault = local_vault.start(tmp_path)
        after = random.Random(seed).uniform(0.05, 0.3)  # noqa: S311 - no secret
        timer = threading.Timer(after, vault.process.kill)
        with vault.client(retry_total=0) as client:
            client.set_secret("counted", "0" * 1000)
            timer.start()
            try:
                while True:
                    asked += 1
                    made = client.set_secret("counted", str(asked) * 1000)
                    answered[str(made.properties.version)] = made.value
            except AzureError:
                timer.join()
        vault.kill()

        vault = local_vault.start(tmp_path)
        with vault.client() as client:
            there = {
                str(one.version) for one in client.list_properties_of_secret_versions("counted")
            }
            last = [*answered][-_LAST:]
            read = {*last, *(there - answered.keys())}
            found = {one: client.get_secret("counted", one).value for one in read}
        vault.end()
        assert answered.keys() <= there
        assert {one: answered[one] for one in last}.items() <= found.items()
        assert set(found.values()) <= {str(one) * 1000 for one in range(asked + 1)}
    gc.collect()

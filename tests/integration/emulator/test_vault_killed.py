"""A kill at any moment leaves every version that was answered, and none that is torn."""

from __future__ import annotations

import random
import threading
from pathlib import Path

from azure.core.exceptions import AzureError
from tests import local_vault

_ROUNDS = 5


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    asked, answered = 0, {}
    for seed in range(_ROUNDS):
        vault = local_vault.start(tmp_path)
        after = random.Random(seed).uniform(0.05, 0.5)  # noqa: S311 - no secret
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
            versions = list(client.list_properties_of_secret_versions("counted"))
            found = {
                str(one.version): client.get_secret("counted", one.version).value
                for one in versions
            }
        vault.end()
        assert answered.items() <= found.items()
        assert set(found.values()) <= {str(one) * 1000 for one in range(asked + 1)}

"""The keys of a site, which the emulator and the site's app both write."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from funcyard.atomic import locked
from funcyard.emulator.web.keys import keys_at, set_host_key


def test_what_the_app_adds_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    keys_at(path)
    with ThreadPoolExecutor(1) as other, locked(path):
        setting = other.submit(set_host_key, path, "partner", "abc")
        with pytest.raises(TimeoutError):
            setting.result(0.05)
        path.write_text(json.dumps({**json.loads(path.read_text()), "functions": {"tell": "x"}}))
    setting.result()
    found = keys_at(path)
    assert (found.named, found.functions) == ({"partner": "abc"}, {"tell": "x"})

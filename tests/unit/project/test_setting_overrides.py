"""Defaults of the spec that a file of this machine sets otherwise are told, secrets unseen."""

from __future__ import annotations

from datetime import date

import pytest

from funcyard.project.reading import parse_spec
from funcyard.project.setting_overrides import setting_overrides

_SPEC = parse_spec(
    """
project_name: shop
function_apps: [api, jobs]
environment:
  - {name: LOG_LEVEL, default: INFO}
  - {name: GREETING, default: good day}
  - {name: API_TOKEN}
  - {name: OLD_TOKEN, default: changeme}
  - {name: STORE, default: ""}
""",
    today=date(2026, 11, 21),
).spec
_API = "functions/api/local.settings.json"


def _said(**files: str) -> tuple[str, ...]:
    texts = {".env.local": files.get("env", ""), _API: files.get("api", "")}
    return setting_overrides(_SPEC, lambda path: texts.get(path, "").encode())


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ("", ()),
        ("# LOG_LEVEL=DEBUG\nLOG_LEVEL=INFO\nGREETING='good day'\nOTHER=1\n", ()),
        (
            "A=1\nLOG_LEVEL=DEBUG\nGREETING=''\n",
            (
                ".env.local:2: LOG_LEVEL=DEBUG overrides default INFO of funcyard.yaml",
                ".env.local:3: GREETING='' overrides default 'good day' of funcyard.yaml",
            ),
        ),
        ("LOG_LEVEL=DEBUG\nLOG_LEVEL=INFO\n", ()),
        ("API_TOKEN=sesame\n", ()),
        (
            "OLD_TOKEN=sesame\nSTORE=AccountKey=c2VzYW1l\n",
            (
                ".env.local:1: OLD_TOKEN overrides its default of funcyard.yaml (values not shown)",
                ".env.local:2: STORE overrides its default of funcyard.yaml (values not shown)",
            ),
        ),
    ],
)
def test_each_line_in_force_is_told_with_both_values(env: str, said: tuple[str, ...]) -> None:
    assert _said(env=env) == said


def test_settings_of_an_app_are_told_with_their_line_unless_env_local_hides_them() -> None:
    api = '{\n "Values": {\n  "LOG_LEVEL": "DEBUG",\n  "GREETING": "hi"\n }\n}\n'

    assert _said(api=api, env="GREETING='good day'\n") == (
        f"{_API}:3: LOG_LEVEL=DEBUG overrides default INFO of funcyard.yaml",
    )


@pytest.mark.parametrize("text", ["{", "[]", '{"IsEncrypted": true}', "\ufffd"])
def test_a_file_that_cannot_be_read_is_no_failure_here(text: str) -> None:
    assert _said(api=text, env="nonsense\n") == ()

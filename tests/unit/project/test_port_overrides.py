"""Which ports ``.env.local`` changes."""

from __future__ import annotations

from datetime import date

import pytest

from funcyard.project.port_overrides import port_overrides
from funcyard.project.reading import parse_spec

_SPEC = parse_spec(
    """
project_name: shop
function_apps:
  - {name: api, port: 7171}
  - {name: my-jobs, port: 7072}
environment: [{name: CRM_HOST_PORT, default: "5432"}]
""",
    today=date(2026, 11, 21),
).spec


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ()),
        ("API_HOST_PORT=07171\n# MY_JOBS_HOST_PORT=9000\nMY_JOBS_HOST_PORT=\n", ()),
        (
            "KEY=x\nAPI_HOST_PORT=7071\nexport MY_JOBS_DEBUG_PORT='6000'\n",
            (
                ".env.local:2: API_HOST_PORT=7071 overrides port 7171 of funcyard.yaml",
                ".env.local:3: MY_JOBS_DEBUG_PORT=6000 overrides port 5679 of funcyard.yaml",
            ),
        ),
        ("API_HOST_PORT=1\nAPI_HOST_PORT=7171\n", ()),
        (
            "API_HOST_PORT=x\nMY_JOBS_HOST_PORT=70720\n",
            (
                ".env.local:1: API_HOST_PORT=x overrides port 7171 of funcyard.yaml",
                ".env.local:2: MY_JOBS_HOST_PORT=70720 overrides port 7072 of funcyard.yaml",
            ),
        ),
        ("GONE_HOST_PORT=9\nAZURITE_BLOB_PORT=9\nCRM_HOST_PORT=9\n", ()),
        (
            "nonsense\nAPI_HOST_PORT=1\nA='x\n",
            (
                ".env.local:1: not NAME=value",
                ".env.local:3: A: the quote ' is not closed on its line",
                ".env.local:2: API_HOST_PORT=1 overrides port 7171 of funcyard.yaml",
            ),
        ),
    ],
)
def test_the_lines_in_force_are_told_with_both_values(text: str, said: tuple[str, ...]) -> None:
    assert port_overrides(text.encode(), _SPEC) == said


def test_what_is_no_text_is_no_failure() -> None:
    assert port_overrides(b"\xff\xfe\x00", _SPEC) == (".env.local:1: not NAME=value",)

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from funcyard.preflight.packages.imports import imports_of, tops_of


def found(text: str) -> list[tuple[str, bool]]:
    return [(one.module, one.at_load) for one in imports_of(ast.parse(dedent(text)))]


def test_imports_at_load_are_told_apart_from_those_in_functions() -> None:
    assert found(
        """
        import requests, yaml
        from azure.storage import blob

        class Client:
            import httpx

        async def work():
            import numpy
        """
    ) == [
        ("requests", True),
        ("yaml", True),
        ("azure.storage", True),
        ("httpx", True),
        ("numpy", False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "if TYPE_CHECKING:\n    import requests",
        "if typing.TYPE_CHECKING:\n    import requests",
        "try:\n    import requests\nexcept ImportError:\n    requests = None",
        "try:\n    import requests\nexcept (ModuleNotFoundError, OSError):\n    pass",
        "try:\n    import requests\nexcept Exception:\n    pass",
        "try:\n    import requests\nexcept:\n    pass",
        "try:\n    import tomllib\nexcept ImportError:\n    import tomli",
        "with contextlib.suppress(ImportError):\n    import requests",
        "if sys.version_info < (3, 11):\n    import tomli",
        "if sys.platform == 'win32':\n    import winreg2",
        "if os.name == 'nt':\n    import winreg2",
        "if __name__ == '__main__':\n    import uvicorn",
    ],
)
def test_what_may_fail_or_never_runs_does_not_count(text: str) -> None:
    assert found(text) == []


def test_a_handler_that_raises_again_forgives_nothing() -> None:
    text = (
        "try:\n    import requests\nexcept ImportError as fault:\n    raise RuntimeError from fault"
    )

    assert found(text) == [("requests", True)]


def test_a_branch_may_run_and_the_other_side_of_type_checking_does() -> None:
    assert found("if fast:\n    import orjson\nelse:\n    import ujson") == [
        ("orjson", False),
        ("ujson", False),
    ]
    assert found("if TYPE_CHECKING:\n    import a\nelse:\n    import b") == [("b", True)]


def test_modules_named_behind_from_are_candidates_too() -> None:
    (one,) = imports_of(ast.parse("from azure.storage import blob, queue"))

    assert one.candidates == ("azure.storage.blob", "azure.storage.queue", "azure.storage")


def test_every_top_level_module_is_named_guarded_or_not() -> None:
    tree = ast.parse(
        "try:\n    import a.b\nexcept ImportError:\n    from c import d\nfrom . import e"
    )

    assert tops_of(tree) == {"a", "c"}

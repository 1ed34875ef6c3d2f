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


@pytest.mark.parametrize(
    "handler",
    [
        "ModuleNotFoundError as e:\n    if e.name != 'orjson': raise",
        "ImportError as e:\n    if 'orjson' != e.name:\n        raise\n    orjson = None",
        "ImportError as e:\n    if e.name not in ('orjson', 'ujson'):\n        raise",
        "ImportError as e:\n    if not e.name == 'orjson':\n        raise",
        "ImportError as e:\n    if e.name == 'orjson':\n        pass\n    else:\n        raise",
        "ImportError as e:\n    if e.name != 'orjson' and STRICT:\n        raise",
        "ImportError as e:\n    if 'orjson' not in str(e):\n        raise",
        "ImportError as e:\n    if e.name not in {[]}:\n        raise",
        "AttributeError:\n    raise\nexcept ImportError:\n    orjson = None",
    ],
)
def test_a_handler_that_raises_again_for_other_modules_forgives_its_own(handler: str) -> None:
    assert found(f"try:\n    import orjson\nexcept {handler}") == []


@pytest.mark.parametrize(
    "handler",
    [
        "ModuleNotFoundError as e:\n    if e.name != 'ujson': raise",
        "ImportError as e:\n    if e.name == 'orjson':\n        raise RuntimeError('install it')",
        "ImportError as e:\n    if e.name in {'orjson'} or STRICT:\n        raise",
        "ImportError as e:\n    if STRICT:\n        raise\n    else:\n        raise OSError",
        "ImportError as e:\n    with log():\n        raise",
        "ImportError as e:\n    try:\n        raise\n    finally:\n        log()",
        "ImportError:\n    raise\nexcept Exception:\n    orjson = None",
    ],
)
def test_a_handler_that_raises_again_for_its_own_module_forgives_nothing(handler: str) -> None:
    assert found(f"try:\n    import orjson\nexcept {handler}") == [("orjson", True)]


def test_of_two_imports_in_one_try_the_one_that_the_handler_names_may_fail() -> None:
    handler = "except ModuleNotFoundError as e:\n    if e.name != 'azure.cosmos':\n        raise"

    assert found(f"try:\n    import yaml\n    from azure.cosmos import aio\n{handler}") == [
        ("yaml", True)
    ]


def test_a_function_that_returns_for_its_own_module_goes_on() -> None:
    text = """
    def load():
        try:
            import orjson
        except ImportError as e:
            if e.name == "orjson":
                return None
            raise
    """

    assert found(text) == []


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

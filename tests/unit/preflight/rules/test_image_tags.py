"""Tags against digests: where images are pinned, where they run, and where they are not pinned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found
from tests.unit.preflight.image.registry import Registry, index, manifest, registry
from tests.unit.preflight.infrastructure.templates import bicep

from funcyard.preflight.facts import Facts
from funcyard.preflight.finding import Severity
from funcyard.preflight.rules import image_tag_moved, image_tag_not_pinned

MOVED, PINNED = image_tag_moved.RULE, image_tag_not_pinned.RULE


@pytest.fixture
def served() -> Iterator[Registry]:
    with registry() as running:
        yield running


def _asking(folder: Path, **files: str) -> Facts:
    named = {name.replace("__", "."): text for name, text in files.items()}
    target = {"dockerfile": folder / "Dockerfile"} if "Dockerfile" in named else {}
    return facts(folder, named, target=target, request={"ask_registries": True})


def test_a_tag_that_was_pushed_again_is_found_wherever_it_is_pinned(
    tmp_path: Path, served: Registry
) -> None:
    old = served.push("team/api:1", manifest("old"))
    new = served.push("team/api:1", manifest("new"))
    name = f"{served.name}/team/api:1"
    findings = found(
        MOVED,
        _asking(
            tmp_path,
            Dockerfile=f"FROM {name}@{old}\n",
            compose__yaml=f"services:\n  a:\n    image: {name}@{old}\n",
            main__bicep=bicep(image=f"{name}@{old}"),
        ),
    )
    assert [(one.file, one.severity) for one in findings] == [
        ("Dockerfile", Severity.WARNING),
        ("compose.yaml", Severity.WARNING),
        ("main.bicep", Severity.WARNING),
    ]
    assert findings[0].message == (
        f"the image of api is pinned to {old[:19]}…, and {name} is {new[:19]}… now: what was pushed"
        " since does not run"
    )
    assert findings[0].evidence == f"FROM {name}@{old}\n{name} = {new}"
    assert findings[0].next == f"{name}@{new}"


def test_a_tag_that_names_its_digest_is_no_fault(tmp_path: Path, served: Registry) -> None:
    amd, arm = manifest("amd64"), manifest("arm64")
    served.push("team/api:amd", amd)
    whole = served.push("team/api:1", index(amd, arm))
    part = served.push("team/api:amd", amd)
    name = f"{served.name}/team/api:1"
    text = f"FROM {name}@{whole} AS a\nFROM {name}@{part}\nCOPY --from=a / /\n"
    assert found(MOVED, _asking(tmp_path, Dockerfile=text)) == []


def test_a_digest_that_is_gone_is_an_error(tmp_path: Path, served: Registry) -> None:
    gone = f"{served.name}/team/api@sha256:{'a' * 64}"
    (finding,) = found(MOVED, _asking(tmp_path, main__bicep=bicep(image=gone)))
    assert finding.severity is Severity.ERROR
    assert finding.message.startswith(f"api-app: {served.name}/team/api has no image sha256:aaaa")


def test_a_registry_that_wants_a_sign_in_leaves_it_open(tmp_path: Path, served: Registry) -> None:
    served.public = False
    pinned = f"{served.name}/team/api:1@sha256:{'a' * 64}"
    (finding,) = found(MOVED, _asking(tmp_path, Dockerfile=f"FROM {pinned}\n"))
    assert finding.severity is Severity.NOTE
    assert "is not known" in finding.message


def test_without_being_told_to_nobody_is_asked(tmp_path: Path, served: Registry) -> None:
    pinned = f"FROM {served.name}/team/api:1@sha256:{'a' * 64}\n"
    given = facts(tmp_path, {"Dockerfile": pinned}, target={"dockerfile": tmp_path / "Dockerfile"})
    assert found(MOVED, given) == []
    assert served.asked == []


@pytest.mark.parametrize(
    ("image", "is_found"),
    [
        ("registry.azurecr.io/team/api:1.2", True),
        ("registry.azurecr.io/team/api:prod", True),
        ("registry.azurecr.io/team/api:latest", False),
        (f"registry.azurecr.io/team/api:1.2@sha256:{'a' * 64}", False),
        ("registry.azurecr.io/team/api:3f2c1ab", False),
        ("registry.azurecr.io/team/api:sha-3f2c1ab9d0", False),
        ("registry.azurecr.io/team/api:20260130.4", True),
        ("registry.azurecr.io/team/api:202601301215", False),
        ("mcr.microsoft.com/k8se/quickstart:1", False),
        ("${registry}/team/api:1", False),
    ],
)
def test_a_tag_that_may_be_pushed_again_is_a_note(
    tmp_path: Path,
    image: str,
    is_found: bool,  # noqa: FBT001 - a case
) -> None:
    text = f"param registry string\n{bicep(image=image)}"
    findings = found(PINNED, facts(tmp_path, {"infra/main.bicep": text}))
    assert [finding.severity for finding in findings] == [Severity.NOTE] * is_found


def test_a_template_for_tests_may_name_any_tag(tmp_path: Path) -> None:
    text = bicep(image="registry.azurecr.io/team/api:1.2")
    assert found(PINNED, facts(tmp_path, {"infra/dev.bicep": text})) == []

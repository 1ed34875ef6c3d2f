"""The storage emulator in settings that are meant for Azure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from funcyard.plain_files import read_text
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group, Rule
from funcyard.preflight.shipping.production import NAMES, is_comment, is_for_production
from funcyard.preflight.shipping.setting_name import setting_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from funcyard.preflight.facts import Facts

_EMULATOR = (
    r"[Uu]se[Dd]evelopment[Ss]torage *= *[Tt]rue|devstoreaccount1|Eby8vdM02xNOcqFl"
    r"|(127\.0\.0\.1|localhost):1000[0-2]"
)
_OWN_SETTING = "AzureWebJobsStorage"
_OWN_NEXT = (
    "name the storage account: AzureWebJobsStorage__accountName with a managed identity, or a"
    " connection string from Key Vault"
)


def _check(facts: Facts) -> Iterator[Finding]:
    hits = sorted({(line.file, line.number) for line in facts.tree.search(_EMULATOR, *NAMES)})
    for file in dict.fromkeys(file for file, _ in hits):
        if is_for_production(facts.root, file):
            text = read_text(facts.root / file, errors="replace")
            yield from _in_file(file, text.splitlines(), [n for name, n in hits if name == file])
    yield from _of_images(facts)


def _in_file(file: str, lines: list[str], hits: list[int]) -> Iterator[Finding]:
    for number in hits:
        if not is_comment(lines[number - 1]):
            yield _found(file, number, lines[number - 1].strip(), setting_at(lines, number))


def _of_images(facts: Facts) -> Iterator[Finding]:
    for image in facts.images:
        for stage in image.stage.chain:
            for name, setting in stage.environment.items():
                if re.search(_EMULATOR, setting.value or ""):
                    yield _found(image.name, setting.line, image.line(setting.line), name)


def _found(file: str, line: int, evidence: str, setting: str) -> Finding:
    is_own = setting.lower() == _OWN_SETTING.lower()
    return RULE.found(
        file,
        line,
        f"{setting or 'a setting'} names the storage emulator of a development machine",
        evidence=_without_key(evidence),
        next=_OWN_NEXT if is_own else "name the storage account that is meant",
        severity=Severity.ERROR if is_own else Severity.WARNING,
    )


def _without_key(text: str) -> str:
    return re.sub(r"(AccountKey=)[^;\"'\s]+", r"\1…", text)


RULE = Rule(
    id="development-storage-in-production",
    group=Group.PACKAGE,
    severity=Severity.ERROR,
    what="Settings that are meant for Azure name the storage emulator.",
    why=(
        "There is no emulator in Azure. Without the storage that AzureWebJobsStorage names the"
        " host does not run timers, keeps no keys, and does not start on most plans; another"
        " setting fails where it is used. local.settings.json and .env.local may name it."
    ),
    mend="Name the account, best by AzureWebJobsStorage__accountName with a managed identity.",
    source="https://learn.microsoft.com/azure/azure-functions/functions-app-settings#azurewebjobsstorage",
    check=_check,
)

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.unit.preflight.given import facts, found

from funcyard.deployed.clues import CLUES
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.rule import Group
from funcyard.preflight.rules import RULES
from funcyard.preflight.rules.log_tells_cause import RULE
from funcyard.preflight.target import Log

WORKER_FAILS = """\
[2026-09-05T00:45:17.206Z] Worker indexing is enabled
[2026-09-05T00:45:18.101Z] Worker failed to index functions
[2026-09-05T00:45:18.101Z] Result: Failure
[2026-09-05T00:45:18.101Z] Exception: {exception}
[2026-09-05T00:45:18.101Z] Stack:   File "/azure-functions-host/workers/python/3.11/dispatcher.py"
[2026-09-05T00:45:18.202Z] 0 functions found (Worker)
[2026-09-05T00:45:18.203Z] Reading functions metadata (Custom)
[2026-09-05T00:45:18.204Z] 0 functions found (Custom)
[2026-09-05T00:45:18.205Z] 0 functions loaded
[2026-09-05T00:45:18.206Z] No job functions found. Try making your job classes and methods public.
"""

SAMPLES = {
    "Failed to pull image 'r.azurecr.io/api:v2': not found": "cannot be pulled",
    "Container pull image failed with unauthorized error.": "cannot be pulled",
    "Container 'app' was terminated with exit code '' and reason 'ImagePullFailure'": "be pulled",
    "The workload profile has reached its maximum node count. Please increase it.": "no node",
    "Maximum Allowed Cores exceeded for the Managed Environment.": "no node",
    "pod didn't trigger scale-up: 1 max node group size reached": "no node",
    "exec /usr/bin/start.sh: exec format error": "another processor",
    "Container 'api' was terminated with exit code '137'": "killed",
    "Container 'api' was terminated with exit code '1'": "exit code 1",
    "OSError: [Errno 28] No space left on device": "disk is full",
    "Failed to bind to address http://[::]:80: address already in use.": "one port",
    "TargetPort 8080 does not match the listening port 80.": "nothing listens",
    "Target port does not match the listening port": "nothing listens",
    "WorkerConfig for runtime: python not found": "no Python worker",
    "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.33' not found": "GLIBC_2.33 is missing",
    "Exception: ModuleNotFoundError: No module named 'yaml'. Cannot find module.": "module yaml",
    "Exception: FunctionLoadError: cannot load the tick function: type of tick_timer binding in"
    ' function.json "timerTrigger" does not match its Python annotation "Any"': "the tick function",
    "Exception: SyntaxError: invalid syntax (__init__.py, line 86)": "SyntaxError",
    "Could not find top level function app instances in function_app.py.": "no function app",
    "More than one FunctionApp or other top level function app instances are defined.": "more",
    "Worker failed to index functions": "could not index",
    "'%Notices:Schedule%' does not resolve to a value.": "Notices:Schedule",
    "The binding type(s) 'serviceBusTrigger' are not registered. Please ensure the type": (
        "serviceBusTrigger"
    ),
    "The binding type(s) 'http2' were not found in the configured extension bundle.": "http2",
    "Function 'Functions.nightly' failed indexing and will be disabled.": "nightly",
    "A host error has occurred during startup operation '5e184598-939e-4ab7'.": "with an error",
    "Exceeded language worker restart retry count for runtime:python. Shutting down": "gives up",
    'webjobs.storage":{"status":"Unhealthy","description":"Unable to access AzureWebJobsStorage"': (
        "AzureWebJobsStorage"
    ),
    "The listener for function 'Functions.drain' was unable to start.": "drain",
    "Traceback (most recent call last):": "of an exception",
    "Persistent Failure to start container": "whenever it is started",
    "Probe of StartUp failed with status code: 1": "does not answer a probe",
    "Container api failed liveness probe, will be restarted": "does not answer a probe",
    "Details: Deployment Progress Deadline Exceeded. 0/1 replicas ready.": "in time",
}


def _found(folder: Path, text: str, name: str = "-") -> list[Finding]:
    given = facts(folder, {"host.json": "{}"}, request={"log": Log(name, text)})
    return found(RULE, given)


@pytest.mark.parametrize(("line", "said"), SAMPLES.items(), ids=lambda text: text[:30])
def test_a_line_is_told_with_its_meaning_its_place_and_what_to_do(
    tmp_path: Path, line: str, said: str
) -> None:
    (finding,) = _found(tmp_path, f"Host started (1ms)\n{line}\n", "app.log")

    assert (finding.file, finding.line) == ("app.log", 2)
    assert said in finding.message
    assert line[:60] in finding.evidence
    assert finding.next


def test_every_clue_has_a_line_that_shows_it() -> None:
    unseen = [c.pattern for c in CLUES if not any(re.search(c.pattern, line) for line in SAMPLES)]

    assert unseen == []


def test_what_clues_advise_exists() -> None:
    known = {rule.id for rule in RULES} | {group.value for group in Group}
    named = {name for clue in CLUES for name in re.findall(r"--only ([a-z-]+)", clue.next)}

    assert named
    assert named <= known


@pytest.mark.parametrize(
    ("exception", "said"),
    [
        ("ModuleNotFoundError: No module named 'azure.mgmt'. Cannot find module.", "azure.mgmt"),
        (
            "FunctionLoadError: cannot load the pick function: x has invalid non-type annotation",
            "invalid non-type annotation",
        ),
    ],
)
def test_where_the_log_holds_the_cause_its_symptoms_are_not_told(
    tmp_path: Path, exception: str, said: str
) -> None:
    (finding,) = _found(tmp_path, WORKER_FAILS.format(exception=exception))

    assert (finding.severity, finding.line) == (Severity.ERROR, 4)
    assert said in finding.message


def test_an_exception_that_nobody_knows_is_quoted_below_the_worker_s_line(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, WORKER_FAILS.format(exception="KeyError: 'REGION'"))

    assert (finding.line, "could not index" in finding.message) == (2, True)
    assert finding.evidence.splitlines()[2].endswith("Exception: KeyError: 'REGION'")


def test_zero_functions_found_by_custom_is_harmless(tmp_path: Path) -> None:
    text = "5 functions found (Worker)\n0 functions found (Custom)\n5 functions loaded\n"
    assert _found(tmp_path, text) == []

    (finding,) = _found(
        tmp_path, "Reading functions metadata (Custom)\n0 functions found (Custom)\n"
    )
    assert finding.severity is Severity.NOTE
    assert "means nothing" in finding.message


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("0 functions found (Worker)\n0 functions found (Custom)\n", "the worker found none"),
        ("0 functions found (Custom)\n", "never asked the Python worker"),
    ],
)
def test_a_host_that_loads_nothing_and_says_no_word_is_told_by_who_was_asked(
    tmp_path: Path, lines: str, said: str
) -> None:
    (finding,) = _found(tmp_path, f"{lines}0 functions loaded\nHost started\n")

    assert (finding.severity, finding.line) == (Severity.ERROR, lines.count("\n") + 1)
    assert said in finding.message


def test_what_was_mended_before_the_last_good_start_does_not_count(tmp_path: Path) -> None:
    failed = WORKER_FAILS.format(exception="ModuleNotFoundError: No module named 'yaml'")

    assert _found(tmp_path, f"{failed}3 functions found (Worker)\n3 functions loaded\n") == []
    assert len(_found(tmp_path, f"3 functions loaded\n{failed}")) == 1


def test_a_platform_s_lines_name_the_revision_and_how_often(tmp_path: Path) -> None:
    line = json.dumps(
        {
            "Type": "Warning",
            "RevisionName": "api--0000011",
            "Msg": "Probe of StartUp failed with status code: 1",
            "Reason": "ProbeFailed",
        }
    )

    (finding,) = _found(tmp_path, f"{line}\n{line}\n")

    assert finding.severity is Severity.WARNING
    assert finding.message.startswith("api--0000011: its container does not answer a probe")
    assert finding.message.endswith("(logged 2 times)")


def test_the_capacity_of_the_e16_profile_is_the_cause_and_not_the_failed_activation(
    tmp_path: Path,
) -> None:
    text = (
        '{"Msg":"The workload profile has reached its maximum node count. Please increase maximum'
        ' node count.","Reason":"AssigningReplicaFailed","RevisionName":"orch--0000009"}\n'
        '{"Msg":"Deployment Progress Deadline Exceeded. 0/1 replicas ready.","Reason":"x"}\n'
    )

    (finding,) = _found(tmp_path, text)

    assert "no node is left" in finding.message
    assert finding.next == "funcyard check --only capacity"


@pytest.mark.parametrize("text", ["", "\n\n", "Host started (212ms)\n3 functions loaded\n", "{}"])
def test_a_log_without_a_fault_gives_nothing(tmp_path: Path, text: str) -> None:
    assert _found(tmp_path, text) == []


def test_braces_in_a_line_are_text(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, "ModuleNotFoundError: No module named '{0}'\n")

    assert "no module {0} in" in finding.message


def test_a_very_long_line_is_quoted_in_part(tmp_path: Path) -> None:
    (finding,) = _found(tmp_path, "No space left on device " + "x" * 9999)

    assert len(finding.evidence) < 500


def test_without_a_log_nothing_is_asked(tmp_path: Path) -> None:
    assert found(RULE, facts(tmp_path, {"host.json": "{}"})) == []

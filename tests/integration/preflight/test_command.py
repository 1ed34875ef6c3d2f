"""The command as scripts and people use it: what it takes, prints and ends with."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from tests.e2e.running import FUNCYARD
from tests.integration.preflight.checking import GOOD, MARKER, check, write_app


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """An app in which nothing is to mend."""
    return write_app(tmp_path / "api")


@pytest.fixture
def marked(tmp_path: Path) -> Path:
    """An app with two markers of a merge: one error in its code, one warning beside it."""
    root = tmp_path / "project"
    write_app(root / "api", "import azure.functions as func\n" + MARKER)
    (root / "NOTES.md").write_text(f"Notes\n=====\n{MARKER}", encoding="utf-8")
    return root


ONLY = ("--only", "merge-conflict-marker")


def test_a_good_app_ends_with_0_and_one_line(good: Path, apps_python: Path) -> None:
    done = check(good, "--python", apps_python)

    assert (done.status, done.errors) == (0, "")
    assert done.output == "1 app, 1 function found: nothing to mend\n"


def test_the_document_tells_findings_and_functions_and_twice_the_same_bytes(
    marked: Path, apps_python: Path
) -> None:
    write_app(marked / "web")

    first, second = (check(marked, "--json", "--python", apps_python) for _ in range(2))

    assert first == second
    assert first.status == 1
    assert list(first.document) == ["findings", "functions"]
    assert first.document["findings"][0] == {
        "rule": "merge-conflict-marker",
        "severity": "error",
        "file": "api/function_app.py",
        "line": 2,
        "message": "a merge left its conflict marker <<<<<<< here",
        "evidence": "<<<<<<< HEAD",
        "next": "keep one side, delete the markers, and commit",
    }
    (function,) = first.document["functions"]
    assert (function["app"], function["route"]) == ("web", "/api/hello")


def test_a_marker_in_code_that_nothing_imports_does_not_come_before_the_cause(
    tmp_path: Path, apps_python: Path
) -> None:
    app = write_app(tmp_path, GOOD.replace("req: func.HttpRequest", "req: dict[str, int]"))
    (app / "a_tests").mkdir()
    (app / "a_tests" / "old.py").write_text(MARKER, encoding="utf-8")
    subprocess.run(["git", "init", "-q", app], check=True)

    done = check(app, "--json", "--python", apps_python)

    told = [(f["rule"], f["severity"]) for f in done.document["findings"]]
    assert told[0] == ("annotation-not-a-class", "error")
    assert ("merge-conflict-marker", "warning") in told[1:]
    assert "does-not-compile" not in done.rules


def test_a_pipe_gets_no_colour_and_a_narrow_terminal_narrow_lines(
    marked: Path, apps_python: Path
) -> None:
    done = check(marked, *ONLY, "--python", apps_python, COLUMNS="60")

    assert "\x1b" not in done.output
    messages = [line for line in done.output.splitlines() if re.match(r" {9}[a-z]", line)]
    assert messages
    assert max(map(len, messages)) <= 60


def test_github_gets_annotations_and_nothing_else(
    marked: Path, good: Path, apps_python: Path
) -> None:
    done = check(marked, *ONLY, "--format", "github", "--python", apps_python)

    assert [line.split("::")[1] for line in done.output.splitlines()] == [
        "error title=merge-conflict-marker,file=api/function_app.py,line=2",
        "warning title=merge-conflict-marker,file=NOTES.md,line=3",
    ]
    assert check(good, "--format", "github", "--python", apps_python).output == ""


def test_sarif_names_the_rules_that_ran(marked: Path, apps_python: Path) -> None:
    done = check(marked, *ONLY, "--format", "sarif", "--python", apps_python)

    (run,) = done.document["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == [ONLY[1]]
    assert [result["level"] for result in run["results"]] == ["error", "warning"]


def test_a_file_whose_name_is_no_text_breaks_no_format(marked: Path, apps_python: Path) -> None:
    subprocess.run(["git", "init", "-q", marked], check=True)
    (marked / os.fsdecode(b"caf\xe9.txt")).write_text(MARKER, encoding="utf-8")
    subprocess.run(["git", "-C", marked, "add", "."], check=True)

    for form in ("table", "json", "sarif", "github"):
        done = check(marked, *ONLY, "--format", form, "--python", apps_python)
        assert (done.status, done.errors) == (1, ""), form
        assert "caf" in done.output


@pytest.mark.parametrize(
    ("arguments", "status", "rules"),
    [
        (
            ["--only", "source", "--ignore", "does-not-compile"],
            1,
            ["merge-conflict-marker"] * 2,
        ),
        (["--only", "settings"], 0, []),
        (["--only", "merge-conflict-marker", "--only", "settings"], 1, [ONLY[1]] * 2),
        (["--only", "source", "--ignore", "source"], 0, []),
    ],
)
def test_rules_and_groups_are_chosen(
    marked: Path, apps_python: Path, arguments: list[str], status: int, rules: list[str]
) -> None:
    done = check(marked, *arguments, "--json", "--python", apps_python)

    assert (done.status, done.rules) == (status, rules)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 0), (["--fail-on", "warning"], 1), (["--fail-on", "note"], 1)],
)
def test_the_lowest_severity_that_fails_is_chosen(
    marked: Path, apps_python: Path, arguments: list[str], status: int
) -> None:
    write_app(marked / "api")

    assert check(marked, *ONLY, *arguments, "--python", apps_python).status == status


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--only", "merge-conflict-markr"], "did you mean merge-conflict-marker?"),
        (["--ignore", "sorce"], "did you mean source?"),
        (["--explain", "what-is-this"], "funcyard check --list-rules lists them"),
    ],
)
def test_a_rule_that_does_not_exist_is_bad_usage_with_a_hint(
    good: Path, arguments: list[str], hint: str
) -> None:
    done = check(good, *arguments)

    assert done.status == 2
    assert done.errors.startswith("error[no-such-rule]: ")
    assert done.errors.endswith(f"hint: {hint}\n")


def test_errors_are_json_where_json_is_wanted(good: Path) -> None:
    for wanted in (["--json"], ["--format", "json"], ["--format=json"]):
        done = check(good, "--only", "nope", *wanted)
        assert done.document["error"]["code"] == "no-such-rule"


def test_one_place_is_left_out_by_a_comment_with_a_reason_only(
    tmp_path: Path, apps_python: Path
) -> None:
    reason = "# funcyard: ignore[merge-conflict-marker] kept to show"
    app = write_app(tmp_path, GOOD, a__txt=f"{reason}\n{MARKER}", b__txt=MARKER)
    chosen = ("--json", "--only", "source", "--python", apps_python)
    assert [f["file"] for f in check(app, *chosen).document["findings"]] == ["b.txt"]

    write_app(app, f"x = 1  # funcyard: ignore[{ONLY[1]}]\n{GOOD}")
    done = check(app, *chosen)
    assert ("suppression-without-reason", "function_app.py", 1) in [
        (f["rule"], f["file"], f["line"]) for f in done.document["findings"]
    ]

    write_app(app, f"x = 1  # funcyard: ignore[merge-conflict-markr] kept to show\n{GOOD}")
    told = {f["rule"]: f for f in check(app, *chosen).document["findings"]}
    assert told["suppression-of-no-rule"]["next"] == "write merge-conflict-marker"
    assert told["suppression-of-no-rule"]["line"] == 1


@pytest.mark.parametrize("where", ["funcyard.yaml", "pyproject.toml"])
def test_a_project_says_how_it_is_checked_and_the_command_line_wins(
    tmp_path: Path, apps_python: Path, where: str
) -> None:
    root = tmp_path / "project"
    declared = '"hello", methods=["GET", "POST"], auth_level=func.AuthLevel.ANONYMOUS'
    write_app(root / "functions" / "api", GOOD.replace('"hello"', declared, 1))
    (root / "QUOTES.md").write_text(MARKER, encoding="utf-8")
    (root / "OTHER.md").write_text(MARKER, encoding="utf-8")
    if where == "funcyard.yaml":
        (root / where).write_text(
            "project_name: sample\nfunction_apps:\n  - name: api\n    port: 21000\n"
            "    triggers: [{type: http, name: hello}]\n"
            "check:\n  fail_on: warning\n  expect: 1\n  only: [source, discovery]\n"
            "  conflict_markers_allowed: [QUOTES.md]\n",
            encoding="utf-8",
        )
    else:
        (root / where).write_text(
            '[tool.funcyard.check]\nfail-on = "warning"\nexpect = 1\n'
            'only = ["source", "discovery"]\nconflict_markers_allowed = ["QUOTES.md"]\n',
            encoding="utf-8",
        )

    done = check(root, "--json", "--python", apps_python)
    assert (done.status, [f["file"] for f in done.document["findings"]]) == (1, ["OTHER.md"])

    wins = ("--fail-on", "error", "--only", "discovery", "--expect", "2")
    done = check(root, "--json", "--python", apps_python, *wins)
    assert (done.status, done.rules) == (1, ["functions-expected"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.funcyard.check]\nexpct = 1\n", "expct"),
        ('[tool.funcyard.check]\nonly = ["nope"]\n', "there is no rule 'nope'"),
        ("[tool.funcyard.check\n", "cannot be read"),
        ("[tool.funcyard]\ncheck = 3\n", "pyproject.toml"),
    ],
)
def test_options_that_cannot_be_meant_are_bad_usage(good: Path, text: str, said: str) -> None:
    (good / "pyproject.toml").write_text(text, encoding="utf-8")

    done = check(good)

    assert done.status == 2
    assert said in done.errors
    assert "error[internal]" not in done.errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--expect", "1"], None),
        (["--expect", "10"], "1 of 10 expected functions are found"),
        (["--expect-functions", "hello"], None),
        (["--expect-functions", "hello, bye"], "other functions are found than expected"),
    ],
)
def test_more_or_less_than_expected_fails(
    good: Path, apps_python: Path, arguments: list[str], said: str | None
) -> None:
    done = check(good, "--json", *arguments, "--python", apps_python)

    assert [finding["message"] for finding in done.document["findings"]] == [
        *([said] if said else [])
    ]
    assert done.status == (1 if said else 0)


@pytest.mark.parametrize("number", ["-1", "ten"])
def test_what_is_no_number_is_bad_usage(good: Path, number: str) -> None:
    assert check(good, "--expect", number).status == 2


def test_what_was_there_is_left_out_until_there_is_more_of_it(
    marked: Path, apps_python: Path
) -> None:
    python = (*ONLY, "--python", apps_python)
    baseline = marked / "known.json"
    recorded = check(marked, *python, "--baseline", baseline, "--write-baseline")
    assert (recorded.status, recorded.output) == (0, f"recorded in {baseline}: 2 findings\n")
    assert f"--baseline {baseline} leaves them out" in recorded.errors

    code = marked / "api" / "function_app.py"
    code.write_text("# moved\n" * 30 + code.read_text(encoding="utf-8"), encoding="utf-8")
    done = check(marked, *python, "--baseline", baseline, "--json")
    assert (done.status, done.rules, done.errors) == (0, [], "")

    code.write_text(code.read_text(encoding="utf-8") + MARKER, encoding="utf-8")
    done = check(marked, *python, "--baseline", baseline, "--json")
    assert [(f["file"], f["line"]) for f in done.document["findings"]] == [
        ("api/function_app.py", 33)
    ]


def test_what_a_baseline_leaves_out_is_counted(marked: Path, apps_python: Path) -> None:
    chosen = (*ONLY, "--python", apps_python)
    usual = ".funcyard/check-baseline.json"
    plain = check(marked, *chosen, "--json").document
    check(marked, *chosen, "--write-baseline")

    table = check(marked, *chosen)
    assert (table.status, table.output) == (
        0,
        f"1 app, 0 functions found: nothing new to mend; {usual} leaves 2 findings out\n",
    )
    document = check(marked, *chosen, "--json").document
    assert document["baseline"] == {"file": usual, "left_out": 2}
    assert "baseline" not in plain
    for form in ("sarif", "github"):
        assert check(marked, *chosen, "--format", form).errors == (
            f"note: {usual} leaves 2 findings out\n"
        )

    (marked / "MORE.md").write_text(MARKER, encoding="utf-8")
    more = check(marked, *chosen)
    assert more.output.endswith(
        "1 warning; mend the first one first (funcyard check --explain merge-conflict-marker);"
        f" {usual} leaves 2 findings out\n"
    )


def test_what_was_mended_is_named_and_leaves_the_baseline_when_it_is_written_again(
    marked: Path, apps_python: Path
) -> None:
    python = (*ONLY, "--python", apps_python)
    check(marked, *python, "--write-baseline")
    usual = marked / ".funcyard" / "check-baseline.json"
    (marked / "NOTES.md").unlink()

    done = check(marked, *python, "--baseline", usual, "--json")
    assert (done.status, done.rules) == (0, [])
    assert "1 finding" in done.errors
    assert "--write-baseline" in done.errors

    check(marked, *python, "--baseline", usual, "--write-baseline")
    assert len(json.loads(usual.read_text(encoding="utf-8"))["findings"]) == 1


def test_the_usual_baseline_is_read_without_being_named(marked: Path, apps_python: Path) -> None:
    python = ("--python", apps_python)
    assert check(marked, *python, "--write-baseline").errors == ""

    assert check(marked, *python, "--json").rules == []
    done = check(marked, *python, "--only", "no-functions", "--json")
    assert (done.rules, done.errors) == ([], "")

    write_app(marked / "api", GOOD + MARKER, lib__py=MARKER)
    assert "merge-conflict-marker" in check(marked, *python, "--json").rules


def test_a_project_names_its_baseline(marked: Path, apps_python: Path) -> None:
    (marked / "pyproject.toml").write_text(
        '[tool.funcyard.check]\nbaseline = "known.json"\n', encoding="utf-8"
    )
    python = (*ONLY, "--python", apps_python)

    assert check(marked, *python).status == 2
    done = check(marked, *python, "--write-baseline", "--json")
    assert done.document == {"baseline": str(marked / "known.json"), "recorded": 2}
    assert check(marked, *python).status == 0


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "{",
        "[]",
        '{"version": 9, "findings": []}',
        '{"version": 1, "findings": [{"rule": "x"}]}',
        '{"version": 1, "findings": 3}',
        "\xff",
    ],
)
def test_a_baseline_that_cannot_be_read_is_bad_usage(
    good: Path, apps_python: Path, text: str | None
) -> None:
    file = good / "known.json"
    if text is not None:
        file.write_bytes(text.encode("latin-1"))

    done = check(good, "--baseline", file, "--python", apps_python)

    assert done.status == 2
    assert done.errors.startswith("error[bad-baseline]: ")


def test_a_baseline_that_cannot_be_written_is_bad_usage(good: Path, apps_python: Path) -> None:
    (good / "file").touch()

    done = check(
        good,
        "--baseline",
        good / "file" / "x.json",
        "--write-baseline",
        "--python",
        apps_python,
    )

    assert done.status == 2
    assert "error[internal]" not in done.errors


def test_a_folder_without_an_app(tmp_path: Path) -> None:
    done = check(tmp_path)

    assert done.status == 2
    assert done.errors.startswith("error[no-app]: there is no function app in .")


@pytest.mark.parametrize("path", ["missing", "host.json"])
def test_what_is_no_folder(good: Path, path: str) -> None:
    assert check(good, path).status == 2


def test_a_python_that_is_none(good: Path) -> None:
    done = check(good, "--python", "/bin/true")

    assert done.status == 2
    assert done.errors.startswith("error[bad-python]: /bin/true is no usable Python")


def test_a_python_is_named_from_where_the_command_is_run(good: Path, apps_python: Path) -> None:
    environment = good.parent / "env"
    environment.symlink_to(apps_python.parents[1])

    done = check(good.parent, "api", "--python", "env/bin/python")
    listed = subprocess.run(
        [FUNCYARD, "functions", "list", "--dir", "api", "--python", "env/bin/python"],
        cwd=good.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.status, done.errors) == (0, "")
    assert (listed.returncode, listed.stderr) == (0, "")


def test_an_environment_that_lost_its_python(good: Path, tmp_path: Path) -> None:
    (good / ".venv" / "bin").mkdir(parents=True)
    (good / ".venv" / "bin" / "python").symlink_to(tmp_path / "gone")

    done = check(good)

    assert done.status == 1
    assert done.errors.startswith("error[no-python]: ")
    assert f"leads to a Python that is gone: {tmp_path / 'gone'}" in done.errors


def test_an_environment_whose_python_does_not_start(good: Path) -> None:
    (good / ".venv" / "bin").mkdir(parents=True)
    (good / ".venv" / "bin" / "python").symlink_to("/bin/false")

    done = check(good)

    assert done.status == 1
    assert done.errors.startswith("error[cannot-index]: ")


def test_a_project_whose_python_is_not_on_this_machine(tmp_path: Path) -> None:
    write_app(tmp_path / "functions" / "api")
    (tmp_path / "funcyard.yaml").write_text(
        'project_name: sample\nruntime: {name: python, version: "3.13"}\nfunction_apps:\n'
        "  - name: api\n    port: 21000\n    triggers: [{type: http, name: hello}]\n",
        encoding="utf-8",
    )

    nowhere = str(tmp_path / "nowhere")
    names = ("HOME", "PATH", "PYENV_ROOT", "UV_PYTHON_INSTALL_DIR", "XDG_DATA_HOME")
    done = check(tmp_path, **dict.fromkeys(names, nowhere))

    assert done.status == 1
    assert done.errors.startswith("error[no-python]: Python 3.13 is not found")
    assert "--python" in done.errors


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("--explain merge-", {"merge-conflict-marker"}),
        ("--only workst", {"workstation"}),
        ("--ignore disk", {"disk-space-low"}),
        ("--explain workst", set()),
        ("--format s", {"sarif"}),
    ],
)
def test_a_shell_offers_rules_and_for_choices_groups(
    tmp_path: Path, typed: str, offered: set[str]
) -> None:
    words = f"funcyard check {typed}"
    done = subprocess.run(
        [FUNCYARD],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "_FUNCYARD_COMPLETE": "bash_complete",
            "COMP_WORDS": words,
            "COMP_CWORD": str(len(words.split()) - 1),
        },
    )

    assert {line.split(",", 1)[1] for line in done.stdout.split()} == offered

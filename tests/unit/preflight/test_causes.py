from __future__ import annotations

from funcyard.functions.model import LoadFailure
from funcyard.preflight.causes import Cause, cause_of, words_of


def test_words_are_the_same_on_every_machine_and_in_every_run() -> None:
    module = LoadFailure(
        "ModuleNotFoundError",
        "No module named 'x'. Cannot find module. Please check the requirements.txt file for the"
        " missing module. For more info, … Current sys.path: /home/me /usr/lib",
    )
    name = LoadFailure("ImportError", "cannot import name 'a' from 'b' (/home/me/b.py)")
    listed = LoadFailure("FunctionLoadError", "not bound:  {'b', 'a'} in <C object at 0x7f00aa>")

    assert words_of(module) == "No module named 'x'"
    assert words_of(name) == "cannot import name 'a' from 'b'"
    assert words_of(listed) == "not bound:  {'a', 'b'} in <C object>"


def test_the_same_words_mean_another_cause_where_code_of_the_apps_own_raised_them() -> None:
    raised = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in <module>\n'
    evaluated = 'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\n'

    assert cause_of(LoadFailure("NameError", "x", "a.py", 1, raised))[0] is Cause.IMPORT
    assert cause_of(LoadFailure("NameError", "x", "a.py", 1, evaluated))[0] is Cause.OTHER
    assert (
        cause_of(LoadFailure("TimeoutError", "the database", "a.py", 1, raised))[0] is Cause.IMPORT
    )


def test_a_syntax_error_counts_as_that_of_the_file_it_names_only() -> None:
    own = LoadFailure("IndentationError", "unexpected indent (a.py, line 2)", "parts/a.py", 2)
    other = LoadFailure("SyntaxError", "invalid syntax (<string>, line 1)", "parts/a.py", 2)

    assert cause_of(own)[0] is Cause.NOT_COMPILED
    assert cause_of(other)[0] is Cause.OTHER

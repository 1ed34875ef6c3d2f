"""Reports of any kind: what rules may find, in files of any name."""

from __future__ import annotations

from hypothesis import strategies as st

from funcyard.functions.found import FoundFunction
from funcyard.preflight.finding import Finding, Severity
from funcyard.preflight.report import Report
from funcyard.preflight.rules import RULES

_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
_LINE = st.text(alphabet=st.characters(exclude_characters="\0", codec="utf-8"), max_size=40)
_NAMES = st.lists(
    st.text(
        alphabet=st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1, max_size=12
    ).filter(lambda part: part not in {".", ".."}),
    min_size=1,
    max_size=3,
).map("/".join)
_UNDECODABLE = st.binary(min_size=1, max_size=8).map(
    lambda raw: raw.replace(b"\0", b"_").replace(b"/", b"_").decode(errors="surrogateescape")
)


@st.composite
def findings(draw: st.DrawFn) -> Finding:
    """A finding of a rule that exists."""
    rule = draw(st.sampled_from(RULES))
    file = draw(st.just("") | _NAMES | _UNDECODABLE)
    return Finding(
        rule=rule.id,
        severity=draw(st.sampled_from(Severity)),
        file=file,
        line=draw(st.integers(0, 9999)) if file else 0,
        message=draw(_TEXT.filter(str.strip)),
        evidence=draw(_TEXT),
        next=draw(_TEXT),
    )


FUNCTIONS = st.builds(
    FoundFunction,
    app=_LINE,
    name=_LINE,
    trigger=_LINE,
    route=st.none() | _LINE,
    schedule=st.none() | _LINE,
    connection=st.none() | _LINE,
    file=_NAMES,
    line=st.integers(0, 9999),
)

REPORTS = st.builds(
    Report,
    findings=st.lists(findings(), max_size=4).map(tuple),
    functions=st.lists(FUNCTIONS, max_size=2).map(tuple),
    apps=st.integers(0, 3),
)

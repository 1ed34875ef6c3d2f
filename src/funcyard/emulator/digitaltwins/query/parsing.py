"""The query language, read by recursive descent.

https://learn.microsoft.com/azure/digital-twins/concepts-query-language
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from funcyard.emulator.digitaltwins.query import conditions
from funcyard.emulator.digitaltwins.query.nodes import Chosen, Join, Path, Query
from funcyard.emulator.digitaltwins.query.reader import Reader
from funcyard.emulator.digitaltwins.query.tokens import END, NUMBER, refused
from funcyard.emulator.digits import whole_number

if TYPE_CHECKING:
    from funcyard.emulator.digitaltwins.query.nodes import Expression
    from funcyard.emulator.digitaltwins.query.tokens import Token

_LONGEST: Final = 8000
_MOST_JOINS: Final = 5
_CLAUSES: Final = (
    "AND",
    "AS",
    "FROM",
    "IN",
    "JOIN",
    "MATCH",
    "NIN",
    "NOT",
    "OR",
    "RELATED",
    "WHERE",
)


def parse(text: str) -> Query:
    """Return what a query says.

    Raises:
        TwinsError: It is none; says where.
    """
    if len(text) > _LONGEST:
        raise refused(text, 0, f"the query is longer than {_LONGEST} characters")
    reader = Reader(text)
    reader.word("SELECT")
    top = _top(reader)
    counts, chosen = _selection(reader)
    reader.word("FROM")
    relationships = reader.word("DIGITALTWINS", "RELATIONSHIPS").is_word("RELATIONSHIPS")
    called = _alias(reader)
    joins = _joins(reader, relationships=relationships, called=called)
    where: Expression | None = None
    if reader.takes_word("WHERE"):
        where = conditions.condition(reader)
    if reader.next.is_word("MATCH", "ORDER", "GROUP"):
        raise reader.refused(reader.next, f"{reader.next.text.upper()} is not served here")
    if reader.next.kind != END:
        raise reader.unexpected("<EOF>")
    query = Query(chosen, counts, top, relationships, called, joins, where)
    _check_names(reader, query)
    return query


def _top(reader: Reader) -> int | None:
    if not reader.takes_word("TOP"):
        return None
    reader.sign("(")
    number = reader.take()
    found = whole_number(number.text) if number.kind == NUMBER else None
    if found is None:
        raise reader.refused(number, f"'{number.text[:40]}' is no number of rows")
    reader.sign(")")
    return found


def _selection(reader: Reader) -> tuple[bool, tuple[Chosen, ...]]:
    """Return whether rows are counted, and what is wanted of each."""
    if reader.takes_sign("*") or reader.next.is_word("FROM"):
        return False, ()
    if reader.next.is_word("COUNT"):
        reader.take()
        reader.sign("(")
        reader.sign(")")
        return True, ()
    found: list[Chosen] = []
    while True:
        token = reader.next
        one = _chosen(reader)
        if any(other.name == one.name for other in found):
            raise reader.refused(token, f"'{one.name}' is selected twice")
        found.append(one)
        if not reader.takes_sign(","):
            return False, tuple(found)


def _chosen(reader: Reader) -> Chosen:
    path = conditions.path(reader)
    if reader.takes_word("AS"):
        return Chosen(path, reader.name().text)
    return Chosen(path, path.parts[-1])


def _alias(reader: Reader) -> str:
    if reader.next.is_word(*_CLAUSES, "ORDER", "GROUP") or reader.next.kind == END:
        return ""
    return reader.name().text


def _joins(reader: Reader, *, relationships: bool, called: str) -> tuple[Join, ...]:
    found: list[Join] = []
    known, twins = {called}, {called}
    while reader.next.is_word("JOIN"):
        token = reader.take()
        if relationships or not called:
            raise reader.refused(token, "JOIN needs twins that have a name: FROM DIGITALTWINS T")
        if len(found) == _MOST_JOINS:
            raise reader.refused(token, f"more than {_MOST_JOINS} JOINs")
        target = _new_name(reader, known)
        reader.word("RELATED")
        source = reader.name()
        if source.text not in twins:
            raise reader.refused(source, f"'{source.text}' is not known")
        reader.sign(".")
        twins.add(target)
        relationship = reader.name().text
        relation = None
        if not reader.next.is_word(*_CLAUSES) and reader.next.kind != END:
            relation = _new_name(reader, known)
        found.append(Join(target, source.text, relationship, relation))
    return tuple(found)


def _new_name(reader: Reader, known: set[str]) -> str:
    token: Token = reader.name()
    if token.text in known:
        raise reader.refused(token, f"'{token.text}' is there already")
    known.add(token.text)
    return token.text


def _check_names(reader: Reader, query: Query) -> None:
    """Refuse values of what has no such name."""
    if not query.called:
        return
    named = {query.called}
    for join in query.joins:
        named |= {join.target, join.called or join.target}
    wanted: list[Path] = [one.path for one in query.chosen]
    if query.where is not None:
        wanted += conditions.paths(query.where)
    for one in wanted:
        if one.parts[0] not in named:
            raise reader.refused_at(
                one.at, f"'{one.parts[0]}' is none of {', '.join(sorted(named))}"
            )

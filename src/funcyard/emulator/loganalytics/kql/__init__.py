"""Queries in the Kusto Query Language, as far as they are run here.

:mod:`.lexer` makes tokens of a text, :mod:`.expressions` and :mod:`.parser` a tree of functions,
and :mod:`.running` runs it over rows.
https://learn.microsoft.com/kusto/query/
"""

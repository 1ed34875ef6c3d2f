"""The query language of Cosmos DB, of which a stated part is known; the rest is refused.

A text becomes tokens (``lexer``), a tree (``tree``, ``parser``), functions of an item
(``compiling``) and results (``running``). ``plan`` says what a client does itself with what
several partitions answer, in the words of ``spelling``, which turns a tree back into text.
"""

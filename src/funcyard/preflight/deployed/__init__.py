"""A deployed app, asked from outside, and the lines that it logged.

:mod:`.asking` sends the requests of ``--online``, :mod:`.answers` says what the answers mean,
:mod:`.log` reads the lines of ``--logs`` and :mod:`.clues` holds the ones that give a cause.
"""

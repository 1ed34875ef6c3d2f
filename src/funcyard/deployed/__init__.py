"""A deployed app, asked from outside, and the lines that it logged.

:mod:`.asking` sends requests to it, :mod:`.answers` says what the answers mean, :mod:`.log` takes
what was logged apart, :mod:`.clues` holds the lines that give a cause, and :mod:`.diagnosis` finds
them.
"""

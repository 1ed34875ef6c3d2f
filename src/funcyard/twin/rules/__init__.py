"""The language of events' conditions: parsed, judged against types, written, evaluated.

    cold-room-1.temperature > DOUBLE(-15) and not cold-room-1.doorOpen == BOOLEAN(true)

``parsing.py`` makes a tree (``tree.py``) of a text, ``judging.py`` says what in it does not fit the
types of properties, ``evaluating.py`` asks for values and tells whether it holds. The functions
that check events are shipped with it, so it needs the standard library only.
"""

"""Simulated devices: what they send and when (``schedule.py``), and the sending of it.

Chance and time are values: the same seed plans the same messages, and ``running.py`` waits by a
clock that it is given. How a message reaches the twin is behind ``transport.py``.
"""

"""Preflight: why functions would not be found, or a revision would not start, before it ships.

The caller names apps (:mod:`.target`); each is imported on its own interpreter and everything else
that rules ask about is read (:mod:`.facts`); the rules look at the facts (:mod:`.rules`); what they
find is ordered from cause to effect and told in one of several formats (:mod:`.report`,
:mod:`.formats`).
"""

"""Infrastructure as written: Bicep files and ARM templates, read on this machine, by nothing else.

A template becomes syntax (``bicep``, ``arm``), the syntax becomes values where they can be told
(``evaluation``) once per file of parameters (``reading``), and the values are looked at as
environments, container apps and function apps (``container_apps``, ``sites``). What only Azure can
tell stays unknown, and is never guessed.
"""

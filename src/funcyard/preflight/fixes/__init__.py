"""Mending what is safe to mend: proposed, shown as a diff, made, and proved by another survey.

Rules only look; what they find may have a fix here. A fix is a few edits of text at the places that
the syntax tree gives, so that everything else of a file stays as it is, byte for byte.
"""

"""Azure Files over REST, on a folder of plain files that can be mounted at the same time.

``app.py`` takes a request apart, lets ``authentication.py`` judge it, finds the operation in
``routes.py`` and answers what a function in ``operations/`` returns; those read and change what
``store/`` keeps.
"""

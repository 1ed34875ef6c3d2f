"""A twin's configuration: the JSON files of its folder as one typed, checked model.

``reading.py`` reads a folder: bytes become a tree with places (``json_tree.py``), trees become
models (a module a file; ``shaping.py``), the rules across files speak (``checks/``), and all that
was found leaves together.
"""

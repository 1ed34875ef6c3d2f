"""The checks of a container app, a module each: what is known in, what was found out."""

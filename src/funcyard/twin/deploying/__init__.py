"""A twin as a stack of resources: where it lies, what it consists of, what it is refused for."""

"""The query language of Azure Digital Twins: read, then answered from a graph."""

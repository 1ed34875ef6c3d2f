"""Connections: which repository and branch a scope is kept in step with, and by what right."""

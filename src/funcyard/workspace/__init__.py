"""Workspace code kept in step with GitHub, or edited by hand, as versions that never change."""

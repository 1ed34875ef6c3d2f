"""Generate: one declared spec becomes a project, regenerated later without losing an edit."""

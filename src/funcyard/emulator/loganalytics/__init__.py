"""Log Analytics: workspaces, what container apps send there, and queries of it."""

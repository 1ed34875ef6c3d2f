"""Roles: which there are, who has them, and what they let whom do (Microsoft.Authorization)."""

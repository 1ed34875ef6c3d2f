"""The record of executions: what ran, for whom, on which version, and how it ended."""

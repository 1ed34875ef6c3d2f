"""How a report is told: a table for people, JSON, SARIF and workflow annotations for tools."""

"""Azure Managed Grafana: instances, and the HTTP API that they serve."""

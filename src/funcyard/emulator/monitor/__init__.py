"""Azure Monitor's metrics: what resources measure of themselves, by minutes and dimensions."""

"""What the apps of the pipeline share: names, rows, transformations, storage, records."""

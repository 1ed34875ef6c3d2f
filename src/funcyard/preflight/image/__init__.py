"""Images as written and as built: Dockerfiles, Compose files, references, archives."""

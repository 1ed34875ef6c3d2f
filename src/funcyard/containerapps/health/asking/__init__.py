"""Questions about a container app to everybody who knows something, a module each."""

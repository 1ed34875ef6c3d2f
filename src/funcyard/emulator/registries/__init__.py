"""Container registries: Microsoft.ContainerRegistry, and the registry that answers for each."""

"""What really runs of container apps and jobs: replicas, of a process for each container."""

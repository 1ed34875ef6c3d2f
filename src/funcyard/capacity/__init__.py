"""Room for replicas: what the nodes of workload profiles hold, and how many nodes replicas need."""

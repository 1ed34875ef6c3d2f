"""A project in Azure: its names there, what each app gets, and the graph of it all."""

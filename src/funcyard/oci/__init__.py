"""Images of containers: how they are named, and what a registry's answers say of them."""

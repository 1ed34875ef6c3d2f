"""Azure's clients, credentials and errors: the only room that builds them."""

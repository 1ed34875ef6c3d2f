"""Managed identities, and the endpoint where apps ask for their tokens."""

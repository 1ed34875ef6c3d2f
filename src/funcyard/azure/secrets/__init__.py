"""Secrets behind one interface: in Key Vault, or in an encrypted file where there is no vault."""

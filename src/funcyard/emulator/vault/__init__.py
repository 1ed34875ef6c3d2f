"""Key Vault's data plane for secrets, as azure-keyvault-secrets expects it, over HTTPS."""

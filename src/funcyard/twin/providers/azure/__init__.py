"""A twin's layers on Azure."""

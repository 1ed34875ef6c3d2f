"""Microsoft Graph of the local tenant: applications and service principals, no more of it."""

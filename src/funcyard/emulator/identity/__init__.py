"""The sign-in of the local Azure: one tenant whose tokens the real azure-identity obtains."""

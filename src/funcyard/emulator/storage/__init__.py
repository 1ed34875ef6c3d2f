"""Storage accounts (Microsoft.Storage): each has its own keys, and servers that they really open.

``models`` and the files of its parts describe the types; ``accounts`` runs the data planes: an
Azurite and an Azure Files for each account.
"""

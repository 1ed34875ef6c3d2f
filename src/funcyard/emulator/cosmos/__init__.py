"""Azure Cosmos DB for NoSQL (Microsoft.DocumentDB): accounts whose keys open what they hold.

``models`` and the files of an account's parts describe the types; ``data/`` answers at an
account's address, ``store/`` keeps what is in it, ``sql/`` is the language of its queries.
"""

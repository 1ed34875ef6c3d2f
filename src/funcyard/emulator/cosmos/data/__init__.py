"""The data plane of an account: what its clients are told at its address.

A request's sender is known by its signature (``authentication``); ``routes`` finds what it names
and asks for; ``items`` and its neighbours carry that out, one request after another.
https://learn.microsoft.com/rest/api/cosmos-db/
"""

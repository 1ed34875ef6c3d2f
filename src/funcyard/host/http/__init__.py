"""HTTP in the host: a raw ASGI application that routes, authorises and invokes."""

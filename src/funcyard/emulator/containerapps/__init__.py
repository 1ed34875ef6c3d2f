"""Container apps, their environments and jobs: Microsoft.App."""

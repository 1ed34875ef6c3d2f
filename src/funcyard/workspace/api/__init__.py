"""The platform's API as the command line calls it: one client, and what is done through it."""

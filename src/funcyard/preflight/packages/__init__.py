"""What an app's code imports, and what the app declares to be installed."""

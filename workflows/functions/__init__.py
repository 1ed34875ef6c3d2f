"""The functions of the app, a blueprint a file: registrations and translation only."""

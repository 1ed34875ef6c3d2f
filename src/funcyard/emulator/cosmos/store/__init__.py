"""What an account holds: databases, containers and items, in one SQLite file."""

"""``python -m funcyard`` is the command ``funcyard``."""

from funcyard.cli.main import main

if __name__ == "__main__":
    main()

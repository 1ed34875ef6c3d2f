"""The command ``funcyard``: one thin file per command, the only room that reads argv and prints."""

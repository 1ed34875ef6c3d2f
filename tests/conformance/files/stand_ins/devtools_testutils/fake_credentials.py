"""What stands for a key in a recording."""

STORAGE_ACCOUNT_FAKE_KEY = "fake"

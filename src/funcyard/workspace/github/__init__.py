"""GitHub's REST API, as far as a connection needs it: access, and the webhook of a repository."""

"""The activity log of a subscription: what was changed in it, and what was refused."""

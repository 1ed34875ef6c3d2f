"""Syncs as jobs: queued by deliveries, people and the timer, run by whoever the queue wakes.

A job is a row before it is a message, and the message holds nothing but its id: one that is lost is
sent again by the timer, one that comes twice does no harm. A run takes whatever is queued in the
scope at that moment, newest first, since what it applies is where the branch is then.
"""

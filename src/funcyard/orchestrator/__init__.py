"""Runs of agents in Container Apps: chosen, provisioned, watched, cleaned up and reported.

Each activity of the Function App is a function here, from values to a JSON object; none of them
waits, and each may be run again. ``flow.py`` puts them in order.
"""

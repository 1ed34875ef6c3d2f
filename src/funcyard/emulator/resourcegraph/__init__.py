"""Azure Resource Graph: resources of subscriptions, found by a part of Kusto's query language."""

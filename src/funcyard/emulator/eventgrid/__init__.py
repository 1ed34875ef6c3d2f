"""Event Grid (Microsoft.EventGrid): topics, subscriptions, and the delivery of events."""

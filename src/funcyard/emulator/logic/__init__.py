"""Azure Logic Apps: workflows that a request starts, and the runs that they had."""

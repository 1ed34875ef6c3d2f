"""Plans, function apps and their deployment: Microsoft.Web, and what answers for each site."""

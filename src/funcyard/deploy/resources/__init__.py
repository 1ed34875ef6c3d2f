"""Resources of Azure, a file per type."""

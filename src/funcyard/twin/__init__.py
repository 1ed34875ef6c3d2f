"""Digital twins: what a twin's folder says, and what deployer and functions agree on."""

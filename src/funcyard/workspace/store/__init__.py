"""Where ``/workspace`` lies: a mounted folder or a share of Azure Files, behind one interface."""

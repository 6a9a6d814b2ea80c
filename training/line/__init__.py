"""The line reader: what it learns from, its network, its training and its export."""

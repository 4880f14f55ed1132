"""Runs the rooms in order and owns the transactions; holds no logic of its own."""

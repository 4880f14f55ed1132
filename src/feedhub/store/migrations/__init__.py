"""Brings a database to the newest shape; forward only."""

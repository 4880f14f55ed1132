"""Values become rows and rows values: entries, stories, sources, leases.

A door: it decides nothing and formats nothing. Only this room imports SQLAlchemy.
"""

"""Collecting: from a source that is due to the last row written."""

"""Bytes are handed over: files, atomically.

A door: it chooses no recipients and no names.
"""

from feedhub.deliver.files import PublishedFolder

__all__ = ["PublishedFolder"]

"""Bytes are handed over: files, atomically; messages, once.

A door: it chooses no recipients and no names.
"""

from feedhub.deliver.files import PublishedFolder

__all__ = ["PublishedFolder"]

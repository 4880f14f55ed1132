"""The config file: read, checked, explained, written.

The only place with pydantic; everything it hands out is a plain value of ``feedhub.model``.
"""

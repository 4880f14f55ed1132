"""Requests become documents, politely and within limits.

A door: it touches the network and knows no other room. Only this room imports aiohttp and httpx.
"""

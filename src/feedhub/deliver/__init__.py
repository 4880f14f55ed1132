"""Bytes are handed over: files, atomically.

A door: it chooses no recipients and no names.
"""

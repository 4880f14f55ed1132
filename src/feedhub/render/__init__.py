"""Editions become bytes: feeds, pages, mail. The same edition always gives the same bytes.

A pure room: it reads no clock. Only this room imports feedgen and jinja2.
"""

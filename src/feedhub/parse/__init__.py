"""Documents become raw entries: feeds, JSON feeds, and HTML listings by rule.

A pure room: it opens no address and no file. Only this room imports feedparser.
"""

"""Raw entries become clean ones: canonical address, aware date, safe HTML, plain text.

A pure room: it sees one entry at a time and never another.
"""

"""The sample town portals of the demo: our own texts, as bytes for a path and a moment.

A pure room: the web server asks it what a portal would answer.
"""

"""The small server: the published folder, the live pages, the demo's portals.

Only this package imports starlette.
"""

"""Have we met, whose story is it, and what changed: identity, fingerprints, clusters, revisions.

A pure room: candidates are handed in, decisions are handed out.
"""

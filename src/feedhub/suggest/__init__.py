"""A listing page becomes a proposed rule, or a refusal to guess.

A pure room: it sees pages that were fetched for it and never fetches one.
"""

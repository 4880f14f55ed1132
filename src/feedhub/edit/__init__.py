"""What belongs in a channel, on a page or in a digest, and in which order.

A pure room: it seats stories and renders nothing.
"""

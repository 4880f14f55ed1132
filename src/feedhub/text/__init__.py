"""Tools for text that several rooms share: urls, dates, markup, decoding, folding, shingles.

Pure functions over values; they know nothing of feeds, stores or the network.
"""

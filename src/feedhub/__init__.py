"""FeedHub pulls news from many local government sites and publishes it merged.

The rooms and floors of the package are described in ``docs/house.md``; the words it uses in
``docs/words.md``.
"""

__version__ = "2026.11.0"

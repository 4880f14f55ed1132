"""The rooms run in order: who hands what to whom, and in which transaction.

``collecting`` goes from a source that is due to the last row written, ``publishing`` from the store
to the pages and feeds, ``mailing`` from the store to people's messages. What stands beside them is
used by more than one, or is an operator's own command.
"""

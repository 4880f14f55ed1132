"""What the rooms hand to one another: frozen, slotted, keyword-only values.

Every datetime is aware and in UTC. There is one type per moment of an entry, so that a wrong
hand-over fails in the type checker: ``RawEntry`` (as parsed) -> ``Entry`` (normalised) ->
``StoredEntry`` (met and numbered).
"""

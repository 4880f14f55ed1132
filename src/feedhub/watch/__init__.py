"""What a source usually does, and what is unusual about its latest pull.

Pure: pull histories in, words out. Nothing here knows how pulls are made or stored.
"""

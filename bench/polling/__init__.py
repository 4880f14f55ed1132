"""What ``bench/poll.py`` is made of: written feeds, their origin, and who polls them."""

"""Mailing: digests, the outbox, and the people who are written to."""

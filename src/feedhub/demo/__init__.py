"""The sample town portals of the demo: a small invented city, its wards, its newspaper.

A pure room: ``answer`` turns an address and the time since the start into an HTTP answer, and the
same input gives the same bytes. Every text under ``texts/`` is our own and names no real person.
"""

from feedhub.demo.answering import Answer, answer
from feedhub.demo.portals import PORTALS, Fault, FeedFormat, Layout, Portal
from feedhub.demo.timeline import TIMELINE, Change, Happening

__all__ = [
    "PORTALS",
    "TIMELINE",
    "Answer",
    "Change",
    "Fault",
    "FeedFormat",
    "Happening",
    "Layout",
    "Portal",
    "answer",
]

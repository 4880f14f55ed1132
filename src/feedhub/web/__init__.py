"""The small server: the published folder, the live pages, the demo's portals.

Only this package imports starlette and uvicorn.
"""

from feedhub.web.audience import Audience, Readership
from feedhub.web.files import Look, PublishedFiles
from feedhub.web.live import Health, Live
from feedhub.web.server import WebServer
from feedhub.web.shield import Shield, Traffic
from feedhub.web.site import build_site

__all__ = [
    "Audience",
    "Health",
    "Live",
    "Look",
    "PublishedFiles",
    "Readership",
    "Shield",
    "Traffic",
    "WebServer",
    "build_site",
]

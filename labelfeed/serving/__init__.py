"""A run as a server: an API and a page to try it, on starlette and uvicorn (extra `serve`).

Nothing here imports Keras. starlette and uvicorn are imported when an app is made.
"""

from labelfeed.serving.app import make_app
from labelfeed.serving.body import RequestError
from labelfeed.serving.service import Service

__all__ = ["RequestError", "Service", "make_app"]

"""The web as a WSGI application for gunicorn."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "broadcaster.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from broadcaster.web import watchman  # noqa: E402 - needs the application's settings

watchman.start()

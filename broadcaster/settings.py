"""Django's settings, from the environment: DATABASE_URL, REDIS_URL, BROADCASTER_HOME."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.management.utils import get_random_secret_key

from broadcaster.config import home
from broadcaster.config_values import ROOT

HOME = home()
REDIS_URL = os.environ.get("REDIS_URL", "")
DEBUG = False


def _secret_key() -> str:
    """The key of this installation: SECRET_KEY, else a file made once under BROADCASTER_HOME."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    file = HOME / "secret_key"
    if not file.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key(), encoding="utf-8")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="utf-8")


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'broadcaster.sqlite3'}"
    database: dict[str, Any] = dict(dj_database_url.parse(url))
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    return database


SECRET_KEY = _secret_key()
DATABASES = {"default": _database()}
INSTALLED_APPS = ["django.contrib.staticfiles", "broadcaster.store"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "broadcaster.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "templates" / "web"],
        "OPTIONS": {"environment": "broadcaster.web.jinja.environment"},
    }
]
STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "broadcaster" / "web" / "static"]
WHITENOISE_USE_FINDERS = True
WSGI_APPLICATION = "broadcaster.web.wsgi.application"
ALLOWED_HOSTS = os.environ.get("BROADCASTER_HOSTS", "127.0.0.1,localhost").split(",")
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "ru"
SITE_FOLDER = Path(os.environ.get("BROADCASTER_SITE") or HOME / "site")
FILE_FOLDER = HOME / "files"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"events": {"()": "broadcaster.events.EventFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("BROADCASTER_LOG", "WARNING")},
}
LOCALE_PATHS = [ROOT / "locale"]

"""Django's settings, from the environment: DATABASE_URL, REDIS_URL, BROADCASTER_HOME."""

from __future__ import annotations

import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.management.utils import get_random_secret_key

from broadcaster.config import home
from broadcaster.config_values import ROOT
from broadcaster.i18n import LANGUAGE, SPOKEN
from broadcaster.variables import (
    read_choice,
    read_database,
    read_former_keys,
    read_hosts,
    read_key,
    read_redis,
)

HOME = home()
DEBUG = False
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _secret_key() -> str:
    """The key of this installation: SECRET_KEY, else a file made once under BROADCASTER_HOME."""
    key = os.environ.get("SECRET_KEY", "")
    if key.strip():
        return key
    file = HOME / "secret_key"
    if not file.exists():
        HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key(), encoding="utf-8")
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return read_key(file)


def _former_keys() -> list[str]:
    """Keys that sign nothing any more, and whose links families have and may still open.

    SECRET_KEY_FALLBACKS, between spaces, and the file secret_key.old: its lines, and all of it as
    it was read when it was the key.
    """
    kept = read_former_keys(HOME / "secret_key.old")
    lines = [line for line in kept.splitlines() if line.strip()]
    whole = [kept] if kept.strip() and kept not in lines else []
    return [*os.environ.get("SECRET_KEY_FALLBACKS", "").split(), *lines, *whole]


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{HOME / 'broadcaster.sqlite3'}"
    database = read_database(url)
    if database["ENGINE"].endswith("sqlite3"):
        database["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    return database


def _log_level() -> str:
    level = os.environ.get("BROADCASTER_LOG", "WARNING").upper()
    return read_choice("BROADCASTER_LOG", level, LOG_LEVELS)


def _flights(database: dict[str, Any]) -> Path | None:
    """How the paths begin of what lanes of this database remember; Linux clears it at each start.

    Nothing where there is no memory that looks like a folder.
    """
    memory = Path("/dev", "shm")
    if not memory.is_dir():
        return None
    which = repr([database.get(name) for name in ("ENGINE", "HOST", "PORT", "NAME")])
    return memory / f"broadcaster-{sha256(which.encode()).hexdigest()[:16]}"


REDIS_URL = read_redis(os.environ.get("REDIS_URL", "").strip())
SECRET_KEY = _secret_key()
SECRET_KEY_FALLBACKS = _former_keys()
DATABASES = {"default": _database()}
FLIGHTS = _flights(DATABASES["default"])
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "broadcaster.store",
]
MIDDLEWARE = [
    "broadcaster.web.measuring.MeasuringMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "broadcaster.web.limits.LimitsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "broadcaster.web.access.SignInMiddleware",
    "broadcaster.web.access.RightsMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
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
ALLOWED_HOSTS = read_hosts(os.environ.get("BROADCASTER_HOSTS", ""))
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = read_choice("BROADCASTER_LANGUAGE", LANGUAGE, SPOKEN)
SITE_FOLDER = Path(os.environ.get("BROADCASTER_SITE") or HOME / "site")
FILE_FOLDER = HOME / "files"
IMPORT_FOLDER = HOME / "imports"

# Who may come in.
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "login", "home", "login"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when, and that is when
AXES_CLIENT_IP_CALLABLE = "broadcaster.web.addresses.client_address"
AXES_LOCKOUT_CALLABLE = "broadcaster.web.views.refusals.locked"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
OTP_TOTP_ISSUER = "Broadcaster"

# What a browser may do with us. HTTPS is on where families reach the pages by it.
HTTPS = os.environ.get("BROADCASTER_HTTPS", "") == "1"
SESSION_COOKIE_AGE = 12 * 3600  # since signing in
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_SSL_HOST = os.environ.get("BROADCASTER_HTTPS_HOST") or None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
# A proxy in front says what was asked for and by whom. Nobody else may reach us then.
BEHIND_PROXY = os.environ.get("BROADCASTER_BEHIND_PROXY", "") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
CSRF_FAILURE_VIEW = "broadcaster.web.views.refusals.stale"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "media-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb")
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "broadcaster.web.uploading.UploadGate",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"events": {"()": "broadcaster.events.EventFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "events"}},
    "loggers": {
        "django.request": {"level": "ERROR"},  # a refusal's address may be a secret
        "axes": {"level": "ERROR"},  # so may that of a page that lets in; the audit log has both
        "markdown_it": {"level": "INFO"},  # each step of each parsing
    },
    "root": {"handlers": ["stderr"], "level": _log_level()},
}
LOCALE_PATHS = [ROOT / "locale"]

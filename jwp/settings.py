"""The one settings file. Every setting is an environment variable named JWP_...; an unknown one is refused."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

env = environ.Env()
KNOWN = {
    "JWP_DATA": "the folder that holds the database and the files (default ./data)",
    "JWP_DATABASE_URL": "postgres://user:password@host/name; default: SQLite in the data folder",
    "JWP_SECRET_KEY": "default: made once, kept in the data folder",
    "JWP_DEBUG": "true while developing; default false",
    "JWP_HOSTS": "comma-separated host names this server answers to (default: this machine only)",
    "JWP_BASE_URL": "the address people use, for links in letters (default http://localhost:8000)",
    "JWP_OPENID": "OpenID Connect sign-in, as name|server address|client id|client secret",
    "JWP_SHARED_DATA": "real data that some tests read; never read by the product",
}
if unknown := {name for name in os.environ if name.startswith("JWP_")} - KNOWN.keys():
    raise ImproperlyConfigured(f"unknown setting {', '.join(sorted(unknown))}; known are {', '.join(KNOWN)}")

BASE = Path(__file__).resolve().parent
DATA = Path(env.str("JWP_DATA", default="data")).resolve()
DEBUG = env.bool("JWP_DEBUG", default=False)
BASE_URL = env.str("JWP_BASE_URL", default="http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env.list("JWP_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []


def _secret() -> str:
    """The secret key: from the environment, or made once and kept in the data folder."""
    if given := env.str("JWP_SECRET_KEY", default=""):
        return str(given)
    kept = DATA / "secret"
    if not kept.exists():
        if not DATA.exists():  # nothing to protect yet: `jwp init` makes the folder, then the secret
            return secrets.token_urlsafe(50)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text()


SECRET_KEY = _secret()

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the sign-in library counts in words on its page of passkeys
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_tables2",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "jwp.core",
    "jwp.partners",
    "jwp.evidence",
    "jwp.indicators",
    "jwp.instruments",
    "jwp.plans",
    "jwp.grants",
    "jwp.reviews",
    "jwp.gender",
    "jwp.governance",
    "jwp.desk",
    "jwp.site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jwp.partners.middleware.ActorMiddleware",
    "jwp.partners.middleware.ReadersLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "jwp.core.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "jwp.urls"
WSGI_APPLICATION = "jwp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "jwp.partners.middleware.page_context",
            ],
            "builtins": ["django.templatetags.i18n", "jwp.core.templatetags.jwp"],
        },
    }
]

# Database: SQLite in the data folder, or PostgreSQL. Writers queue at BEGIN (IMMEDIATE) instead of failing at COMMIT.
DATABASES: dict[str, dict[str, Any]]
if url := env.str("JWP_DATABASE_URL", default=""):
    DATABASES = {"default": {**env.db_url_config(url), "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA / "jwp.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Files are named by their content, under the data folder (jwp.evidence.files).
FILES = DATA / "files"
FILE_LIMIT = 25 * 1024 * 1024
BOOK_LIMIT = 20 * 1024 * 1024
DATA_LIMIT = 512 * 1024 * 1024  # of what is measured: streets of a metropolis, a survey of millions
DATA_UPLOAD_MAX_MEMORY_SIZE = 30 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# What takes minutes waits in the database, and is done by another process (`jwp compute`).
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# Sign-in
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up: an invitation by mail is the verification
ACCOUNT_ADAPTER = "jwp.partners.signin.InvitedOnly"
SOCIALACCOUNT_ADAPTER = "jwp.partners.signin.InvitedOnlyOpenID"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = BASE_URL.startswith("http://localhost")
sign_in_servers: list[str] = []
if openid := env.str("JWP_OPENID", default=""):
    _name, _server, _client, _client_secret = openid.split("|")
    sign_in_servers.append("{0.scheme}://{0.netloc}".format(urlsplit(_server)))
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "partner", "name": _name, "client_id": _client, "secret": _client_secret,
                    "settings": {"server_url": _server},
                }
            ]
        }
    }  # fmt: skip

# Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BASE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # A browser takes the way to another sign-in server for a form sent there.
        "form-action": [SELF, *sign_in_servers],
        "frame-ancestors": [NONE],
    }
}

# Language and time: stored UTC, shown in the partnership's zone (ActorMiddleware).
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Static files come from the project; WhiteNoise serves them straight from the packages.
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

FORMS_URLFIELD_ASSUME_HTTPS = True
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "components/table.html"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}}
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # used only once the partnership names its server

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []

"""Settings, read from the environment (django-environ) and checked at start.

Everything has a default that works on one office computer: SQLite, files under `var/`, a secret key made on first start.
"""

import os
import re
import secrets
import stat
from pathlib import Path

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

PACKAGE = Path(__file__).resolve().parent
VAR = Path(env.str("HIMPUN_VAR", default="var")).resolve()
ARCHIVE_ROOT = Path(env.str("HIMPUN_ARCHIVE", default=str(VAR / "arsip")))
DEBUG = env.bool("HIMPUN_DEBUG", default=False)
BASE_URL = env.str("HIMPUN_URL", default="http://127.0.0.1:8000").rstrip("/")
PLACES = "himpun.web.places.path_of"
"""Who says where a place is (himpun/places.py)."""
ALLOWED_HOSTS = env.list("HIMPUN_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("HIMPUN_TRUSTED_ORIGINS", default=[])


def _secret_key() -> str:
    given: str = env.str("HIMPUN_SECRET_KEY", default="")
    if given:
        if len(given) < 32:
            raise ImproperlyConfigured(
                "HIMPUN_SECRET_KEY harus sekurangnya 32 karakter. Kosongkan agar dibuat sendiri."
            )
        return given
    kept = VAR / "secret-key"
    if not kept.exists():
        VAR.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()


SECRET_KEY = _secret_key()


def _keep_private(*places: Path) -> None:
    """Take group and others their rights on what is ours: an older start, or another umask, may have left them."""
    for place in places:
        try:
            found = place.stat()
            if found.st_uid == os.geteuid() and found.st_mode & 0o077 and not found.st_mode & stat.S_ISVTX:
                place.chmod(stat.S_IMODE(found.st_mode) & 0o700)
        except OSError:
            continue


if (VAR / "secret-key").exists():
    _keep_private(VAR, VAR / "secret-key", ARCHIVE_ROOT)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "himpun.jobs",
    "himpun.archive",
    "himpun.offices",
    "himpun.procedures",
    "himpun.notifications",
    "himpun.letters",
    "himpun.documents",
    "himpun.indicators",
    "himpun.budgets",
    "himpun.cycles",
    "himpun.api",
    "himpun.web",
]

MIDDLEWARE = [
    "himpun.web.middleware.MarkMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "himpun.web.downloads.SealMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "himpun.web.keeping.LoginFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "himpun.web.middleware.ActingPersonMiddleware",
    "himpun.web.keeping.KeptMiddleware",
]

ROOT_URLCONF = "himpun.urls"
WSGI_APPLICATION = "himpun.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "himpun.web.context.frame",
            ],
            "builtins": ["himpun.web.templatetags.himpun", "himpun.web.templatetags.fields"],
        },
    }
]

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{VAR / 'himpun.sqlite3'}")


def _database() -> dict[str, object]:
    try:
        config: dict[str, object] = dict(env.db_url_config(DATABASE_URL))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL tidak terbaca. Yang diterima: sqlite:///berkas.sqlite3 atau "
            "postgres://pengguna:sandi@host:5432/nama; tanda khusus dalam kata sandi ditulis %40 untuk @, %2F untuk /."
        ) from None
    engine = str(config["ENGINE"])
    if engine.endswith("sqlite3"):
        file = Path(str(config["NAME"]))
        file.parent.mkdir(parents=True, exist_ok=True)
        _keep_private(*(file.with_name(file.name + end) for end in ("", "-wal", "-shm", "-journal")))
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;",
        }
    elif engine.endswith("postgresql"):
        config["OPTIONS"] = (
            {"pool": {"min_size": 1, "max_size": 8}} if env.bool("HIMPUN_DB_POOL", default=False) else {}
        )
        config["CONN_MAX_AGE"] = 0 if config["OPTIONS"] else 60
    else:
        raise ImproperlyConfigured(
            f'DATABASE_URL memakai "{engine}". Yang diterima: sqlite:///berkas.sqlite3 atau postgres://…'
        )
    return config


DATABASES = {"default": _database()}

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "himpun_cache"},
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "offices.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "himpun.offices.access.passwords.MinimumLength", "OPTIONS": {"min_length": 10}},
    {"NAME": "himpun.offices.access.passwords.CommonPassword"},
    {"NAME": "himpun.offices.access.passwords.UserAttributeSimilarity"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "himpun.web.accounts.ClosedSignup"
ACCOUNT_SESSION_REMEMBER = True
LOGIN_FAILED_LIMIT = env.str("HIMPUN_LOGIN_FAILED_LIMIT", default="5/5m/pair,20/h/key,40/5m/ip")
ACCOUNT_RATE_LIMITS = {
    "login": None,  # an office has one address; failures are counted in himpun.offices.attempts
    "login_failed": "120/m/ip,5/5m/key",  # the second step only; its key is the person
    "signup": "20/m/ip",
}
ACCOUNT_LOGOUT_ON_GET = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/akun/login/"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Himpun"

LANGUAGE_CODE = "id"
TIME_ZONE = env.str("HIMPUN_TIME_ZONE", default="Asia/Jakarta")
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("HIMPUN_STATIC", default=str(VAR / "static")))
STATICFILES_DIRS: list[Path] = []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
EVIDENCE_MAX_BYTES = env.int("HIMPUN_EVIDENCE_MAX_BYTES", default=10 * 1024 * 1024)
UPLOAD_MAX_BYTES = max(EVIDENCE_MAX_BYTES, 20 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = ["himpun.web.uploads.ReceivingHandler"]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = BASE_URL.startswith("https://")
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_FAILURE_VIEW = "himpun.web.keeping.stale_form"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
BEHIND_PROXY = env.bool("HIMPUN_BEHIND_PROXY", default=False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
    }
}

try:
    # Without a mail server nothing is sent and nothing printed: a mail may hold a link by which its reader comes in.
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="dummymail://")
except (ValueError, ImproperlyConfigured):
    raise ImproperlyConfigured(
        "EMAIL_URL tidak terbaca. Yang diterima: smtp+tls://pengguna:sandi@peladen:587; "
        "tanda khusus dalam kata sandi ditulis %40 untuk @, %2F untuk /, %23 untuk #."
    ) from None
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("HIMPUN_FROM", default="himpun@localhost")
EMAIL_TIMEOUT = env.int("HIMPUN_EMAIL_TIMEOUT", default=10)
CHANNELS = env.str("HIMPUN_CHANNELS", default="")

_SECRETS = (
    SECRET_KEY,
    str(DATABASES["default"].get("PASSWORD") or ""),
    str(EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD") or ""),
    *re.findall(r"[\w.+-]{16,}", CHANNELS),
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "himpun.logs.Formatter", "secrets": _SECRETS}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nobody": {"class": "logging.NullHandler"},
    },
    "loggers": {
        # What these log names whole addresses, with the operator's secrets; the outbox keeps what matters.
        "apprise": {"handlers": ["nobody"], "propagate": False},
        "urllib3": {"handlers": ["nobody"], "propagate": False},
        "django": {"handlers": [], "propagate": True},
    },
    "root": {"handlers": ["console"], "level": env.str("HIMPUN_LOG_LEVEL", default="WARNING")},
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

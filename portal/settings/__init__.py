"""All settings, from the environment, with a safe default or a refusal. One path for all machines."""

from pathlib import Path

from portal.runtime.paths import broker_url, data_dir
from portal.runtime.secrets import load_or_create
from portal.settings import env
from portal.settings.single_sign_on import *  # noqa: F403  every name there is a setting
from portal.settings.theme import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = data_dir()

# --- where and who -----------------------------------------------------------------------------
HOST = env.text("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, least=1)
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY") or load_or_create("secret_key")
PUBLIC_URL = env.text("PUBLIC_URL", f"http://{HOST}:{PORT}").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", f"{HOST},127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL, *env.words("CSRF_TRUSTED_ORIGINS")]
BEHIND_TLS = PUBLIC_URL.startswith("https://")
LOOPBACK = HOST in {"127.0.0.1", "localhost", "::1"}

INSTALLED_APPS = [
    # Unfold and its bridges stand before the packages whose templates they replace: the other way
    # round the stock templates win without any error.
    "portal",
    "audits.adminkit",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.simple_history",
    "portal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "simple_history",
    "guardian",
    "django_celery_beat",
    "axes",
    "csp",
    "ninja",
    "audits.ledger",
    "audits.identity",
    "audits.notices",
    "audits.exports",
    "prompts.registry",
    "prompts.lifecycle",
    "prompts.evaluations",
    "prompts.releases",
    "prompts.observability",
    "prompts.serving",
]

MIDDLEWARE = [
    "portal.middleware.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.refusals.RefusalMiddleware",
    # Answers the API itself: keys know no session, no form token and no page.
    "prompts.serving.edge.EdgeMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "portal.middleware.open_sessions.OpenSessionMiddleware",
    "portal.middleware.actors.ActorMiddleware",
    "portal.middleware.second_factor.SecondFactorMiddleware",
    "portal.middleware.purposes.PurposeMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

# --- data --------------------------------------------------------------------------------------
DATABASES = {"default": env.database(env.text("DATABASE_URL"), DATA_DIR / "imprimatur.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- people ------------------------------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
# Argon2 resists guessing better than the default, and costs a signer a twentieth of a second.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# No anonymous row: guardian would create an active user with object rights of its own.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
# Roles that must have a second factor, such as ethics-officer,administrator; others may.
SECOND_FACTOR_ROLES = env.words("SECOND_FACTOR_ROLES")
# Whether an auditor may only be given access that ends.
AUDITORS_NEED_END = env.flag("AUDITORS_NEED_END", default=False)
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "portal/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ADMIN = False

# --- history: the stock admin combination leaves doors open; they are shut here and in adminkit
SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_EDIT = False
# The right to a history is asked of our policies, row by row. True would ask for a right on the whole table,
# which nobody has here, and would open every row to whoever was given it.
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = False

# --- transport security ------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.pages.errors.csrf_failed"
# Alpine, which the theme is written with, evaluates its directives: hence 'unsafe-eval' in the admin.
# 'unsafe-inline' stays forbidden for scripts everywhere.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}

# --- words and time ----------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "portal.formats"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- static files ------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
MEDIA_ROOT = DATA_DIR / "files"

# --- Celery: the database is the truth, the broker only wakes workers ----------------------------
CELERY_BROKER_URL = broker_url()
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 540
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 5
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
# kombu hands lost messages back only at a sweep after the visibility timeout; its defaults add up to
# an hour and more. The timeout must stay above the hard task limit, or a long task runs twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 660,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 3,
}
# Publishing gives up quickly: a request must not hang on a lost broker, the sweep sends again.
CELERY_TASK_PUBLISH_RETRY = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1, "interval_max": 0.2}

# --- approvals ---------------------------------------------------------------------------------
# Days ahead of its end at which a live approval is asked for again, at most a quarter of its length.
RECERTIFY_DAYS = env.number("RECERTIFY_DAYS", 30, least=1)
# Days that a request lies before its signers are reminded, and again after as many.
REMIND_DAYS = env.number("REMIND_DAYS", 3, least=1)
# Minutes for which the purpose of reading a sensitive prompt is remembered, for one session and one prompt.
PURPOSE_MINUTES = env.number("PURPOSE_MINUTES", 15, least=1, most=24 * 60)
# A signature after fewer seconds on the page is listed as rapid.
RAPID_SECONDS = env.number("RAPID_SECONDS", 60)

# --- outgoing calls ----------------------------------------------------------------------------
# Addresses inside the network are refused unless named here, as networks in CIDR notation.
OUTGOING_ALLOWED_NETWORKS = env.words("OUTGOING_ALLOWED_NETWORKS")
# Keys that encrypt the stored keys of providers, newest first; without any they are made and kept in
# DATA_DIR/keys/provider.key. `manage.py rotate_provider_keys` encrypts everything with the newest.
PROVIDER_ENCRYPTION_KEYS = env.encryption_keys("PROVIDER_ENCRYPTION_KEYS")
LOCAL_MODEL = env.flag("LOCAL_MODEL", default=True)
METRICS_TOKEN = env.text("METRICS_TOKEN")

# For how many days an answer may be used again instead of asking the same anew; 0 keeps none.
ANSWERS_KEPT_DAYS = env.number("ANSWERS_KEPT_DAYS", 7, most=365)
# Hosts to which webhook assertions may send outputs, such as checks.example.org or *.example.org.
WEBHOOK_HOSTS = env.words("WEBHOOK_HOSTS")

# --- e-mail: without a server people are told in the portal alone ---------------------------------
MAIL = env.mail(env.text("EMAIL_URL"), env.text("EMAIL_FROM"))
MAIL_CONFIGURED = bool(MAIL.host)
EMAIL_HOST, EMAIL_PORT, DEFAULT_FROM_EMAIL = MAIL.host, MAIL.port, MAIL.sender
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.starttls, MAIL.tls
EMAIL_TIMEOUT = 15
EMAIL_SUBJECT_PREFIX = ""
# The hour, in UTC, from which the daily digest goes out.
DIGEST_HOUR = env.number("DIGEST_HOUR", 6, most=23)

# --- exports -----------------------------------------------------------------------------------
# For how many days a finished file waits to be fetched.
EXPORT_DAYS = env.number("EXPORT_DAYS", 7, least=1, most=365)

# --- the audit trail ---------------------------------------------------------------------------
# Hours between two verifications of the whole log by the scheduler.
LEDGER_VERIFY_HOURS = env.number("LEDGER_VERIFY_HOURS", 24, least=1, most=24 * 31)
# Where each new checkpoint goes besides: a file to which it is appended, a folder in which Git commits it.
LEDGER_CHECKPOINT_FILE = env.text("LEDGER_CHECKPOINT_FILE")
LEDGER_CHECKPOINT_GIT = env.text("LEDGER_CHECKPOINT_GIT")

# --- logs --------------------------------------------------------------------------------------
LOG_LEVEL = env.text("LOG_LEVEL", "INFO")
TALKATIVE = ("httpx2", "httpx", "httpcore2", "httpcore", "openai", "anthropic", "fontTools", "fpdf")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # The clients of providers tell, at lower levels, what was sent and every header that came back: prompts,
    # and keys where a server repeats them.
    "loggers": {name: {"level": "WARNING"} for name in ("axes", *TALKATIVE)},
}

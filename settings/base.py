"""Settings, safe for production; the environment is read here and nowhere else.

`settings.environment` says in one sentence which variable is wrong, and ends the process.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django.conf.locale

from settings.environment import LOOPBACK, Environment, stop
from settings.logs import configuration, scrub_event

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR)
VAR_DIR = env.var_dir

# Where the site stands ---------------------------------------------------------------------------------------
DEBUG = env.flag("DEBUG")
DEMO = env.flag("DEMO")
HOST = env.host("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, 1, 65535)
PUBLIC_URL = env.address("PUBLIC_URL")
HTTPS = PUBLIC_URL.startswith("https://")
if DEMO and (HOST not in LOOPBACK or urlsplit(PUBLIC_URL).hostname not in LOOPBACK):
    stop(
        "DEMO",
        "is for one's own machine: its passwords are public, so HOST and PUBLIC_URL must be 127.0.0.1.",
    )
SITE_HOST = urlsplit(PUBLIC_URL).hostname or ""
WAGTAILADMIN_BASE_URL = PUBLIC_URL
# Health checks ask under the machine's own name.
ALLOWED_HOSTS = sorted({*(env.hosts("ALLOWED_HOSTS") or [SITE_HOST]), "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# Reverse proxies whose X-Real-IP and X-Forwarded-Proto are believed: addresses or networks.
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")

SECRET_KEY = env.key("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.keys("SECRET_KEY_FALLBACKS")
LINK_KEY = env.key("LINK_KEY", SECRET_KEY)
# Links that SECRET_KEY signed, for want of a key of their own, outlive its rotation like sessions do.
LINK_KEY_FALLBACKS = env.keys("LINK_KEY_FALLBACKS") + (
    [] if env.text("LINK_KEY", "") else SECRET_KEY_FALLBACKS
)

# Servers, none of which is waited for without end ---------------------------------------------------------------
DATABASES = {
    "default": {
        **env.database("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
    }
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=5,
    application_name="kunnafoni",
    # a server whose machine died is noticed after this many milliseconds
    tcp_user_timeout=15_000,
)
REDIS_URL, CELERY_BROKER_URL = env.redis("REDIS_URL")
# No caller waits longer than this for Redis; a unix socket connects at once or not at all.
REDIS_OPTIONS = {"socket_timeout": 0.5, "retry": None}
if not REDIS_URL.startswith("unix:"):
    REDIS_OPTIONS["socket_connect_timeout"] = 0.5
CACHES = {
    "default": {
        "BACKEND": "settings.cache.LosableRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "kunnafoni",
        "OPTIONS": REDIS_OPTIONS,
    },
    # PDF, Word and cards of releases: made once of their words, found by a hash of them; may be emptied at any time
    "formats": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cache" / "formats",
        "TIMEOUT": 30 * 24 * 3600,
        "OPTIONS": {"MAX_ENTRIES": 4000},
    },
}
FORMATS_PATIENCE_SECONDS = 6.0  # how long a request waits for another one's PDF or Word file
SESSION_ENGINE = "django.contrib.sessions.backends.db"
OUTGOING_HTTP_TIMEOUT = 10
# Networks that the site may ask although they are not public (a calendar of the ministry's own server).
OUTGOING_ALLOWED = env.networks("OUTGOING_ALLOWED")
WAGTAILEMBEDS_FINDERS: list[object] = []  # nothing is fetched from elsewhere on an officer's behalf

EMAIL_BACKEND = ""
EMAIL_FILE_PATH = ""
ANYMAIL: dict[str, object] = {}
globals().update(env.mail("EMAIL_URL", VAR_DIR / "mail"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = f"kunnafoni@{SITE_HOST or 'localhost'}"

# Where what comes back arrives: a mailbox that is read every minute, and providers that post (settings/urls.py).
MAILING_REPORTS = env.mailbox("MAIL_REPORTS_URL")
MAILING_WEBHOOKS = env.secrets_by_name(
    "MAIL_WEBHOOKS",
    {"brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postmark", "sparkpost"},
)
# So many returns in a row put an address on the list of those not to write to; a dead one goes there at once.
MAILING_SOFT_BOUNCES = env.number("MAIL_SOFT_BOUNCES", 4, 1, 50)

# Keys that sign mails, one folder for each domain; none: the mail server signs. See docs/operations.md.
DKIM_FOLDER = env.folder("DKIM_URL", VAR_DIR / "dkim")
# Name servers that the page on a sender's domain asks ("192.0.2.1:53"); none: the machine's own.
MAILING_DNS_SERVERS = env.words("DNS_SERVERS")

# Celery rings, the database keeps the queue. What its defaults lose or repeat was measured: docs/operations.md.
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_RETRY_ON_WORKER_LOST = True
# Celery's own delay is three minutes.
CELERY_TASK_ANNOTATIONS = {"*": {"max_retries": 3, "default_retry_delay": 10}}
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 270  # below the visibility timeout, or a second worker runs it at the same time
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
}
CELERY_TIMEZONE = "UTC"

INSTALLED_APPS = [
    "settings",
    "press",
    "events",
    "media_library",
    "cms.pages",
    "cms.mailing",
    "cms.plan",
    "cms.contacts",
    "cms.accounts",
    "cms.core",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "cms.accounts.apps.AccountAdminConfig",  # wagtail.users, with our forms
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail",
    "wagtailmedia",
    "modelcluster",
    "taggit",
    "recurrence",
    "axes",
    "ninja",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",  # Wagtail says "12 minutes ago" with it; its catalogs come by being installed
]
MIDDLEWARE = [
    "settings.middleware.ForwardedMiddleware",
    "settings.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "settings.middleware.SecurityHeadersMiddleware",
    "settings.middleware.OddQueryMiddleware",
    "settings.middleware.AdminWeightMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "settings.middleware.InUseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "settings.middleware.NotReadyMiddleware",
    "settings.middleware.GuardedRedirectMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "settings.urls"
WSGI_APPLICATION = "settings.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Languages: Bambara is ready to be switched on by creating its locale in the admin --------------------------------
LANGUAGE_CODE = "fr"
django.conf.locale.LANG_INFO["bm"] = {
    "bidi": False,
    "code": "bm",
    "name": "Bambara",
    "name_local": "Bamanankan",
}
LANGUAGES = [("fr", "Français"), ("en", "English"), ("bm", "Bamanankan")]
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("en", "English")]
WAGTAIL_I18N_ENABLED = True
USE_TZ = True
TIME_ZONE = env.zone("TIME_ZONE", "Africa/Bamako")
# overrides/ says in plain words what Wagtail says in its own.
LOCALE_PATHS = [BASE_DIR / "settings" / "overrides", BASE_DIR / "settings" / "locale"]

# Files: hashed and pre-compressed static ones; media only through the library's guarded views ---------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_ROOT = env.folder("STORAGE_URL", VAR_DIR / "media")
MEDIA_URL = "/media/"
# The internal address nginx maps on MEDIA_ROOT (X-Accel-Redirect); empty: the application sends the bytes itself.
MEDIA_ACCEL_PREFIX = env.prefix("MEDIA_ACCEL_PREFIX")
# Sounds and films: the program, with ffprobe beside it. Without it they go out as they came, where that is safe.
FFMPEG = env.text("FFMPEG_PATH", "ffmpeg")
# Where a virus scanner (clamd) listens; what comes in waits for it in quarantine. Empty: no scanner.
CLAMAV_URL = env.scanner("CLAMAV_URL")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "settings.staticfiles.HashedStaticFiles"},
}
WHITENOISE_USE_FINDERS = False
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (
    *("map", "jpg", "jpeg", "png", "gif", "webp", "avif", "zip", "gz", "br", "pdf", "mp4", "webm"),
    *("woff", "woff2", "po", "txt", "md"),
)
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
# A public form is thanked for no sooner than this: a known address costs less work than a new one.
EVEN_ANSWER_SECONDS = 0.15
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# What browsers are told ------------------------------------------------------------------------------------------
CSP_PUBLIC = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
# Wagtail's editor writes scripts and styles into its pages.
CSP_ADMIN = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self' data:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
X_FRAME_OPTIONS = "DENY"  # the admin shows previews in frames of its own: settings.middleware
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
# Entering a browser's preload list binds the domain's owner for years: not ours to ask for.
SILENCED_SYSTEM_CHECKS = ["security.W021"]

# Logs and errors -------------------------------------------------------------------------------------------------
LOGGING = configuration(env.level("LOG_LEVEL"))
SENTRY_DSN = env.sentry("SENTRY_DSN")
if SENTRY_DSN:
    import sentry_sdk

    sentry_sdk.init(
        SENTRY_DSN, send_default_pii=False, before_send=scrub_event, max_request_body_size="never"
    )

# Wagtail ---------------------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = "Kunnafoni"
WAGTAILIMAGES_IMAGE_MODEL = "media_library.LibraryImage"
WAGTAILDOCS_DOCUMENT_MODEL = "media_library.LibraryDocument"
WAGTAILIMAGES_IMAGE_FORM_BASE = "media_library.forms.LibraryImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "gif", "svg"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 30_000_000
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILDOCS_DOCUMENT_FORM_BASE = "media_library.forms.LibraryDocumentForm"
WAGTAILDOCS_EXTENSIONS = ["pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "csv"]
WAGTAILDOCS_MAX_UPLOAD_SIZE = 60_000_000
WAGTAILMEDIA = {
    "MEDIA_MODEL": "media_library.LibraryMedia",
    "MEDIA_FORM_BASE": "media_library.forms.LibraryMediaForm",
    "AUDIO_EXTENSIONS": ["mp3", "wav", "ogg", "opus", "m4a"],
    "VIDEO_EXTENSIONS": ["mp4", "webm"],
}
WAGTAILADMIN_USER_LOGIN_FORM = "cms.accounts.forms.SignInForm"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "kunnafoni_fr"}
}
# Signing in: stock Wagtail takes any number of wrong passwords.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_HANDLER = "cms.accounts.policies.SignInThrottle"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "cms.core.client.client_network"
AXES_USERNAME_CALLABLE = "cms.accounts.policies.tried_name"
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_VERBOSE = False
WAGTAILADMIN_USER_PASSWORD_RESET_FORM = "cms.accounts.viewsets.ResetForm"  # noqa: S105

# Power and networks fail: a draft is kept every ten seconds (Wagtail's own 500 ms is many posts on 2G).
WAGTAIL_AUTOSAVE_INTERVAL = 10_000
# An approval publishes within the team's rules: one's own text only with a reason.
WAGTAIL_FINISH_WORKFLOW_ACTION = "settings.approval.publish_approved"
# Addresses are read out on the telephone and typed from paper: plain letters.
WAGTAIL_ALLOW_UNICODE_SLUGS = False

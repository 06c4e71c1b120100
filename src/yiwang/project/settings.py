"""All settings, flat and explained. Values come from the environment; production fails closed."""

from __future__ import annotations

import os
from pathlib import Path

from yiwang.project import database, logs

ROOT = Path(__file__).resolve().parents[3]

#: Where this installation keeps its data, keys, files and logs.
YIWANG_HOME = Path(os.environ.get("YIWANG_HOME", ROOT / "var")).resolve()

#: The sample installation: fictional province, readable SMS, “示例” marks everywhere.
SAMPLE = os.environ.get("YIWANG_SAMPLE", "1") == "1"

DEBUG = False


#: What signs steps somebody is in the middle of. Empty: a key of the store (``session``), which
#: ``project.session_keys`` puts here before the first request and after each change. Given: whoever
#: keeps it changes it, and names the earlier ones, with commas between, until a day has gone by.
SECRET_KEY = os.environ.get("YIWANG_SECRET_KEY", "")
SECRET_KEY_FALLBACKS = list(
    filter(None, os.environ.get("YIWANG_SECRET_KEY_FALLBACKS", "").split(","))
)

#: Host names this installation answers to.
ALLOWED_HOSTS = os.environ.get("YIWANG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
#: The address printed in QR codes and letters.
PUBLIC_ADDRESS = os.environ.get(
    "YIWANG_ADDRESS", f"http://localhost:{os.environ.get('PORT', '8000')}"
)


#: The embedded server, unless DATABASE_URL names a real one (with DATABASE_APP_URL for its
#: application role); YIWANG_DATABASE_ROLE=owner is for migrations only.
DATABASES = {"default": database.django_form(database.chosen_address(YIWANG_HOME))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: Modules that own tables or templates, bottom storey first.
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_cotton.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "yiwang.mechanisms.jobs",
    "yiwang.mechanisms.journal",
    "yiwang.mechanisms.files",
    "yiwang.mechanisms.clocks",
    "yiwang.mechanisms.rulings",
    "yiwang.network.directory",
    "yiwang.network.nodes",
    "yiwang.foundation.standards",
    "yiwang.foundation.laws",
    "yiwang.foundation.libraries",
    "yiwang.foundation.resources",
    "yiwang.foundation.agreements",
    "yiwang.foundation.exchange",
    "yiwang.foundation.ledger",
    "yiwang.foundation.datasources",
    "yiwang.foundation.tables",
    "yiwang.foundation.upper",
    "yiwang.support.assistant",
    "yiwang.support.messages",
    "yiwang.support.letters",
    "yiwang.support.seals",
    "yiwang.support.licences",
    "yiwang.support.credit",
    "yiwang.support.enquiries",
    "yiwang.support.identity",
    "yiwang.support.mandates",
    "yiwang.support.readers",
    "yiwang.capability.catalogue",
    "yiwang.capability.cases",
    "yiwang.capability.branches",
    "yiwang.capability.visits",
    "yiwang.capability.registers",
    "yiwang.capability.deliveries",
    "yiwang.capability.conversations",
    "yiwang.capability.intake",
    "yiwang.capability.entitlements",
    "yiwang.capability.reviews",
    "yiwang.capability.materials",
    "yiwang.capability.commitments",
    "yiwang.capability.halls",
    "yiwang.capability.archives",
    "yiwang.governance.supervision",
    "yiwang.project",
    "yiwang.centre.indicators",
    "yiwang.entrance.shell",
    "yiwang.entrance.citizen",
    "yiwang.entrance.console",
    "yiwang.entrance.data",
    "yiwang.entrance.desk",
    "yiwang.entrance.hall",
    "yiwang.entrance.leader",
]

#: Tasks are told to the queue by ``mechanisms.jobs.registry``, not found by file name.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""

#: This installation among others (docs/handbook/node-operator.md): its code, ``62`` a province,
#: ``620100`` a city, a department's unified social credit code. Unset: it stands alone.
NODE = os.environ.get("YIWANG_NODE") or "62"
NODE_GIVEN = SAMPLE or bool(os.environ.get("YIWANG_NODE"))
NODE_NAME = os.environ.get("YIWANG_NODE_NAME", "示例省")
NODE_USCC = os.environ.get("YIWANG_NODE_USCC", NODE if len(NODE) == 18 else "")
#: The division its work is for, 12 digits.
NODE_DIVISION = os.environ.get(
    "YIWANG_NODE_DIVISION", NODE.ljust(12, "0") if NODE.isdigit() and len(NODE) <= 12 else ""
)
#: The sample's further nodes, a city and a department, run beside the province.
SAMPLE_NODES = os.environ.get("YIWANG_SAMPLE_NODES", "1") == "1"
#: Codes of the sample's further nodes that really run; ``yiwang run`` says so to what it starts.
NODES_BESIDE = tuple(filter(None, os.environ.get("YIWANG_NODES_BESIDE", "").split(",")))
#: The exchange address of the node that says who the members are. Empty: this one does.
REGISTRY = os.environ.get("YIWANG_REGISTRY", "")
#: Where other nodes reach the exchange process of this one: its port, and the address told to them.
EXCHANGE_PORT = int(os.environ.get("EXCHANGE_PORT") or int(os.environ.get("PORT", "8000")) + 10)
EXCHANGE_ADDRESS = os.environ.get("YIWANG_EXCHANGE_ADDRESS", f"http://127.0.0.1:{EXCHANGE_PORT}")

#: How many seconds somebody waits for other departments' registers while filling in a form, before he
#: is asked himself; twice as long where papers are fetched.
SOURCE_SECONDS = float(os.environ.get("YIWANG_SOURCE_SECONDS", "1"))

#: The folder backups go to, best on another machine's disk; empty: none are taken. With it the
#: ``backup`` process follows the database, so that an installation can be brought back to any moment.
BACKUP = os.environ.get("YIWANG_BACKUP", "")

#: The largest request body; an endpoint with a larger one declares it.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
BODY_LIMIT = 20_000_000
#: How long a sender may take for a body; who stops altogether is for the server in front to end.
BODY_SECONDS = float(os.environ.get("YIWANG_BODY_SECONDS", "60"))
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
#: Uploads wait in memory, never in clear on a disk; BODY_LIMIT bounds them.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT
#: A command that reads a file from its input and exits 0 (clean) or 1 (infected), such as
#: ``clamdscan --no-summary -``. Empty: none. Set, and silent or failing: uploads are refused.
FILE_SCANNER = os.environ.get("YIWANG_FILE_SCANNER", "")

#: Threads of each web process; three in four may be held by people who act (docs/decisions/0150).
#: Each keeps a connection to the database.
WEB_THREADS = int(os.environ.get("YIWANG_WEB_THREADS", "32"))

#: JSON lines on standard output, one event one line.
LOGGING = logs.CONFIGURATION

MIDDLEWARE = [
    "yiwang.project.middleware.RequestMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yiwang.project.turnstile.TurnstileMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "yiwang.entrance.shell.languages.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "yiwang.support.identity.middleware.ActorMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yiwang.entrance.shell.doorkeeper.AccessMiddleware",
    "yiwang.project.middleware.RefusalMiddleware",
]

#: Accounts of persons and officials; passwords by scrypt (docs/decisions/0031).
AUTH_USER_MODEL = "identity.Account"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
#: How many of our own proxies stand in front: only that many X-Forwarded-For hops are believed.
TRUSTED_PROXIES = int(os.environ.get("YIWANG_TRUSTED_PROXIES", "0"))
#: The word a monitor brings to /metrics (Authorization: Bearer …). Empty: nobody reads the figures,
#: in the sample only somebody on this machine.
METRICS_TOKEN = os.environ.get("YIWANG_METRICS_TOKEN", "")
#: The gateway short messages leave by (a class with ``send``); the simulator keeps them on a page.
SMS_DRIVER = os.environ.get(
    "YIWANG_SMS_DRIVER", "yiwang.support.messages.drivers.simulator.Simulator"
)
#: The way e-mails leave (an ``EmailDriver``); empty: none are sent. The simulator keeps them on a page;
#: ``yiwang.support.messages.drivers.smtp.Smtp`` hands them to the mail server named below.
EMAIL_DRIVER = os.environ.get(
    "YIWANG_EMAIL_DRIVER",
    "yiwang.support.messages.drivers.simulator.EmailSimulator" if SAMPLE else "",
)
#: Whom e-mails come from.
EMAIL_FROM = os.environ.get("YIWANG_EMAIL_FROM", "")
EMAIL_SENDER_NAME = os.environ.get("YIWANG_EMAIL_SENDER_NAME", "一网")
#: The mail server: ``implicit`` is TLS from the first byte, ``starttls`` from the first command.
SMTP_HOST = os.environ.get("YIWANG_SMTP_HOST", "")
SMTP_PORT = int(os.environ.get("YIWANG_SMTP_PORT", "465"))
SMTP_TLS = os.environ.get("YIWANG_SMTP_TLS", "implicit")
SMTP_USER = os.environ.get("YIWANG_SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("YIWANG_SMTP_PASSWORD", "")
#: A file with the certificate of one's own authority, where the server's is signed by it.
SMTP_CA = os.environ.get("YIWANG_SMTP_CA", "")
#: The longest wait for any one answer of the mail server.
SMTP_SECONDS = float(os.environ.get("YIWANG_SMTP_SECONDS", "10"))
#: The courier company results are posted with (a ``CourierDriver``); the simulator carries nothing.
COURIER_DRIVER = os.environ.get(
    "YIWANG_COURIER_DRIVER", "yiwang.capability.deliveries.drivers.simulator.Simulator"
)
#: The platform above this installation (an ``UpperPlatform``); empty: there is none.
UPPER_DRIVER = os.environ.get("YIWANG_UPPER_DRIVER", "")
#: The longest wait for any one answer of it.
UPPER_SECONDS = float(os.environ.get("YIWANG_UPPER_SECONDS", "10"))
#: Where the gateway to its services listens, on this machine only.
UPPER_PORT = int(os.environ.get("YIWANG_UPPER_PORT") or EXCHANGE_PORT + 1)
#: The archive that finished cases are handed over to (an ``ArchiveDriver``); the simulator keeps nothing.
ARCHIVE_DRIVER = os.environ.get(
    "YIWANG_ARCHIVE_DRIVER", "yiwang.capability.archives.drivers.simulator.Simulator"
)
#: Archive numbers the simulated archive refuses, with commas between: to see what happens then.
ARCHIVE_SIMULATOR_REFUSES = os.environ.get("YIWANG_ARCHIVE_SIMULATOR_REFUSES", "").split(",")
#: The real-person check behind /step-up/ (a class with ``passes``); the simulator says that it is one.
FACE_DRIVER = os.environ.get(
    "YIWANG_FACE_DRIVER", "yiwang.support.identity.drivers.face_simulator.Simulator"
)
#: How long a clerk acts for the person at the window unless the task ends before.
COUNTER_MINUTES = int(os.environ.get("YIWANG_COUNTER_MINUTES", "30"))
#: The identity-card reader at a hall's window (a class with ``read`` and ``works``, docs/do/halls.md);
#: the simulator reads what a page put on it.
READER_DRIVER = os.environ.get(
    "YIWANG_READER_DRIVER", "yiwang.support.readers.drivers.simulator.Simulator"
)
#: Who countersigns our ledger's checkpoints: node codes and web addresses, ``620100=https://…,…``.
WITNESSES = [
    (code.strip(), address.strip())
    for code, _, address in (
        one.partition("=") for one in os.environ.get("YIWANG_WITNESSES", "").split(",") if one
    )
]
#: How a witness is reached (a class with ``find_seen`` and ``witness``).
WITNESS_DRIVER = os.environ.get(
    "YIWANG_WITNESS_DRIVER", "yiwang.foundation.ledger.drivers.http.HttpWitness"
)
#: Cookies travel by https only where the public address is https.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_ADDRESS.startswith("https://")
CSRF_COOKIE_HTTPONLY = False

CSRF_FAILURE_VIEW = "yiwang.project.failures.form_expired"

ROOT_URLCONF = "yiwang.project.urls"
WSGI_APPLICATION = "yiwang.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "yiwang.entrance.shell.context.shell",
            ],
        },
    }
]
#: Components live once, in entrance/shell/templates/components/.
COTTON_DIR = "components"

#: Which machine puts seals on documents; "sample" prints that there is none, "host" asks this node's host.
SEAL_DRIVER = os.environ.get("YIWANG_SEAL_DRIVER", "sample")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = YIWANG_HOME / "static"
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yiwang.entrance.shell.static_files.HashedFiles"},
}

#: 本地规定（示例）: a red card nobody explained goes one level up after so many working days.
CARD_RAISED_AFTER = int(os.environ.get("YIWANG_CARD_RAISED_AFTER", "3"))
#: The division a visitor sees before choosing one (12 digits): 兰州市城关区.
HOME_DIVISION = os.environ.get("YIWANG_DIVISION", "620102000000")
#: Who runs this site and its registration numbers, shown at the foot of every page.
IMPRINT = os.environ.get(
    "YIWANG_IMPRINT",
    "主办：示例省人民政府办公厅　承办：示例省大数据中心"
    "　网站标识码：示例　备案号：示例　公安备案：示例",
)
#: Days of national mourning: every page in grey.
MOURNING = os.environ.get("YIWANG_MOURNING", "0") == "1"
#: Where this installation's packs lie (the N applications, as data).
PACKS = Path(os.environ.get("YIWANG_PACKS", ROOT / "packs"))
#: The folder whose files may be published as query services, one folder for each department (its
#: code) in it; opened for reading only. Empty: files are uploaded.
SOURCE_FOLDER = os.environ.get("YIWANG_SOURCE_FOLDER", "")
#: Departments' databases that may be asked, ``host:port`` with commas between; no others are reached.
SOURCE_HOSTS = [
    h.strip() for h in os.environ.get("YIWANG_SOURCE_HOSTS", "").split(",") if h.strip()
]

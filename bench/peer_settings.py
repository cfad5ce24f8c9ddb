"""Settings of the peers: the same databases with the same durability, and no app of Himpun."""

from himpun.settings import DATABASES as DATABASES
from himpun.settings import SECRET_KEY as SECRET_KEY

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "viewflow",
    "viewflow.workflow",
    "bench",  # Viewflow looks for the application a flow belongs to
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True

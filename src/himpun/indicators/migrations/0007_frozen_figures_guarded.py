from django.db import migrations

from himpun.indicators import guard


class Migration(migrations.Migration):
    """The database itself refuses to change a frozen figure."""

    dependencies = [
        ("indicators", "0006_request_withdrawn"),
    ]

    operations = [migrations.RunPython(guard.protect, guard.lift)]

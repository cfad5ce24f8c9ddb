from django.db import migrations


class Migration(migrations.Migration):
    """A message names its place; rows already there keep their path, which `himpun.places` reads as it is."""

    dependencies = [("notifications", "0002_time")]

    operations = [migrations.RenameField("message", "path", "place")]

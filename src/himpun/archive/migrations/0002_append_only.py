from django.db import migrations

from himpun.archive.triggers import protect


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [migrations.RunPython(*protect("archive_record"))]

"""What is signed and not issued yet is marked, so that the worker need not look through everything ever signed.

The column is empty in every other row, so that no row is written anew but the few that wait.
"""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def mark(apps, schema_editor):
    Version, Approval = (apps.get_model("documents", name) for name in ("DocumentVersion", "Approval"))
    signed = Approval.objects.filter(version=OuterRef("pk"), kind="tanda-tangan")
    Version.objects.filter(Exists(signed), signed_sha256="").update(unissued=True)


class Migration(migrations.Migration):
    dependencies = [("documents", "0003_rendering_failures")]

    operations = [
        migrations.AddField(
            model_name="documentversion",
            name="unissued",
            field=models.BooleanField(null=True),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="documentversion",
            index=models.Index(condition=Q(unissued=True), fields=["retry_at"], name="signed_and_not_issued"),
        ),
    ]

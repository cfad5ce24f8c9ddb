from django.db import migrations, models

KINDS = [
    ("unsur", "Unsur data (kode indikator.variabel)"),
    ("unit", "Unit (kode jabatan)"),
    ("rincian", "Rincian kategori bawaan (category option combo)"),
    ("atribut", "Rincian atribut bawaan (attribute option combo)"),
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0007_frozen_figures_guarded")]

    operations = [
        migrations.AlterField(
            model_name="codemapping",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=10, verbose_name="jenis"),
        )
    ]

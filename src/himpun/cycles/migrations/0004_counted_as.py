"""Open tasks keep the deadline they were given: the time by which it was counted is written down where it reads otherwise now.

Until here every time was working time and whatever stood behind it was passed over: "14 hari kalender" were 14 working
days, "24 jam" 1,440 working minutes, "5 menit per unit" 5 minutes. What such a task is counted by when a pause ends or
the calendar changes is that time, said in words that are read so now.
"""

import re
import tomllib

from django.db import migrations, models

NUMBER = r"(\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
UNIT = r"(menit|jam|hari|minggu|bulan)\b"
MOST = r"(?:±|\+/-|≤|<|maks(?:imal|imum)?\.?|paling lama|kurang lebih|sekitar)?\s*"
PART = re.compile(rf"{NUMBER}(?:\s*(?:-|–|—|s\.?\s?d\.?|sampai)\s*{NUMBER})?\s*{UNIT}", re.I)
DURATION = re.compile(rf"^{MOST}{PART.pattern}(?:\s*(?:dan|,)?\s*{NUMBER}\s*{UNIT})*(\D*)$", re.I)
WORK = {"jam": "jam kerja", "hari": "hari kerja"}


def former_reading(text):
    """What a time was read as, in words that mean the same now; "" where they mean what the text itself means."""
    text = " ".join(text.split())
    found = DURATION.match(text)
    if not found:
        return ""
    parts = [(high or low, unit.lower()) for low, high, unit in PART.findall(text)]
    plain = found[found.lastindex].strip().casefold() in ("", "kerja")
    if plain and all(unit != "jam" for _, unit in parts):
        return ""
    return " ".join(f"{amount} {WORK.get(unit, unit)}" for amount, unit in parts)[:200]


def write_down(apps, schema_editor):
    Task = apps.get_model("cycles", "Task")
    times = {}
    for task in Task.objects.filter(decided_at=None, due_at__isnull=False).select_related("cycle__procedure"):
        version = task.cycle.procedure
        if version.pk not in times:
            steps = tomllib.loads(version.text).get("step", [])
            times[version.pk] = {step.get("no"): str(step.get("time", "")) for step in steps}
        if said := former_reading(times[version.pk].get(task.step_no, "")):
            Task.objects.filter(pk=task.pk).update(counted_as=said)


class Migration(migrations.Migration):
    dependencies = [
        ("cycles", "0003_figures_carried_over"),
        ("procedures", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="counted_as",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.RunPython(write_down, migrations.RunPython.noop),
    ]

"""Whoever is there already gets a home: the office that first looked after them."""

from django.db import migrations


def find_homes(apps, schema_editor):
    """The office whose journal added the person; else that of the post they hold definitively, as first recorded; else
    that of the first post ever recorded for them. Later rows are read first, so that the first one stands."""
    Person = apps.get_model("offices", "Person")
    Office = apps.get_model("offices", "Office")
    Holding = apps.get_model("offices", "Holding")
    Record = apps.get_model("archive", "Record")
    homes = {}
    rows = list(Holding.objects.order_by("-pk").values_list("person_id", "kind", "until", "post__office_id"))
    homes.update((person, office) for person, kind, until, office in rows)
    homes.update((person, office) for person, kind, until, office in rows if kind == "definitif" and until is None)
    by_code = dict(Office.objects.values_list("code", "pk"))
    added = Record.objects.filter(act="offices:person:added").order_by("-at", "-seq")
    for subject, chain in added.values_list("subject", "chain"):
        number = subject.removeprefix("person:")
        if chain in by_code and number.isdigit():
            homes[int(number)] = by_code[chain]
    for office in set(homes.values()):
        people = [person for person, home in homes.items() if home == office]
        for start in range(0, len(people), 500):
            Person.objects.filter(pk__in=people[start : start + 500]).update(home_id=office)


class Migration(migrations.Migration):
    dependencies = [
        ("offices", "0006_home_and_appointments"),
        ("archive", "0001_initial"),
    ]

    operations = [migrations.RunPython(find_homes, migrations.RunPython.noop)]

"""An office with fifty rows to fill in, written straight to a server's database, and what was saved read back.

With the server's environment, `python -m tests.browser.fifty found CODE` prints {"request", "username"} and
`… saved PK` the saved figures in the order of the grid, null where there is none.
"""

import json
import os
import sys
from typing import Any

ROWS = 50


def found(code: str) -> dict[str, Any]:
    from himpun import clock
    from himpun.indicators.figures.taking import ensure_elements
    from himpun.indicators.models.dictionary import Indicator, Variable
    from himpun.indicators.models.figures import Figure
    from himpun.indicators.models.requests import DataRequest, RequestLine
    from himpun.offices.models.offices import Post
    from tests.browser.people import PASSWORD
    from tests.cast import PERIOD, found_office

    cast = found_office(code, units=1)
    unit = Post.objects.get(office=cast.office, role="unit")
    person = cast.holder(unit)
    person.set_password(PASSWORD)
    person.save()
    Indicator.objects.filter(owner=unit).delete()
    request = DataRequest.objects.create(
        office=cast.office, unit=unit, period=PERIOD, origin="contoh", state="dikirim", sent_at=clock.now()
    )
    for no in range(1, ROWS + 1):
        indicator = Indicator.objects.create(
            office=cast.office, code=f"IKU-{no:02}", name=f"Indikator rekaan ke-{no}", year=2026, sasaran="Contoh",
            unit="%", owner=unit, order=no,
        )  # fmt: skip
        for order, kind in enumerate(("pembilang", "penyebut"), 1):
            Variable.objects.create(
                indicator=indicator, name=kind, label=f"Jumlah {kind} {no}", kind=kind, order=order, maximum=100_000
            )
        RequestLine.objects.create(request=request, indicator=indicator, order=no)
    variables = Variable.objects.filter(indicator__owner=unit).select_related("indicator")
    ensure_elements(variables)
    first = Variable.objects.filter(indicator__owner=unit).order_by("indicator__order", "order")[0]
    Figure.objects.create(
        office=cast.office, variable=first, element=first.element, unit=unit, year=2026, month=6, months=3, number=20,
        source="import:0", at=clock.now(), by="contoh",
    )  # fmt: skip
    return {"request": request.pk, "username": person.username}


def saved(request: int) -> list[str | None]:
    from himpun.indicators.models.requests import RequestLine
    from himpun.measure.numbers import write_number

    lines = RequestLine.objects.filter(request=request).order_by("order")
    figures = []
    for line in lines:
        values = {value.variable_id: value.number for value in line.values.all()}
        for variable in line.indicator.variables.order_by("order"):
            number = values.get(variable.pk)
            figures.append(None if number is None else write_number(number))
    return figures


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "himpun.settings")
    import django

    django.setup()
    print(json.dumps(saved(int(sys.argv[2])) if sys.argv[1] == "saved" else found(sys.argv[2])))

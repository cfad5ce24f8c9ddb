"""A program that talks to the API with somebody's token."""

import json
from collections.abc import Iterable
from typing import Any

from django.test import Client

from himpun.api.actions import make_token
from himpun.api.rules import SCOPES
from himpun.indicators.dictionary.saving import save_indicator
from himpun.offices.models.people import Person
from tests.cast import Cast

ROOT = "/api/v1"


class Program:
    """Sends requests with one token; answers are Django's test responses."""

    def __init__(self, secret: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {secret}"} if secret else {}

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"{ROOT}{path}", query, headers=self.headers)

    def put(self, path: str, body: Any) -> Any:
        return self.client.put(f"{ROOT}{path}", json.dumps(body), content_type="application/json", headers=self.headers)

    def post(self, path: str, body: Any, media: str = "application/json", **query: Any) -> Any:
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.client.post(f"{ROOT}{path}", content, content_type=media, headers=self.headers, query_params=query)


def program(cast: Cast, person: Person, scopes: Iterable[str] = SCOPES) -> Program:
    """A program with a token of this person for the cast's office."""
    _, secret = make_token(person=person, office=cast.office, name="Program uji", scopes=scopes)
    return Program(secret)


def add_indicator(cast: Cast, code: str = "UJI-01", **fields: str) -> None:
    """An indicator with one variable "nilai", filled in by the first unit."""
    targets = {
        key.removeprefix("target_").replace("_", "-"): fields.pop(key) for key in [*fields] if key[:7] == "target_"
    }
    given = {
        "name": f"Indikator {code}",
        "sasaran": "Meningkatnya layanan",
        "unit": "menit",
        "owner": cast.post_of_unit(0).code,
        "frequency": "triwulanan",
        "aggregation": "posisi-akhir",
        **fields,
    }
    variables = [{"name": "nilai", "label": "Nilai", "kind": "nilai", "unit": given["unit"]}]
    save_indicator(
        office=cast.office,
        code=code,
        year=2026,
        fields=given,
        variables=variables,
        targets=targets,
        by=cast.analis,
        new=True,
    )


def row(code: str, period: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"indikator": code, "periode": period, "nilai": value, **more}

"""What the answers that stand say of the places where figures count."""

from datetime import datetime

from himpun.indicators.figures.places import Place, loaded, places_of
from himpun.indicators.models.figures import Figure
from himpun.indicators.models.requests import DataRequest, RequestLine


class Said:
    """What the answers that stand say of places: where they say nihil since when, and which they give."""

    def __init__(self, places: set[Place]) -> None:
        standing = RequestLine.objects.filter(
            request__unit__in={unit for unit, *_ in places},
            request__withdrawn_at__isnull=True,
            request__state__in=(DataRequest.State.SUBMITTED, DataRequest.State.FROZEN),
        )
        self.nihil: dict[Place, datetime] = {}
        self.blank: set[tuple[Place, str]] = set()
        for line in loaded(standing):
            given = set() if line.nihil else {value.variable_id for value in line.values.all()}
            for variable, place in places_of(line).items():
                at = line.request.submitted_at
                if line.nihil and at:
                    self.nihil[place] = max(at, self.nihil.get(place, at))
                if variable not in given:
                    self.blank.add((place, f"request:{line.request_id}"))

    def takes_back(self, place: Place, figure: Figure) -> bool:
        """Whether its giver, or a unit that said nihil after it, took this figure back."""
        nihil = self.nihil.get(place)
        return (place, figure.source) in self.blank or (nihil is not None and nihil >= figure.at)

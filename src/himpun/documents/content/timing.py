"""The content of an evaluation of standard times."""

from typing_extensions import TypedDict  # that of Python 3.11 does not tell pydantic which keys are needed

from himpun.documents.content.parts import Chart, Fact, Letterhead

# --------------------------------------------------------------------------------------------------------------------
# evaluasi_waktu
# --------------------------------------------------------------------------------------------------------------------


class TimedStep(TypedDict):
    """One step against its standard; texts are ready to print, "–" where nothing can be told."""

    no: str
    title: str
    standard: str
    visits: str
    median: str
    p90: str
    on_time: str
    returned: str
    rework: str
    skipped: str
    why_not: str
    """Why there is no figure; "" where there is."""
    colour: str
    delay: str
    advice: str
    evidence: str


class WaitingRow(TypedDict):
    """Who waited, and for each head of the matrix how many working hours; "" for none."""

    waiter: str
    hours: list[str]


class TimedGroup(TypedDict):
    """One period or office beside others."""

    kind: str
    name: str
    cases: str
    median: str
    p90: str
    on_time: str
    rework: str


class Legend(TypedDict):
    """What a colour of the flowchart means."""

    label: str
    colour: str


class TimingEvaluation(TypedDict):
    """`evaluasi_waktu`: the standard times of an SOP against what really happened in a year. A4 landscape."""

    letterhead: Letterhead
    procedure: str
    year: str
    facts: list[Fact]
    steps: list[TimedStep]
    matrix_heads: list[str]
    matrix: list[WaitingRow]
    """[] prints a sentence."""
    groups: list[TimedGroup]
    deviations: list[str]
    definitions: list[str]
    chart: Chart
    legend: list[Legend]
    flowcharts: list[Chart]

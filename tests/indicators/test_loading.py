"""The dictionary and the earlier figures of an office folder."""

from dataclasses import replace

import pytest

from himpun.archive.models import Record
from himpun.archive.verify import verify
from himpun.commands.load_office import load
from himpun.cycles.actions import start_cycle
from himpun.errors import FieldErrors
from himpun.folders.reading import read_office
from himpun.folders.rows import OfficeFiles
from himpun.indicators.measured.keeping import score_from
from himpun.indicators.models.dictionary import Indicator, Target
from himpun.indicators.models.recaps import Recap
from himpun.indicators.models.requests import DataRequest, RequestLine, Value
from tests.cast import MECHANISM, Cast, publish


@pytest.fixture
def files() -> OfficeFiles:
    return read_office("examples/kecamatan-contoh")


@pytest.mark.django_db
def test_the_dictionary_is_loaded_with_variables_and_targets(files: OfficeFiles) -> None:
    office = load(files)

    assert Indicator.objects.filter(office=office).count() == len(files.indicators)
    assert Target.objects.count() == len(files.targets)
    first = Indicator.objects.get(code="IKU-01", year=2026)
    assert [variable.name for variable in first.variables.all()] == ["desa_baik", "desa_seluruhnya"]


@pytest.mark.django_db
def test_earlier_figures_become_frozen_and_finished_recaps(files: OfficeFiles) -> None:
    load(files)

    assert Value.objects.count() == len(files.values)
    assert {recap.period for recap in Recap.objects.all()} == {row.period for row in files.values}
    assert not Recap.objects.filter(finished_at__isnull=True).exists()
    assert set(DataRequest.objects.values_list("state", flat=True)) == {"dibekukan"}
    line = Recap.objects.get(period="2026-TW2").lines.get(indicator__code="IKU-01")
    assert line.frozen["realisasi"] == "500/9"
    assert score_from(line.frozen).value is not None
    assert Record.objects.filter(act="indicators:recap:frozen").count() == Recap.objects.count()
    assert verify().faults == []


@pytest.mark.django_db
def test_a_period_once_loaded_is_not_loaded_again_whatever_the_files_say(files: OfficeFiles) -> None:
    load(files)
    digests = set(Recap.objects.values_list("digest", flat=True))
    changed = replace(files, values=tuple(replace(row, value="1") for row in files.values))

    load(changed)

    assert set(Recap.objects.values_list("digest", flat=True)) == digests


@pytest.mark.django_db
def test_a_period_that_is_being_collected_is_left_to_its_run(files: OfficeFiles, quick_paper: None) -> None:
    publish()
    cast = Cast(load(replace(files, values=())))
    cycle = start_cycle(office=cast.office, key=MECHANISM, period="2026-TW2", by=cast.kasubbag)
    cast.to_collecting(cycle)

    load(files)

    assert not Recap.objects.filter(period="2026-TW2").exists()
    assert Recap.objects.filter(period="2026-TW1").exists()
    cast.answer_all(cycle)
    cast.decide(cycle, "sampaikan")
    cast.decide(cycle, "bekukan")
    assert Recap.objects.get(period="2026-TW2").origin == cycle.subject


@pytest.mark.django_db
def test_a_figure_too_long_to_be_kept_exactly_is_refused_and_nothing_is_loaded(files: OfficeFiles) -> None:
    first, *others = files.values
    with pytest.raises(FieldErrors, match="Angka terlalu panjang"):
        load(replace(files, values=(replace(first, value="1" * 16), *others)))

    assert not RequestLine.objects.exists()
    assert not Indicator.objects.exists()


@pytest.mark.django_db
def test_a_collection_after_the_loaded_quarters_counts_them_in_the_year(files: OfficeFiles, quick_paper: None) -> None:
    publish()
    cast = Cast(load(files))
    cycle = start_cycle(office=cast.office, key=MECHANISM, period="2026-TW3", by=cast.kasubbag)
    cast.to_collecting(cycle)
    cast.answer_all(cycle)
    cast.decide(cycle, "sampaikan")
    cast.decide(cycle, "bekukan")

    summed = Indicator.objects.filter(aggregation="jumlah", frequency="triwulanan", year=2026).first()
    assert summed is not None
    line = Recap.objects.get(period="2026-TW3").lines.get(indicator=summed)
    assert line.frozen["capaian_tahun"]["rumus"] != line.frozen["capaian"]["rumus"]

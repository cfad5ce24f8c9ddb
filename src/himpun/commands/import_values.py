"""himpun import-values FILE: many figures at once, all or none, told row by row."""

import argparse
import json
import sys
from pathlib import Path

from himpun.api.bulk import DECIMALS, OTHER_SYSTEMS, form_of, point_of, take_message
from himpun.api.values import told_as_json
from himpun.commands.reading import bytes_of, office_of
from himpun.errors import Refusal
from himpun.indicators.figures.importing import Report
from himpun.offices.models.people import Person


class UnknownPerson(Refusal):
    """There is no person with this user name."""

    code = "orang-tidak-ada"

    def __init__(self, username: str) -> None:
        super().__init__(f"Tidak ada orang dengan nama pengguna “{username}”. Tulis nama yang dipakai untuk masuk.")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="berkas angka; kolom CSV: indikator, variabel, unit, periode, nilai")
    parser.add_argument("--office", required=True, metavar="KODE", help="kode kantor")
    parser.add_argument("--by", required=True, metavar="NAMA", help="nama pengguna yang mengirim")
    parser.add_argument(
        "--format",
        choices=("csv", "json", *OTHER_SYSTEMS),
        default="",
        help="bentuk berkas (bawaan: ditebak dari isinya)",
    )
    parser.add_argument(
        "--decimal",
        choices=tuple(DECIMALS),
        default="",
        help="tanda desimal (bawaan: koma untuk CSV, titik untuk JSON)",
    )
    parser.add_argument("--dry-run", action="store_true", help="periksa saja; tidak ada yang diubah")
    parser.add_argument("--only-valid", action="store_true", help="ambil baris yang benar walau ada yang salah")
    parser.add_argument("--json", action="store_true", help="tulis hasil tiap baris sebagai JSON")


def run(options: argparse.Namespace) -> int:
    """Take the file in and tell what became of it; 1 when something was wrong and nothing was taken."""
    content = bytes_of(options.file)
    office = office_of(options.office)
    person = Person.objects.filter(username=options.by).first()
    if person is None:
        raise UnknownPerson(options.by)
    form = form_of(options.format, content)
    report = take_message(
        office=office,
        form=form,
        content=content,
        name=options.file.name,
        by=person,
        dry_run=options.dry_run,
        only_good=options.only_valid,
        point=point_of(form, options.decimal),
        progress=_tell_progress,
    )
    if options.json:
        print(json.dumps(told_as_json(report), ensure_ascii=False, indent=1))
    else:
        _tell(options.file, form.name, report)
    return 1 if report.wrong_count and not report.applied and not (report.dry_run and options.only_valid) else 0


def _tell_progress(rows: int) -> None:
    print(f"{rows:,} baris diperiksa".replace(",", "."), file=sys.stderr)


def _tell(file: Path, form: str, report: Report) -> None:
    for one in report.wrong:
        print(f"{file}: baris {one.row}, kolom {one.column}, nilai “{one.value}”: {one.cause}")
    if report.wrong_count > len(report.wrong):
        print(f"… dan {report.wrong_count - len(report.wrong)} baris salah lainnya.")
    print(f"{file} ({form}): {report.sentence}")

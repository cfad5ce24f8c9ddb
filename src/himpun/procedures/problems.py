"""What makes a procedure impossible to run. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields

from himpun.procedures.definition import (
    END,
    PLACEHOLDER,
    DefinitionError,
    Identity,
    Procedure,
    Role,
    Step,
)
from himpun.procedures.reading import read
from himpun.procedures.times import EXAMPLES, NO_TIME, read_duration

_KEY = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")


def problems(procedure: Procedure) -> list[str]:
    """Why this procedure cannot be run, a sentence each; empty when it can."""
    return list(_problems(procedure))


def _problems(procedure: Procedure) -> Iterator[str]:
    yield from procedure.unread
    yield from _name_problems(procedure)
    yield from _role_problems(procedure)
    yield from _placeholder_problems(procedure)
    if not procedure.steps:
        yield "Prosedur tidak punya langkah. Tulis sekurangnya satu [[step]]."
        return
    numbers = [step.no for step in procedure.steps]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"Nomor langkah harus berurutan dari 1, tetapi tertulis {_listed(numbers)}. Nomori ulang."
    known = {role.key: role for role in procedure.roles}
    for step in procedure.steps:
        yield from _step_problems(step, known, set(numbers))
    yield from _way_problems(procedure)


def _name_problems(procedure: Procedure) -> Iterator[str]:
    if not _KEY.match(procedure.key):
        yield f'Kunci prosedur "{procedure.key}" hanya boleh huruf kecil, angka, dan tanda hubung: "permintaan-data".'
    if not procedure.name:
        yield "Prosedur belum bernama. Isi name."
    names = [step.name for step in procedure.steps if step.name]
    for name in _repeated(names):
        yield f'Nama langkah (name) "{name}" dipakai lebih dari sekali. Beri nama yang berbeda.'
    if procedure.total_time_text.strip() not in NO_TIME and read_duration(procedure.total_time_text) is None:
        yield f'Waktu seluruh prosedur "{procedure.total_time_text}" tidak dapat dibaca. {_TIME_HINT}'


_TIME_HINT = f"Tulis misalnya {EXAMPLES}."


def _role_problems(procedure: Procedure) -> Iterator[str]:
    for key in _repeated([role.key for role in procedure.roles]):
        yield f'Peran "{key}" ditulis lebih dari sekali. Sisakan satu [[role]].'
    for role in procedure.roles:
        if not role.key or not role.title:
            yield f'Peran "{role.key or role.title}" harus punya key dan title. Lengkapi [[role]] itu.'


def _placeholder_problems(procedure: Procedure) -> Iterator[str]:
    known = {role.key for role in procedure.roles}
    for place, text in _worded_texts(procedure):
        for key in PLACEHOLDER.findall(text):
            if key.strip() not in known:
                yield f"{{{key}}} pada {place} tidak ada di daftar [[role]]. Perbaiki kuncinya atau tambah peran."


def _worded_texts(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Every text that may hold placeholders, with the words that name its place."""
    for item in fields(Identity):
        value = getattr(procedure.identity, item.name)
        for text in value if isinstance(value, tuple) else (value,):
            yield f"[identity] {item.name}", text
    for step in procedure.steps:
        for text in (step.title, *step.needs, step.output, step.note, step.remark, *step.questions):
            yield f"langkah {step.no}", text


def _step_problems(step: Step, known: Mapping[str, Role], numbers: set[int]) -> Iterator[str]:
    if not step.name or not step.title:
        yield f"Langkah {step.no} belum lengkap: isi name dan title."
    yield from _actor_problems(step, known)
    yield from _decision_problems(step, numbers)
    if step.time_text.strip() not in NO_TIME and step.time is None:
        yield f'Waktu "{step.time_text}" pada langkah {step.no} tidak dapat dibaca. {_TIME_HINT}'


def _actor_problems(step: Step, known: Mapping[str, Role]) -> Iterator[str]:
    for key in (*step.actors, *([step.each] if step.each else [])):
        if not key:
            yield f"Langkah {step.no} belum punya pelaku: isi who dengan satu peran."
        elif key not in known:
            yield f'Langkah {step.no} memakai peran "{key}" yang tidak ada di daftar [[role]].'
    for key in _repeated(list(step.actors)):
        yield f'Langkah {step.no} menyebut peran "{key}" dua kali. Hapus salah satu dari who/with.'
    if step.each in known and not known[step.each].several:
        yield f'Langkah {step.no} meminta satu tugas untuk tiap "{step.each}": tandai peran itu several = true.'
    actor = known.get(step.who)
    if actor and actor.outside and actor.recorded_by not in known:
        yield f'Langkah {step.no} dikerjakan "{actor.title}" di luar kantor: isi recorded_by dengan peran pencatatnya.'


def _decision_problems(step: Step, numbers: set[int]) -> Iterator[str]:
    if not step.next:
        yield f"Langkah {step.no} tidak punya keputusan (next). Tulis sekurangnya satu."
        return
    for decision, target in step.next.items():
        yield from _target_problems(step, decision, target, numbers)
    for decision in sorted(step.returns - set(step.next)):
        yield f'returns pada langkah {step.no} menyebut "{decision}" yang tidak ada di next. Samakan tulisannya.'
    if not set(step.next) - step.returns:
        yield f"Langkah {step.no} hanya dapat dikembalikan; tulis juga keputusan yang maju."


def _target_problems(step: Step, decision: str, target: int | str, numbers: set[int]) -> Iterator[str]:
    if target == END:
        return
    if target not in numbers:
        yield f'Keputusan "{decision}" pada langkah {step.no} menuju langkah {target} yang tidak ada.'
    elif int(target) <= step.no and decision not in step.returns:
        yield (
            f'Keputusan "{decision}" pada langkah {step.no} kembali ke langkah {target}: '
            "daftarkan di returns agar alasannya wajib ditulis."
        )


def _way_problems(procedure: Procedure) -> Iterator[str]:
    numbers = {step.no for step in procedure.steps}
    stuck = numbers - _leading_to_end(procedure)
    if not any(END in step.next.values() for step in procedure.steps):
        yield f'Tidak ada keputusan yang menuju "{END}", sehingga prosedur tidak pernah selesai.'
    elif stuck:
        yield f"Dari langkah {_listed(stuck)} prosedur tidak pernah sampai ke akhir. Tambahkan keputusan yang maju."
    if unreached := numbers - _reached(procedure):
        yield f"Langkah {_listed(unreached)} tidak dapat dicapai dari langkah 1. Arahkan satu keputusan ke sana."


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(numbers)))


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _reached(procedure: Procedure) -> set[int]:
    by_no = {step.no: step for step in procedure.steps}
    seen: set[int] = set()
    waiting: list[int | str] = [procedure.first.no]
    while waiting:
        no = waiting.pop()
        if isinstance(no, int) and no in by_no and no not in seen:
            seen.add(no)
            waiting += by_no[no].next.values()
    return seen


def _leading_to_end(procedure: Procedure) -> set[int]:
    good: set[int] = set()
    while more := {step.no for step in procedure.steps if step.no not in good and _leads_into(step, good)}:
        good |= more
    return good


def _leads_into(step: Step, good: set[int]) -> bool:
    return any(target == END or target in good for target in step.next.values())


def runnable(text: str) -> Procedure:
    """Read a procedure that can be run. Raises DefinitionError with every problem at once."""
    procedure = read(text)
    found = problems(procedure)
    if found:
        raise DefinitionError(found)
    return procedure

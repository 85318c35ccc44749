"""A coleta: downloads bagunçados cujo destino, arquivo por arquivo, está escrito aqui; zips hostis; repetição."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import stat
import unicodedata
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from corretor import cli, collect, downloads
from corretor.collect import (
    AMBIGUOUS,
    ATTACHED,
    IGNORED,
    MISSING,
    NOT_NOTEBOOK,
    OLDER,
    OPENED,
    OTHER_LAB,
    RECEIPT,
    REFUSED,
    REPEATED,
    SUBMISSION,
    UNKNOWN,
    WAITING,
)
from corretor.course import Course
from corretor.errors import CorretorError
from corretor.intake import submissions
from corretor.roster import Student

BASE = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()

TEXTS = {
    "lab0-minimo": [
        "# Lab 0, o menor possível do curso",
        "def media(valores):\n    return sum(valores) / len(valores)",
    ],
    "lab9-outro": [
        "# Lab 9, um lab bem diferente do outro",
        "def mediana(valores):\n    return sorted(valores)[1]",
    ],
}


def notebook(author: str = "", lab: str = "lab0-minimo") -> bytes:
    """Um caderno do lab, diferente para cada `author`."""
    nb = nbformat.v4.new_notebook()
    nb.cells = [
        nbformat.v4.new_markdown_cell(TEXTS[lab][0], id="a"),
        nbformat.v4.new_code_cell(TEXTS[lab][1] + f"  # {author}", id="b", metadata={}),
    ]
    return nbformat.writes(nb).encode()


def build_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 20, 9, 0, 0)), data, method)
    return stream.getvalue()


def bundle(name: str, student: str, person: str, author: str, time: str = "2026-11-20T08:00:00Z") -> bytes:
    """O que `gradiente submit` faz."""
    data = notebook(author)
    receipt = {"matricula": student, "nome": person, "sha256": hashlib.sha256(data).hexdigest(), "time": time}
    return build_zip(
        {
            f"{name}.ipynb": data,
            f"{name}.pdf": b"%PDF-1.7 " + author.encode(),
            "recibo.json": json.dumps(receipt).encode(),
        }
    )


@pytest.fixture
def lab(tmp_path):
    """Um curso de dois labs, só com o que a coleta lê."""
    root = tmp_path / "curso"
    for name, (title, code) in TEXTS.items():
        (root / "content/labs" / name).mkdir(parents=True)
        (root / "content/labs" / name / "notebook.py").touch()
        nb = nbformat.v4.new_notebook()
        marks = {"grade_id": "todo01", "solution": True, "grade": False, "locked": False}
        nb.cells = [
            nbformat.v4.new_markdown_cell(title),
            nbformat.v4.new_code_cell(code, metadata={"nbgrader": marks}),
        ]
        path = root / "source" / name / f"{name[:4]}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(nb, path)
    (root / "nbgrader_config.py").touch()
    return Course.find(root).lab("lab0")


def put(root: Path, files: dict[str, bytes], base: float = BASE) -> Path:
    """Escreve um download; cada arquivo um minuto depois do anterior."""
    for at, (name, data) in enumerate(files.items()):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (base + 60 * at,) * 2)
    return root


def tree(*roots: Path) -> dict[str, tuple]:
    """Tudo o que há nas pastas: conteúdo e data."""
    return {
        str(path): (path.read_bytes(), path.stat().st_mtime_ns)
        for root in roots
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def by_file(done: collect.Collected) -> dict[str, collect.Row]:
    rows = [row for row in done.rows if row.file]
    assert len({row.file for row in rows}) == len(rows)
    return {row.file: row for row in rows}


ROSTER = [
    Student("2026001", "João Derivada", "joao@exemplo.org"),
    Student("2026002", "Côncava Função", "concava@exemplo.org"),
    Student("2026003", "Ângulo Maria de Matriz", "angulo@exemplo.org"),
    Student("2026004", "Tensor Integral", "tensor@exemplo.org"),
    Student("2026005", "Tensor Integrável", "integravel@exemplo.org"),
    Student("2026006", "Gêmeo Igual", "g6@exemplo.org"),
    Student("2026007", "Gêmeo Igual", "g7@exemplo.org"),
    Student("2026008", "Série Convergente", "serie@exemplo.org"),
    Student("2026009", "Limite Lateral Esquerdo", "limite@exemplo.org"),
    *(Student(f"20261{n:02d}", f"Estudante Número {n}", f"e{n}@exemplo.org") for n in range(1, 31)),
]


def n(number: int) -> str:
    return f"20261{number:02d}"


# Cada linha: caminho, bytes, destino, estudante. Os zips trazem abaixo o que há dentro deles.
def messy() -> list[tuple[str, bytes | None, str, str]]:
    nfd = unicodedata.normalize("NFD", "lab0 - Côncava Função.ipynb")
    cut = notebook("cortado")[:-80]
    nested = build_zip({"dentro/lab0.ipynb": notebook("e7")})
    secret = bytearray(build_zip({"lab0.ipynb": notebook("cifrado")}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        secret[secret.index(signature) + offset] |= 1
    return [
        # Google Forms
        ("lab0 - João Derivada.ipynb", notebook("joao1"), OLDER, "2026001"),
        (nfd, notebook("concava"), SUBMISSION, "2026002"),
        ("lab0 (1) - João Derivada.ipynb", notebook("joao2"), SUBMISSION, "2026001"),
        ("lab0 - João Derivada (1).ipynb", notebook("joao1"), REPEATED, "2026001"),
        ("Cópia de lab0 - Estudante Número 1.ipynb", notebook("e1"), SUBMISSION, n(1)),
        ("lab0 - Estudante Número 2 - Cópia.ipynb", notebook("e2"), SUBMISSION, n(2)),
        ("lab0 - Estudante Número 2 - Cópia (2).ipynb", notebook("e2"), REPEATED, n(2)),
        # Moodle: pasta por pessoa, e a variante plana
        ("Estudante Número 3_445566_assignsubmission_file_/lab0.ipynb", notebook("e3"), SUBMISSION, n(3)),
        ("Estudante Número 3_445566_assignsubmission_file_/figura.png", b"\x89PNG...", ATTACHED, n(3)),
        ("Estudante Número 3_445566_assignsubmission_file_/timestamp.txt", b"1999-01-01", IGNORED, ""),
        ("Estudante Número 3_445566_assignsubmission_file_/gradebook.db", b"SQLite", IGNORED, ""),
        ("Estudante Número 4_445567_assignsubmission_file_lab0.ipynb", notebook("e4"), SUBMISSION, n(4)),
        # a plataforma manda, diga o que disser o nome do arquivo
        ("Estudante Número 5_445568_assignsubmission_file_/Lab0-2026001.ipynb", notebook("e5"), SUBMISSION, n(5)),
        # Canvas
        ("numero6estudante_1201_9001_lab0.ipynb", notebook("e6"), SUBMISSION, n(6)),
        ("convergenteserie_LATE_1202_9002_lab0-1.ipynb", notebook("serie"), SUBMISSION, "2026008"),
        # zips dentro de zips, com e sem extensão
        ("Estudante Número 7.zip", build_zip({"de novo.zip": nested}), OPENED, ""),
        ("Estudante Número 7.zip/de novo.zip", None, OPENED, ""),
        ("Estudante Número 7.zip/de novo.zip/dentro/lab0.ipynb", None, SUBMISSION, n(7)),
        ("EstudanteNumero8-Lab0", build_zip({"lab0.ipynb": notebook("e8")}), OPENED, ""),
        ("EstudanteNumero8-Lab0/lab0.ipynb", None, SUBMISSION, n(8)),
        # o nosso zip, com recibo
        ("entrega.zip", bundle("X-Lab0", n(9), "Estudante Número 9", "e9"), OPENED, ""),
        ("entrega.zip/X-Lab0.ipynb", None, SUBMISSION, n(9)),
        ("entrega.zip/X-Lab0.pdf", None, ATTACHED, n(9)),
        ("entrega.zip/recibo.json", None, RECEIPT, ""),
        # recibo de um, zip com o nome de outro: ninguém decide por você
        ("EstudanteNumero10-Lab0.zip", bundle("Y", n(11), "Estudante Número 11", "e10"), OPENED, ""),
        ("EstudanteNumero10-Lab0.zip/Y.ipynb", None, AMBIGUOUS, ""),
        ("EstudanteNumero10-Lab0.zip/Y.pdf", None, AMBIGUOUS, ""),
        ("EstudanteNumero10-Lab0.zip/recibo.json", None, RECEIPT, ""),
        # e-mail, matrícula, pasta
        ("e12@exemplo.org lab0.ipynb", notebook("e12"), SUBMISSION, n(12)),
        (f"lab0_{n(13)}.ipynb", notebook("e13"), SUBMISSION, n(13)),
        (f"anexos/{n(14)}/Untitled.ipynb", notebook("e14"), SUBMISSION, n(14)),
        (f"anexos/{n(14)}/dados/pesos.csv", b"1,2\n", ATTACHED, n(14)),
        # extensões erradas
        ("lab0 - Estudante Número 15.ipynb.txt", notebook("e15"), SUBMISSION, n(15)),
        ("lab0 - Estudante Número 16.json", notebook("e16"), SUBMISSION, n(16)),
        ("lab0 - Estudante Número 17.ipynb.zip", notebook("e17"), SUBMISSION, n(17)),
        ("lab0 - Estudante Número 18", notebook("e18"), SUBMISSION, n(18)),
        # nomes estragados por zips antigos
        ("lab0 - Estudante N├║mero 19.ipynb", notebook("e19"), SUBMISSION, n(19)),  # UTF-8 lido como cp437
        ("lab0 - Estudante NÃºmero 20.ipynb", notebook("e20"), SUBMISSION, n(20)),  # UTF-8 lido como Latin-1
        ("lab0 - Estudante N#U00famero 21.ipynb", notebook("e21"), SUBMISSION, n(21)),
        # palpites
        ("Limite Esquerdo.ipynb", notebook("limite"), WAITING, "2026009"),
        ("lab0 - Matriz Angulo Maria.ipynb", notebook("angulo"), WAITING, "2026003"),
        ("Estudnte Numero 22.ipynb", notebook("e22"), WAITING, n(22)),
        # dois servem
        ("lab0 - Tensor Integra.ipynb", notebook("tensor"), AMBIGUOUS, ""),
        ("lab0 - Gêmeo Igual.ipynb", notebook("gemeo"), AMBIGUOUS, ""),
        # ninguém
        ("lab0.ipynb", notebook("anonimo"), UNKNOWN, ""),
        ("lab0 - Visitante Desconhecido.ipynb", notebook("visita"), UNKNOWN, ""),
        # não é um caderno deste lab
        ("lab9 - Estudante Número 23.ipynb", notebook("e23", "lab9-outro"), OTHER_LAB, ""),
        ("receita - Estudante Número 23.ipynb", nbformat.writes(nbformat.v4.new_notebook()).encode(), OTHER_LAB, ""),
        ("lab0 - Estudante Número 24.py", b"def media(v): return 0\n", NOT_NOTEBOOK, n(24)),
        ("lab0 - Estudante Número 25.pdf", b"%PDF-1.7", NOT_NOTEBOOK, n(25)),
        ("lab0 - Estudante Número 26.docx", build_zip({"[Content_Types].xml": b"<x/>"}), NOT_NOTEBOOK, n(26)),
        ("lab0 - Estudante Número 27.ipynb", b"<!DOCTYPE html><html>Entrar</html>", REFUSED, ""),
        ("lab0 - Estudante Número 28.ipynb", b"", REFUSED, ""),
        ("lab0 - Estudante Número 29.ipynb", cut, REFUSED, ""),
        ("lab0 - Estudante Número 30.zip", bytes(secret), OPENED, ""),
        ("lab0 - Estudante Número 30.zip/lab0.ipynb", None, REFUSED, ""),
        ("estragado.zip", b"PK\x03\x04" + b"\x00" * 40, REFUSED, ""),
        # cópia de outro, e o que o sistema cria
        ("lab0_2026004.ipynb", notebook("concava"), SUBMISSION, "2026004"),
        ("lab0_2026006.pdf", b"%PDF", NOT_NOTEBOOK, "2026006"),
        ("lab0_2026005.ipynb", notebook("t5"), SUBMISSION, "2026005"),
        ("resumo_2026005.pdf", b"%PDF 5", ATTACHED, "2026005"),
        (".DS_Store", b"x", IGNORED, ""),
        ("__MACOSX/._lab0.ipynb", b"x", IGNORED, ""),
        (f"anexos/{n(14)}/.ipynb_checkpoints/Untitled-checkpoint.ipynb", notebook("velho"), IGNORED, ""),
        ("Thumbs.db", b"x", IGNORED, ""),
    ]  # fmt: skip


@pytest.fixture
def download(tmp_path):
    return put(tmp_path / "baixados", {path: data for path, data, _, _ in messy() if data is not None})


def test_every_messy_file_has_its_fate(lab, download):
    before = tree(download)
    done = collect.collect(lab, download, roster=ROSTER)
    found = {path: (row.fate, row.student) for path, row in by_file(done).items()}
    assert len(messy()) >= 60
    expected = {
        "/".join(downloads.readable(part) for part in path.split("/")): (fate, student)
        for path, _, fate, student in messy()
    }
    assert found == expected
    assert all(row.reason for row in done.rows if row.fate not in (SUBMISSION,))
    assert tree(download) == before  # nada muda no que se baixou

    # Quem falta é dito, e por quê.
    missing = {row.student: row.reason for row in done.fate(MISSING)}
    assert set(missing) == {one.id for one in ROSTER} - {row.student for row in done.fate(SUBMISSION)}
    assert "palpite" in missing["2026009"] and "não serve" in missing[n(24)]
    assert missing["2026007"] == "nenhum arquivo no download"

    # O que foi coletado se lê como entrega, com a data do arquivo e nunca a do estudante.
    assert done.new == sorted(row.student for row in done.fate(SUBMISSION))
    for row in done.fate(SUBMISSION):
        (entry,) = submissions(lab, row.student)
        assert entry.name == "lab0.ipynb"
        assert (lab.submitted(row.student).parent / "timestamp.txt").read_text().startswith("2026-11-20 ")
    assert lab.submitted("2026001").read_bytes() == notebook("joao2")
    (old,) = (lab.course.root / "coleta/lab0-minimo/2026001").iterdir()
    assert (old / "lab0.ipynb").read_bytes() == notebook("joao1")
    three = lab.submitted(n(3)).parent
    assert sorted(path.name for path in three.iterdir()) == ["figura.png", "lab0.ipynb", "timestamp.txt"]
    assert (lab.submitted(n(14)).parent / "dados/pesos.csv").read_bytes() == b"1,2\n"

    rows = by_file(done)
    assert done.twins == [("2026002", "2026004")]
    assert "2026002" in rows["lab0_2026004.ipynb"].reason
    assert "2026001" in rows["Estudante Número 5_445568_assignsubmission_file_/Lab0-2026001.ipynb"].reason
    assert "LATE" in rows["convergenteserie_LATE_1202_9002_lab0-1.ipynb"].reason
    assert rows["entrega.zip/X-Lab0.ipynb"].source == collect.DECLARED
    assert "lab9" in rows["lab9 - Estudante Número 23.ipynb"].reason
    assert "HTML" in rows["lab0 - Estudante Número 27.ipynb"].reason
    assert "senha" in rows["lab0 - Estudante Número 30.zip/lab0.ipynb"].reason

    table = list(csv.reader(io.StringIO(done.table.read_bytes().decode("utf-8-sig")), delimiter=";"))
    assert len(table) == 1 + len(done.rows) and all(len(row) == 8 for row in table)


def test_the_same_download_twice_changes_nothing(lab, download):
    root = lab.course.root
    collect.collect(lab, download, roster=ROSTER)
    before = tree(root)
    again = collect.collect(lab, download, roster=ROSTER)
    assert tree(root) == before
    assert not again.new and not again.updated and len(again.kept) == len(again.fate(SUBMISSION))


def test_simulation_writes_nothing_and_says_the_same(lab, download):
    before = tree(lab.course.root)
    told = collect.collect(lab, download, roster=ROSTER, simulate=True)
    assert tree(lab.course.root) == before and not told.table.exists()
    assert collect.collect(lab, download, roster=ROSTER).rows == told.rows


def test_guesses_are_asked_and_only_the_confirmed_ones_enter(lab, download):
    asked = []

    def confirm(question: collect.Question) -> bool:
        asked.append((question.student.id, question.files))
        return question.student.id == "2026003"

    done = collect.collect(lab, download, roster=ROSTER, confirm=confirm)
    assert sorted(student for student, _ in asked) == ["2026003", "2026009", n(22)]
    assert by_file(done)["lab0 - Matriz Angulo Maria.ipynb"].fate == SUBMISSION
    assert lab.submitted("2026003").is_file() and not lab.submitted("2026009").exists()


def test_newer_replaces_older_never_and_nothing_is_lost(lab, tmp_path):
    name = "lab0 - João Derivada.ipynb"
    collect.collect(lab, put(tmp_path / "a", {name: notebook("v2")}), roster=ROSTER)
    # mais antiga: guardada, não trocada
    done = collect.collect(lab, put(tmp_path / "b", {name: notebook("v1")}, BASE - 999), roster=ROSTER)
    assert by_file(done)[name].fate == OLDER and done.kept == ["2026001"]
    assert lab.submitted("2026001").read_bytes() == notebook("v2")
    # mais nova: troca, e a de antes fica guardada
    done = collect.collect(lab, put(tmp_path / "c", {name: notebook("v3")}, BASE + 999), roster=ROSTER)
    assert done.updated == ["2026001"] and lab.submitted("2026001").read_bytes() == notebook("v3")
    history = sorted((lab.course.root / "coleta/lab0-minimo/2026001").iterdir())
    assert [(path / "lab0.ipynb").read_bytes() for path in history] == [notebook("v1"), notebook("v2")]
    # a velha baixada de novo, com a data do download: continua velha
    done = collect.collect(lab, put(tmp_path / "d", {name: notebook("v2")}, BASE + 9999), roster=ROSTER)
    assert by_file(done)[name].fate == OLDER and by_file(done)[name].source == collect.KNOWN
    assert lab.submitted("2026001").read_bytes() == notebook("v3")
    # e a que vale, baixada mais tarde, não se atrasa
    stamp = (lab.submitted("2026001").parent / "timestamp.txt").read_text()
    collect.collect(lab, put(tmp_path / "e", {name: notebook("v3")}, BASE + 99999), roster=ROSTER)
    assert (lab.submitted("2026001").parent / "timestamp.txt").read_text() == stamp


@pytest.mark.parametrize("stop_at", range(1, 10))
def test_an_interrupted_collection_completes_itself(lab, tmp_path, monkeypatch, stop_at):
    first, second = "lab0 - João Derivada.ipynb", "lab0_2026002.ipynb"
    collect.collect(lab, put(tmp_path / "a", {first: notebook("v1")}), roster=ROSTER)
    newer = put(tmp_path / "b", {first: notebook("v2"), second: notebook("c")}, BASE + 999)
    calls = {"left": stop_at}

    def interrupted(function):
        def call(*args, **options):
            calls["left"] -= 1
            if calls["left"] == 0:
                raise KeyboardInterrupt
            return function(*args, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(collect.os, "rename", interrupted(os.rename))
        patch.setattr(collect.shutil, "copyfile", interrupted(collect.shutil.copyfile))
        stopped = False
        try:
            collect.collect(lab, newer, roster=ROSTER)
        except KeyboardInterrupt:
            stopped = True
    assert stopped == (stop_at <= 8)  # a última cópia é a da tabela de antes
    versions = {path.read_bytes() for path in lab.course.root.rglob("lab0.ipynb")}
    assert notebook("v1") in versions
    collect.collect(lab, newer, roster=ROSTER)
    assert lab.submitted("2026001").read_bytes() == notebook("v2")
    assert lab.submitted("2026002").read_bytes() == notebook("c")
    (old,) = (lab.course.root / "coleta/lab0-minimo/2026001").iterdir()
    assert (old / "lab0.ipynb").read_bytes() == notebook("v1")
    assert not list((lab.course.root / "coleta").rglob(".nova-*"))


def test_the_platform_zip_gives_the_times(lab, tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number, hour in ((1, 9), (2, 11)):
            info = zipfile.ZipInfo(
                f"Estudante Número {number}_99{number}_assignsubmission_file_/lab0.ipynb",
                (2026, 11, 19, hour, 0, 0),
            )
            archive.writestr(info, notebook(str(number)))
    alone, beside = tmp_path / "todos.zip", tmp_path / "pasta/todos.zip"
    beside.parent.mkdir()
    for path in (alone, beside):
        path.write_bytes(stream.getvalue())
    local = datetime(2026, 11, 19, 9).astimezone(UTC)
    for source in (alone, beside.parent):
        done = collect.collect(lab, source, roster=ROSTER, simulate=True)
        assert {row.source for row in done.fate(SUBMISSION)} == {downloads.ENTRY}
    collect.collect(lab, alone, roster=ROSTER)
    assert (lab.submitted(n(1)).parent / "timestamp.txt").read_text() == f"{local:%Y-%m-%d %H:%M:%S} UTC\n"


def test_a_receipt_that_is_not_of_the_notebook_gives_no_time(lab, tmp_path):
    data = zipfile.ZipFile(io.BytesIO(bundle("X", n(1), "Estudante Número 1", "a", "1999-01-01T00:00:00Z")))
    files = {name: data.read(name) for name in data.namelist()} | {"X.ipynb": notebook("outro")}
    put(tmp_path / "a", {"entrega.zip": build_zip(files)})
    row = by_file(collect.collect(lab, tmp_path / "a", roster=ROSTER))["entrega.zip/X.ipynb"]
    assert row.fate == SUBMISSION and row.source == downloads.CONTAINER and "sha256" in row.reason
    assert (lab.submitted(n(1)).parent / "timestamp.txt").read_text().startswith("2026-11-20")


def hostile() -> dict[str, tuple[bytes, str]]:
    link = zipfile.ZipInfo("lab0.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    deep = notebook("fundo")
    for level in range(7):
        deep = build_zip({f"{level}.zip" if level else "lab0.ipynb": deep})
    many = build_zip(
        {f"{at}.txt": b"" for at in range(downloads.MAX_STUDENT_ENTRIES + 1)}, zipfile.ZIP_STORED
    )
    liar = bytearray(build_zip({"lab0.ipynb": notebook("mente")}))
    at = liar.index(b"PK\x01\x02")
    liar[at + 24 : at + 28] = (5).to_bytes(4, "little")  # declara 5 bytes
    broken = bytearray(build_zip({"lab0.ipynb": notebook("crc")}))
    broken[60:80] = b"\x00" * 20
    return {
        "sobe": (build_zip({"../../../nbgrader_config.py": b"x"}), "sai da pasta"),
        "absoluto": (build_zip({"/etc/lab0.ipynb": notebook("x")}), "sai da pasta"),
        "windows": (build_zip({"C:\\x\\lab0.ipynb": notebook("x")}), "sai da pasta"),
        "atalho": (stream.getvalue(), "atalho"),
        "bomba": (build_zip({"lab0.ipynb": b"\x00" * (30 * 2**20)}), "bomba"),
        "fundo": (deep, "demais"),
        "muitos": (many, "limite"),
        "mente": (bytes(liar), "estragado"),
        "crc": (bytes(broken), "estragado"),
    }


def test_hostile_zips_are_refused_one_by_one(lab, tmp_path):
    files = {f"{name}_{n(at)}.zip": data for at, (name, (data, _)) in enumerate(hostile().items(), 1)}
    outside = tree(tmp_path)
    put(tmp_path / "baixados", files | {f"lab0_{n(20)}.ipynb": notebook("honesto")})
    done = collect.collect(lab, tmp_path / "baixados", roster=ROSTER)
    assert done.new == [n(20)]  # e nenhuma parou as outras
    for name, (_, reason) in hostile().items():
        refused = [row for row in done.rows if row.file.startswith(name) and row.fate == REFUSED]
        assert len(refused) == 1 and reason in refused[0].reason, name
    written = {path for path in tree(tmp_path) if "/baixados/" not in path and path not in outside}
    root = lab.course.root
    assert all(path.startswith((f"{root}/submitted/{n(20)}/", f"{root}/coleta/")) for path in written)


def test_links_and_pipes_in_a_folder_are_not_followed(lab, tmp_path):
    folder = put(tmp_path / "baixados", {f"lab0_{n(1)}.ipynb": notebook("a")})
    (folder / f"lab0_{n(2)}.ipynb").symlink_to(folder / f"lab0_{n(1)}.ipynb")
    (folder / "volta").symlink_to(folder)
    os.mkfifo(folder / f"lab0_{n(3)}.ipynb")
    rows = by_file(collect.collect(lab, folder, roster=ROSTER))
    assert {name: row.fate for name, row in rows.items()} == {
        f"lab0_{n(1)}.ipynb": SUBMISSION,
        f"lab0_{n(2)}.ipynb": REFUSED,
        f"lab0_{n(3)}.ipynb": REFUSED,
        "volta": REFUSED,
    }


def test_total_size_of_one_zip_is_limited(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "MAX_STUDENT_TOTAL", 3000)
    noise = os.urandom(2000)
    put(
        tmp_path / "a",
        {f"{n(1)}.zip": build_zip({"a.bin": noise, "b.bin": noise, "lab0.ipynb": notebook("a")})},
    )
    rows = by_file(collect.collect(lab, tmp_path / "a", roster=ROSTER))
    assert rows[f"{n(1)}.zip/b.bin"].fate == REFUSED and "limite" in rows[f"{n(1)}.zip/b.bin"].reason
    assert rows[f"{n(1)}.zip/lab0.ipynb"].fate == SUBMISSION


def test_without_a_class_list_the_ids_come_from_the_files(lab, tmp_path):
    files = {
        "lab0 - Côncava Função.ipynb": notebook("a"),
        "lab0_2026077.ipynb": notebook("b"),
        "x.zip": bundle("X", "2026088", "Estudante Número 8", "c"),
        "João Derivada_5_assignsubmission_file_/lab0.ipynb": notebook("d"),
        "lab0.ipynb": notebook("e"),
        "a.zip": bundle("X", "../../fora", "", "f"),
    }
    done = collect.collect(lab, put(tmp_path / "a", files))
    assert done.new == ["2026077", "2026088", "concava-funcao", "joao-derivada"]
    assert {row.file for row in done.fate(UNKNOWN)} == {"lab0.ipynb", "a.zip/X.ipynb", "a.zip/X.pdf"}
    assert all("sem --turma" in row.reason for row in done.fate(SUBMISSION))


def test_two_people_who_claim_one_id_are_not_mixed(lab, tmp_path):
    files = {
        f"{name}_{at}_assignsubmission_file_/x.zip": bundle("X", "2026001", name, name)
        for at, name in enumerate(("João Derivada", "Côncava Função"), 100)
    }
    done = collect.collect(lab, put(tmp_path / "a", files))
    assert not done.new and len([row for row in done.fate(AMBIGUOUS) if row.file.endswith("ipynb")]) == 2


def test_old_zip_encodings(lab, tmp_path):
    for codec in ("cp850", "utf-8", "cp437"):
        raw = "Côncava Função lab0.ipynb".encode(codec if codec != "cp437" else "cp850")
        stand_in = "".join("#" if byte > 127 else chr(byte) for byte in raw)
        data = build_zip({stand_in: notebook("a")}).replace(stand_in.encode(), raw)
        path = tmp_path / f"{codec}.zip"
        path.write_bytes(data)
        done = collect.collect(lab, path, roster=ROSTER, simulate=True)
        assert by_file(done)["Côncava Função lab0.ipynb"].student == "2026002"


def test_bad_sources(lab, tmp_path):
    for source in (tmp_path / "nada", lab.course.root, lab.course.root / "submitted"):
        (lab.course.root / "submitted").mkdir(exist_ok=True)
        with pytest.raises(CorretorError, match=r"Não encontrei|submitted/"):
            collect.collect(lab, source, roster=ROSTER)


def test_the_command_asks_nobody_without_a_terminal(lab, download, tmp_path, monkeypatch, capsys):
    turma = tmp_path / "turma.csv"
    turma.write_text(
        "matrícula,nome,e-mail\n" + "".join(f"{one.id},{one.name},{one.email}\n" for one in ROSTER)
    )
    monkeypatch.chdir(lab.course.root)

    def run(*options: str) -> str:
        monkeypatch.setattr(
            "sys.argv", ["corretor", "collect", "lab0", str(download), "--turma", str(turma), *options]
        )
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert not stop.value.code
        return capsys.readouterr().out

    assert "Nada foi gravado" in run("--simular") and not (lab.course.root / "submitted").exists()
    out = run()
    assert f"Para você olhar, {WAITING}: 3." in out and "coleta/coleta-lab0-minimo.csv" in out
    assert "Cadernos idênticos: 2026002, 2026004." in out
    assert "Entregas novas: 3;" in run("--sim")


def test_the_command_asks_in_a_terminal(lab, tmp_path, monkeypatch, capsys):
    turma = tmp_path / "turma.csv"
    turma.write_text("matrícula,nome\n2026008,Série Convergente\n2026009,Limite Lateral Esquerdo\n")
    folder = put(
        tmp_path / "a", {"Limite Esquerdo.ipynb": notebook("a"), "Convergente Serie.ipynb": notebook("b")}
    )
    monkeypatch.chdir(lab.course.root)
    monkeypatch.setattr("sys.argv", ["corretor", "collect", "lab0", str(folder), "--turma", str(turma)])
    monkeypatch.setattr("sys.stdin", io.StringIO("s\n"))  # a segunda pergunta fica sem resposta: Ctrl-D
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    out = capsys.readouterr().out
    assert not stop.value.code
    assert "É de Série Convergente (2026008)? [s/N]" in out
    assert lab.submitted("2026008").is_file() and not lab.submitted("2026009").exists()

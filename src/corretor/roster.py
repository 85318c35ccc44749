"""A lista da turma: um CSV do Moodle, do Google, do Canvas ou feito à mão vira matrícula, nome e e-mail."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from .errors import CorretorError

MAX_BYTES = 20 * 2**20

# Os cabeçalhos que as plataformas escrevem, sem acentos nem pontuação; dos que houver, vale o primeiro da lista.
_ID = (
    "matricula", "numero de matricula", "n matricula", "no matricula", "registro academico", "ra", "rga", "dre",
    "numero de identificacao", "id number", "student id", "student number", "sis user id", "orgdefinedid",
    "codigo", "identificador", "estudante", "id", "nome de usuario", "identificacao de usuario", "username",
    "usuario", "login", "sis login id",
)  # fmt: skip
_NAME = (
    "nome completo", "full name", "nome do aluno", "nome da aluna", "nome do estudante", "nome do discente",
    "discente", "aluno", "student name", "student", "nome", "name",
)  # fmt: skip
_FIRST = ("nome", "primeiro nome", "first name", "given name")
_LAST = ("sobrenome", "ultimo nome", "last name", "surname", "last name surname", "family name")
_EMAIL = (
    "e mail", "email", "endereco de e mail", "endereco de email", "email address", "correio eletronico",
    "e mail do aluno", "e mail institucional", "mail",
)  # fmt: skip
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}")
_EXPECTED = "Preciso de uma coluna matrícula (ou e-mail) e de uma coluna nome."


@dataclass(frozen=True)
class Student:
    """Alguém da turma; `id` é o nome da pasta em submitted/ e a chave no livro de notas."""

    id: str
    name: str
    email: str = ""


def is_safe_id(text: str) -> bool:
    """Se o texto serve de pasta e de identificador no nbgrader, que trata alguns sinais como expressão regular."""
    return bool(_SAFE.fullmatch(text)) and ".." not in text


def read_roster(path: Path) -> list[Student]:
    """Lê a lista da turma, na ordem dela.

    Aceita vírgula, ponto e vírgula ou tabulação, UTF-8 (com ou sem marca), UTF-16 ou Latin-1, e os cabeçalhos do
    Moodle, do Google e do Canvas, em português ou inglês. Sem coluna de matrícula, o e-mail é o identificador.

    Raises
    ------
    CorretorError
        Se o arquivo não serve, com a linha e o que fazer.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CorretorError(f"Não consegui ler a lista da turma {path} ({error.strerror}).") from None
    if len(data) > MAX_BYTES:
        raise CorretorError(f"{path} é grande demais para uma lista da turma (mais de 20 MB).")
    if data[:4] == b"PK\x03\x04":
        raise CorretorError(f"{path} é uma planilha, não um CSV. Exporte-a como CSV e repita.")
    text = _decode(data)
    if "\x00" in text:
        raise CorretorError(f"{path} não é um CSV: tem bytes nulos. Exporte a lista como CSV e repita.")
    rows = _rows(path, text)
    if not rows:
        raise CorretorError(f"{path} está vazio. {_EXPECTED}")
    start, header = rows[0]
    columns = _columns(path, start, header)
    students: list[Student] = []
    lines: dict[str, int] = {}
    for line, row in rows[1:]:
        student = _student(path, line, row, columns)
        if student is None:
            continue
        # Há sistemas de arquivos que não distinguem maiúsculas: dois assim dividiriam uma pasta.
        twin = lines.setdefault(student.id.lower(), line)
        if twin != line:
            raise CorretorError(
                f"{path}, linha {line}: {student.id} já apareceu na linha {twin}. Deixe só uma das duas."
            )
        students.append(student)
    if not students:
        raise CorretorError(f"{path} só tem o cabeçalho: falta a turma.")
    return students


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _rows(path: Path, text: str) -> list[tuple[int, list[str]]]:
    """As linhas não vazias, com o número que têm no arquivo."""
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    declared = re.fullmatch(r"sep=(.)", first.strip())  # o Excel a escreve antes do cabeçalho
    separator = declared[1] if declared else max(";,\t", key=first.count)
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    rows, begin = [], 1
    try:
        for row in reader:
            cells = [unicodedata.normalize("NFC", cell).strip(" \t\xa0\ufeff") for cell in row]
            if any(cells) and not (declared and cells[0].startswith("sep=")):
                rows.append((begin, cells))
            begin = reader.line_num + 1
    except csv.Error as error:
        raise CorretorError(f"{path}, linha {begin}: o CSV está malformado ({error}).") from None
    return rows


def _key(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def _columns(path: Path, line: int, header: list[str]) -> dict[str, int]:
    """Que coluna traz o quê."""
    keys = [_key(cell) for cell in header]

    def find(names: tuple[str, ...]) -> int | None:
        return next((keys.index(name) for name in names if name in keys), None)

    last = find(_LAST)
    found = {
        "id": find(_ID),
        "name": find(_FIRST) if last is not None and find(_FIRST) is not None else find(_NAME),
        "last": last,
        "email": find(_EMAIL),
    }
    columns = {key: value for key, value in found.items() if value is not None}
    if "name" not in columns or not {"id", "email"} & set(columns):
        shown = ", ".join(header)[:120]
        raise CorretorError(
            f"{path}, linha {line}: não entendi o cabeçalho ({shown}). {_EXPECTED} Por exemplo: matrícula,nome,e-mail"
        )
    return columns


def _student(path: Path, line: int, row: list[str], columns: dict[str, int]) -> Student | None:
    def cell(key: str) -> str:
        at = columns.get(key, len(row))
        return row[at] if at < len(row) else ""

    name = " ".join(f"{cell('name')} {cell('last')}".split())
    if name.lower().startswith("points possible"):  # a segunda linha do Canvas
        return None
    if "last" not in columns and name.count(",") == 1:  # o Canvas escreve "Sobrenome, Nome"
        name = " ".join(reversed([part.strip() for part in name.split(",")])).strip()
    email = cell("email").lower()
    identity = cell("id") if "id" in columns else email
    if re.fullmatch(r"\d+[.,]0+", identity):  # uma planilha que tomou a matrícula por número
        identity = re.split("[.,]", identity)[0]
    where = f"{path}, linha {line}"
    if not identity:
        raise CorretorError(f"{where}: falta {'a matrícula' if 'id' in columns else 'o e-mail'} ({name}).")
    if not name:
        raise CorretorError(f"{where}: falta o nome de {identity}.")
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", identity):
        raise CorretorError(
            f"{where}: {identity} foi estragado por uma planilha. Formate a coluna como texto e exporte de novo."
        )
    if not is_safe_id(identity):
        raise CorretorError(
            f"{where}: {identity!r} não serve de identificador: use só letras sem acento, algarismos, ponto, hífen, "
            "sublinhado e @, e comece por letra ou algarismo."
        )
    return Student(identity, name, email)

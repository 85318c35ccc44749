"""As notas de um lab em CSV: para o Moodle, para o Canvas, ou para uma planilha."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nbgrader.api import SubmittedAssignment

from . import gradebook, lateness
from .course import Lab, digest
from .errors import CorretorError
from .pages import short, write_whole
from .records import read_verdicts
from .repair import read_submission
from .roster import Student

FORMATS = ("moodle", "canvas", "csv")

GRADED, PENDING = "corrigido", "falta nota manual"
NOT_GRADED, ABSENT = "falta corrigir", "não entregou"

# O que um programa de planilhas toma por fórmula (OWASP, "CSV Injection").
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


@dataclass
class Row:
    """O que se sabe da nota de uma pessoa num lab.

    Attributes
    ----------
    points : dict of str to float or None
        Por ToDo; `None` onde não há nota.
    penalty, seconds_late : float
        A multa e o atraso que a causou.
    state : str
        Uma das quatro constantes acima.
    listed : bool
        Se está na lista da turma (sem lista, todos estão).
    """

    id: str
    name: str = ""
    email: str = ""
    points: dict[str, float | None] = field(default_factory=dict)
    penalty: float = 0.0
    seconds_late: float = 0.0
    state: str = ABSENT
    listed: bool = True

    def mark(self, *, partial: bool) -> float | None:
        """A nota que se publica; `None` se ainda não há. Quem não entregou não tem zero: não tem nota."""
        if self.state == GRADED or (partial and self.state == PENDING):
            return max(0.0, sum(value or 0.0 for value in self.points.values()) - self.penalty)
        return None


@dataclass(frozen=True)
class Exported:
    """O que `export` fez.

    Attributes
    ----------
    path : Path
        O arquivo escrito.
    rows : list of Row
        Todas as pessoas, na ordem do arquivo.
    penalties : list of str
        Quem teve a multa por atraso refeita com as notas de agora.
    left_out : list of str
        Quem entregou e não está no arquivo: fora da lista da turma, ou do modelo do Canvas.
    """

    path: Path
    rows: list[Row]
    penalties: list[str]
    left_out: list[str]


def sheet(lab: Lab, roster: Iterable[Student] | None = None) -> list[Row]:
    """As notas de um lab, do livro de notas do nbgrader: a automática, a dada à mão, a multa por atraso.

    Parameters
    ----------
    lab : Lab
        O lab.
    roster : iterable of corretor.roster.Student, optional
        A lista da turma, que diz nomes e quem não entregou, e dá a ordem; sem ela, a ordem é a dos
        identificadores. Quem entregou e não está nela vem no fim.
    """
    handed_in = lab.course.submissions(lab)
    if roster is None:
        rows = {student: Row(student) for student in handed_in}
    else:
        rows = {one.id: Row(one.id, one.name, one.email) for one in roster}
        rows |= {student: Row(student, listed=False) for student in handed_in if student not in rows}
    book = _book(lab)
    todos = list(lab.points)
    for student in handed_in:
        row = rows[student]
        row.state = NOT_GRADED
        if student in book and _is_current(lab, student):
            grades, row.penalty, row.seconds_late = book[student]
            row.points = {todo: grades.get(todo, (None, True))[0] for todo in todos}
            pending = any(waits for _, waits in grades.values()) or None in row.points.values()
            row.state = PENDING if pending else GRADED
    return list(rows.values())


def export(
    lab: Lab,
    kind: str,
    *,
    roster: Iterable[Student] | None = None,
    comma: bool = False,
    partial: bool = False,
    scale: float | None = None,
    model: Path | None = None,
    path: Path | None = None,
) -> Exported:
    """Escreve as notas de um lab em CSV.

    Parameters
    ----------
    lab : Lab
        O lab, corrigido.
    kind : str
        Um de `FORMATS`.
    roster : iterable of corretor.roster.Student, optional
        A lista da turma.
    comma : bool
        Vírgula decimal, e ponto e vírgula entre as colunas.
    partial : bool
        Publica também a nota de quem tem questões à espera de correção à mão, sem elas.
    scale : float, optional
        A nota máxima do arquivo (10 para notas de 0 a 10); sem ela, os pontos do lab.
    model : Path, optional
        Um CSV exportado do Canvas: só a coluna do lab se preenche, e o resto fica como está.
    path : Path, optional
        Onde escrever; sem ele, relatorio/<lab>-<formato>.csv.

    Raises
    ------
    CorretorError
        Se não houver o que exportar, ou se o modelo não servir.
    """
    if kind not in FORMATS:
        raise CorretorError(f"Formato desconhecido: {kind!r}. Os que existem: {', '.join(FORMATS)}.")
    if model is not None and kind != "canvas":
        raise CorretorError("--modelo só serve com --formato canvas: é o CSV que o próprio Canvas exporta.")
    if scale is not None and scale <= 0:
        raise CorretorError(f"--escala deve ser maior que zero, e é {scale:g}.")
    path = path or lab.course.root / "relatorio" / f"{lab.name}-{kind}.csv"
    if model is not None and path.resolve() == model.resolve():
        raise CorretorError("A saída apagaria o modelo do Canvas: escolha outro nome em --saida.")
    penalties = lateness.refresh(lab)
    rows = sheet(lab, roster)
    if not rows:
        raise CorretorError(f"Não há entregas de {lab.name} nem lista da turma: nada a exportar.")
    best = sum(worth for worth, _ in lab.points.values())
    marks = {}
    for row in rows:
        value = row.mark(partial=partial)
        if value is not None:
            marks[row.id] = round(value * (scale or best) / best, 2)
    left_out = [row.id for row in rows if not row.listed] if kind != "csv" else []
    if model is not None:
        text, missing = _filled(lab, model, rows, marks, scale or best, comma)
        left_out = sorted({*left_out, *missing})
    else:
        table = {"moodle": _moodle, "canvas": _canvas, "csv": _plain}[kind](lab, rows, marks, scale or best)
        text = write_csv(table, comma=comma)
    # Quem abre um CSV numa planilha precisa da marca de UTF-8; quem o importa noutro sistema, não.
    write_whole(path, "\ufeff" + text if kind == "csv" else text)
    return Exported(path, rows, penalties, left_out)


# --- de onde vêm as notas -----------------------------------------------------------------------


def _book(lab: Lab) -> dict[str, tuple[dict[str, tuple[float | None, bool]], float, float]]:
    """O livro de notas: por estudante, cada ToDo com a nota e se espera alguém; a multa; o atraso."""
    if not gradebook.exists(lab.course):
        return {}
    found: dict[str, dict[str, tuple[float | None, bool]]] = {}
    with gradebook.gradebook(lab.course) as book:
        for student, todo, grade in gradebook.grades(book, lab):
            value = grade.manual_score if grade.manual_score is not None else grade.auto_score
            if value is not None:
                value += grade.extra_credit or 0.0
            found.setdefault(student, {})[todo] = (value, value is None or bool(grade.needs_manual_grade))
        submissions: list[SubmittedAssignment] = book.assignment_submissions(lab.name)
        return {
            one.student_id: (
                found[one.student_id],
                sum(notebook.late_submission_penalty or 0.0 for notebook in one.notebooks),
                one.total_seconds_late,
            )
            for one in submissions
            if one.student_id in found
        }


def _is_current(lab: Lab, student: str) -> bool:
    """Se a correção guardada é da entrega de agora."""
    record = read_verdicts(lab, student)
    try:
        return record is not None and record["key"]["submission"] == digest(read_submission(lab, student))
    except CorretorError:
        return False


# --- os formatos --------------------------------------------------------------------------------


def _plain(lab: Lab, rows: list[Row], marks: dict[str, float], best: float) -> list[list]:
    """O nosso: uma linha por pessoa, com tudo o que se sabe."""
    todos = [f"{short(todo)} (de {_digits(worth)})" for todo, (worth, _) in lab.points.items()]
    table: list[list] = [
        ["nome", "matrícula", f"nota (de {_digits(best)})", *todos, "multa", "atraso (h)", "estado"]
    ]
    for row in rows:
        points = [row.points.get(todo) for todo in lab.points]
        done = row.state in (GRADED, PENDING)
        late = [row.penalty, round(row.seconds_late / 3600, 2)] if done else [None, None]
        table.append([row.name, row.id, marks.get(row.id), *points, *late, row.state])
    return table


def _moodle(lab: Lab, rows: list[Row], marks: dict[str, float], best: float) -> list[list]:
    """O do Moodle (Notas → Importar → Arquivo CSV): quem é, a nota do item, o comentário.

    No mapeamento que o Moodle mostra, liga-se o número de identificação ou o e-mail ao usuário, e as duas últimas
    colunas ao item: as duas, porque importar só o comentário apaga a nota. Uma pessoa desconhecida faz o Moodle
    recusar o arquivo inteiro: só entra quem está na lista.
    """
    title = lab.settings.get("title", lab.name)
    table: list[list] = [["Nome completo", "Número de identificação", "Endereço de email"]]
    table[0] += [f"{title} (Real)", f"{title} (Feedback)"]
    for row in rows:
        if row.listed:
            mark = marks.get(row.id)
            table.append([row.name, row.id, row.email, mark, _remark(lab, row) if mark is not None else ""])
    return table


def _remark(lab: Lab, row: Row) -> str:
    """O comentário que acompanha a nota no Moodle: de onde ela vem."""
    parts = [
        f"{short(todo)}: {'sem nota ainda' if row.points.get(todo) is None else _digits(row.points[todo])} de {_digits(worth)}"
        for todo, (worth, _) in lab.points.items()
    ]
    if row.penalty:
        parts.append(f"multa por atraso: {_digits(row.penalty)}")
    return "; ".join(parts)


def _canvas(lab: Lab, rows: list[Row], marks: dict[str, float], best: float) -> list[list]:
    """O do Canvas (Notas → Importar): as cinco colunas fixas, a da tarefa, e a linha dos pontos possíveis."""
    table: list[list] = [[*_CANVAS, lab.settings.get("title", lab.name)]]
    table.append(["    Points Possible", "", "", "", "", best])
    table += [[row.name, "", row.id, row.email, "", marks.get(row.id)] for row in rows if row.listed]
    return table


def _filled(
    lab: Lab, model: Path, rows: list[Row], marks: dict[str, float], best: float, comma: bool
) -> tuple[str, list[str]]:
    """O CSV exportado do Canvas com a coluna do lab preenchida, e quem entregou e não está nele.

    Quem não tem nota a publicar fica com o que o modelo dizia: pode ser uma dispensa (EX) posta no Canvas.
    """
    try:
        text = model.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise CorretorError(
            f"Não há {model}. No Canvas: Notas → Exportar → Exportar pauta inteira."
        ) from None
    except UnicodeDecodeError:
        raise CorretorError(f"{model} não está em UTF-8: use o arquivo como o Canvas o exportou.") from None
    separator = ";" if text.split("\n", 1)[0].count(";") > text.split("\n", 1)[0].count(",") else ","
    table = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    header = [name.strip() for name in table[0]] if table else []
    if len(table) < 2 or header[:2] != list(_CANVAS[:2]):
        raise CorretorError(
            f"{model} não parece uma exportação do Canvas: a primeira linha começa por Student,ID."
        )
    column = _lab_column(lab, model, header)
    people = [one for one in table[1:] if len(one) == len(header) and one[1].strip()]
    for one in table[1:]:
        if len(one) == len(header) and one[0].strip() == "Points Possible":
            worth = one[column].strip().replace(",", ".")
            if worth and _NUMBER.fullmatch(worth) and abs(float(worth) - best) > 1e-6:
                raise CorretorError(
                    f"No Canvas a tarefa vale {worth.replace('.', ',')} pontos, e aqui {_digits(best)}. Repita com "
                    f"--escala {worth.replace(',', '.')}, ou mude os pontos no Canvas e exporte de novo."
                )
    keys = [header.index(name) for name in _CANVAS[2:4] if name in header]
    by_key: dict[str, Row] = {}
    for row in rows:
        by_key |= {key.casefold(): row for key in (row.id, row.email) if key}
    found = set()
    for one in people:
        row = next((by_key[key] for i in keys if (key := one[i].strip().casefold()) in by_key), None)
        if row is not None:
            found.add(row.id)
            if row.id in marks:
                one[column] = _digits(marks[row.id]) if comma else _point(marks[row.id])
    missing = [row.id for row in rows if row.state != ABSENT and row.id not in found]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, lineterminator="\r\n").writerows(table)
    return stream.getvalue(), missing


def _lab_column(lab: Lab, model: Path, header: Sequence[str]) -> int:
    """A coluna da tarefa no modelo: a que se chama como o lab, ou a única que começa por "Lab 5"."""
    title = lab.settings.get("title", lab.name)
    names = {i: re.sub(r"\s*\(\d+\)$", "", name).casefold() for i, name in enumerate(header) if i >= 4}
    start = re.sub(r"^lab\s*(\d+).*$", r"lab \1", lab.notebook.casefold())
    wanted = {title.casefold(), lab.name.casefold(), lab.notebook.casefold(), start}
    exact = [i for i, name in names.items() if name in wanted]
    close = [i for i, name in names.items() if re.match(rf"{re.escape(start)}(?!\d)", name)]
    candidates = exact or close
    if len(candidates) != 1:
        tasks = ", ".join(name for name in header if re.search(r"\(\d+\)$", name)) or "nenhuma"
        raise CorretorError(
            f"Em {model} não sei qual coluna é a de {title!r}. Dê esse nome à tarefa no Canvas e exporte de novo. "
            f"Tarefas do arquivo: {tasks}."
        )
    return candidates[0]


# --- como se escreve ----------------------------------------------------------------------------


def write_csv(table: Iterable[Sequence[str | float | None]], *, comma: bool = False) -> str:
    """Um CSV de acordo com a RFC 4180; com `comma`, vírgula decimal e ponto e vírgula entre colunas.

    Números são números. Um texto que um programa de planilhas leria como fórmula ganha um apóstrofo na frente.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";" if comma else ",", lineterminator="\r\n")
    for row in table:
        writer.writerow([_cell(value, comma) for value in row])
    return stream.getvalue()


def _cell(value: str | float | None, comma: bool) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return _digits(value) if comma else _point(value)
    text = value.replace("\x00", "")
    # Há programas que tiram os espaços antes de decidir se é fórmula; um número negativo não é uma.
    seen = text if text.startswith(_FORMULA) else text.lstrip()
    return f"'{text}" if seen.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def _point(value: float) -> str:
    return f"{round(value, 2):.2f}".rstrip("0").rstrip(".")


def _digits(value: float) -> str:
    return _point(value).replace(".", ",")

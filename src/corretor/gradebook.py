"""O nbgrader como biblioteca: configuração do curso, livro de notas, sem rastros na tela."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import re
import sqlite3
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import nbgrader.api
from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from nbgrader.utils import temp_attrs
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from . import intake
from .course import TEST_SUFFIX, Course, Lab
from .errors import CorretorError
from .judge import INFRA_ERROR

_SQLITE = "sqlite:///"

warnings.filterwarnings("ignore", category=SAWarning)

# O nbgrader abre o livro de notas várias vezes por entrega. Com o mesmo motor do SQLAlchemy, as consultas já traduzidas
# servem à vez seguinte; cada abertura continua a ter as suas conexões, fechadas com ela.
nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)


@dataclass(frozen=True)
class Score:
    """Nota de um ToDo no livro de notas: automática, à mão (que prevalece), pendência e comentário."""

    auto: float | None
    manual: float | None
    pending: bool
    comment: str

    @property
    def value(self) -> float | None:
        """A nota que vale; `None` enquanto não houver."""
        return self.manual if self.manual is not None else self.auto


def load_config(course: Course) -> Config:
    """A configuração do curso, como o próprio nbgrader a leria."""
    # O nbgrader chama o executável `alembic` para criar o livro de notas: ele está ao lado do Python.
    bin_dir = str(Path(sys.executable).parent)
    if bin_dir not in os.environ.get("PATH", "").split(os.pathsep):
        os.environ["PATH"] = bin_dir + os.pathsep + os.environ.get("PATH", "")
    return PyFileConfigLoader("nbgrader_config.py", path=str(course.root)).load_config()


def api(course: Course) -> NbGraderAPI:
    """A API do nbgrader para o curso; o que ela tem a dizer vem nos resultados, não na tela."""
    log = logging.getLogger("traitlets")
    log.handlers, log.propagate = [logging.NullHandler()], False
    log.setLevel("ERROR")
    return NbGraderAPI(config=load_config(course))


def db_url(course: Course) -> str:
    """O endereço do livro de notas: o de `c.CourseDirectory.db_url`, ou gradebook.db na pasta do curso."""
    chosen = load_config(course)["CourseDirectory"].get("db_url")
    return chosen if isinstance(chosen, str) else _SQLITE + str(course.root / "gradebook.db")


def exists(course: Course) -> bool:
    """Se há um livro de notas; de um servidor, supõe-se que sim."""
    url = db_url(course)
    return not url.startswith(_SQLITE) or Path(url.removeprefix(_SQLITE)).exists()


def gradebook(course: Course) -> Gradebook:
    """O livro de notas do curso (use com `with`)."""
    name = load_config(course)["CourseDirectory"].get("course_id")
    return Gradebook(db_url(course), name) if isinstance(name, str) and name else Gradebook(db_url(course))


def _write_ahead(course: Course) -> None:
    """Deixa o SQLite gravar num diário à parte: quem lê (o formgrader) não espera por quem grava."""
    url = db_url(course)
    if url.startswith(_SQLITE):
        with contextlib.closing(sqlite3.connect(url.removeprefix(_SQLITE), timeout=30)) as database:
            database.execute("PRAGMA journal_mode=WAL")


def generate(lab: Lab, *, register: bool) -> str:
    """Faz o nbgrader produzir a versão do estudante.

    Parameters
    ----------
    lab : Lab
        O lab, com source/ em dia.
    register : bool
        Se registra o lab e as suas células no livro de notas (criando-o se preciso).

    Returns
    -------
    str
        O caderno do estudante, em JSON.

    Raises
    ------
    CorretorError
        Se faltar a versão do professor ou o nbgrader recusar: em geral, células avaliadas mudaram depois de haver entregas.
    """
    if not lab.source.exists():
        raise CorretorError(f"Falta {lab.source}. Gere-a com: make notebooks")
    client = api(lab.course)
    with tempfile.TemporaryDirectory() as folder:
        client.coursedir.release_directory = folder
        client.coursedir.assignment_id = lab.name
        client.config.SaveCells.enabled = register
        converter = GenerateAssignment(coursedir=client.coursedir, parent=client, no_database=not register)
        converter.force = True
        try:
            converter.start()
        except Exception as error:
            raise CorretorError(
                f"O nbgrader não aceitou {lab.name} ({_last_line(error)}). Se células avaliadas mudaram depois "
                "das entregas, guarde gradebook.db noutro lugar e corrija de novo."
            ) from error
        if register:
            _write_ahead(lab.course)
        return (Path(folder) / lab.name / f"{lab.notebook}.ipynb").read_text(encoding="utf-8")


def autograde(lab: Lab, student: str, client: NbGraderAPI) -> None:
    """Corrige uma entrega pelo caminho de nbgrader_config.py.

    Raises
    ------
    CorretorError
        Com a causa, em uma linha. Quem chama decide o que fazer da nota anterior (`invalidate`).
    """
    with (
        intake.staged(lab, student) as folder,
        temp_attrs(client.coursedir, submitted_directory=str(folder)),
    ):
        result = client.autograde(lab.name, student, force=True, create=True)
    if not result["success"]:
        raise CorretorError(f"{student}: {_cause(result)}")


def _cause(result: dict) -> str:
    """A exceção que o nbgrader encontrou, em uma linha; ele mesmo só diz que houve uma."""
    log = f"{result.get('log') or ''}\n{result.get('error') or ''}"
    raised = re.findall(r"^\s*([\w.]+(?:Error|Exception|Exit|Interrupt)): (.*)$", log, flags=re.MULTILINE)
    causes = [(name, text) for name, text in raised if not name.endswith("NbGraderException")]
    if not causes:
        return f"o nbgrader não corrigiu ({_last_line(log)})."
    name, text = causes[-1]
    return (
        text
        if name.endswith("CorretorError")
        else f"a correção falhou ({name}: {text[:200]}). Corrija de novo."
    )


def auto_score(state: str, points: float) -> float | None:
    """A nota automática de um veredito; o que a correção não pôde julgar não tem nota, nem zero."""
    return None if state == INFRA_ERROR else float(points)


def set_auto(grade: Grade, auto: float | None) -> None:
    """Muda a nota automática; fica por rever o que não tem uma, e o que tem outra dada à mão."""
    grade.auto_score = auto
    grade.needs_manual_grade = auto is None or grade.manual_score is not None


def invalidate(lab: Lab, student: str) -> None:
    """Apaga as notas automáticas de uma entrega e a marca para revisão; as dadas à mão ficam."""
    if not exists(lab.course):
        return
    with gradebook(lab.course) as book:
        try:
            submission = book.find_submission(lab.name, student)
        except MissingEntry:
            return
        for notebook in submission.notebooks:
            notebook.late_submission_penalty = None
            for grade in notebook.grades:
                set_auto(grade, None)
        book.db.commit()


def grades(book: Gradebook, lab: Lab) -> list[tuple[str, str, Grade]]:
    """As notas de todas as entregas de um lab, numa consulta só: estudante, ToDo, nota."""
    rows = (
        book.db.query(SubmittedAssignment.student_id, GradeCell.name, Grade)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .join(GradeCell, GradeCell.id == Grade.cell_id)
        .join(Notebook, Notebook.id == GradeCell.notebook_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .filter(Assignment.name == lab.name, Notebook.name == lab.notebook)
    )
    return [(student, name.removesuffix(TEST_SUFFIX), grade) for student, name, grade in rows]


def auto_scores(lab: Lab) -> dict[str, dict[str, float | None]]:
    """As notas automáticas de um lab, por estudante e ToDo."""
    found: dict[str, dict[str, float | None]] = {}
    if exists(lab.course):
        with gradebook(lab.course) as book:
            for student, todo, grade in grades(book, lab):
                found.setdefault(student, {})[todo] = grade.auto_score
    return found


def class_scores(lab: Lab) -> dict[str, dict[str, Score]]:
    """As notas da turma, por estudante e ToDo, numa consulta só e sem os comentários."""
    found: dict[str, dict[str, Score]] = {}
    if exists(lab.course):
        with gradebook(lab.course) as book:
            for student, todo, grade in grades(book, lab):
                pending = bool(grade.needs_manual_grade)
                found.setdefault(student, {})[todo] = Score(grade.auto_score, grade.manual_score, pending, "")
    return found


def scores(lab: Lab, student: str) -> dict[str, Score]:
    """As notas de uma entrega, por ToDo; vazio se ela não está no livro de notas."""
    if not exists(lab.course):
        return {}
    with gradebook(lab.course) as book:
        try:
            notebook = book.find_submission_notebook(lab.notebook, lab.name, student)
        except MissingEntry:
            return {}
        comments = {comment.name: comment.manual_comment or "" for comment in notebook.comments}
        result = {}
        for grade in notebook.grades:
            todo = grade.name.removesuffix(TEST_SUFFIX)
            comment = comments.get(todo, "")
            result[todo] = Score(
                grade.auto_score, grade.manual_score, bool(grade.needs_manual_grade), comment
            )
        return result


def _last_line(error: object) -> str:
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__

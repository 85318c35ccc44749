"""A demonstração: uma turma feita do banco de respostas, corrigida de ponta a ponta na pasta demo/."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from . import build
from .answers import Answer, read_answers, submission
from .course import Course, Lab
from .errors import CorretorError
from .feedback import write_feedback
from .grading import FAILED, Result, autograde
from .marks import Question, questions

_CONFIG = '''"""A pasta de demonstração corrige com a mesma configuração do curso."""

import os

here = os.path.dirname(os.path.abspath(__file__))
load_subconfig("nbgrader_config.py", path=os.path.dirname(here))  # noqa: F821
c = get_config()  # noqa: F821
c.CourseDirectory.root = here
'''


@dataclass(frozen=True)
class Graded:
    """Uma entrega da demonstração: a resposta do banco, o que aconteceu, as questões corrigidas."""

    student: str
    answer: Answer
    result: Result
    questions: list[Question]

    @property
    def total(self) -> float:
        """Soma dos pontos automáticos."""
        return sum(question.auto or 0 for question in self.questions if not question.manual)

    @property
    def mismatches(self) -> list[str]:
        """Diferenças entre o que o banco diz e o que a correção deu, em frases."""
        if self.result.status == FAILED:
            return [self.result.error]
        return self.answer.mismatches(
            {question.todo: question.auto for question in self.questions},
            {question.todo: question.messages for question in self.questions},
        )


def demo_course(course: Course) -> Course:
    """A pasta demo/ do curso, com source/ e release/ em dia; criada se preciso."""
    root = course.root / "demo"
    root.mkdir(exist_ok=True)
    (root / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
    for name in course.labs:
        lab = course.lab(name)
        if not lab.source.exists() or not lab.release.exists():
            build.build_lab(lab)
        for step in ("source", "release"):
            shutil.copytree(course.root / step / name, root / step / name, dirs_exist_ok=True)
    return Course(root, course.content)


def grade_bank(
    lab: Lab,
    answers: list[Answer],
    *,
    force: bool = False,
    workers: int = 1,
    on_start: Callable[[str], None] = lambda student: None,
    on_result: Callable[[Result], None] = lambda result: None,
) -> list[Graded]:
    """Entrega, corrige e devolve respostas do banco.

    Parameters
    ----------
    lab : Lab
        O lab, num curso de demonstração ou de teste.
    answers : list of Answer
        As respostas; a i-ésima é do estudante `estudante-00i`.
    force, workers, on_start, on_result
        Como em `corretor.grading.autograde`.

    Returns
    -------
    list of Graded
        Na ordem das respostas.
    """
    students = [f"estudante-{i:03d}" for i in range(1, len(answers) + 1)]
    for student, answer in zip(students, answers, strict=True):
        build.write_notebook(submission(lab, answer), lab.submitted(student))
    results = autograde(lab, students, force=force, workers=workers, on_start=on_start, on_result=on_result)
    graded = []
    for student, answer, result in zip(students, answers, results, strict=True):
        if result.status != FAILED:
            write_feedback(lab, student)
        graded.append(Graded(student, answer, result, questions(lab, student)))
    return graded


def demo_answers(lab: Lab) -> list[Answer]:
    """As respostas que a demonstração usa, escolhidas no cabeçalho do texto do lab (`gradiente.demo`)."""
    bank = {answer.name: answer for answer in read_answers(lab)}
    header = build.read_percent(lab.content / "notebook.py").metadata
    names = header.get("gradiente", {}).get("demo", [])
    missing = [name for name in names if name not in bank]
    if missing or not names:
        raise CorretorError(
            f"{lab.name}: respostas da demonstração não encontradas: {', '.join(missing) or 'nenhuma'}."
        )
    return [bank[name] for name in names]

"""A multa por atraso: a regra do lab, com tolerância e teto, aplicada do jeito do nbgrader."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from nbgrader.api import MissingEntry, SubmittedNotebook
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from traitlets import Dict

from . import gradebook
from .course import Course, Lab
from .errors import CorretorError

_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True)
class LateRule:
    """Quanto se perde por atraso. Cada campo é uma chave de `late:` no cabeçalho do lab.

    Attributes
    ----------
    grace_minutes : float
        Tolerância: o relógio da multa só começa depois dela.
    percent_per_day, percent_per_hour : float
        Por cento da nota obtida, por dia ou hora *começados*; somam-se, se vierem os dois.
    max_percent : float
        O teto da multa, em por cento da nota obtida.
    """

    grace_minutes: float = 0.0
    percent_per_day: float = 0.0
    percent_per_hour: float = 0.0
    max_percent: float = 100.0

    @classmethod
    def read(cls, settings: Any) -> LateRule:
        """A regra escrita num cabeçalho ou numa configuração.

        Raises
        ------
        CorretorError
            Se uma chave não existe ou um valor não serve: uma regra mal escrita não pode virar multa nenhuma.
        """
        known = [field.name for field in fields(cls)]
        if not isinstance(settings, dict):
            raise CorretorError(f"late: deve trazer pares chave e valor ({', '.join(known)}).")
        for key, value in settings.items():
            if key not in known:
                raise CorretorError(f"late: não conheço {key!r}. O que existe: {', '.join(known)}.")
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if not number or not 0 <= value < math.inf or (key == "max_percent" and value > 100):
                limits = "de 0 a 100" if key == "max_percent" else "positivo ou zero"
                raise CorretorError(f"late: {key} deve ser um número {limits}, e é {value!r}.")
        return cls(**{key: float(value) for key, value in settings.items()})

    def percent(self, seconds_late: float) -> float:
        """A multa, em por cento da nota obtida, de uma entrega com tantos segundos de atraso."""
        counted = seconds_late - 60 * self.grace_minutes
        if counted <= 0:
            return 0.0
        days, hours = math.ceil(counted / _DAY), math.ceil(counted / _HOUR)
        return min(self.max_percent, days * self.percent_per_day + hours * self.percent_per_hour)


class LatePenalty(LateSubmissionPlugin):
    """A regra do lab como plugin do nbgrader (`c.AssignLatePenalties.plugin_class`).

    Vale o `late:` do cabeçalho do lab; sem ele, `c.LatePenalty.late`; sem nenhum, o `penalty_method` do próprio
    nbgrader, que por padrão não multa.
    """

    late = Dict(help="A regra dos labs cujo cabeçalho não traz uma: as mesmas chaves de `late:`.").tag(
        config=True
    )

    def late_submission_penalty(
        self, student_id: str, score: float, total_seconds_late: float
    ) -> float | None:
        """Os pontos a descontar; `None` se nenhum."""
        settings = self._lab_settings()
        if settings is None:
            settings = self.late or None
        if settings is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        return round(score * LateRule.read(settings).percent(total_seconds_late) / 100, 6) or None

    def _lab_settings(self) -> dict | None:
        """O `late:` do lab que o nbgrader está corrigindo."""
        name = getattr(self.parent, "assignment_id", "")
        root = self.config.CourseDirectory.get("root")
        if not name:
            return None
        course = Course.find(Path(root) if isinstance(root, str) else None)  # sem raiz: a pasta atual
        return course.lab(name).settings.get("late")


def rule(lab: Lab) -> AssignLatePenalties:
    """O passo do nbgrader que multa, com o plugin que a configuração do curso escolheu."""
    step = AssignLatePenalties(config=gradebook.load_config(lab.course))
    step.assignment_id = lab.name
    step.init_plugin()
    return step


def penalize(notebook: SubmittedNotebook, step: AssignLatePenalties) -> None:
    """A multa por atraso de um caderno, de acordo com as notas de agora."""
    submission, notebook.late_submission_penalty = notebook.assignment, None
    if submission.total_seconds_late > 0:
        penalty = step.plugin_inst.late_submission_penalty(
            submission.student_id, notebook.score, submission.total_seconds_late
        )
        if penalty is not None:
            notebook.late_submission_penalty = step._check_late_penalty(notebook, penalty)


def penalty(lab: Lab, student: str) -> float:
    """Os pontos que o livro de notas desconta de uma entrega por atraso."""
    if not gradebook.exists(lab.course):
        return 0.0
    with gradebook.gradebook(lab.course) as book:
        try:
            submission = book.find_submission(lab.name, student)
        except MissingEntry:
            return 0.0
        return sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks)


def penalties(lab: Lab) -> dict[str, float]:
    """Os pontos descontados por atraso de cada estudante que os perdeu."""
    if not gradebook.exists(lab.course):
        return {}
    with gradebook.gradebook(lab.course) as book:
        rows = book.assignment_submissions(lab.name)
        lost = {
            one.student_id: sum(nb.late_submission_penalty or 0.0 for nb in one.notebooks) for one in rows
        }
    return {student: points for student, points in lost.items() if points}


def refresh(lab: Lab) -> list[str]:
    """Refaz as multas de um lab, com a regra e as notas de agora, numa transação só.

    O nbgrader só as calcula ao corrigir: uma nota dada à mão depois, uma regra mudada ou um prazo
    estendido não entrariam nelas.

    Returns
    -------
    list of str
        Quem teve a multa mudada, em ordem.
    """
    if not gradebook.exists(lab.course):
        return []
    changed = []
    with gradebook.gradebook(lab.course) as book:
        step = rule(lab)
        for submission in book.assignment_submissions(lab.name):
            for notebook in submission.notebooks:
                before = notebook.late_submission_penalty or 0.0
                penalize(
                    notebook, step
                )  # também a quem já não está atrasado: o prazo pode ter sido estendido
                if abs((notebook.late_submission_penalty or 0.0) - before) > 1e-6:
                    changed.append(submission.student_id)
        book.db.commit()
    return sorted(changed)

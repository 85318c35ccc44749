"""Junta o que se sabe da nota de uma entrega: vereditos da correção e livro de notas."""

from __future__ import annotations

from dataclasses import dataclass

from . import gradebook
from .course import Lab
from .grading import read_verdicts
from .judge import STATE_NAMES

MANUAL = "manual"


@dataclass(frozen=True)
class Question:
    """Um ToDo de uma entrega, pronto para mostrar.

    Attributes
    ----------
    points : float or None
        A nota que vale; `None` enquanto não houver (correção à mão pendente).
    auto : float or None
        A nota automática.
    graded_by_hand : bool
        Se alguém deu a nota no formgrader.
    state, state_name : str
        Estado da correção e o seu nome em português.
    items : list of dict
        Verificações com critério, pontos e mensagens.
    """

    todo: str
    title: str
    manual: bool
    points: float | None
    auto: float | None
    graded_by_hand: bool
    max_points: float
    state: str
    note: str
    items: list[dict]
    comment: str

    @property
    def state_name(self) -> str:
        """Estado em português."""
        if self.state == MANUAL:
            if self.points is None:
                return "à mão, pendente"
            return "corrigido à mão" if self.graded_by_hand else "sem resposta"
        return STATE_NAMES[self.state]

    @property
    def adjusted(self) -> bool:
        """Se alguém trocou à mão a nota automática."""
        return self.graded_by_hand and self.auto is not None and self.points != self.auto

    @property
    def messages(self) -> list[str]:
        """Todas as mensagens da questão."""
        texts = [self.note] if self.note else []
        return list(dict.fromkeys(texts + [text for item in self.items for text in item["messages"]]))


def questions(lab: Lab, student: str) -> list[Question]:
    """As questões de uma entrega corrigida, na ordem do lab; vazio se ela não foi corrigida."""
    record = read_verdicts(lab, student)
    return [] if record is None else joined(lab, record, gradebook.scores(lab, student))


def joined(lab: Lab, record: dict, scores: dict[str, gradebook.Score]) -> list[Question]:
    """As questões de um registro de correção e das notas que o livro de notas tem para ele."""
    verdicts = {verdict["todo"]: verdict for verdict in record["verdicts"]}
    result = []
    for todo, (worth, manual) in lab.points.items():
        verdict, score = verdicts.get(todo), scores.get(todo)
        result.append(
            Question(
                todo=todo,
                title=lab.titles.get(todo, todo),
                manual=manual,
                points=score.value if score else None,
                auto=score.auto if score else None,
                graded_by_hand=score is not None and score.manual is not None,
                max_points=worth,
                state=verdict["state"] if verdict else MANUAL,
                note=verdict["note"] if verdict else "",
                items=verdict["items"] if verdict else [],
                comment=score.comment if score else "",
            )
        )
    return result

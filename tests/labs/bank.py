"""Corrige o banco inteiro de um lab pelo corretor de verdade, uma vez, para os testes lerem o resultado."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from corretor import sandbox
from corretor.answers import Answer, read_answers
from corretor.course import Course, Lab
from corretor.demo import Graded, demo_course, grade_bank

ROOT = Path(__file__).resolve().parents[2]


def course_copy(folder: Path) -> Course:
    """Um curso com os labs do repositório, em `folder`, fora do livro de notas de quem testa."""
    (folder / "content").symlink_to(ROOT / "content")
    for name in ("source", "release"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "nbgrader_config.py").symlink_to(ROOT / "nbgrader_config.py")
    return demo_course(Course(folder, folder / "content"))


def grade_answers(
    name: str, folder: Path, wanted: Callable[[Answer], bool] = lambda answer: True
) -> tuple[Lab, list[Graded]]:
    """Corrige as respostas do banco (todas, ou as que `wanted` escolher), isoladas."""
    sandbox.require()
    lab = course_copy(folder).lab(name)
    return lab, grade_bank(lab, [answer for answer in read_answers(lab) if wanted(answer)])


def assert_bank(graded: list[Graded]) -> None:
    """Cada resposta recebeu a nota e as mensagens que o banco promete."""
    wrong = {entry.answer.name: entry.mismatches for entry in graded if entry.mismatches}
    assert not wrong, wrong  # este módulo não é de teste: sem isto o pytest não diria o que diferiu
    by_name = {entry.answer.name: entry for entry in graded}
    automatic = sum(
        question.max_points for question in by_name["referencia"].questions if not question.manual
    )
    assert by_name["referencia"].total == automatic
    assert by_name["esqueleto"].total == 0

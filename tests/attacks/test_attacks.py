"""Entregas que tentam ganhar nota sem responder: nenhuma ganha um ponto, alcança um segredo ou fere uma vizinha."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import ATTACKS, SURVIVOR, found_something, printed

from corretor import gradebook, sandbox
from corretor.answers import read_answers, submission
from corretor.build import write_notebook
from corretor.grading import GRADED, Result, autograde

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)
STUDENTS = {name: f"estudante-{600 + i}" for i, name in enumerate(ATTACKS)}
HONEST = ("estudante-001", "estudante-999")  # a primeira e a última a serem corrigidas


@pytest.fixture(scope="module")
def attacked(shared_mini):
    """A turma corrigida: todos os ataques e duas entregas honestas."""
    lab = shared_mini
    bank = {answer.name: answer for answer in read_answers(lab)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SENHA_DO_BANCO", "SEGREDO-DO-AMBIENTE")
        for name, attack in ATTACKS.items():
            if attack.after:
                write_notebook(submission(lab, bank[attack.after]), lab.submitted(STUDENTS[name]))
        again = [STUDENTS[name] for name, attack in ATTACKS.items() if attack.after]
        assert [result.status for result in autograde(lab, again)] == [GRADED] * len(again)
        assert all(gradebook.scores(lab, student)["todo01"].auto == 10 for student in again)
        for name, attack in ATTACKS.items():
            attack.hand_in(lab, STUDENTS[name])
        for student in HONEST:
            write_notebook(submission(lab, bank["referencia"]), lab.submitted(student))
        results = {result.student: result for result in autograde(lab)}
    return lab, results


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_gains_nothing(attacked, name):
    lab, results = attacked
    result: Result = results[STUDENTS[name]]
    assert result.status == GRADED, result.error
    marks = gradebook.scores(lab, STUDENTS[name])
    assert (marks["todo01"].auto, marks["todo03"].auto) == (0.0, 0.0)
    assert marks["todo01"].manual is None
    assert not found_something(printed(lab.autograded(STUDENTS[name])))


def test_honest_neighbours_keep_their_marks(attacked):
    lab, results = attacked
    for student in HONEST:
        assert results[student].status == GRADED
        marks = gradebook.scores(lab, student)
        assert (marks["todo01"].auto, marks["todo03"].auto) == (10.0, 4.0)
        assert marks["todo01"].manual is None


def test_no_process_survives(attacked):
    alive = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            alive += [path] if SURVIVOR.encode() in path.read_bytes() else []
        except OSError:
            continue
    assert alive == []

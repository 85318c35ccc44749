"""Cada lab: o banco inteiro ensaiado, uma parte dele pelo corretor de verdade, o tempo e o que a devolutiva esconde.

Corrigir o banco inteiro isolado, caderno a caderno, passaria do tempo da integração contínua.
"""

from __future__ import annotations

import pytest
from bank import ROOT, assert_bank, assert_no_probe, course_copy, grade_answers, rehearsal_mismatches

from corretor.answers import read_answers
from corretor.course import Course
from corretor.demo import demo_answers

pytestmark = pytest.mark.slow

# Por lab: quantos ToDos, quais são de texto, e os segundos de uma entrega com a máquina dividida com outro
# teste (livre, o prometido é 20 s; no Lab 5, que treina, 60 s).
LABS = {
    "lab1-gradientes": (12, ["todo12"], 40),
    "lab2-inicializacao": (11, ["todo11"], 40),
    "lab3-otimizadores": (9, ["todo09"], 40),
    "lab4-reuso": (10, ["todo10"], 40),
    "lab5-regularizacao": (10, ["todo02", "todo03", "todo04"], 60),
    "lab6-tweets": (11, ["todo11"], 40),
}

# Três labs em todo teste, de NumPy, de treinos e de textos; os outros três em `make completo`.
ALWAYS = ("lab1-gradientes", "lab5-regularizacao", "lab6-tweets")


def marked(always):
    """Os labs, com os que não estão em `always` fora de `make test`."""
    return [pytest.param(name, marks=[] if name in always else [pytest.mark.completo]) for name in LABS]


@pytest.fixture(scope="module", params=marked(ALWAYS))
def graded(request, tmp_path_factory):
    """A referência e o esqueleto de um lab (as duas primeiras da demonstração), isolados."""
    folder = tmp_path_factory.mktemp(request.param)
    shown = {answer.name for answer in demo_answers(Course.find(ROOT).lab(request.param))[:2]}
    return grade_answers(request.param, folder, lambda answer: answer.name in shown)


def test_the_grader_gives_exact_marks_and_messages(graded):
    assert len(graded[1]) == 2
    assert_bank(graded[1])


def test_one_submission_takes_seconds(graded):
    times = sorted(entry.result.seconds for entry in graded[1])
    print("segundos por entrega:", [round(seconds, 1) for seconds in times])
    assert times[len(times) // 2] <= LABS[graded[0].name][2]


@pytest.mark.parametrize("name", LABS)
def test_points_are_a_hundred(name):
    lab = Course.find(ROOT).lab(name)
    todos, manual, _ = LABS[name]
    assert list(lab.points) == [f"todo{n:02d}" for n in range(1, todos + 1)]
    assert sum(worth for worth, _ in lab.points.values()) == 100
    assert [todo for todo, (_, by_hand) in lab.points.items() if by_hand] == manual


def test_feedback_and_graded_notebooks_hold_no_probe(graded):
    assert_no_probe(*graded)


# Dos seis bancos, `make test` ensaia um; os outros cinco, juntos, levam minutos.
@pytest.mark.parametrize("name", marked(["lab1-gradientes"]))
def test_every_answer_of_the_bank_gets_its_exact_mark_and_messages(name, tmp_path):
    lab = course_copy(tmp_path).lab(name)
    assert not rehearsal_mismatches(lab)


@pytest.mark.parametrize("name", LABS)
def test_every_todo_has_wrong_and_right_answers_and_none_wins_by_the_visible_tests(name):
    lab = Course.find(ROOT).lab(name)
    answers = {answer.name: answer for answer in read_answers(lab)}
    for todo, (worth, manual) in lab.points.items():
        if manual:
            continue
        others = [a.expected[todo] for a in answers.values() if todo in a.cells and a.name != "referencia"]
        assert sum(points < worth for points in others) >= 4, f"{todo}: menos de quatro respostas erradas"
        assert sum(points == worth for points in others) >= 2, f"{todo}: menos de duas outras certas"
    assert answers["fixa-nos-testes-visiveis"].total == 0

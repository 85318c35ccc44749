"""Lab 5, nas réplicas: o banco inteiro pelo corretor, o tempo de uma entrega, nada escondido na devolutiva."""

from __future__ import annotations

from collections import Counter

import pytest
from bank import assert_bank, assert_no_probe, grade_answers

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab5(tmp_path_factory):
    return grade_answers("lab5-regularizacao", tmp_path_factory.mktemp("lab5"))


def test_every_answer_gets_its_exact_mark_and_messages(lab5):
    assert_bank(lab5[1])


def test_the_bank_is_large_and_has_correct_answers_unlike_the_reference(lab5):
    _, graded = lab5
    totals = Counter(entry.total for entry in graded)
    assert len(graded) >= 8
    assert totals[graded[0].total] >= 3  # a referência e ao menos duas outras, todas certas


def test_one_submission_takes_at_most_a_minute(lab5):
    times = sorted(entry.result.seconds for entry in lab5[1])
    print("segundos por entrega:", [round(seconds, 1) for seconds in times])
    assert times[len(times) // 2] <= 60


def test_points_are_ten_times_ten(lab5):
    lab, _ = lab5
    assert list(lab.points.values()).count((10.0, False)) == 7
    assert list(lab.points.values()).count((10.0, True)) == 3
    assert list(lab.points) == [f"todo{n:02d}" for n in range(1, 11)]


def test_feedback_and_graded_notebooks_hold_no_probe(lab5):
    assert_no_probe(*lab5)

"""Lab 5, nas réplicas: o banco inteiro pelo corretor, o tempo de uma entrega, nada escondido na devolutiva."""

from __future__ import annotations

import json
from collections import Counter

import nbformat
import pytest
from bank import assert_bank, grade_answers

from corretor.preprocessors import hidden_lines

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
    lab, graded = lab5
    source = nbformat.read(lab.source, as_version=4)
    public = "\n".join(cell.source for cell in nbformat.read(lab.release, as_version=4).cells)
    secrets = {line for line in hidden_lines(source) if line not in public}
    assert len(secrets) > 20
    for entry in graded:
        for path in (lab.feedback(entry.student), lab.autograded(entry.student)):
            text = path.read_text(encoding="utf-8")
            text = text if path.suffix == ".html" else "\n".join(_strings(json.loads(text)))
            assert not [line for line in secrets if line in text], path


def _strings(value):
    """Todos os textos de um JSON, com as linhas de uma lista de linhas juntas."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield "".join(value)
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)

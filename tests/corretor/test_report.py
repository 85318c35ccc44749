"""O relatório: contas certas, o que precisa de gente à vista, nada que execute ou que peça rede."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from corretor import analysis, charts, gradebook
from corretor.answers import Answer, submission
from corretor.build import write_notebook
from corretor.grading import autograde
from corretor.marks import Question
from corretor.report import write_report

HOSTILE = "<img src=x onerror=alert(1)>"


def question(todo: str, points: float | None, best: float = 10, **changes) -> Question:
    made = Question(todo, todo, False, points, points, False, best, "wrong", "", [], "")
    return replace(made, **changes)


def test_difficulty_and_discrimination_are_the_corrected_item_total_correlation():
    # A segunda acompanha a primeira; a terceira vai ao contrário; a quarta é de todos.
    marks = [(i, 2 * i, 9 - i, 10) for i in range(10)]
    submissions = [[question(f"todo{j}", mark) for j, mark in enumerate(row)] for row in marks]
    first, second, third, fourth = analysis.items(submissions)
    assert first.difficulty == pytest.approx(0.45) and fourth.difficulty == 1
    # À mão: o resto da primeira é 2i + (9 − i) + 10 = i + 19, que cresce com ela; o da segunda é sempre 19,
    # que não varia; o da terceira é 3i + 10.
    assert first.discrimination == pytest.approx(1) and second.discrimination is None
    assert third.discrimination == pytest.approx(-1) and "pior aqui" in third.remark
    assert fourth.discrimination is None and "quase todos" in fourth.remark
    assert first.outcomes == {"wrong": 1, "partial": 9}
    few = analysis.items(submissions[: analysis.FEW - 1])
    assert [item.discrimination for item in few] == [None] * 4 and not any(item.remark for item in few)
    assert analysis.items([]) == []


def test_a_question_without_a_mark_waits_and_does_not_count_as_zero():
    submissions = [[question("todo01", 5), question("todo02", None, manual=True)] for _ in range(12)]
    submissions[0][1] = question("todo02", 10, manual=True, graded_by_hand=True)
    item = analysis.items(submissions)[1]
    assert (item.graded, item.difficulty, item.remark) == (1, None, "") and item.outcomes == {
        "correct": 1,
        "manual": 11,
    }
    unanswered = [question("todo01", 0, state="not_run"), question("todo02", 0, manual=True, state="manual")]
    assert [one.outcomes for one in analysis.items([unanswered])] == [{"empty": 1}, {"empty": 1}]


def test_checks_that_nobody_or_everybody_passes_count_only_who_tried():
    def items(*points):
        return [
            {"criterion": name, "points": got, "max_points": 2.0}
            for name, got in zip("abc", points, strict=True)
        ]

    tried = [[question("todo01", 2, items=items(2.0, 0.0, i % 3))] for i in range(6)]
    skipped = [[question("todo01", 0, state="not_run", items=items(0.0, 0.0, 0.0))] for _ in range(9)]
    nobody, everybody = analysis.suspicious(analysis.checks(tried + skipped))
    assert [(one.criterion, one.passed, one.tried) for one in nobody] == [("b", 0, 6)]
    assert [(one.criterion, one.passed, one.tried) for one in everybody] == [("a", 6, 6)]
    assert analysis.suspicious(analysis.checks(tried[: analysis.TRIED - 1])) == ([], [])


def test_histogram_keeps_everyone_and_the_best_mark_in_the_last_bin():
    bins = analysis.histogram([0, 1.4, 1.39, 7, 13.99, 14, 4.2], 14)
    assert [count for *_, count in bins] == [2, 1, 0, 1, 0, 1, 0, 0, 0, 2]
    assert bins[0][:2] == (0, 1.4) and bins[-1][1] == 14


def test_charts_are_whole_svg_with_title_and_description():
    bins = analysis.histogram([1, 2, 14], 14)
    for svg in (
        charts.histogram(bins, "nota <b>"),
        charts.outcomes([("ToDo 1 & 2", {"correct": 3, "wrong": 1})], analysis.OUTCOMES),
    ):
        root = ElementTree.fromstring(svg)
        assert root.get("role") == "img"
        assert [child.tag.split("}")[1] for child in root][:2] == ["title", "desc"] and root[1].text
    assert "tudo certo 3, nenhum ponto 1" in root[1].text and "1,4" in charts.histogram(bins, "")


def test_the_slowest_cells_come_first():
    found = analysis.times({"a": {"todo01": 1.0, "todo02": 0.1}, "b": {"todo01": 3.0}, "c": {}})
    assert [(one.name, one.median, one.longest, one.student) for one in found] == [
        ("todo01", 2.0, 3.0, "b"),
        ("todo02", 0.1, 0.1, "a"),
    ]


def test_the_page_of_a_class(shared_mini):
    lab = shared_mini
    for student, base, cells in (
        ("estudante-001", "referencia", {}),
        ("estudante-002", "esqueleto", {"todo01": "def media(valores):\n    return sum(valores)"}),
        (HOSTILE, "referencia", {"todo03": "import time; time.sleep(0.4); contagem = 4"}),
    ):
        nb = submission(lab, Answer(student, student, base, cells, {}, {}))
        if student == "estudante-002":  # sem a célula de resposta do ToDo 3
            nb.cells = [
                cell for cell in nb.cells if cell.metadata.get("nbgrader", {}).get("grade_id") != "todo03"
            ]
        write_notebook(nb, lab.submitted(student))
    for some in (
        ["estudante-001", "estudante-002"],
        [HOSTILE],
    ):  # três de uma vez esquentariam um núcleo à toa
        assert not any(result.error for result in autograde(lab, some))
    with gradebook.gradebook(lab.course) as book:
        grade = book.find_grade("todo02", lab.notebook, lab.name, "estudante-001")
        grade.manual_score, grade.needs_manual_grade = 5.0, False
        book.db.commit()
    broken = lab.submitted("estudante-003")
    broken.parent.mkdir(parents=True)
    broken.write_text("{")
    page = write_report(lab).read_text()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<style>.*?</style>", "", page, flags=re.S)))
    assert "4 entregas, 3 com correção" in text
    assert "<img" not in page and "<script" not in page and "&lt;img" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/", "")
    for part in (
        "espera a correção à mão 1",
        "a célula de resposta não veio; confirme com o estudante 1 estudante-002",
        "estudante-003: lab0.ipynb",
        "Você somou, mas não dividiu pela quantidade de valores.",
        "Com 3 entregas corrigidas a discriminação não diz nada",
        "Célula de resposta ausente",
    ):
        assert part in text, part
    assert re.search(r"ToDo 3, resposta 0(,\d+)? 0,4\d? ", text)  # quem dormiu 0,4 s é a mais demorada
    assert re.search(r"estudante-001 ✔ correto: 10 ✎ corrigido à mão: 5 ✔ correto: 4 19 completa", text)
    assert "1,4 a 2,8" in text and page.count('role="img"') == 2 and page.count("<title>") == 3

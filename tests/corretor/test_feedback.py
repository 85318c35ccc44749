"""A devolutiva: o que ela mostra, e o que nunca mostra."""

from __future__ import annotations

import base64
import re

import nbformat
import pytest
from test_execution import hand_in

from corretor import formulas, gradebook, leaks, sandbox
from corretor.build import write_notebook
from corretor.errors import CorretorError
from corretor.feedback import write_feedback
from corretor.grading import autograde

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)

PROBE = 'observe("de_array", lambda: media(np.array([1.0, 2.0, 6.0])))'
PEEK = "import base64\nfor cell in In: print({})\n"  # o que já executou está à vista do núcleo


@pytest.fixture(scope="module")
def pages(shared_mini):
    """As devolutivas de uma turma em que cada um tenta mostrar, ou só faz, uma coisa."""
    lab = shared_mini
    cells = {
        "erra": {
            "todo01": "def media(valores):\n    return soma(valores)",
            "todo03": "contagem = nome_errado",
        },
        "espia": {"todo03": PEEK.format("cell") + "contagem = 3"},
        "espia-base64": {"todo03": PEEK.format("base64.b64encode(cell.encode())") + "contagem = 3"},
        "espia-hexadecimal": {"todo03": PEEK.format("cell.encode().hex()") + "contagem = 3"},
        "mostra-caminhos": {"todo03": "import numpy, sys\nprint(numpy.__file__, sys.prefix)\ncontagem = 3"},
        "escreve-formulas": {
            "todo02": "Cada valor pesa $\\frac{1}{n}$, e $$\\sum_i x_i$$ <script>alert(1)</script>"
        },
        "copia-a-solucao": {"todo01": "def media(valores):\n    return sum(valores) / len(valores)"},
    }
    for student, answers in cells.items():
        hand_in(lab, student, "", answers)
    nb = nbformat.read(lab.submitted("copia-a-solucao"), as_version=4)
    for cell in nb.cells:
        cell.metadata = {}
    write_notebook(nb, lab.submitted("copia-a-solucao"))
    assert not [result.error for result in autograde(lab) if result.error]
    told = []
    html = {
        student: write_feedback(lab, student, told.append).read_text(encoding="utf-8") for student in cells
    }
    return lab, html, told


def test_no_page_shows_a_probe_a_check_or_a_folder_of_this_machine(pages):
    lab, html, _ = pages
    hidden = leaks.secrets(lab)
    assert PROBE in hidden and any("partial(0.25" in line for line in hidden)
    for student, page in html.items():
        own = (
            page
            if student == "copia-a-solucao"
            else re.sub(r"<pre><code>.*?</code></pre>", "", page, flags=re.S)
        )
        if student != "copia-a-solucao":
            assert leaks.found(own, hidden) == [], student
        assert not [folder for folder in leaks.private_paths() if folder in page], student
        assert "site-packages/" not in page.replace("…/", ""), student


def test_what_was_hidden_is_told_to_the_instructor_and_the_rest_stays(pages):
    _, html, told = pages
    for student in ("espia-base64", "espia-hexadecimal"):
        assert any(text.startswith(f"{student}:") and "todo03" in text for text in told), told
    for student in ("espia", "espia-base64", "espia-hexadecimal"):  # o primeiro já se omitira no caderno
        assert "saída omitida" in html[student] and "Quantos números há na lista." in html[student]
    assert not [text for text in told if text.startswith(("erra", "copia", "mostra", "escreve"))]


def test_the_students_error_stays_with_their_own_line_and_no_other(pages):
    page = pages[1]["erra"]
    assert "NameError" in page and "nome_errado" in page and "contagem = nome_errado" in page
    assert "File " not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


def test_formulas_are_mathml_and_the_students_html_is_text(pages):
    page = pages[1]["escreve-formulas"]
    assert page.count("<math") == 2 and "<mfrac>" in page and "$" not in page.split("</style>")[1]
    assert "<script" not in page and "&lt;script&gt;" in page


def test_repairs_are_told_gently_and_the_answer_is_graded(pages):
    lab, html, _ = pages
    assert gradebook.scores(lab, "copia-a-solucao")["todo01"].auto == 10
    assert "O que foi preciso arrumar" in html["copia-a-solucao"]
    assert "O que foi preciso arrumar" not in html["erra"]


def test_every_page_stands_alone_and_is_accessible(pages):
    for page in pages[1].values():
        assert 'lang="pt-BR"' in page and page.count("<h1") == 1
        assert (
            not re.search(r'(?:src|href)="(?!data:|#)', page) and "@import" not in page and "url(" not in page
        )
        assert page.count("<table") == page.count("<caption")


def test_a_comment_that_shows_a_secret_is_refused_with_the_reason(pages, monkeypatch):
    lab, _, _ = pages
    from dataclasses import replace

    from corretor import feedback

    true = feedback.questions
    monkeypatch.setattr(
        feedback, "questions", lambda *args: [replace(question, comment=PROBE) for question in true(*args)]
    )
    before = lab.feedback("erra").read_text()
    with pytest.raises(CorretorError, match="comentários"):
        write_feedback(lab, "erra")
    assert lab.feedback("erra").read_text() == before


@pytest.mark.parametrize(
    "text",
    [
        PROBE,
        f"<p>{PROBE.replace('lambda', '<b>lambda</b>')}</p>",
        PROBE.replace('"', "&quot;"),
        PROBE.replace(" ", "\n   "),
        base64.b64encode(f"xx {PROBE}".encode()).decode(),
        PROBE.encode().hex(),
    ],
)
def test_a_secret_is_found_however_it_is_written(text):
    assert leaks.found(f"antes {text} depois", [PROBE]) == [PROBE]
    assert leaks.found("antes depois", [PROBE]) == []


def test_an_embedded_image_is_not_read():
    code = base64.b64encode(PROBE.encode()).decode()
    assert leaks.found(f'<img alt="x" src="data:image/png;base64,{code}">', [PROBE]) == []


@pytest.mark.parametrize("formula", [r"\href{x}{y}", "{" * 500, "x" * 5000, r"\text{<script>}"])
def test_a_hostile_formula_is_only_text(formula):
    html = formulas.mathml(formula)
    assert "<script" not in html and "href=" not in html

"""Paridade: para entregas honestas, o livro de notas tem o que as mesmas verificações dão dentro do núcleo."""

from __future__ import annotations

import json
import tempfile

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from corretor import gradebook
from corretor.answers import Answer, read_answers, submission
from corretor.build import write_notebook
from corretor.grading import autograde
from corretor.rehearsal import filled

# Respostas honestas além das do banco: outro caminho, meio certo, erro na resposta, erro só na sonda, sem valor.
HONEST = [
    {"todo01": "def media(valores):\n    return float(np.mean(valores))"},
    {"todo01": "def media(valores):\n    return sum(valores) / 2"},
    {"todo01": "def media(valores):\n    return valores.mean()", "todo03": "contagem = 3.0"},
    {"todo01": "media = [1, 2", "todo03": "contagem = 'três'"},
    {"todo01": "def media(valores):\n    return None", "todo03": "contagem = float('nan')"},
]

# A correção inteira numa célula: sem isolamento, sem JSON guardado, sem `judge`, sem nbgrader.
BEFORE = """
import gradiente.observe as _module
from corretor.observations import decode as _decode
_seen = {}
def _observe(name, value):
    try:
        _seen[name] = _decode(_module.encode(value() if callable(value) else value))
    except Exception:
        pass
_module.observe = _observe
"""
AFTER = """
from corretor.checks import Mismatch as _Mismatch, load_checks as _load
from pathlib import Path as _Path
_total = 0.0
for _check in _load(_Path({path!r})):
    if _check.todo == {todo!r} and set(_check.needs) <= set(_seen):
        try:
            _total += _check.points * _check.judge(**{{name: _seen[name] for name in _check.needs}}).fraction
        except _Mismatch:
            pass
_seen.clear()
print("PONTOS", _total)
"""


def plain_marks(lab, answer: Answer) -> dict[str, float]:
    """As notas de um caderno executado num núcleo comum que julga a si mesmo."""
    nb = filled(lab, answer)
    cells = [new_code_cell(BEFORE)]
    for cell in nb.cells:
        cells.append(cell)
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if name.endswith("-teste"):
            todo = name.removesuffix("-teste")
            cells.append(
                new_code_cell(
                    AFTER.format(path=str(lab.content / "checks.py"), todo=todo), metadata={"t": todo}
                )
            )
    nb.cells = cells
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            nb, kernel_name="gradiente", allow_errors=True, resources={"metadata": {"path": folder}}
        ).execute()
    return {
        cell.metadata["t"]: float(json.loads(cell.outputs[0].text.split()[1]))
        for cell in nb.cells
        if "t" in cell.metadata
    }


def test_the_gradebook_equals_a_plain_run_of_the_same_checks_cell_by_cell(mini):
    answers = read_answers(mini)
    answers += [Answer(f"honesta-{i}", "", "referencia", cells, {}, {}) for i, cells in enumerate(HONEST)]
    for answer in answers:
        write_notebook(submission(mini, answer), mini.submitted(answer.name))
    assert not [result.error for result in autograde(mini) if result.error]
    marks = gradebook.auto_scores(mini)
    stored = {name: {t: v for t, v in found.items() if t != "todo02"} for name, found in marks.items()}
    plain = {answer.name: plain_marks(mini, answer) for answer in answers}
    assert stored == plain
    assert len({tuple(found.values()) for found in plain.values()}) == 4  # não são todas iguais

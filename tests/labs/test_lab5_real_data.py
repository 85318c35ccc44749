"""Lab 5, nos arquivos cat/non-cat de verdade: as mesmas notas e mensagens que nas réplicas.

Só o ToDo em que os arquivos fazem diferença, o 5, que os lê; e a resposta de referência, pelo corretor de
verdade, em que a pasta dos dados precisa estar à vista do núcleo isolado.
"""

from __future__ import annotations

import json

import pytest
from bank import course_copy, grade_answers, rehearsal_mismatches

pytestmark = [pytest.mark.slow, pytest.mark.completo]
LAB = "lab5-regularizacao"


def test_answers_that_read_the_files_get_their_exact_marks_and_messages(real_data, tmp_path):
    lab = course_copy(tmp_path).lab(LAB)
    assert not rehearsal_mismatches(lab, todos=["todo05"], data_dir=real_data)


def test_the_isolated_kernel_reads_the_real_files(real_data, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(real_data))
    lab, [reference] = grade_answers(LAB, tmp_path, lambda answer: answer.name == "referencia")
    assert not reference.mismatches
    notebook = json.dumps(json.loads(lab.autograded(reference.student).read_text(encoding="utf-8")))
    assert "local" in notebook  # os gatos vieram mesmo da pasta, e não de uma réplica

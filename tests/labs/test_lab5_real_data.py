"""Lab 5, nos arquivos cat/non-cat de verdade: as mesmas notas e mensagens que nas réplicas.

Só as respostas em que os arquivos fazem diferença (as que os leem, no ToDo 5, e as dos dois extremos): o
banco inteiro já passa nas réplicas, e leva minutos.
"""

from __future__ import annotations

import json

import pytest
from bank import assert_bank, grade_answers

pytestmark = pytest.mark.slow


def test_answers_that_read_the_files_get_their_exact_marks_and_messages(real_data, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(real_data))
    lab, graded = grade_answers(
        "lab5-regularizacao",
        tmp_path,
        lambda answer: "todo05" in answer.cells or answer.name in ("referencia", "esqueleto"),
    )
    assert len(graded) >= 6
    assert_bank(graded)
    notebook = json.dumps(json.loads(lab.autograded(graded[0].student).read_text(encoding="utf-8")))
    assert "local" in notebook  # os gatos vieram mesmo da pasta, e não de uma réplica

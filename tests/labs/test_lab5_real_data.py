"""Lab 5, nos arquivos cat/non-cat de verdade: as mesmas notas e mensagens que nas réplicas."""

from __future__ import annotations

import json

import pytest
from bank import assert_bank, grade_whole_bank

pytestmark = pytest.mark.slow


def test_every_answer_gets_its_exact_mark_and_messages(real_data, tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(real_data))
    lab, graded = grade_whole_bank("lab5-regularizacao", tmp_path)
    assert_bank(graded)
    notebook = json.dumps(json.loads(lab.autograded(graded[0].student).read_text(encoding="utf-8")))
    assert "local" in notebook  # os gatos vieram mesmo da pasta, e não de uma réplica

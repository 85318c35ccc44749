"""Do texto aos cadernos: bytes previsíveis, erros de autoria claros, nada de escondido publicado."""

from __future__ import annotations

import nbformat
import pytest

from corretor.build import build_lab, is_fresh, lab_notebook, read_percent, write_notebook
from corretor.errors import CorretorError


def test_a_second_run_changes_not_one_byte(mini):
    before = {path: path.read_bytes() for path in (mini.source, mini.release)}
    assert build_lab(mini) == 0
    assert {path: path.read_bytes() for path in before} == before


def test_ids_are_derived_unique_and_survive_an_unrelated_edit(tmp_path):
    path = tmp_path / "licao.py"
    path.write_text("# %%\nx = 1\n\n# %%\nx = 1\n\n# %% [markdown]\n# texto\n")
    first = [cell.id for cell in read_percent(path).cells]
    assert len(set(first)) == 3
    path.write_text("# %%\nx = 1\n\n# %%\nx = 1\n\n# %%\ny = 2\n\n# %% [markdown]\n# texto\n")
    second = [cell.id for cell in read_percent(path).cells]
    assert [i for i in second if i in first] == first


def test_freshness_sees_source_and_metadata(tmp_path):
    path = tmp_path / "licao.py"
    path.write_text("# %%\nx = 1\n")
    nb, target = read_percent(path), tmp_path / "licao.ipynb"
    assert not is_fresh(nb, target)
    nb.cells[0].outputs = [nbformat.v4.new_output("stream", text="saída\n")]
    write_notebook(nb, target)
    assert is_fresh(read_percent(path), target)
    path.write_text("# %% tags=['nbval-skip']\nx = 1\n")
    assert not is_fresh(read_percent(path), target)


@pytest.mark.parametrize(
    "old, new, message",
    [
        ('test="todo01" points=10', 'test="todo01" points=9', "soma"),
        ('test="todo01" points=10', 'test="todo01"', "points"),
        ('solution="todo03"', 'solution="todo01"', "duas vezes"),
        ('test="todo03" points=4', 'test="todo04" points=4', "soma"),
        ("### BEGIN HIDDEN TESTS", "#", "sondas"),
        ('solution="todo03"', 'locked="outra"', "sem célula de resposta"),
    ],
)
def test_authoring_mistakes_are_named(mini, old, new, message):
    path = mini.content / "notebook.py"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(CorretorError, match=message):
        lab_notebook(mini)


def test_release_has_portuguese_stubs_and_no_outputs(mini):
    nb = nbformat.read(mini.release, as_version=4)
    text = "\n".join(cell.source for cell in nb.cells)
    assert "ToDo: escreva aqui a sua solução" in text and "ToDo: escreva aqui a sua resposta" in text
    assert "YOUR" not in text and "SOLUTION" not in text and "HIDDEN" not in text
    assert all(not cell.get("outputs") for cell in nb.cells)

"""Entregas que tentam ganhar nota sem responder: nenhuma ganha um ponto nem alcança um segredo."""

from __future__ import annotations

import nbformat
import pytest

from corretor import gradebook, sandbox
from corretor.answers import Answer, submission
from corretor.build import write_notebook
from corretor.grading import autograde

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)

# Cada ataque: código numa célula antes de tudo, e o que fica no lugar das respostas.
ATTACKS = {
    "lê arquivos": (
        """
import glob, os
found = [p for pattern in ("/**/checks.py", "/**/lab0*.ipynb", "/**/gradebook.db")
         for p in glob.glob(pattern, recursive=True) if "site-packages" not in p]
found += [p for p in ("../../../source", "../../../gradebook.db", "lab0.ipynb") if os.path.exists(p)]
print("ACHADOS", found)
""",
        {},
    ),
    "abre a rede": (
        """
import socket
try:
    socket.create_connection(("127.0.0.1", 22), timeout=1); print("ACHADOS ['rede']")
except OSError:
    print("ACHADOS []")
""",
        {},
    ),
    "igual a tudo": (
        "class Tudo(float):\n    __eq__ = lambda s, o: True\n    __hash__ = float.__hash__",
        {"todo01": "def media(valores):\n    return Tudo(0)", "todo03": "contagem = Tudo(0)"},
    ),
    "objeto igual a tudo": (
        "class Tudo:\n    __eq__ = lambda s, o: True\n    __float__ = lambda s: 0.0\n    __len__ = lambda s: 2",
        {"todo01": "def media(valores):\n    return Tudo()", "todo03": "contagem = Tudo()"},
    ),
    "apaga os asserts": (
        """
import ast
class Sem(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Sem())
""",
        {"todo01": "def media(valores):\n    return 0", "todo03": "contagem = 0"},
    ),
    "apaga as células de teste": (
        """
get_ipython().input_transformers_cleanup.append(
    lambda lines: ["pass\\n"] if any("assert" in l or "observe" in l for l in lines) else lines)
""",
        {},
    ),
    "troca assert por nota": (
        """
import ast
class Nota(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Expr(ast.Constant(10.0))
get_ipython().ast_transformers.append(Nota())
get_ipython().ast_node_interactivity = "all"
""",
        {"todo01": "def media(valores):\n    return 0", "todo03": "contagem = 0"},
    ),
    "imprime uma nota": (
        "from IPython.display import display\nget_ipython().ast_node_interactivity = 'all'",
        {
            "todo01": "def media(valores):\n    display(10.0)\n    return 10.0",
            "todo03": "contagem = 4.0\n4.0",
        },
    ),
    "troca observe": (
        """
import gradiente.observe as m
original = m.observe
m.observe = lambda name, value: original(name, True)
""",
        {},
    ),
    "forja observações": (
        """
from IPython.display import display
from gradiente.observe import MIME
for value in (True, [True, True], {"__dict__": {}}, "10", [[]], 1e308, None):
    display({MIME: {"name": "medias", "value": value}}, raw=True)
    display({MIME: {"name": "contagem", "value": value}}, raw=True)
""",
        {"todo03": "contagem = [3]\ndisplay({MIME: {'name': 'contagem', 'value': [3]}}, raw=True)"},
    ),
    "cala os erros": (
        "get_ipython().showtraceback = lambda *a, **k: None\nget_ipython()._showtraceback = lambda *a, **k: None",
        {"todo01": "def media(valores):\n    raise ValueError", "todo03": "contagem = 'x'"},
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_gains_nothing(mini, name):
    first, cells = ATTACKS[name]
    nb = submission(mini, Answer("ataque", name, "esqueleto", cells, {}, {}))
    nb.cells.insert(0, nbformat.v4.new_code_cell(first, id="ataque"))
    write_notebook(nb, mini.submitted("estudante-666"))
    write_notebook(
        submission(mini, Answer("honesta", "", "referencia", {}, {}, {})), mini.submitted("estudante-001")
    )
    autograde(mini)
    attacked = gradebook.scores(mini, "estudante-666")
    assert (attacked["todo01"].auto, attacked["todo03"].auto) == (0.0, 0.0)
    honest = gradebook.scores(mini, "estudante-001")
    assert (honest["todo01"].auto, honest["todo03"].auto) == (10.0, 4.0)
    notebook = nbformat.read(mini.autograded("estudante-666"), as_version=4)
    printed = "".join(out.get("text", "") for cell in notebook.cells for out in cell.get("outputs", []))
    assert "ACHADOS" not in printed or "ACHADOS []" in printed

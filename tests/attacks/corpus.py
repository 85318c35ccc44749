"""Entregas que atacam a nota ou um segredo, como dados: os testes e `make ataques` usam as mesmas.

Nenhuma responde a nada: o que cada uma deve receber é zero em tudo, sem achar o que procura. Quem ataca a
máquina está em `test_bombs.py`. A1 a A13 são os ataques medidos contra o nbgrader 0.9.6.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from corretor.answers import Answer, submission
from corretor.build import write_notebook
from corretor.course import Lab

SURVIVOR = "98764"  # segundos que dorme o processo que tenta sobreviver: é por eles que se acha


@dataclass(frozen=True)
class Attack:
    """Uma entrega hostil.

    Attributes
    ----------
    first : str
        Célula posta antes de tudo. O que ela achar, escreve depois de `ACHADOS`.
    cells : dict of str to str
        O que fica no lugar de cada resposta; as outras ficam por fazer.
    files : dict of str to str
        Arquivos da entrega.
    after : str
        Resposta do banco entregue e corrigida antes, com o mesmo nome de estudante; vazia se nenhuma.
    """

    first: str = ""
    cells: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    after: str = ""

    def hand_in(self, lab: Lab, student: str) -> None:
        """Põe a entrega em submitted/."""
        nb = submission(lab, Answer("ataque", student, "esqueleto", self.cells, {}, {}))
        if self.first:
            nb.cells.insert(0, nbformat.v4.new_code_cell(self.first, id="ataque"))
        path = lab.submitted(student)
        write_notebook(nb, path)
        for name, text in self.files.items():
            (path.parent / name).write_text(text, encoding="utf-8")


def printed(path: Path) -> str:
    """Tudo o que um caderno corrigido mostra como texto."""
    nb = nbformat.read(path, as_version=4)
    return "".join(out.get("text", "") for cell in nb.cells for out in cell.get("outputs", []))


def found_something(text: str) -> bool:
    """Se um ataque diz ter achado o que procurava."""
    return any(not part.startswith(" []") for part in text.split("ACHADOS")[1:])


_CELLS = {
    "A1 · lê as versões do professor": (
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
    "A3 · número igual a tudo": (
        "class Tudo(float):\n    __eq__ = lambda s, o: True\n    __hash__ = float.__hash__",
        {"todo01": "def media(valores):\n    return Tudo(0)", "todo03": "contagem = Tudo(0)"},
    ),
    "A3 · objeto igual a tudo": (
        "class Tudo:\n    __eq__ = lambda s, o: True\n    __float__ = lambda s: 0.0\n    __len__ = lambda s: 2",
        {"todo01": "def media(valores):\n    return Tudo()", "todo03": "contagem = Tudo()"},
    ),
    "A4 · apaga os asserts": (
        """
import ast
class Sem(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Pass()
get_ipython().ast_transformers.append(Sem())
""",
        {"todo01": "def media(valores):\n    return 0", "todo03": "contagem = 0"},
    ),
    "A5 · apaga as células de teste": (
        """
get_ipython().input_transformers_cleanup.append(
    lambda lines: ["pass\\n"] if any("assert" in l or "observe" in l for l in lines) else lines)
""",
        {},
    ),
    "A6 · troca o assert por uma nota": (
        """
import ast
class Nota(ast.NodeTransformer):
    def visit_Assert(self, node): return ast.Expr(ast.Constant(10.0))
get_ipython().ast_transformers.append(Nota())
get_ipython().ast_node_interactivity = "all"
""",
        {"todo01": "def media(valores):\n    return 0", "todo03": "contagem = 0"},
    ),
    "A7 · imprime uma nota": (
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
    "A8 · cala os erros": (
        "get_ipython().showtraceback = lambda *a, **k: None\nget_ipython()._showtraceback = lambda *a, **k: None",
        {"todo01": "def media(valores):\n    raise ValueError", "todo03": "contagem = 'x'"},
    ),
    "A9 · embrulha a execução das células": (
        """
shell = get_ipython()
original = shell.run_cell_async
async def sempre_certo(raw, *a, **k):
    return await original("10.0" if "assert" in raw else raw, *a, **k)
shell.run_cell_async = sempre_certo
""",
        {},
    ),
    "A2 · grava no livro de notas": (
        """
import glob, os, sqlite3
found = []
for path in glob.glob("../../../gradebook.db") + glob.glob("/tmp/**/gradebook.db", recursive=True):
    try:
        with sqlite3.connect(path) as book:
            book.execute("update grade set manual_score = 99")
        found.append(path)
    except sqlite3.Error:
        pass
print("ACHADOS", found)
""",
        {},
    ),
    "lê a entrega da vizinha": (
        """
import glob
found = [p for p in glob.glob("../../../submitted/*/*/*") + glob.glob("/tmp/**/submitted/*", recursive=True)]
print("ACHADOS", found)
""",
        {},
    ),
    "lê o ambiente e os processos do professor": (
        """
import os
found = [v for v in os.environ.values() if "SEGREDO-DO-AMBIENTE" in v]
for pid in filter(str.isdigit, os.listdir("/proc")):
    try:
        text = open(f"/proc/{pid}/environ").read()
    except OSError:
        continue
    found += [pid] if "SEGREDO-DO-AMBIENTE" in text else []
print("ACHADOS", found)
""",
        {},
    ),
    "mata o processo que corrige": (
        """
import os, signal
for pid in (os.getppid(), -1):
    if pid > 1:
        os.kill(pid, signal.SIGTERM)
""",
        {},
    ),
    "enxurrada de observações": (
        """
from IPython.display import display
from gradiente.observe import MIME
for i in range(2000):
    display({MIME: {"name": "contagem", "value": 3}}, raw=True)
""",
        {},
    ),
    "observações malformadas": (
        """
from IPython.display import display
from gradiente.observe import MIME
nested = []
for _ in range(200):
    nested = [nested]
for value in ([1], "x", None, 7, {"name": ["contagem"], "value": 3}, {"value": 3}, {"name": "contagem"},
              {"name": "contagem", "value": nested}, {"name": "contagem", "value": float("nan")},
              {"name": "contagem", "value": 10 ** 4000}, {"name": "contagem" * 100000, "value": 3},
              {"name": "contagem", "value": "x" * 5_000_000}):
    try:
        display({MIME: value}, raw=True)
    except Exception:
        pass
""",
        {"todo03": "contagem = float('nan')"},
    ),
    "recursão e inteiros sem fim": (
        "",
        {
            "todo01": "def media(valores):\n    return media([valores])",
            "todo03": "contagem = 10 ** 5000",
        },
    ),
}

ATTACKS = {name: Attack(first, cells) for name, (first, cells) in _CELLS.items()}
ATTACKS |= {
    "A10 · um numpy.py na entrega": Attack(
        'import numpy\nprint("ACHADOS", ["sombra"] if hasattr(numpy, "sombra") else [])',
        files={"numpy.py": "sombra = True\nfloat64 = float\nndarray = list\ndef array(x): return x"},
    ),
    "A10 · um gradiente.py na entrega": Attack(
        'import gradiente\nprint("ACHADOS", ["sombra"] if hasattr(gradiente, "sombra") else [])',
        files={"gradiente.py": "sombra = True\ndef observe(*args): pass"},
    ),
    "A12 · deixa um processo": Attack(
        f"import subprocess\nsubprocess.Popen(['sleep', '{SURVIVOR}'], start_new_session=True)"
    ),
    "A13 · morre ao ser corrigida de novo": Attack("import os\nos._exit(0)", after="referencia"),
    "apaga as células de teste, corrigida de novo": Attack(
        cells={"todo01": "def media(valores):\n    return 0", "todo03": "contagem = 0"}, after="referencia"
    ),
}

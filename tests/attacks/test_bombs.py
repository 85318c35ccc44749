"""Entregas que atacam a máquina: cada uma perde o que estragou, guarda o que respondeu, e não fere ninguém."""

from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import nbformat
import pytest

from corretor import gradebook, sandbox, warm
from corretor.answers import Answer, submission
from corretor.build import write_notebook
from corretor.grading import GRADED, autograde, read_verdicts

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)

GRADING = (
    "grading: {cell_seconds: 4, submission_seconds: 60, memory_mb: 400, processes: 60, file_mb: 5, "
    "disk_mb: 20, cell_output_kb: 100, notebook_output_kb: 300, observations_kb: 200}"
)
# As que cabem no tempo de `make test`, uma de cada espécie; as outras, em `make completo`.
EVERY_DAY = {
    "processos sem fim",
    "memória em muitos processos",
    "disco cheio",
    "texto sem fim",
    "módulos, atalhos e filas na pasta da entrega",
    "rede, /proc, ambiente e vizinhos",
    "forja mensagens nos soquetes do núcleo",
}
ALL, NONE = {"todo01": 10.0, "todo03": 4.0}, {"todo01": 0.0, "todo03": 0.0}
SECRET = "TRABALHO-DA-VIZINHA"

# nome: (célula posta antes de tudo, respostas trocadas, notas exatas que deve ter).
BOMBS = {
    "processos sem fim": ("import os\nwhile True: os.fork()", {}, ALL),
    "memória sem fim": ("x = []\nwhile True: x.append(bytearray(50_000_000))", {}, ALL),
    "memória em muitos processos": (
        "import os, time\nfor _ in range(8):\n    if not os.fork():\n        x = bytearray(b'x' * 150_000_000)\n"
        "        time.sleep(60)\ntime.sleep(3)",
        {},
        ALL,
    ),
    "memória em arquivos sem nome": (
        "import os\nfds = []\nwhile True:\n    fds.append(os.memfd_create('x'))\n    os.write(fds[-1], bytes(4_000_000))",
        {},
        ALL,
    ),
    "disco cheio": (
        "import os\nfor base in ('.', '/tmp', '/dev/shm', '/', '/dev', '/home/estudante'):\n    for i in range(60):\n"
        "        try: open(f'{base}/cheio{i}', 'wb').write(bytes(4_000_000))\n        except OSError: break\n"
        "print('CABE', sum(f.stat().st_size for b in ('.', '/tmp', '/dev/shm', '/home/estudante')"
        " for f in os.scandir(b) if f.is_file()) < 150_000_000)",
        {},
        ALL,
    ),
    "soquetes viram disco": (
        "import glob\nfolder = glob.glob('/tmp/grad-*/s')[0]\nimport time\nfor i in range(40): open(f'{folder}/{i}', 'w')\n"
        "time.sleep(2)",
        {},
        ALL,
    ),
    "texto sem fim": ("while True: print('x' * 100_000)", {}, ALL),
    "figuras sem fim": (
        "from IPython.display import display\nwhile True: display({'text/plain': 'x' * 50_000}, raw=True)",
        {},
        ALL,
    ),
    "uma linha de 30 MB": ("print('x' * 30_000_000)", {}, ALL),
    "enxurrada no teste, e a observação chega": (
        "",
        {"todo01": "def media(valores):\n    print('x' * 3_000_000)\n    return sum(valores) / len(valores)"},
        ALL,
    ),
    "observações sem fim": (
        "",
        {
            "todo03": "contagem = 3\nfrom IPython.display import display\n",
            "todo01": "from IPython.display import display\nfrom gradiente.observe import MIME\n"
            "def media(valores):\n    for i in range(3000): display({MIME: {'name': f'n{i}', 'value': 'x' * 999}}, raw=True)\n"
            "    return sum(valores) / len(valores)",
        },
        {"todo01": 0.0, "todo03": 4.0},  # a enxurrada dela tomou o lugar das observações dela
    ),
    "observações malformadas": (
        "",
        {
            "todo01": "from IPython.display import display\nfrom gradiente.observe import MIME\n"
            "def media(valores):\n    deep = []\n    for _ in range(200): deep = [deep]\n"
            "    for v in (deep, float('nan'), '\\ud800', {'dtype': 'O', 'shape': [10**9], '__array__': []}):\n"
            "        for content in ({'name': 'x' + str(type(v)), 'value': v}, v):\n"
            "            try: display({MIME: content}, raw=True)\n            except Exception: pass\n"
            "    return sum(valores) / len(valores)",
        },
        ALL,
    ),
    "módulos, atalhos e filas na pasta da entrega": (
        "import numpy, gradiente, os\nfound = [m for m in (numpy, gradiente) if '/lab/' in str(m.__file__)]\n"
        "found += set(os.listdir()) - {'numpy.py', 'gradiente.py', 'ipykernel_launcher.py'}\nprint('ACHADOS', found)",
        {},
        ALL,
    ),
    "rede, /proc, ambiente e vizinhos": (
        "import os, glob, socket\nfound = []\n"
        "for p in glob.glob('/proc/[0-9]*/environ') + glob.glob('/proc/[0-9]*/cmdline'):\n"
        "    try: found += [p] if b'SEGREDO-DO-AMBIENTE' in open(p, 'rb').read() else []\n    except OSError: pass\n"
        "found += [n for n in os.environ if 'SENHA' in n]\n"
        "for top in ('/home', '/tmp', '/entrega', '/root', '/work', '/var', '/mnt'):\n"
        "    for where, _, names in os.walk(top):\n"
        "        for n in names:\n"
        "            try: found += [n] if b'TRABALHO-DA-' + b'VIZINHA' in open(f'{where}/{n}', 'rb').read(10**6) else []\n"
        "            except OSError: pass\n"
        "try:\n    socket.create_connection(('1.1.1.1', 53), timeout=1); found.append('rede')\nexcept OSError: pass\n"
        "found += glob.glob('/dev/nvidia*')\nprint('ACHADOS', found)",
        {},
        ALL,
    ),
    "mata os outros": (
        "import os, signal\nfor pid in (os.getppid(), -1):\n    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass",
        {},
        ALL,
    ),
    "recursão profunda": (
        "import sys, ctypes\nsys.setrecursionlimit(10**9)\n",
        {"todo01": "def media(valores):\n    return media(valores)"},
        {"todo01": 0.0, "todo03": 4.0},
    ),
    "inteiro gigante": ("", {"todo03": "contagem = 10**10**6"}, {"todo01": 10.0, "todo03": 0.0}),
    "conta que não acaba": ("", {"todo03": "contagem = 10**10**9"}, {"todo01": 10.0, "todo03": 0.0}),
    "demônio que fica": (
        "import subprocess\nsubprocess.Popen(['sleep', '98765'], start_new_session=True)",
        {},
        ALL,
    ),
    "troca stdout e fecha os descritores 1 e 2": (
        "import sys, io, os\nsys.stdout = sys.stderr = io.StringIO()\nos.close(1); os.close(2)",
        {},
        ALL,
    ),
    "fecha tudo": ("import os\nos.closerange(0, 4096)", {}, ALL),
    "forja mensagens nos soquetes do núcleo": (
        "k = get_ipython().kernel\nfrom IPython.display import display\n"
        "for bad in ({'execution_state': 7}, {}, {'data': []}):\n"
        "    k.session.send(k.iopub_socket, 'display_data', content=bad, parent=k.get_parent())\n"
        "k.session.send(k.iopub_socket, 'comm_open', content={'comm_id': 'x', 'target_name': 'jupyter.widget',"
        " 'data': {'state': {}}}, parent=k.get_parent())\n"
        "k.session.send(k.iopub_socket, 'status', content={'execution_state': 'idle'}, parent=k.get_parent())\n"
        "k.iopub_socket.send_multipart([b'lixo'] * 7)",
        {},
        ALL,
    ),
}


def hand_in(lab, student: str, first: str = "", cells: dict | None = None) -> Path:
    nb = submission(lab, Answer(student, student, "referencia", cells or {}, {}, {}))
    if first:
        nb.cells.insert(0, nbformat.v4.new_code_cell(first, id="ataque"))
    write_notebook(nb, lab.submitted(student))
    return lab.submitted(student).parent


def limited(lab) -> None:
    """Regera o lab mínimo com limites apertados."""
    from corretor.build import build_lab

    text = lab.content / "notebook.py"
    text.write_text(text.read_text().replace("grading: {cell_seconds: 5}", GRADING))
    build_lab(lab)


def points(lab, student: str) -> dict[str, float]:
    return {
        todo: score.auto
        for todo, score in gradebook.scores(lab, student).items()
        if todo in ("todo01", "todo03")
    }


def leftovers() -> list[str]:
    """Processos de ataque que ainda vivem fora do isolamento."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [str(path)] if b"98765" in path.read_bytes() else []
        except OSError:
            continue
    return found


def own_folders() -> set[str]:
    """As pastas privadas que este processo mantém abertas."""
    links = [os.readlink(entry.path) for entry in os.scandir("/proc/self/fd") if os.path.islink(entry.path)]
    return {link for link in links if link.startswith("/tmp/grad-")}


@pytest.mark.parametrize(
    "bombs",
    [EVERY_DAY, pytest.param(BOMBS.keys() - EVERY_DAY, marks=pytest.mark.completo)],
    ids=["de cada dia", "as outras"],
)
def test_each_bomb_gets_its_exact_mark_and_harms_no_neighbour(mini, monkeypatch, bombs):
    bombs = {name: BOMBS[name] for name in BOMBS if name in bombs}
    monkeypatch.setenv("SENHA_DO_BANCO", "SEGREDO-DO-AMBIENTE")
    limited(mini)
    (hand_in(mini, "aaa-honesta") / "dados.txt").write_text(SECRET)
    for i, (name, (first, cells, _)) in enumerate(bombs.items()):
        folder = hand_in(mini, f"bomba-{i:02d}", first, cells)
        if "atalhos" in name:
            for module in ("numpy", "gradiente", "ipykernel_launcher"):
                (folder / f"{module}.py").write_text("raise SystemExit('sombra')")
            os.mkfifo(folder / "fila")
            (folder / "vizinha.txt").symlink_to(mini.submitted("aaa-honesta").with_name("dados.txt"))
            (folder / "infinito").symlink_to("/dev/zero")
            (folder / "raiz").symlink_to("/")
    hand_in(mini, "zzz-honesta")
    begun, peak = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    results = autograde(mini)
    seconds = {result.student: result.seconds for result in results}

    wrong = {}
    for i, (name, (_, _, expected)) in enumerate(bombs.items()):
        student = f"bomba-{i:02d}"
        found = points(mini, student)
        if not mini.autograded(student).exists():
            wrong[name] = [result for result in results if result.student == student]
            continue
        size = mini.autograded(student).stat().st_size
        if found != expected or seconds[student] > 75 or not 0 < size < 1_500_000:
            verdicts = (read_verdicts(mini, student) or {}).get("verdicts")
            wrong[name] = (
                found,
                seconds[student],
                size,
                verdicts,
                [r.error for r in results if r.student == student],
            )
        printed = [
            output.get("text", "")
            for cell in nbformat.read(mini.autograded(student), as_version=4).cells
            for output in cell.get("outputs", [])
        ]
        if any("ACHADOS" in text and "ACHADOS []" not in text for text in printed) or "CABE False" in str(
            printed
        ):
            wrong[name] = printed
    print({name: round(seconds[f"bomba-{i:02d}"], 1) for i, name in enumerate(bombs)})
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())
    assert [result.status for result in results] == [GRADED] * len(results)
    assert points(mini, "aaa-honesta") == points(mini, "zzz-honesta") == ALL
    assert time.monotonic() - begun < 75 * len(results)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 500_000  # kB que o corretor ganhou
    warm.stop()
    assert leftovers() == [] and own_folders() == set()

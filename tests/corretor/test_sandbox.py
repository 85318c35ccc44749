"""O isolamento, experimentado de dentro: o que um processo isolado alcança."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from corretor import sandbox, warm
from corretor.errors import CorretorError

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)


def inside(code: str, tmp_path, env: dict | None = None) -> dict:
    """Executa código isolado e devolve o JSON que ele imprime."""
    (tmp_path / "lab").mkdir(exist_ok=True)
    (tmp_path / "s").mkdir(exist_ok=True)
    command = sandbox.command(
        [sys.executable, "-c", "import json, os\n" + code],
        workdir=tmp_path / "lab",
        socket_dir=tmp_path / "s",
        env=dict(os.environ) | (env or {}),
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_sees_python_and_gradiente_but_no_course(tmp_path):
    code = """
import gradiente.observe, numpy
from pathlib import Path
root = Path(gradiente.__file__).resolve().parents[2]
seen = [str(p) for p in root.rglob("checks.py") if ".venv" not in p.parts]
print(json.dumps({"cwd": os.getcwd(), "checks": seen, "content": (root / "content").exists(),
                  "source": (root / "source").exists(), "git": (root / ".git").exists(),
                  "shadow": os.path.exists("/etc/shadow"), "var": os.path.exists("/var")}))
"""
    found = inside(code, tmp_path)
    assert found.pop("cwd") == sandbox.WORKDIR
    assert found == dict.fromkeys(["content", "source", "git", "shadow", "var"], False) | {"checks": []}


def test_no_network_no_processes_no_secrets_in_the_environment(tmp_path):
    code = """
import socket
try:
    socket.create_connection(("127.0.0.1", 22), timeout=1); net = "aberta"
except OSError as e:
    net = type(e).__name__
names = [n for n in os.listdir("/sys/class/net")] if os.path.exists("/sys/class/net") else []
pids = [p for p in os.listdir("/proc") if p.isdigit()]
print(json.dumps({"net": net, "pids": len(pids), "senha": os.environ.get("SENHA"), "nets": names}))
"""
    found = inside(code, tmp_path, {"SENHA": "segredo"})
    assert found["net"] != "aberta" and found["senha"] is None and found["nets"] == []
    assert found["pids"] <= 3  # o init do bwrap e este processo


def test_system_and_data_are_read_only_and_the_private_folder_is_not(tmp_path):
    (tmp_path / "dados").mkdir()
    (tmp_path / "dados" / "x.txt").write_text("real")
    code = f"""
def write(path):
    try:
        open(path, "w").write("x"); return True
    except OSError:
        return False
print(json.dumps({{"usr": write("/usr/x"), "prefix": write({sys.prefix!r} + "/x"), "lab": write("x.txt"),
                  "dados": write(os.environ["GRADIENTE_DATA_DIR"] + "/x.txt"),
                  "lido": open(os.environ["GRADIENTE_DATA_DIR"] + "/x.txt").read()}}))
"""
    found = inside(code, tmp_path, {"GRADIENTE_DATA_DIR": str(tmp_path / "dados")})
    assert found == {"usr": False, "prefix": False, "lab": True, "dados": False, "lido": "real"}


def test_without_bwrap_grading_refuses_and_says_what_to_do(monkeypatch):
    sandbox.unavailable_reason.cache_clear()
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    try:
        with pytest.raises(CorretorError, match="apt install bubblewrap") as caught:
            sandbox.require()
        assert "--sem-isolamento" in str(caught.value) and "\n" not in str(caught.value)
        monkeypatch.setenv(sandbox.NO_ISOLATION, "1")
        sandbox.require()
    finally:
        sandbox.unavailable_reason.cache_clear()


def test_no_process_inside_shows_the_environment_of_the_instructor(tmp_path, monkeypatch):
    """O bwrap é o primeiro processo de dentro: o ambiente dele se lê em /proc/1, e nele não há nada."""
    monkeypatch.setenv("SENHA_DO_BANCO", "SEGREDO-DO-AMBIENTE")
    warm.stop()
    code = """
import os
found = []
for pid in filter(str.isdigit, os.listdir("/proc")):
    with open(f"/proc/{pid}/environ") as file:
        found += [pid] if "SEGREDO-DO-AMBIENTE" in file.read() else []
print(found)
"""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    place = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(nb, timeout=60, kernel_name="gradiente-sandbox", resources=place).execute()
    assert nb.cells[0].outputs[0].text == "[]\n"

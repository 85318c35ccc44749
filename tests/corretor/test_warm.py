"""Núcleos quentes: as mesmas notas que os frios, e um filho que não alcança nada além do que é dele."""

from __future__ import annotations

import json
import os
import tempfile
import threading
import time

import nbformat
import pytest
from nbclient import NotebookClient
from test_execution import CASES, hand_in, set_limits

from corretor import grading, sandbox, warm
from corretor.grading import GRADED, autograde, read_verdicts
from corretor.limits import Limits

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)


@pytest.fixture(scope="module", autouse=True)
def zygote():
    assert warm.start()
    yield warm.current(dict(os.environ))
    warm.stop()


def run(*cells: str) -> list:
    """Executa células num núcleo isolado e devolve o JSON que cada uma imprime (ou o erro)."""
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    with tempfile.TemporaryDirectory() as folder:  # o núcleo copia a pasta onde inicia
        place = {"metadata": {"path": folder}}
        options = {"timeout": 60, "kernel_name": "gradiente-sandbox", "allow_errors": True}
        NotebookClient(nb, resources=place, **options).execute()
    found = []
    for cell in nb.cells:
        text = "".join(output.text for output in cell.outputs if output.output_type == "stream")
        errors = [f"{out.ename}: {out.evalue}" for out in cell.outputs if out.output_type == "error"]
        found.append(errors[0] if errors else json.loads(text) if text else None)
    return found


def test_a_warm_kernel_is_ready_with_everything_imported_and_trains():
    [loaded, loss] = run(
        "import sys, json; print(json.dumps([m in sys.modules for m in ('keras', 'gradiente')]))",
        "import keras, numpy as np\n"
        "m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]); m.compile('sgd', 'mse')\n"
        "print(json.dumps(m.fit(np.ones((8, 2)), np.ones((8, 1)), verbose=0).history['loss']))",
    )
    assert loaded == [True, True] and len(loss) == 1


def test_marks_states_and_observations_equal_those_of_cold_kernels(mini, monkeypatch, tmp_path):
    set_limits(mini, "cell_seconds: 3, submission_seconds: 40")
    names = ["honesta", "morre na resposta", "morre depois, e a anterior é repetida", "sys.exit", "input"]
    for i, name in enumerate(names):
        hand_in(mini, f"caso-{i:02d}", *CASES[name][:2])
    records = {}
    for kind in ("quentes", "frios"):
        with monkeypatch.context() as patch:
            if kind == "frios":
                patch.setattr(warm, "current", lambda env: None)
                patch.setattr(warm, "start", lambda: False)
            begun = warm.current(dict(os.environ))
            assert (begun is None) == (kind == "frios")
            results = autograde(mini, force=True)
        assert [result.status for result in results] == [GRADED] * len(names)
        records[kind] = [read_verdicts(mini, result.student) for result in results]
        for record in records[kind]:
            del record["run"], record["seconds"]
    assert records["quentes"] == records["frios"]


def test_a_lab_with_little_memory_is_graded_cold(mini):
    set_limits(mini, "memory_mb: 450")
    hand_in(mini, "estudante-001", *CASES["honesta"][:2])
    assert not warm.current(dict(os.environ)).fits(Limits(memory_mb=450))
    assert [result.status for result in autograde(mini)] == [GRADED]


def test_a_child_cannot_reach_the_parent_its_memory_nor_what_it_gives_birth_with():
    code = """
import json, os, signal
found = {"uid": os.getuid(), "controle": os.listdir("/controle"), "memoria": [], "ambiente": []}
for pid in filter(str.isdigit, os.listdir("/proc")):
    for name, key in (("mem", "memoria"), ("environ", "ambiente")):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                file.read(1)
            found[key].append(pid)
        except PermissionError:
            pass
        except OSError as error:
            if error.errno != 5 or os.readlink("/proc/self") != pid:  # a própria memória, no endereço 0
                found[key].append(f"{pid}: {error}")
found["eu"] = os.readlink("/proc/self")
links = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
links = [os.readlink(link) for link in links if os.path.lexists(link)]
found["soquetes"] = [link for link in links if link.startswith("/controle")]
found["capacidades"] = [line.split()[1] for line in open("/proc/self/status") if line.startswith("Cap")]
print(json.dumps(found))
"""
    [found] = run(code)
    me = found.pop("eu")
    assert set(found.pop("ambiente")) <= {me}
    assert found == {
        "uid": sandbox.zygote.USER,
        "controle": [],
        "memoria": [],
        "soquetes": [],
        "capacidades": ["0" * 16] * 5,
    }


def test_a_child_makes_no_namespace_and_mounts_nothing():
    code = """
import ctypes, json, os, subprocess
libc = ctypes.CDLL(None, use_errno=True)
found = {}
for name, flag in {"usuario": 0x10000000, "montagem": 0x20000}.items():
    found[name] = [libc.unshare(flag), ctypes.get_errno()]
found["mount"] = [libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None), ctypes.get_errno()]
found["clone"] = libc.syscall(56 if os.uname().machine == "x86_64" else 220, 0x10000000 | 17, 0, 0, 0, 0)
found["programa"] = subprocess.run(["unshare", "-Ur", "true"], capture_output=True).returncode
found["filhos"] = subprocess.run(["true"]).returncode
print(json.dumps(found))
"""
    [found] = run(code)
    assert found.pop("programa") != 0 and found.pop("filhos") == 0
    assert found == {"usuario": [-1, 1], "montagem": [-1, 1], "mount": [-1, 1], "clone": -1}


def test_nothing_of_a_kernel_reaches_the_next():
    spoil = """
import json, numpy, keras, os
numpy.mean = lambda *a, **k: 42.0
keras.layers.Dense.call = None
for folder in ("/tmp", "/dev/shm", os.getcwd(), os.path.expanduser("~")):
    open(os.path.join(folder, "recado"), "w").write("oi")
os.environ["RECADO"] = "oi"
print(json.dumps(float(numpy.mean([1, 2]))))
"""
    look = """
import json, numpy, keras, os
print(json.dumps({
    "media": float(numpy.mean([1, 2])), "camada": keras.layers.Dense.call is None, "ambiente": "RECADO" in os.environ,
    "arquivos": [f for f in ("/tmp", "/dev/shm", os.getcwd(), os.path.expanduser("~")) if "recado" in os.listdir(f)],
}))
"""
    assert run(spoil) == [42.0]
    assert run(look) == [{"media": 1.5, "camada": False, "ambiente": False, "arquivos": []}]


def test_two_children_draw_different_random_numbers():
    code = "import json, random, numpy as np; print(json.dumps([random.random(), np.random.random()]))"
    first, second = run(code)[0], run(code)[0]
    assert first[0] != second[0] and first[1] != second[1]


def test_siblings_at_the_same_time_do_not_see_each_other():
    code = """
import json, os, time
open(f"/tmp/meu-{os.urandom(4).hex()}", "w").close()
time.sleep(1)
spaces = [os.readlink(f"/proc/self/ns/{kind}") for kind in ("pid", "mnt", "net", "ipc", "user")]
print(json.dumps([sorted(os.listdir("/tmp")), spaces]))
"""
    found = {}
    threads = [threading.Thread(target=lambda i=i: found.update({i: run(code)[0]})) for i in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (files, spaces), (other_files, other_spaces) = found.values()
    assert [sum(name.startswith("meu-") for name in seen) for seen in (files, other_files)] == [1, 1]
    assert not set(spaces) & set(other_spaces)


def test_when_the_parent_dies_the_grading_goes_on_cold_and_the_next_one_starts_another(mini, zygote):
    os.killpg(zygote.pid, 9)
    deadline = time.monotonic() + 5
    while warm.current(dict(os.environ)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert warm.current(dict(os.environ)) is None
    hand_in(mini, "estudante-001")
    assert autograde(mini)[0].status == GRADED  # uma entrega só: não compensa outro processo
    assert warm.start() and warm.current(dict(os.environ)) is not zygote
    assert not zygote.folder.exists()


def test_a_course_in_the_temporary_folder_is_still_seen(tmp_path, monkeypatch):
    # A pasta /tmp de cada núcleo é nova; o Python do curso, se mora lá, tem de continuar à vista.
    package = tmp_path / "gradiente"
    package.mkdir()
    (package / "__init__.py").write_text("LUGAR = 'temporario'")
    paths = [*sandbox.python_paths(), str(package)]
    monkeypatch.setattr(sandbox, "python_paths", lambda: paths)
    assert str(tmp_path).startswith("/tmp")
    zygote = warm.Zygote()
    monkeypatch.setattr(warm, "_current", zygote)
    try:
        code = f"import json; print(json.dumps(open({str(package / '__init__.py')!r}).read()))"
        assert run(code) == ["LUGAR = 'temporario'"]
    finally:
        zygote.close()


def test_few_submissions_do_not_start_a_parent(mini, monkeypatch):
    monkeypatch.setattr(warm, "start", lambda: pytest.fail("não compensa"))
    hand_in(mini, "estudante-001")
    assert grading.WARM_FROM > 1 and autograde(mini)[0].status == GRADED

"""A execução que não perde nada: núcleos que morrem, travam ou saem custam a célula, e só ela."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import Empty

import nbformat
import pytest

from corretor import gradebook, sandbox
from corretor.answers import Answer, submission
from corretor.build import build_lab, write_notebook
from corretor.errors import CorretorError
from corretor.execution import IsolatedExecute, PromptClient
from corretor.grading import FAILED, GRADED, autograde, read_verdicts
from corretor.limits import Limits
from corretor.outputs import Intake, merge_streams

pytestmark = pytest.mark.skipif(
    sandbox.unavailable_reason() is not None, reason=str(sandbox.unavailable_reason())
)

MEDIA = "def media(valores):\n    return sum(valores) / len(valores)\n"

# nome: (primeira célula, respostas, pontos de todo01 e todo03, estados de todo01 e todo03)
CASES = {
    "honesta": ("", {}, (10, 4), ("correct", "correct")),
    "morre na resposta": (
        "",
        {"todo01": MEDIA + "import os; os._exit(0)"},
        (0, 4),
        ("crashed", "correct"),
    ),
    "morre depois, e a anterior é repetida": (
        "",
        {"todo03": "import ctypes\nctypes.string_at(0)"},
        (10, 0),
        ("correct", "crashed"),
    ),
    "morre duas vezes": (
        "import os; os._exit(1)",
        {"todo01": "def media(valores):\n    import os\n    os._exit(1)"},
        (0, 4),
        ("crashed", "correct"),
    ),
    "repete sem duplicar": (
        "vezes = 0",
        {"todo01": "vezes += 1\n" + MEDIA, "todo03": "contagem = 3 if vezes == 1 else 0"},
        (10, 4),
        ("correct", "correct"),
    ),
    "engole a interrupção": (
        "",
        {"todo01": "while True:\n    try:\n        while True: pass\n    except BaseException: pass"},
        (0, 4),
        ("timeout", "correct"),
    ),
    "sys.exit": ("import sys\nsys.exit()", {}, (10, 4), ("correct", "correct")),
    "exit e quit": ("exit()", {"todo03": "contagem = 3\nquit()"}, (10, 0), ("correct", "crashed")),
    "input": ("", {"todo03": "contagem = int(input('?'))"}, (10, 0), ("correct", "wrong")),
    "byte nulo": ("x = 1\0", {}, (10, 4), ("correct", "correct")),
    "sem tempo para o fim": (
        "import time\nfor _ in range(100): time.sleep(0.1)",
        {
            "todo01": "import time\ntime.sleep(2.9)\n" + MEDIA,
            "todo03": "import time\ntime.sleep(2.9)\ncontagem = 3",
        },
        (None, None),
        ("?", "not_run"),
    ),
}


def hand_in(lab, student: str, first: str = "", cells: dict | None = None) -> None:
    nb = submission(lab, Answer(student, student, "referencia", cells or {}, {}, {}))
    if first:
        nb.cells.insert(0, nbformat.v4.new_code_cell(first, id="primeira"))
    for cell in nb.cells:  # a entrega não diz o seu próprio estado
        cell.metadata["gradiente_state"], cell.metadata["gradiente_reason"] = "crashed", "forjado"
    write_notebook(nb, lab.submitted(student))


def set_limits(lab, text: str) -> None:
    path = lab.content / "notebook.py"
    path.write_text(path.read_text().replace("grading: {cell_seconds: 5}", f"grading: {{{text}}}"))
    build_lab(lab)


def states(lab, student: str) -> dict[str, str]:
    return {verdict["todo"]: verdict["state"] for verdict in read_verdicts(lab, student)["verdicts"]}


def test_every_way_of_losing_a_kernel_costs_only_its_cell(mini):
    set_limits(mini, "cell_seconds: 3, submission_seconds: 40")
    cases = {name: case for name, case in CASES.items() if case[2][0] is not None}
    for i, (first, cells, _, _) in enumerate(cases.values()):
        hand_in(mini, f"caso-{i:02d}", first, cells)
    results = autograde(mini)
    assert [result.status for result in results] == [GRADED] * len(cases), [r.error for r in results]
    found = {}
    for i, name in enumerate(cases):
        marks, state = gradebook.scores(mini, f"caso-{i:02d}"), states(mini, f"caso-{i:02d}")
        found[name] = (marks["todo01"].auto, marks["todo03"].auto), (state["todo01"], state["todo03"])
    assert found == {name: case[2:] for name, case in cases.items()}
    record = json.loads(mini.verdicts("caso-02").read_text())
    assert [seen["name"] for seen in record["observations"]["todo01"]] == ["medias", "de_array"]
    assert "acesso inválido à memória" in json.dumps(record, ensure_ascii=False)


def test_when_the_submission_runs_out_of_time_the_rest_is_not_run_and_says_why(mini):
    set_limits(mini, "cell_seconds: 3, submission_seconds: 6")
    hand_in(mini, "estudante-001", *CASES["sem tempo para o fim"][:2])
    result = autograde(mini)[0]
    assert result.status == GRADED and result.seconds < 40
    last = read_verdicts(mini, "estudante-001")["verdicts"][-1]
    assert last["state"] in ("not_run", "timeout") and last["note"]


def test_a_kernel_that_does_not_start_is_never_a_mark(mini, monkeypatch):
    hand_in(mini, "estudante-001")
    autograde(mini)

    def broken(self):
        raise RuntimeError("Kernel died before replying to kernel_info")

    monkeypatch.setattr(IsolatedExecute, "start_new_kernel_client", broken)
    before = _held_folders()  # a do processo de núcleos quentes, se outro teste o iniciou
    result = autograde(mini, force=True)[0]
    assert result.status == FAILED and "não iniciou" in result.error
    assert _held_folders() == before
    score = gradebook.scores(mini, "estudante-001")["todo01"]
    assert score.auto is None and score.pending


def _held_folders() -> set[str]:
    links = [os.readlink(entry) for entry in Path("/proc/self/fd").iterdir() if entry.is_symlink()]
    return {link for link in links if link.startswith("/tmp/grad-")}


def test_a_killed_grader_leaves_no_process(mini):
    hand_in(mini, "estudante-001", "import subprocess\nsubprocess.run(['sleep', '87654'])")
    code = f"from corretor.course import Course; from corretor.grading import autograde; autograde(Course.find().lab({mini.name!r}))"
    grader = subprocess.Popen([sys.executable, "-c", code], cwd=mini.course.root, env=dict(os.environ))
    try:
        assert _wait(lambda: _running("87654"), 60)
    finally:
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    assert _wait(lambda: not _running("87654"), 10)


def _running(mark: str) -> bool:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == f"sleep\0{mark}\0".encode():
                return True
        except OSError:
            continue
    return False


def _wait(condition, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize(
    "settings", [{"memoria_mb": 1}, {"memory_mb": "4 GB"}, {"processes": 0}, {"disk_mb": True}]
)
def test_a_misspelt_limit_is_refused(settings):
    with pytest.raises(CorretorError, match="grading"):
        Limits.read(settings)
    assert Limits.read({"disk_mb": 7}, cell_seconds=9) == Limits(disk_mb=7, cell_seconds=9)


def test_outputs_are_cut_where_the_limit_is_and_observations_have_their_own():
    from gradiente.observe import MIME

    intake, outputs = Intake(Limits(cell_output_kb=10, notebook_output_kb=15, observations_kb=1)), []
    intake.begin(observations=True)
    for _ in range(100):
        intake.add(outputs, "stream", {"name": "stdout", "text": "x" * 1000})
    intake.add(outputs, "display_data", {"data": {MIME: {"name": "a", "value": 1}}})
    intake.add(outputs, "display_data", {"data": {MIME: {"name": "b", "value": "x" * 2000}}})
    for bad in ({}, {"data": 3}, {"name": [], "text": 1}, {"data": {MIME: "\ud800"}}):
        for kind in ("stream", "display_data", "execute_result", "error", "outro"):
            intake.add(outputs, kind, bad)
    text, *observed = merge_streams(outputs)
    assert len(text.text) < 11_000 and text.text.count("saída cortada") == 1
    assert [output.data[MIME]["name"] for output in observed if isinstance(output.data[MIME], dict)] == ["a"]
    json.dumps(outputs).encode("utf-8")
    nbformat.validate(
        nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=merge_streams(outputs))])
    )


class _SlowKernel(PromptClient):
    """Um cliente cujo núcleo só acorda na terceira pergunta, e responde então a todas, da mais antiga à mais nova."""

    shell_channel = iopub_channel = property(lambda self: self)

    def kernel_info(self):
        self.asked += 1
        self.queue += [self.asked] if self.asked != 3 else [1, 2, 3]
        return self.asked

    async def get_msg(self, timeout):
        if self.asked < 3:
            raise Empty
        return {"parent_header": {"msg_id": self.queue.pop(0) if len(self.queue) > 1 else self.asked}}

    async def _async_is_alive(self):
        return self.alive

    def _handle_kernel_info_reply(self, reply):
        self.ready = reply["parent_header"]["msg_id"]


def test_a_kernel_that_is_slow_to_wake_is_ready_at_its_first_answers():
    client = _SlowKernel()
    client.asked, client.queue, client.alive = 0, [], True
    asyncio.run(client.wait_for_ready(timeout=60))
    assert client.ready == client.asked == 3  # sem correr atrás de respostas atrasadas


def test_a_kernel_that_dies_or_never_answers_is_told():
    client = _SlowKernel()
    client.asked, client.queue, client.alive = -100, [], False
    with pytest.raises(RuntimeError, match="morreu"):
        asyncio.run(client.wait_for_ready(timeout=60))
    client.alive = True
    with pytest.raises(RuntimeError, match="não respondeu"):
        asyncio.run(client.wait_for_ready(timeout=1e-9))

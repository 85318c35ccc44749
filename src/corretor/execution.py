"""Executa o caderno num núcleo isolado; o que um núcleo faz de errado custa a célula, não a entrega."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpecManager
from nbclient.client import NotebookClient
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution

from . import plain_files, sandbox
from .course import Course, digest
from .errors import CorretorError
from .judge import CRASHED, NOT_RUN, TIMEOUT
from .limits import VARIABLE, Limits
from .outputs import Intake, error, merge_streams

plain_files.install()  # aqui, porque todo caminho até uma nota importa este módulo

KERNEL, SANDBOX_KERNEL = "gradiente", "gradiente-sandbox"

# Metadados em que a execução diz ao julgamento o que houve; a entrega não os escreve.
STATE, REASON = "gradiente_state", "gradiente_reason"
SECONDS = "gradiente_seconds"  # do caderno: os segundos de cada célula, pelo lugar dela

MAX_KERNELS = 8  # núcleos por entrega: quem mata mais do que isto já mostrou o que tinha a mostrar
GRACE = 15  # segundos além do limite da célula até que o núcleo seja morto sem conversa

# Uma mensagem maior do que isto não é lida, e só umas poucas esperam na fila: a memória do corretor é finita.
_MAX_MESSAGE, _QUEUE = 32 << 20, 16

# O que o nbclient levanta ao ler de um núcleo que não segue o protocolo (resposta sem corpo, JSON sem fim…).
_PROTOCOL = (ValueError, KeyError, TypeError, AttributeError, RecursionError)

# Cadernos que `tasks.py` já executou, pela impressão digital do que se executou.
executed: dict[str, NotebookNode] = {}

# As execuções em curso em fios deste processo, e se foram abandonadas.
_running: set[IsolatedExecute] = set()
_abandoned = threading.Event()

_SIGNALS = {
    134: "o Python abortou",
    136: "houve um erro de aritmética fora do Python",
    137: "um processo da resposta foi morto à força",
    139: "houve um acesso inválido à memória",
    152: "passou do limite de tempo de processador",
    153: "passou do limite de tamanho de arquivo",
}


def fingerprint(nb: NotebookNode) -> str:
    """O que distingue um caderno a executar de outro: as suas células."""
    cells = [(cell.cell_type, cell.source, cell.metadata.get("nbgrader")) for cell in nb.cells]
    return digest(json.dumps(cells, sort_keys=True).encode("utf-8", "surrogatepass"))


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Dá a função que mata os núcleos das execuções em curso noutros fios, e não deixa começar outras enquanto isto dura."""

    def abandon() -> None:
        _abandoned.set()
        for runner in list(_running):
            runner.kill()

    try:
        yield abandon
    finally:
        _abandoned.clear()


def seconds_metadata(seconds: dict[int, float]) -> dict[str, float]:
    """Os tempos das células como metadados, cujas chaves são texto."""
    return {str(index): round(spent, 3) for index, spent in seconds.items()}


class PromptClient(AsyncKernelClient):
    """Um cliente que dá o núcleo por pronto assim que ouve dele, pelos dois canais, a resposta à primeira pergunta.

    O do Jupyter espera ainda 0,2 s de silêncio; aqui as mensagens de outras perguntas não atrapalham, porque cada célula
    só lê as suas.
    """

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = time.monotonic() + (timeout or float("inf"))
        while True:
            asked = self.kernel_info()
            try:
                reply = await self._answer(self.shell_channel, asked, 1)
                await self._answer(self.iopub_channel, asked, 0.05)  # antes de a ouvir, saídas se perderiam
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("o núcleo morreu ao iniciar") from None
                if time.monotonic() > deadline:
                    raise RuntimeError("o núcleo não respondeu") from None
            else:
                self._handle_kernel_info_reply(reply)
                return

    @staticmethod
    async def _answer(channel: Any, asked: str, patience: float) -> dict[str, Any]:
        """A primeira mensagem sobre a pergunta `asked`; as respostas atrasadas a outras ficam pelo caminho."""
        while True:
            message = await channel.get_msg(timeout=patience)
            if message["parent_header"].get("msg_id") == asked:
                return message


class IsolatedExecute(Execute):
    """Executa o caderno, célula a célula, em núcleos isolados e limitados.

    Quando um núcleo morre, trava ou sai, a célula culpada é marcada, um núcleo novo o substitui, as
    células anteriores são repetidas (menos as que mataram ou travaram) e o resto do caderno segue.

    Raises
    ------
    CorretorError
        Se não houver isolamento e o professor não o tiver dispensado, se o núcleo não iniciar, ou se um
        limite do lab estiver mal escrito: nada disso é nota.

    Attributes
    ----------
    seconds : dict of int to float
        Os segundos de cada célula executada, pelo lugar dela no caderno.
    """

    def preprocess(self, nb: NotebookNode, resources: dict, km: Any = None) -> tuple[NotebookNode, dict]:
        lab = Course.find(Path.cwd()).lab(resources["nbgrader"]["assignment"])  # o nbgrader muda para a raiz
        if (done := executed.pop(fingerprint(nb), None)) is not None:
            return done, resources
        limits = Limits.read(lab.settings.get("grading", {}), cell_seconds=self.timeout)
        nb = self.run(nb, resources, limits)
        nb.metadata[SECONDS] = seconds_metadata(self.seconds)
        return nb, resources

    def run(self, nb: NotebookNode, resources: dict, limits: Limits, km: Any = None) -> NotebookNode:
        """Executa o caderno, no lugar; `resources["metadata"]["path"]` é a pasta com os arquivos da entrega."""
        sandbox.require()
        NotebookClient.__init__(self, nb, km)  # reinicia os traços com a configuração: só depois se mudam
        self.resources = resources
        self.kernel_name = SANDBOX_KERNEL if sandbox.isolated() else KERNEL
        KernelSpecManager().get_kernel_spec(self.kernel_name)  # falha cedo se faltar o kernelspec
        self.shutdown_kernel, self.record_timing = "immediate", False
        self.iopub_timeout = 6
        self._limits, self._intake = limits, Intake(limits)
        self._deadline = time.monotonic() + limits.submission_seconds
        self.seconds: dict[int, float] = {}
        for cell in nb.cells:
            for key in (STATE, REASON, "execution"):
                cell.metadata.pop(key, None)  # a entrega não diz o seu próprio estado
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nb.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
        self._run_all(
            [i for i, cell in enumerate(nb.cells) if cell.cell_type == "code" and cell.source.strip()]
        )
        return nb

    # --- o caderno inteiro ----------------------------------------------------------------------

    def _run_all(self, indices: list[int]) -> None:
        """Executa as células, trocando de núcleo a cada vez que um se perde."""
        position, kernels, dropped = 0, 0, set()
        while position < len(indices):
            if kernels == MAX_KERNELS:
                self._give_up(indices[position:], "O núcleo parou vezes demais nas células anteriores.")
                return
            kernels += 1
            if _abandoned.is_set():
                raise CorretorError("A correção foi interrompida.")
            with self._kernel():
                if not self._replay(indices[:position], dropped):
                    continue
                while position < len(indices):
                    if self._remaining() <= 0:
                        spent = f"O tempo da entrega ({self._limits.submission_seconds} s) acabou antes."
                        self._give_up(indices[position:], spent)
                        return
                    index = indices[position]
                    position += 1
                    lost = self._run_cell(self.nb.cells[index], index)
                    if lost or self._timed_out(index):
                        dropped.add(index)
                    if lost:
                        break

    def _replay(self, indices: list[int], dropped: set[int]) -> bool:
        """Repete células já executadas, sem guardar nada; devolve se o núcleo sobreviveu."""
        for index in indices:
            if index in dropped:
                continue
            if self._remaining() <= 0:
                break
            original = self.nb.cells[index]
            copy = new_code_cell(original.source, metadata=original.metadata)
            lost = self._run_cell(copy, index, replay=True)
            self.nb.cells[index] = original  # o nbclient põe no caderno a célula que executou
            if lost:
                dropped.add(index)
                return False
        return True

    def _give_up(self, indices: list[int], reason: str) -> None:
        for index in indices:
            self.nb.cells[index].metadata[STATE] = NOT_RUN
            self.nb.cells[index].metadata[REASON] = reason

    def _timed_out(self, index: int) -> bool:
        return self.nb.cells[index].metadata.get(STATE) == TIMEOUT

    def _remaining(self) -> float:
        return self._deadline - time.monotonic()

    # --- uma célula -----------------------------------------------------------------------------

    def _run_cell(self, cell: NotebookNode, index: int, *, replay: bool = False) -> bool:
        """Executa uma célula e a marca; devolve se o núcleo tem de ser trocado."""
        metadata = cell.get("metadata", {})
        probes = "nbgrader" in metadata and is_grade(cell) and not is_solution(cell)
        self._intake.begin(observations=probes, keep=not replay)
        self._asked_exit = self._interrupted = self._exhausted = False
        timeout = self._get_timeout(cell)
        begun, lost = time.monotonic(), ""
        try:
            with self._last_resort(timeout + GRACE):
                self.execute_cell(cell, index, store_history=True)
        except DeadKernelError:
            lost = self._cause_of_death()
        except CellTimeoutError:
            lost = "O núcleo deixou de responder."
        except _PROTOCOL:
            lost = "O núcleo respondeu fora do protocolo do Jupyter."
        if self._asked_exit:
            lost = "A célula pediu a saída do Python (exit ou quit)."
        if self._exhausted:  # o que a encheu continua lá, e as outras células não têm culpa
            lost = f"Faltou memória: o limite é de {self._limits.memory_mb} MB."
        late = self._interrupted or (lost and time.monotonic() - begun >= timeout)
        if not replay:
            self.seconds[index] = time.monotonic() - begun
            cell.outputs = merge_streams(cell.outputs)
            if late:
                self._mark_timeout(cell, timeout)
            elif lost:
                cell.metadata[STATE], cell.metadata[REASON] = CRASHED, lost
        return bool(lost)

    def _mark_timeout(self, cell: NotebookNode, timeout: float) -> None:
        """O tempo esgotado no lugar do KeyboardInterrupt com que se interrompeu a célula."""
        cell.metadata[STATE] = TIMEOUT
        cell.metadata[REASON] = f"A célula passou do tempo permitido ({round(timeout)} s)."
        shown = [output for output in cell.outputs if output.output_type != "error"]
        cell.outputs = [*shown, error("CellTimeoutError", cell.metadata[REASON], [])]

    def _get_timeout(self, cell: NotebookNode | None) -> float:
        return max(1.0, min(self._limits.cell_seconds, self._remaining()))

    async def _async_handle_timeout(self, timeout: int, cell: NotebookNode | None = None) -> dict | None:
        self._interrupted = True
        return await super()._async_handle_timeout(timeout, cell)

    async def _async_poll_output_msg(self, parent_msg_id: str, cell: NotebookNode, cell_index: int) -> None:
        # Uma mensagem ilegível não é saída de ninguém: o nbclient a faria custar à célula que a lesse.
        while self.kc is not None:
            try:
                msg = await self.kc.iopub_channel.get_msg(timeout=None)
                if msg["parent_header"].get("msg_id") == parent_msg_id:
                    self.process_message(msg, cell, cell_index)
            except CellExecutionComplete:
                return
            except _PROTOCOL:
                await asyncio.sleep(0)

    async def _async_poll_kernel_alive(self) -> None:
        # O nbclient esquece esta tarefa quando a célula falha fora do protocolo; sem núcleo, ela só acaba.
        with contextlib.suppress(AssertionError):
            await super()._async_poll_kernel_alive()

    def on_cell_executed(self, **kwargs: Any) -> None:
        """Guarda o erro que a resposta do núcleo traz e as saídas não; nota um pedido de saída."""
        cell, content = kwargs["cell"], kwargs["execute_reply"]["content"]
        payload = content.get("payload") or []
        self._asked_exit = any(item.get("source") == "ask_exit" for item in payload)
        self._exhausted = content.get("ename") == "MemoryError"
        if content["status"] == "error" and not any(out.output_type == "error" for out in cell.outputs):
            self._intake.add(cell.outputs, "error", content)

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> None:
        """Trata uma mensagem do núcleo. Das que o nbclient conhece ficam de fora os widgets, que só
        dariam à entrega um jeito de escrever nas saídas de outras células."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "status":
            if content["execution_state"] == "idle":
                raise CellExecutionComplete
        elif kind == "clear_output":
            self._intake.clear(cell.outputs)
        else:
            self._intake.add(cell.outputs, kind, content)

    # --- o núcleo -------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _kernel(self) -> Iterator[None]:
        """Um núcleo novo, morto à saída com tudo o que ele criou."""
        env = dict(os.environ) | {"GRADIENTE_OFFLINE": "1", VARIABLE: json.dumps(asdict(self._limits))}
        if self._limits.max_epochs:
            env["GRADIENTE_MAX_EPOCHS"] = str(self._limits.max_epochs)
        with contextlib.ExitStack() as stack:
            _running.add(self)
            stack.callback(_running.discard, self)
            try:
                stack.enter_context(self.setup_kernel(env=env))
            except RuntimeError as failure:
                if self.km is not None:
                    self._cleanup_kernel()
                raise CorretorError(
                    f"o núcleo não iniciou em {self.startup_timeout} s. A máquina está sobrecarregada? "
                    "Corrija de novo."
                ) from failure
            yield

    def kill(self) -> None:
        """Mata o núcleo em uso, se houver."""
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None:
            process.kill()

    def create_kernel_manager(self) -> Any:
        manager = super().create_kernel_manager()
        manager.client_factory = PromptClient
        manager.context.setsockopt(zmq.MAXMSGSIZE, _MAX_MESSAGE)
        manager.context.setsockopt(zmq.RCVHWM, _QUEUE)
        return manager

    @contextlib.contextmanager
    def _last_resort(self, seconds: float) -> Iterator[None]:
        """Mata o núcleo se a célula não acabar: o relógio do nbclient pode ser afogado em mensagens."""
        timer = threading.Timer(seconds, self.kill)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cause_of_death(self) -> str:
        provisioner = self.km.provisioner
        watchdog = getattr(provisioner, "watchdog", None)
        if watchdog is not None and watchdog.reason:
            return f"O núcleo foi interrompido: {watchdog.reason}."
        code = provisioner.process.returncode if provisioner.process else None
        if code in _SIGNALS or (code is not None and 128 - code in _SIGNALS):
            return f"O núcleo parou: {_SIGNALS.get(code) or _SIGNALS[128 - code]}."
        return "O núcleo parou nesta célula (saída forçada do Python)."

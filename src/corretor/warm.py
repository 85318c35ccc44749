"""Núcleos quentes: um processo isolado que já importou o Keras gera um núcleo pronto por entrega."""

from __future__ import annotations

import array
import atexit
import contextlib
import fcntl
import json
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from . import sandbox
from .errors import CorretorError
from .limits import Limits

PREFIX = "grad-"

# O que um núcleo importa de qualquer modo, nesta ordem: sem tocar numa operação do TensorFlow, cujos fios o
# filho não herdaria.
MODULES = (
    "gradiente",
    "gradiente.observe",
    "keras",
    "matplotlib.pyplot",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.debugger",
    "matplotlib_inline.backend_inline",
)

START_SECONDS, SPAWN_SECONDS = 120, 20
ROOM_MB = 512  # com menos do que isto além das bibliotecas, o núcleo nasce frio


class WarmProcess:
    """Um núcleo gerado, com a interface de `subprocess.Popen` que o Jupyter usa.

    Attributes
    ----------
    pid : int
        O primeiro processo do núcleo, visto de fora: morto ele, morre tudo o que o núcleo criou.
    returncode : int or None
        Como o núcleo acabou; 128 mais o sinal, se foi um sinal.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, answer: socket.socket) -> None:
        self.pid, self.returncode = pid, None
        self._answer, self._handle = answer, os.pidfd_open(pid)

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._handle], [], [], 0)[0]:
            self.returncode = self._exit_code()
            os.close(self._handle)
            self._answer.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None and not select.select([self._handle], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("núcleo", timeout)
        return self.poll()

    def send_signal(self, signum: int) -> None:
        if self.poll() is None:
            signal.pidfd_send_signal(self._handle, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.kill()  # o primeiro processo de um espaço só ouve o sinal que não se ignora

    def _exit_code(self) -> int:
        self._answer.settimeout(2)
        with contextlib.suppress(OSError, ValueError):
            return int(json.loads(self._answer.recv(4096))["exit"])
        return 128 + signal.SIGKILL


class Zygote:
    """O processo que importa e gera; um por processo corretor.

    Começa a importar ao ser criado; só atende depois de `wait`. Quem o cria é um fio que dure tanto quanto ele: o sistema
    mata o bwrap quando o fio que o iniciou acaba.

    Parameters
    ----------
    env : dict
        Ambiente do corretor, do qual só passam as variáveis permitidas.
    """

    def __init__(self, env: dict[str, str] | None = None) -> None:
        self.owner = os.getpid()
        self.mounts = sandbox.data_folders(env or dict(os.environ))
        self.folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
        self._lock = os.open(self.folder, os.O_RDONLY)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.control = self.folder / "c"
        self.control.mkdir()
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                sandbox.zygote_command(
                    [str(theirs.fileno()), *MODULES], control=self.control, mounts=self.mounts
                ),
                pass_fds=[theirs.fileno()],
                env=sandbox.OUTER_ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.memory_mb: int | None = None

    def wait(self) -> None:
        """Espera que acabe de importar.

        Raises
        ------
        CorretorError
            Se ele não iniciar: quem chama corrige com núcleos frios.
        """
        if self.memory_mb is not None:
            return
        self._socket.settimeout(START_SECONDS)
        try:
            started, _, data = self._socket.recv(64).partition(b" ")
        except OSError:
            started = b""
        if started != b"pronto":
            self.close()
            raise CorretorError("O processo dos núcleos quentes não iniciou.")
        self.memory_mb = int(data) >> 10

    def fits(self, limits: Limits) -> bool:
        """Se o limite de memória deixa à entrega espaço além do que o núcleo já traz importado."""
        return limits.memory_mb >= self.memory_mb + ROOM_MB

    @property
    def pid(self) -> int:
        """O bwrap em volta do processo."""
        return self._process.pid

    def serves(self, env: dict[str, str]) -> bool:
        """Se está vivo, é deste processo e vê os mesmos dados."""
        return (
            self.owner == os.getpid()
            and self._process.poll() is None
            and self.mounts == sandbox.data_folders(env)
        )

    def spawn(self, folder: Path, arguments: list[str], env: dict[str, str], limits: Limits) -> WarmProcess:
        """Gera um núcleo.

        Parameters
        ----------
        folder : Path
            Pasta do núcleo, dentro de `control`, com `s` e `lab`.
        arguments : list of str
            Os argumentos do ipykernel; os caminhos, como o núcleo os vê.
        env, limits
            Como em `sandbox.command`.

        Raises
        ------
        CorretorError
            Se o processo não responde ou o sistema recusa.
        """
        request = {
            "folder": folder.name,
            "argv": arguments,
            "env": sandbox.inner_environment(env, self.mounts),
            "rlimits": sandbox.rlimits(limits),
            "sizes": sandbox.sizes(limits),
            "paths": sandbox.python_paths(),
        }
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        ours.settimeout(SPAWN_SECONDS)
        try:
            with theirs:
                socket.send_fds(self._socket, [json.dumps(request).encode()], [theirs.fileno()])
            message, ancillary, _, _ = ours.recvmsg(4096, socket.CMSG_SPACE(struct.calcsize("3i")))
            answer = json.loads(message)
            pids = [
                array.array("i", data[:12])[0]
                for level, kind, data in ancillary
                if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS
            ]
            if not answer.get("ready") or not pids:
                raise CorretorError(f"O núcleo quente não iniciou: {answer.get('error', 'sem causa')}.")
            return WarmProcess(pids[0], ours)
        except (OSError, ValueError) as error:
            ours.close()
            raise CorretorError(f"O processo dos núcleos quentes não respondeu ({error}).") from error

    def close(self) -> None:
        """Mata o processo e os núcleos que gerou, e apaga a pasta deles."""
        self._socket.close()
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for _ in range(50):  # o sistema recolhe os núcleos sem pressa
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.02)
        os.close(self._lock)


_current: Zygote | None = None
_starting = threading.Lock()


def begin() -> None:
    """Inicia o processo de núcleos quentes, sem esperar por ele: `start` espera."""
    global _current
    if sandbox.isolated() and (_current is None or not _current.serves(dict(os.environ))):
        stop()
        with contextlib.suppress(OSError):
            _current = Zygote()


def start() -> bool:
    """Deixa pronto o processo de núcleos quentes deste processo; devolve se há um.

    Sem ele (o sistema recusa, falta memória) os núcleos são frios: mais lentos, com as mesmas notas.
    """
    with _starting:  # os executores desta máquina são fios, e um processo serve a todos
        begin()
        if _current is not None:
            with contextlib.suppress(CorretorError):
                _current.wait()
        return current(dict(os.environ)) is not None


def stop() -> None:
    """Encerra o processo de núcleos quentes, se houver um deste processo."""
    global _current
    if _current is not None and _current.owner == os.getpid():
        _current.close()
    _current = None


def current(env: dict[str, str]) -> Zygote | None:
    """O processo de núcleos quentes em uso, se houver, estiver pronto e servir a este ambiente."""
    ready = _current is not None and _current.memory_mb is not None
    return _current if ready and _current.serves(env) else None


atexit.register(stop)

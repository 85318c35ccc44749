"""O isolamento: a linha de comando do bubblewrap em volta do núcleo do estudante."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import gradiente
from gradiente.storage import CACHE_VARIABLE, DATA_VARIABLE, cache_dir

from . import zygote
from .errors import CorretorError
from .limits import Limits

HOME = "/home/estudante"
WORKDIR = f"{HOME}/lab"
SUBMISSION = "/entrega"
LAUNCHER = "/iniciar.py"
DATA = "/dados"
CACHE = "/cache"
ZYGOTE = "/gerar.py"
SHARED_MEMORY_MB = 64  # /dev/shm, como no Docker

# O que o núcleo herda do ambiente do corretor; todo o resto é apagado.
_KEPT_PREFIXES = ("TF_", "GRADIENTE_", "OMP_", "KERAS_", "XLA_")
_KEPT_NAMES = ("LANG", "LC_ALL", "TZ", "PYTHONHASHSEED", "CUDA_VISIBLE_DEVICES")

_INSIDE = {DATA_VARIABLE: DATA, CACHE_VARIABLE: CACHE}  # onde o núcleo vê cada pasta de dados

NO_ISOLATION = "CORRETOR_SEM_ISOLAMENTO"  # "1" corrige sem isolamento; posta por --sem-isolamento


def isolated() -> bool:
    """Se a correção é isolada: é o padrão, e só o professor o desfaz."""
    return os.environ.get(NO_ISOLATION) != "1"


def require() -> None:
    """Confere que a correção pode acontecer como pedida.

    Raises
    ------
    CorretorError
        Se a correção é isolada e esta máquina não isola.
    """
    reason = unavailable_reason() if isolated() else None
    if reason:
        raise CorretorError(
            f"Sem isolamento não há correção: {reason} Instale o bubblewrap (apt install bubblewrap) e permita "
            "namespaces de usuário; ou, por sua conta e risco, corrija com --sem-isolamento."
        )


@functools.cache
def unavailable_reason() -> str | None:
    """Por que não há isolamento nesta máquina; `None` quando há (verificado executando)."""
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        return "o programa bwrap não foi encontrado."
    probe = [bwrap, *_namespaces(bwrap), *_system(), "--proc", "/proc", "--dev", "/dev"]
    try:
        result = subprocess.run([*probe, "true"], capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"o bwrap não executa ({error})."
    if result.returncode:
        return f"o bwrap foi recusado pelo sistema ({result.stderr.strip()[:120]})."
    return None


def command(
    argv: list[str], *, workdir: Path, socket_dir: Path, env: dict[str, str], limits: Limits | None = None
) -> list[str]:
    """Linha de comando que executa `argv` isolado e limitado.

    Parameters
    ----------
    argv : list of str
        Comando do núcleo.
    workdir : Path
        Pasta com os arquivos da entrega. O processo trabalha numa cópia, em `WORKDIR`, que só existe na
        memória e tem tamanho fixo.
    socket_dir : Path
        Pasta com o arquivo de conexão e os soquetes Unix; vista no mesmo caminho.
    env : dict
        Ambiente do corretor, do qual só passam as variáveis permitidas.
    limits : Limits, optional
        Os padrões, se omitido.

    Notes
    -----
    Dentro não há rede, nem os arquivos do curso, nem os processos de fora, nem as outras entregas: só
    o sistema e o Python em leitura, os dados em leitura e a pasta privada. Nada do que ele escreve chega ao
    disco de fora, salvo na pasta dos soquetes, que o vigia (`watchdog.py`) confere.
    """
    limits = limits or Limits()
    mounts = data_folders(env)
    args = [*_base(nested=False), *_writable(limits), *_mounts(mounts)]
    args += ["--dir", WORKDIR, "--ro-bind", str(workdir), SUBMISSION]
    args += ["--bind", str(socket_dir), str(socket_dir)]
    args += ["--ro-bind", str(Path(__file__).with_name("launcher.py")), LAUNCHER]
    for key, value in inner_environment(env, mounts).items():
        args += ["--setenv", key, value]
    # A raiz é memória sem tamanho fixo: só se escreve no que foi montado acima.
    args += ["--remount-ro", "/", "--chdir", WORKDIR, "--"]
    start = json.dumps({"files": SUBMISSION, "rlimits": rlimits(limits)})
    return [*args, sys.executable, "-I", "-S", LAUNCHER, start, *argv]


# O ambiente do próprio bwrap: ele é o primeiro processo de dentro, e de lá o ambiente dele se lê em /proc. O do
# professor pode ter senhas; o dos núcleos vai na linha de comando.
OUTER_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


def zygote_command(argv: list[str], *, control: Path, mounts: dict[str, str]) -> list[str]:
    """Linha de comando do processo que gera núcleos quentes (`zygote.py`), isolado como um núcleo.

    Parameters
    ----------
    argv : list of str
        Argumentos de `zygote.py`.
    control : Path
        Pasta em que o corretor põe a de cada núcleo.
    mounts : dict
        Os dados, como `data_folders` os dá.
    """
    args = [*_base(nested=True), *_writable(Limits()), *_mounts(mounts)]
    args += ["--dir", zygote.SOCKETS, "--bind", str(control), zygote.CONTROL]
    args += ["--ro-bind", str(Path(zygote.__file__)), ZYGOTE]
    for key, value in inner_environment(dict(os.environ), mounts).items():
        args += ["--setenv", key, value]
    return [*args, "--remount-ro", "/", "--chdir", HOME, "--", sys.executable, "-P", ZYGOTE, *argv]


def data_folders(env: dict[str, str]) -> dict[str, str]:
    """As pastas de dados que um núcleo vê, em leitura: por variável, a de fora. As que o professor vê."""
    wanted = {
        DATA_VARIABLE: env.get(DATA_VARIABLE),
        CACHE_VARIABLE: env.get(CACHE_VARIABLE, str(cache_dir())),
    }
    return {key: str(Path(path).resolve()) for key, path in wanted.items() if path and Path(path).is_dir()}


def inner_environment(env: dict[str, str], mounts: dict[str, str]) -> dict[str, str]:
    """O ambiente de um núcleo: o permitido do corretor, e o que o isolamento impõe."""
    inside = {
        key: value
        for key, value in env.items()
        if (key.startswith(_KEPT_PREFIXES) or key in _KEPT_NAMES) and key not in _INSIDE
    }
    inside |= {key: _INSIDE[key] for key in mounts}
    inside |= {
        "PATH": f"{sys.prefix}/bin:/usr/bin:/bin",
        "HOME": HOME,
        "USER": "estudante",
        "LOGNAME": "estudante",
        "GRADIENTE_OFFLINE": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        **_KEEP_MEMORY,
    }
    inside.setdefault("LANG", "C.UTF-8")
    package = Path(gradiente.__file__).resolve().parent
    if not package.is_relative_to(Path(sys.prefix).resolve()):
        # O `gradiente` do corretor, e não outro que o ambiente virtual aponte; da pasta só ele foi montado.
        inside["PYTHONPATH"] = str(package.parent)
    return inside


# A glibc devolve ao sistema cada bloco grande que se libera e o pede de novo, página por página, no tensor seguinte: com
# redes de milhões de pesos, um quinto do tempo. O que o núcleo já recebeu, ele guarda; os limites são os mesmos.
_KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(1 << 33), "MALLOC_TRIM_THRESHOLD_": str(1 << 34)}


def sizes(limits: Limits) -> dict[str, int]:
    """As pastas em que um núcleo escreve, todas em memória, e o tamanho de cada uma em bytes."""
    disk = limits.disk_mb << 20
    return {"/dev/shm": SHARED_MEMORY_MB << 20, "/tmp": disk, HOME: disk}


def _base(*, nested: bool) -> list[str]:
    bwrap = shutil.which("bwrap")
    args = [bwrap, *_namespaces(bwrap, nested), "--uid", "1000", "--gid", "1000"]
    args += ["--hostname", "gradiente", "--clearenv"]
    return [*args, *_system(), "--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]


def _writable(limits: Limits) -> list[str]:
    args = []
    for where, size in sizes(limits).items():
        args += ["--size", str(size), "--tmpfs", where]
    return args


def _mounts(mounts: dict[str, str]) -> list[str]:
    args = []
    for path in python_paths():
        args += ["--ro-bind", path, path]
    for variable, folder in mounts.items():
        args += ["--ro-bind", folder, _INSIDE[variable]]
    return args


@functools.cache
def _namespaces(bwrap: str, nested: bool = False) -> tuple[str, ...]:
    """As opções que separam o processo da máquina; se não `nested`, ele não cria outros espaços de nomes."""
    # Num espaço de usuário seu, a entrega montaria memória sem limite.
    shown = subprocess.run([bwrap, "--help"], capture_output=True, text=True, timeout=20).stdout
    closed = ("--disable-userns",) if "--disable-userns" in shown and not nested else ()
    return ("--unshare-user", "--unshare-all", *closed, "--die-with-parent")


def rlimits(limits: Limits) -> dict[str, tuple[int, int]]:
    """Os limites que o próprio sistema impõe a cada processo (nome no módulo `resource`, brando e rígido)."""
    memory, file = limits.memory_mb << 20, limits.file_mb << 20
    found = {
        "RLIMIT_CORE": (0, 0),
        "RLIMIT_FSIZE": (file, file),
        "RLIMIT_CPU": (limits.cpu_seconds, limits.cpu_seconds + 5),
        # RLIMIT_DATA e não RLIMIT_AS: o TensorFlow reserva 2,4 GB de endereços para usar 0,6 GB.
        "RLIMIT_DATA": (memory, memory),
        "RLIMIT_NOFILE": (1024, 1024),
    }
    # Antes do Linux 5.14 contam-se também os processos de fora; para o root, nunca se conta. O vigia conta.
    release = tuple(int(part) for part in os.uname().release.split(".")[:2] if part.isdigit())
    if os.geteuid() != 0 and release >= (5, 14):
        found["RLIMIT_NPROC"] = (limits.processes, limits.processes)
    return found


def _system() -> list[str]:
    """O sistema em leitura: programas e bibliotecas, sem /home, /root, /var nem o resto de /etc."""
    args = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64"):
        path = Path("/") / name
        if path.is_symlink():
            args += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            args += ["--ro-bind", str(path), str(path)]
    for path in ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives"):
        if Path(path).exists():
            args += ["--ro-bind", path, path]
    return args


def python_paths() -> list[str]:
    """Pastas do Python, do ambiente virtual e do pacote `gradiente`, na ordem em que se montam."""
    package = str(Path(gradiente.__file__).resolve().parent)
    paths = []
    for path in (sys.base_prefix, sys.prefix, package):
        resolved = str(Path(path).resolve())
        if not any(Path(resolved).is_relative_to(seen) for seen in ("/usr", *paths)):
            paths.append(resolved)
    return paths

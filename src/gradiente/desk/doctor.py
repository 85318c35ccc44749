"""Diagnostica a instalação: uma linha por assunto, com o que fazer quando algo falta."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import __version__
from ..device import gpu_name
from ..storage import cache_dir, data_dir

OK, WARNING, PROBLEM = "✔", "!", "✘"
NEEDED_MB, DISK_MB = 3000, 1000


@dataclass(frozen=True)
class Finding:
    """Uma linha do diagnóstico.

    Attributes
    ----------
    mark : str
        "✔", "!" (funciona, mas convém saber) ou "✘" (impede o curso).
    subject, text : str
        O assunto, e o que se viu ou o que fazer.
    """

    mark: str
    subject: str
    text: str


def diagnose(folder: Path) -> list[Finding]:
    """Examina a instalação, vista de uma pasta de trabalho; não importa o TensorFlow e não muda nada."""
    return [finding for part in (_versions, _kernels, _machine, _files) for finding in part(folder)]


def _versions(folder: Path) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info < (3, 14)
    yield Finding(
        OK if good else PROBLEM, "Python", python if good else f"{python}: use a versão 3.11, 3.12 ou 3.13."
    )
    yield Finding(OK, "gradiente", __version__)
    for subject, names in (
        ("Keras", ["keras"]),
        ("TensorFlow", ["tensorflow-cpu", "tensorflow"]),
        ("JupyterLab", ["jupyterlab"]),
        ("nbgrader (botão Validar)", ["nbgrader"]),
        ("JupyterLab em português", ["jupyterlab-language-pack-pt-br"]),
        ("pandoc (PDF da entrega)", ["pypandoc-binary"]),
        ("Typst (PDF da entrega)", ["typst"]),
    ):
        found = [version for name in names if (version := _version(name))]
        missing = f"falta. Execute: pip install {names[0]}"
        yield Finding(OK, subject, found[0]) if found else Finding(PROBLEM, subject, missing)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _kernels(folder: Path) -> Iterator[Finding]:
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().find_kernel_specs()
    for name, shown in (("gradiente", "Gradiente (CPU)"), ("gradiente-gpu", "Gradiente (GPU)")):
        if name in found:
            yield Finding(OK, f"núcleo {shown}", str(found[name]))
        else:
            yield Finding(
                PROBLEM, f"núcleo {shown}", "não está instalado neste Python. Reinstale o pacote gradiente."
            )
    gpu = gpu_name()
    yield (
        Finding(OK, "GPU", gpu)
        if gpu
        else Finding(WARNING, "GPU", "nenhuma à vista; tudo no curso cabe na CPU.")
    )


def _machine(folder: Path) -> Iterator[Finding]:
    encoding = sys.getfilesystemencoding().lower()
    yield (
        Finding(OK, "acentos nos nomes de arquivo", encoding)
        if encoding == "utf-8"
        else Finding(
            PROBLEM, "acentos nos nomes de arquivo", f"{encoding}: ponha PYTHONUTF8=1 no ambiente e repita."
        )
    )
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    except (AttributeError, ValueError, OSError):  # o Windows não tem sysconf
        memory = 0
    if memory:
        enough = memory >= NEEDED_MB
        text = f"{_gigabytes(memory)} GB" + (
            "" if enough else ": pouca para treinar; feche o que puder, ou use o Colab."
        )
        yield Finding(OK if enough else WARNING, "memória", text)
    free = shutil.disk_usage(folder).free >> 20
    enough = free >= DISK_MB
    text = f"{_gigabytes(free)} GB livres" + ("" if enough else ": libere espaço antes de baixar dados.")
    yield Finding(OK if enough else WARNING, "disco", text)
    if importlib.util.find_spec("corretor") and sys.platform == "linux":
        found = shutil.which("bwrap")
        text = found or "falta o bubblewrap. Só quem corrige precisa: sudo apt install bubblewrap"
        yield Finding(OK if found else WARNING, "isolamento", text)


def _gigabytes(megabytes: int) -> str:
    return f"{megabytes / 1024:.1f}".replace(".", ",")


def _files(folder: Path) -> Iterator[Finding]:
    for subject, place in (("gravar nesta pasta", folder), ("gravar no cache", cache_dir())):
        reason = _unwritable(place)
        yield Finding(PROBLEM, subject, f"{place}: {reason}") if reason else Finding(OK, subject, str(place))
    try:
        local = data_dir()
    except Exception as error:  # a mensagem de quem lê a variável já diz o que fazer
        yield Finding(PROBLEM, "dados", str(error))
        return
    if local:
        yield Finding(OK, "dados", f"reais, em {local}")
    else:
        yield Finding(OK, "dados", "baixados no primeiro uso; sem rede, as réplicas do curso.")


def _unwritable(place: Path) -> str:
    """Por que não se grava numa pasta; vazio se se grava."""
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            return ""
    except OSError as error:
        return f"{error.strerror or error}. Escolha outra pasta, ou peça permissão de escrita."

"""A GPU: se há uma, e o que dizer a quem a pediu e não a tem."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess


def gpu_name() -> str:
    """O nome e a memória da primeira GPU que o `nvidia-smi` mostra; vazio se nenhuma."""
    if not shutil.which("nvidia-smi"):
        return ""
    command = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
    return shown.strip().splitlines()[0] if shown.strip() else ""


def warning() -> str:
    """O aviso do núcleo "Gradiente (GPU)" quando o treino vai para a CPU; vazio se não vai, ou noutro núcleo."""
    if os.environ.get("GRADIENTE_DEVICE") != "gpu":
        return ""
    if not gpu_name():
        return "Não há GPU à vista nesta máquina: o treino continua na CPU, mais devagar e com os mesmos resultados."
    if importlib.util.find_spec("nvidia") is None:
        return (
            "Há uma GPU, mas o TensorFlow instalado é o da CPU, e o treino continua nela. Para usar a GPU: "
            'pip install "gradiente[gpu]".'
        )
    return ""

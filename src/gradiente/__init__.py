"""Gradiente: o que os cadernos do curso importam."""

import os

# O TensorFlow escreve em stderr ao ser importado; estas duas variáveis, postas antes, o calam.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

__version__ = "0.1.0"

if os.environ.get("GRADIENTE_DEVICE") == "gpu":  # o núcleo "Gradiente (GPU)"
    from .device import warning

    if text := warning():
        print(text)

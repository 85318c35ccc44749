"""Formato IDX (o do MNIST e do Fashion-MNIST), comprimido com gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from gradiente.storage import DataError

IMAGES_MAGIC, LABELS_MAGIC = 0x0803, 0x0801  # uint8 com 3 eixos e uint8 com 1 eixo


def read_idx(path: Path, magic: int) -> np.ndarray:
    """Lê um arquivo IDX comprimido.

    Parameters
    ----------
    path : Path
        Arquivo `.gz`.
    magic : int
        IMAGES_MAGIC ou LABELS_MAGIC: o número com que o arquivo deve começar.

    Returns
    -------
    array (n, 28, 28) ou (n,), uint8

    Raises
    ------
    DataError
        Se o gzip estiver estragado, o número inicial for outro ou o tamanho não bater.
    """
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise broken(path, "não é um gzip inteiro") from error
    dims = magic & 0xFF
    found = int.from_bytes(content[:4], "big")
    if found != magic:
        raise broken(path, f"não é um IDX: começa com {found:#06x}, e não com {magic:#06x}")
    start = 4 + 4 * dims
    shape = tuple(int.from_bytes(content[i : i + 4], "big") for i in range(4, start, 4))
    if len(content) != start + math.prod(shape) or (dims == 3 and shape[1:] != (28, 28)):
        raise broken(path, "tem um tamanho diferente do que o cabeçalho anuncia")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape).copy()


def broken(path: Path, problem: str) -> DataError:
    """DataError de um arquivo estragado, com o nome dele e o que fazer."""
    return DataError(f"{path} {problem}: apague esse arquivo ou copie-o de novo da fonte original.")

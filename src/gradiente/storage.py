"""Pastas de dados e de cache, escrita atômica e os erros que o estudante lê."""

from __future__ import annotations

import atexit
import errno
import functools
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

DATA_VARIABLE = "GRADIENTE_DATA_DIR"
CACHE_VARIABLE = "GRADIENTE_CACHE_DIR"


class DataError(Exception):
    """Problema com os dados; a mensagem cabe em uma linha e diz o que fazer."""


def data_dir() -> Path | None:
    """Pasta de dados escolhida pelo usuário em GRADIENTE_DATA_DIR, ou None se não houver escolha.

    A variável traz um caminho ou um endereço `file://`.

    Raises
    ------
    DataError
        Se a variável aponta para uma pasta que não existe.
    """
    text = os.environ.get(DATA_VARIABLE, "").strip()
    if not text:
        return None
    folder = (
        Path(url2pathname(urlsplit(text).path)) if text.startswith("file://") else Path(text).expanduser()
    )
    if not folder.is_dir():
        raise DataError(f"A pasta {folder} não existe: corrija {DATA_VARIABLE} ou apague essa variável.")
    return folder


def cache_dir() -> Path:
    """Pasta do cache: GRADIENTE_CACHE_DIR ou a do sistema. Pode ainda não existir."""
    text = os.environ.get(CACHE_VARIABLE, "").strip()
    if text:
        return Path(text).expanduser()
    import pooch

    return Path(pooch.os_cache("gradiente"))


def writable_cache(needed_bytes: int) -> Path:
    """Pasta onde se pode escrever: o cache ou, se ele só permite leitura, uma pasta temporária.

    Parameters
    ----------
    needed_bytes : int
        Espaço que será usado; aparece na mensagem se o disco estiver cheio.

    Returns
    -------
    Path
        Pasta existente. A temporária é apagada quando o processo termina.

    Raises
    ------
    DataError
        Se o disco estiver cheio.
    """
    folder = cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise_if_full(error, folder, needed_bytes)
        return _temporary_folder()


@functools.cache
def _temporary_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="gradiente-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def write_atomic(path: Path, content: bytes) -> None:
    """Escreve `content` em `path` de uma vez: quem lê vê o arquivo inteiro ou não vê arquivo.

    Raises
    ------
    DataError
        Se o disco estiver cheio; nada fica pela metade.
    OSError
        Se a escrita falhar por outro motivo.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except OSError as error:
        raise_if_full(error, path.parent, len(content))
        raise
    finally:
        Path(name).unlink(missing_ok=True)


def raise_if_full(error: OSError, folder: Path, needed_bytes: int) -> None:
    """Transforma "disco cheio" (ENOSPC, EDQUOT) em DataError; não faz nada com outros erros."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        size = f"{needed_bytes / 1e6:.1f}".replace(".", ",")
        raise DataError(
            f"Disco cheio: são precisos {size} MB em {folder}. "
            f"Libere espaço ou aponte {CACHE_VARIABLE} para uma pasta em outro disco."
        ) from error

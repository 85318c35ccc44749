"""Baixa dados com o pooch: conferência, progresso e desistência rápida quando não há rede."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from gradiente.storage import cache_dir, raise_if_full, writable_cache

OFFLINE_VARIABLE = "GRADIENTE_OFFLINE"
CONNECT_SECONDS, READ_SECONDS = 4.0, 30.0
RETRIES, WAIT_SECONDS = (
    2,
    1.0,
)  # novas tentativas depois de um corte sem nenhum byte novo, e a espera entre elas
_state = {"network": True}  # uma falha de rede desliga as tentativas seguintes deste processo


class Unavailable(Exception):
    """Não foi possível baixar; o texto completa a frase "uso a réplica: …"."""


def fetch(
    name: str,
    urls: tuple[str, ...],
    known_hash: str | None,
    needed_bytes: int,
    downloader: Callable | None = None,
) -> Path:
    """Baixa um arquivo para o cache e confere o resumo (hash).

    Parameters
    ----------
    name : str
        Nome do arquivo no cache.
    urls : tuple de str
        Endereços equivalentes, tentados em ordem.
    known_hash : str ou None
        "md5:…" ou "sha256:…"; None quando quem confere o conteúdo é o `downloader`.
    needed_bytes : int
        Tamanho em bytes, usado na mensagem de disco cheio.
    downloader : função, opcional
        Segue o protocolo do pooch: `downloader(url, output_file, pooch)`.

    Returns
    -------
    Path
        O arquivo, já com o nome definitivo.

    Raises
    ------
    Unavailable
        Sem rede, endereço fora do ar ou conteúdo diferente do esperado.
    DataError
        Se o disco encher.
    """
    if os.environ.get(OFFLINE_VARIABLE, "") not in ("", "0"):
        raise Unavailable(f"{OFFLINE_VARIABLE} está ligada")
    if not _state["network"]:
        raise Unavailable("sem rede")
    reason = "sem rede"
    for url in urls:
        try:
            return _retrieve(url, name, known_hash, needed_bytes, downloader)
        except Unavailable as error:
            reason = str(error)
            if not _state["network"]:
                break
    raise Unavailable(reason)


def _retrieve(url, name, known_hash, needed_bytes, downloader) -> Path:
    """Uma tentativa, em um endereço."""
    import pooch
    import requests

    if not _reachable(url):
        _state["network"] = False
        raise Unavailable("sem rede")
    folder = writable_cache(needed_bytes)
    if downloader is None:
        timeout = (CONNECT_SECONDS, READ_SECONDS)
        whole = pooch.HTTPDownloader(progressbar=Progress(name), timeout=timeout, chunk_size=1 << 15)
        downloader = _insistent(whole)
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        return Path(pooch.retrieve(url, known_hash, name, folder, downloader=downloader))
    except requests.HTTPError as error:
        raise Unavailable(f"o endereço respondeu com o erro {error.response.status_code}") from error
    except requests.RequestException as error:
        _state["network"] = False
        raise Unavailable("a rede falhou") from error
    except ValueError as error:  # resumo diferente, ou conteúdo recusado pelo downloader
        raise Unavailable("o arquivo baixado não é o esperado") from error
    except OSError as error:
        raise_if_full(error, folder, needed_bytes)
        raise Unavailable(f"não foi possível escrever em {folder}") from error
    finally:
        logger.setLevel(level)


def _insistent(downloader: Callable) -> Callable:
    """O mesmo `downloader` do pooch, que recomeça o arquivo se a conexão cair."""
    import requests

    def insist(*arguments, **options):
        for failures in range(RETRIES + 1):
            try:
                return downloader(*arguments, **options)
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                if failures == RETRIES:
                    raise
                time.sleep(WAIT_SECONDS)
        raise AssertionError("inalcançável")

    return insist


def _reachable(url: str) -> bool:
    """Diz se o servidor (ou o proxy) aceita conexões, em no máximo CONNECT_SECONDS, DNS incluído."""
    from requests.utils import get_environ_proxies, select_proxy

    parts = urlsplit(url)
    if proxy := select_proxy(url, get_environ_proxies(url)):
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    answers = []

    def connect() -> None:
        with (
            contextlib.suppress(OSError, UnicodeError),
            socket.create_connection((parts.hostname, port), timeout=CONNECT_SECONDS),
        ):
            answers.append(True)

    thread = threading.Thread(target=connect, daemon=True)  # o DNS pode demorar mais do que se quer esperar
    thread.start()
    thread.join(CONNECT_SECONDS)
    return bool(answers)


def cached(name: str, known_hash: str) -> Path | None:
    """Arquivo do cache com o resumo certo, ou None se ele falta ou está estragado."""
    import pooch

    path = cache_dir() / name
    algorithm, expected = known_hash.split(":")
    try:
        return path if path.is_file() and pooch.file_hash(str(path), alg=algorithm) == expected else None
    except OSError:
        return None


class Progress:
    """Barra do tqdm que só aparece quando chega o primeiro pedaço do arquivo."""

    def __init__(self, name: str, unit: str = "B"):
        self.name, self.unit, self.total, self._bar = name, unit, 0, None

    def update(self, amount: int) -> None:
        """Soma `amount` ao que já chegou."""
        if self._bar is None:
            from tqdm import tqdm

            scale = self.unit == "B"
            text = f"Baixando {self.name}"
            self._bar = tqdm(desc=text, total=self.total or None, unit=self.unit, unit_scale=scale)
        self._bar.update(amount)

    def reset(self) -> None:
        """Recomeça a contagem (o pooch a usa para completar a barra)."""
        if self._bar is not None:
            self._bar.reset()

    def close(self) -> None:
        """Fecha a barra."""
        if self._bar is not None:
            self._bar.close()


class RowStream:
    """Downloader do pooch que baixa só as primeiras linhas de um CSV comprimido com gzip.

    Parameters
    ----------
    n : int
        Quantas linhas guardar; a transferência para assim que elas chegam.
    convert : função
        Recebe a lista de `n` linhas (str) e devolve os bytes a guardar; levanta ValueError se o
        conteúdo não for o esperado.
    name : str
        Nome que a barra de progresso mostra.
    """

    def __init__(self, n: int, convert: Callable[[list[str]], bytes], name: str):
        self.n, self.convert, self.name = n, convert, name

    def __call__(self, url, output_file, pooch=None, check_only=False):
        """Baixa `url` para `output_file` (caminho ou arquivo aberto)."""
        if check_only:
            return True
        lines = self._first_lines(url)
        content = self.convert(lines)
        if hasattr(output_file, "write"):
            output_file.write(content)
        else:
            Path(output_file).write_bytes(content)
        return None

    def _first_lines(self, url) -> list[str]:
        """As `n` primeiras linhas de `url`."""
        lines, rest = [], b""
        progress = Progress(self.name, unit=" linhas")
        progress.total = self.n
        try:
            for piece in _decompress(_raw_chunks(url)):
                *complete, rest = (rest + piece).split(b"\n")
                complete = complete[: self.n - len(lines)]
                lines += complete
                progress.update(len(complete))
                if len(lines) == self.n:
                    break
            else:
                lines += [rest] if rest else []  # a última linha pode vir sem quebra
        finally:
            progress.close()
        if len(lines) < self.n:
            raise ValueError(f"vieram {len(lines)} linhas, e não {self.n}")
        return [line.decode("ascii", errors="replace").rstrip("\r") for line in lines]


def _raw_chunks(url: str, size: int = 1 << 16) -> Iterator[bytes]:
    """Pedaços do conteúdo como foram enviados; se a conexão cai, pede ao servidor só o que falta.

    Raises
    ------
    requests.RequestException
        Depois de RETRIES novas tentativas sem nenhum byte novo, ou se o servidor responder com um erro.
    ValueError
        Se o arquivo mudar no servidor entre uma tentativa e outra.
    """
    import requests
    import urllib3

    received, version, failures = 0, None, 0
    while True:
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={received}-"} if received else {})
        before = received
        try:
            with requests.get(
                url, stream=True, headers=headers, timeout=(CONNECT_SECONDS, READ_SECONDS)
            ) as response:
                response.raise_for_status()
                tag = response.headers.get("ETag") or response.headers.get("Last-Modified")
                if received and tag != version:
                    raise ValueError("o arquivo mudou no servidor")
                version = tag
                skip = 0 if response.status_code == 206 else received  # há quem ignore Range e mande tudo
                for chunk in response.raw.stream(size, decode_content=False):
                    new = chunk[skip:]
                    skip = max(0, skip - len(chunk))
                    received += len(new)
                    yield new
            return
        except (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError) as error:
            failures = 0 if received > before else failures + 1
            if failures > RETRIES:
                raise requests.ConnectionError(error) from error
            time.sleep(WAIT_SECONDS)


def _decompress(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Descomprime um gzip aos pedaços, mesmo que ele tenha vários membros em sequência."""
    decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for chunk in chunks:
        while chunk:
            try:
                yield decoder.decompress(chunk)
            except zlib.error as error:
                raise ValueError("o conteúdo não é um gzip") from error
            chunk = decoder.unused_data
            if decoder.eof:
                decoder = zlib.decompressobj(zlib.MAX_WBITS | 16)

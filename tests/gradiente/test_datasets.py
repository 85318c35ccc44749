"""De onde vêm os dados: ordem da procura, arquivos estragados, disco cheio e rede (local, de teste)."""

from __future__ import annotations

import contextlib
import errno
import gzip
import hashlib
import http.server
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from gradiente import datasets, downloads, storage
from gradiente.datasets import (
    DataError,
    cat_noncat_files,
    load_airline_sentiment,
    load_fashion_mnist,
    load_higgs,
)

REAL = Path(os.environ.get("GRADIENTE_DATA_DIR") or Path(__file__).resolve().parents[3] / "shared" / "dados")
needs_real = pytest.mark.skipif(
    not (REAL / "train_catvnoncat.h5").is_file(), reason=f"sem os arquivos originais em {REAL}"
)
STEP = 1 << 14  # o servidor de teste envia em pedaços deste tamanho
FIRST_LINE = ",".join(map(str, datasets.HIGGS_FIRST_ROW))


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    """Cache só do teste, nenhuma pasta de dados, rede desligada e nada dito ainda."""
    monkeypatch.setenv("GRADIENTE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("GRADIENTE_DATA_DIR", raising=False)
    monkeypatch.setenv("GRADIENTE_OFFLINE", "1")
    monkeypatch.setattr(datasets, "_announced", set())
    monkeypatch.setitem(downloads._state, "network", True)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def data(monkeypatch, tmp_path):
    """Pasta de dados do usuário, vazia."""
    folder = tmp_path / "dados"
    folder.mkdir()
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def small_replicas(monkeypatch, tmp_path):
    """Troca os geradores por outros mínimos, para os testes que só olham a origem."""
    from gradiente.replicas import cat_noncat, fashion_mnist

    generate = fashion_mnist.generate
    monkeypatch.setattr(fashion_mnist, "generate", lambda: generate(20, 10))
    real_parts = dict(cat_noncat.PARTS)
    calls = []

    def files():
        calls.append(1)
        content = {}
        for part, (n, _) in real_parts.items():
            path = tmp_path / f"{part}.h5"
            write_cats(path, part, n)
            content[part] = path.read_bytes()
        return content

    monkeypatch.setattr(cat_noncat, "generate_files", files)
    return calls


def write_idx(path: Path, array: np.ndarray, magic: int | None = None) -> None:
    """Escreve um IDX comprimido."""
    magic = 0x0800 + array.ndim if magic is None else magic
    head = b"".join(int(value).to_bytes(4, "big") for value in (magic, *array.shape))
    path.write_bytes(gzip.compress(head + array.astype(np.uint8).tobytes()))


def write_fashion(folder: Path, train: int = 12, test: int = 4) -> None:
    """Quatro arquivos com os nomes originais; cada imagem tem um valor só, o seu índice."""
    for part, n in (("train", train), ("t10k", test)):
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", np.arange(n)[:, None, None] * np.ones((1, 28, 28)))
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", np.arange(n) % 10)


def write_cats(path: Path, part: str, n: int, skip: str = "") -> None:
    """HDF5 no formato original, com imagens pretas."""
    with h5py.File(path, "w") as file:
        arrays = {
            f"{part}_set_x": np.zeros((n, 64, 64, 3), np.uint8),
            f"{part}_set_y": np.zeros(n, np.int64),
            "list_classes": np.array([b"non-cat", b"cat"]),
        }
        for key, array in arrays.items():
            if key != skip:
                file[key] = array


def higgs_lines(n: int) -> list[str]:
    """Linhas de CSV: a primeira é a do arquivo original, as outras são sorteadas."""
    table = np.random.default_rng(0).normal(size=(n, 29)).round(6)
    table[:, 0] = np.arange(n) % 2
    return [FIRST_LINE, *(",".join(map(str, row)) for row in table[1:])]


# --- a pasta do usuário --------------------------------------------------------------------------


def test_importing_is_cheap():
    code = (
        "import sys, gradiente.datasets;"
        "print([m for m in ('tensorflow', 'keras', 'matplotlib', 'pooch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_local_fashion_with_the_original_names(data, capsys):
    write_fashion(data)
    found = load_fashion_mnist()
    assert found.origin == "local"
    assert found.x_train.shape == (12, 28, 28) and found.x_test.shape == (4, 28, 28)
    assert found.x_train.dtype == found.y_train.dtype == np.uint8
    assert found.x_train[5, 3, 3] == 5 and found.y_train[5] == 5
    assert len(found.class_names) == 10
    assert found.class_names[0] == "camiseta" and found.class_names[6] == "camisa"
    found.x_train[0, 0, 0] = 7  # o estudante pode escrever nos arrays
    assert capsys.readouterr() == ("", "")


def test_sample_pair_keeps_the_last_sixth_for_testing(data):
    write_idx(
        data / "fashion-mnist-30-images-idx3-ubyte.gz", np.arange(30)[:, None, None] * np.ones((1, 28, 28))
    )
    write_idx(data / "fashion-mnist-30-labels-idx1-ubyte.gz", np.arange(30) % 10)
    found = load_fashion_mnist()
    assert (found.origin, len(found.x_train), len(found.x_test)) == ("local", 25, 5)
    assert found.x_test[0, 0, 0] == 25


@pytest.mark.parametrize("name, opener", [("HIGGS.csv", open), ("HIGGS.csv.gz", gzip.open)])
def test_local_higgs(data, name, opener):
    with opener(data / name, "wt") as file:
        file.write("\n".join(higgs_lines(20)) + "\n")
    found = load_higgs(7)
    assert found.origin == "local"
    assert found.x.shape == (7, 28) and found.y.shape == (7, 1)
    assert found.x.dtype == found.y.dtype == np.float32
    assert found.x[0, :3] == pytest.approx([0.8692932, -0.6350818, 0.22569026])
    assert found.y.ravel().tolist() == [1, 1, 0, 1, 0, 1, 0]
    assert len(found.feature_names) == 28 and found.feature_names[21:23] == ("m_jj", "m_jjj")
    assert len(load_higgs(20).x) == 20


def test_local_cats(data):
    write_cats(data / "train_catvnoncat.h5", "train", 3)
    write_cats(data / "test_catvnoncat.h5", "test", 2)
    found = cat_noncat_files()
    assert found == datasets.CatNonCatFiles(
        data / "train_catvnoncat.h5", data / "test_catvnoncat.h5", origin="local"
    )


def test_missing_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(tmp_path / "nada"))
    for load in (load_fashion_mnist, load_higgs, cat_noncat_files):
        with pytest.raises(DataError, match=r"nada não existe: corrija GRADIENTE_DATA_DIR"):
            load()


def break_gzip(folder):
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-20])
    return path.name, "não é um gzip inteiro"


def break_magic(folder):
    path = folder / "t10k-labels-idx1-ubyte.gz"
    write_idx(path, np.zeros(4), magic=0x0803)
    return path.name, "começa com 0x0803"


def break_size(folder):
    path = folder / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 1, 0, 0, 0, 9]) + b"\0" * 4))
    return path.name, "tamanho diferente"


def break_header(folder):
    path = folder / "train-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(bytes([0, 0, 8, 3, 0])))
    return path.name, "tamanho diferente"


def break_count(folder):
    path = folder / "train-labels-idx1-ubyte.gz"
    write_idx(path, np.zeros(5))
    return path.name, "5 rótulos para as 12 imagens"


def break_label(folder):
    path = folder / "train-labels-idx1-ubyte.gz"
    write_idx(path, np.full(12, 10))
    return path.name, "rótulo 10"


def remove_one(folder):
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    return "t10k-images-idx3-ubyte.gz", "copie para lá"


@pytest.mark.parametrize(
    "damage", [break_gzip, break_magic, break_size, break_header, break_count, break_label, remove_one]
)
def test_broken_fashion_names_the_file(data, damage):
    write_fashion(data)
    name, problem = damage(data)
    with pytest.raises(DataError) as caught:
        load_fashion_mnist()
    message = str(caught.value)
    assert name in message and problem in message and "\n" not in message


@pytest.mark.parametrize(
    "content, problem",
    [
        (f"{FIRST_LINE}\n1,2,3\n", "3 colunas na linha 2, e não 29"),
        (FIRST_LINE.replace("0.8692932", "ola") + "\n" + FIRST_LINE, "não é número"),
        (FIRST_LINE.replace("0.8692932", "nan") + "\n" + FIRST_LINE, "infinito"),
        (f"{FIRST_LINE}\n2{FIRST_LINE[3:]}", "rótulo que não é 0 nem 1"),
        (f"{FIRST_LINE}\n", "peça no máximo load_higgs(1)"),
        ("", "está vazio"),
        ("ação", "não é um CSV de números"),
    ],
)
def test_broken_higgs_csv(data, content, problem):
    (data / "HIGGS.csv").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_higgs(2)
    message = str(caught.value)
    assert "HIGGS.csv" in message and problem in message and "\n" not in message


def test_truncated_higgs_gzip(data):
    (data / "HIGGS.csv.gz").write_bytes(gzip.compress("\n".join(higgs_lines(50)).encode())[:-500])
    with pytest.raises(DataError, match=r"HIGGS\.csv\.gz não pode ser lido até o fim"):
        load_higgs(50)


@pytest.mark.parametrize("n", [0, -1, 11_000_001, 2.5, True])
def test_higgs_refuses_a_bad_n(n):
    with pytest.raises(ValueError, match="n deve ser um inteiro de 1 a 11000000"):
        load_higgs(n)


def test_broken_cats(data):
    write_cats(data / "train_catvnoncat.h5", "train", 3)
    with pytest.raises(DataError, match=r"Falta test_catvnoncat\.h5"):
        cat_noncat_files()
    write_cats(data / "test_catvnoncat.h5", "test", 2, skip="list_classes")
    with pytest.raises(DataError, match=r"test_catvnoncat\.h5 não tem a chave list_classes"):
        cat_noncat_files()
    (data / "test_catvnoncat.h5").write_bytes(b"nada de HDF5")
    with pytest.raises(DataError, match=r"test_catvnoncat\.h5 não é um arquivo HDF5 inteiro: apague"):
        cat_noncat_files()
    with h5py.File(data / "test_catvnoncat.h5", "w") as file:
        file["test_set_x"], file["test_set_y"] = np.zeros((2, 32, 32, 3), np.uint8), np.zeros(2)
        file["list_classes"] = np.array([b"non-cat", b"cat"])
    with pytest.raises(DataError, match=r"imagens de forma \(2, 32, 32, 3\)"):
        cat_noncat_files()


# --- réplica e cache -----------------------------------------------------------------------------


def test_offline_uses_replicas_and_says_so_once(capsys, small_replicas, data):
    for _ in range(2):
        assert load_fashion_mnist().origin == "replica"
        assert load_higgs(100).origin == "replica"
        assert cat_noncat_files().origin == "replica"
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["Fashion-MNIST", "HIGGS", "gato/não gato"]
    assert all("GRADIENTE_OFFLINE está ligada; uso a réplica" in line for line in lines)
    assert err == ""


def test_cat_replica_is_written_once_and_redrawn_if_broken(small_replicas):
    files = cat_noncat_files()
    assert files.train.parent == storage.cache_dir() / datasets.CAT_REPLICA_FOLDER
    cat_noncat_files()
    assert len(small_replicas) == 1
    files.test.write_bytes(b"")
    cat_noncat_files()
    assert len(small_replicas) == 2
    with h5py.File(files.test) as file:
        assert file["test_set_x"].shape == (50, 64, 64, 3)


def test_cache_comes_before_the_network_and_local_before_the_cache(monkeypatch, data):
    folder = storage.cache_dir()
    folder.mkdir()
    write_fashion(folder, train=6)
    hashes = {name: f"md5:{digest(folder / name, 'md5')}" for name in datasets.FASHION_FILES}
    monkeypatch.setattr(datasets, "FASHION_FILES", {name: (value, 1) for name, value in hashes.items()})
    assert load_fashion_mnist().origin == "cache"
    write_fashion(data)
    assert load_fashion_mnist().origin == "local"


def test_cached_higgs_serves_fewer_rows_and_ignores_broken_files():
    folder = storage.cache_dir()
    folder.mkdir()
    x, y = np.arange(56, dtype=np.float32).reshape(2, 28), np.ones((2, 1), np.float32)
    np.savez(folder / "higgs-2.npz", x=x, y=y)
    (folder / "higgs-1.npz").write_bytes(b"estragado")
    np.savez(folder / "higgs-3.npz", x=x[:, :5], y=y)
    found = load_higgs(1)
    assert found.origin == "cache" and found.x.tolist() == x[:1].tolist()
    assert load_higgs(3).origin == "replica"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_full_disk_says_how_much_where_and_what_to_change(monkeypatch, small_replicas, code):
    def full(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(storage.os, "replace", full)
    with pytest.raises(DataError) as caught:
        cat_noncat_files()
    message = str(caught.value)
    assert "Disco cheio: são precisos 2," in message or "Disco cheio: são precisos 0," in message
    assert str(storage.cache_dir()) in message and "GRADIENTE_CACHE_DIR" in message and "\n" not in message
    assert not list(storage.cache_dir().rglob("*.tmp"))


def test_full_disk_when_the_cache_is_created(monkeypatch, small_replicas):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, "cheio")

    monkeypatch.setattr(storage.Path, "mkdir", full)
    with pytest.raises(DataError, match=r"são precisos 3,2 MB em .*GRADIENTE_CACHE_DIR"):
        cat_noncat_files()


def test_read_only_cache_falls_back_to_a_temporary_folder(monkeypatch, tmp_path, small_replicas):
    blocker = tmp_path / "arquivo"
    blocker.write_text("aqui não cabe uma pasta")  # vale também para o root, que ignora permissões
    monkeypatch.setenv("GRADIENTE_CACHE_DIR", str(blocker / "cache"))
    files = cat_noncat_files()
    assert files.origin == "replica" and files.train.is_file()
    assert tmp_path not in files.train.parents


def test_atomic_write_keeps_the_old_file_when_it_fails(monkeypatch, tmp_path):
    path = tmp_path / "x.bin"
    storage.write_atomic(path, b"velho")

    def fail(*_):
        raise OSError(errno.EIO, "erro de leitura ou escrita")

    monkeypatch.setattr(storage.os, "replace", fail)
    with pytest.raises(OSError, match="erro de leitura"):
        storage.write_atomic(path, b"novo")
    assert path.read_bytes() == b"velho"
    assert [entry.name for entry in tmp_path.iterdir()] == ["x.bin"]


# --- rede, com um servidor local -----------------------------------------------------------------


def digest(path: Path, algorithm: str) -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Servidor HTTP local; conta os pedidos e os bytes enviados, e pode parar no meio ("pause_at")."""
    root = tmp_path / "servidor"
    root.mkdir()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            log["requests"].append(self.path)
            log["ranges"].append(self.headers.get("Range"))
            if self.path.startswith("/velho/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/velho"))
                return self.end_headers()
            path = root / self.path.lstrip("/")
            if not path.is_file():
                return self.send_error(404)
            content = path.read_bytes()
            start = int((log["ranges"][-1] or "bytes=0-")[6:-1]) if log["resumes"] else 0
            total, content = len(content), content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("ETag", log["version"] or f'"{len(log["requests"])}"')
            if start:
                self.send_header("Content-Range", f"bytes {start}-{total - 1}/{total}")
            self.end_headers()
            cut = log["cuts"].pop(0) if log["cuts"] else total
            with contextlib.suppress(ConnectionError):
                for i in range(0, len(content), STEP):
                    if log["sent"] >= log["pause_at"]:
                        resume.wait(20)
                    if i >= cut:
                        self.close_connection = True
                        return None
                    self.wfile.write(content[i : i + STEP])
                    log["sent"] += STEP
            return None

        def log_message(self, *_):
            pass

    log = {"requests": [], "ranges": [], "sent": 0, "pause_at": float("inf")}
    log |= {"cuts": [], "resumes": True, "version": '"1"'}  # cortes: bytes enviados antes de desligar
    resume = threading.Event()
    monkeypatch.setattr(downloads, "WAIT_SECONDS", 0.01)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        monkeypatch.delenv("GRADIENTE_OFFLINE")
        yield f"http://127.0.0.1:{httpd.server_port}/", root, log
        resume.set()
        httpd.shutdown()
        thread.join()


def serve_higgs(monkeypatch, server, lines, name="HIGGS.csv.gz"):
    url, root, log = server
    (root / name).write_bytes(gzip.compress("\n".join(lines).encode(), compresslevel=1))
    monkeypatch.setattr(datasets, "HIGGS_URLS", (url + name,))
    return log, (root / name).stat().st_size


def test_higgs_stream_stops_after_the_rows_it_needs(monkeypatch, server, capfd):
    lines = higgs_lines(6_000)
    log, size = serve_higgs(monkeypatch, server, lines)
    log["pause_at"] = size // 3  # o servidor só manda o resto depois do fim do teste
    found = load_higgs(300)
    assert found.origin == "download" and found.x.shape == (300, 28)
    assert found.x[299].tolist() == np.float32(lines[299].split(",")[1:]).tolist()
    out, err = capfd.readouterr()
    assert out.splitlines() == ["HIGGS: baixado e conferido; da próxima vez vem do cache."]
    assert "Baixando HIGGS" in err and "Downloading" not in err and "SHA256" not in err
    assert log["sent"] < size / 2
    monkeypatch.setenv("GRADIENTE_OFFLINE", "1")
    again = load_higgs(300)
    assert again.origin == "cache"
    np.testing.assert_array_equal(again.x, found.x)
    assert [path.name for path in storage.cache_dir().iterdir()] == ["higgs-300.npz"]


def test_higgs_stream_reads_the_last_line_and_several_gzip_members(monkeypatch, server):
    lines = higgs_lines(30)
    _, root, _ = server
    serve_higgs(monkeypatch, server, lines)
    parts = ("\n".join(lines[:10]) + "\n" + lines[10][:7], lines[10][7:] + "\n" + "\n".join(lines[11:]))
    (root / "HIGGS.csv.gz").write_bytes(b"".join(gzip.compress(part.encode()) for part in parts))
    found = load_higgs(30)
    assert found.origin == "download"
    assert found.x[29].tolist() == np.float32(lines[29].split(",")[1:]).tolist()


@pytest.mark.parametrize(
    "content",
    [
        gzip.compress("\n".join(higgs_lines(5)[1:] * 2).encode()),  # outra primeira linha
        gzip.compress("\n".join(higgs_lines(3)).encode()),  # linhas de menos
        gzip.compress(f"{FIRST_LINE}\n1,2\n".encode() * 3),  # colunas de menos
        b"<html>isto nao e um gzip</html>",
    ],
)
def test_wrong_higgs_content_becomes_a_replica(monkeypatch, server, capsys, content):
    _, root, _ = server
    serve_higgs(monkeypatch, server, [""])
    (root / "HIGGS.csv.gz").write_bytes(content)
    assert load_higgs(5).origin == "replica"
    assert capsys.readouterr().out.startswith("HIGGS: o arquivo baixado não é o esperado; uso a réplica")
    assert not list(storage.cache_dir().glob("*"))


@pytest.mark.parametrize("resumes", [True, False], ids=["de onde parou", "do começo"])
def test_a_cut_higgs_stream_continues(monkeypatch, server, resumes):
    lines = higgs_lines(3_000)
    log, size = serve_higgs(monkeypatch, server, lines)
    log["cuts"], log["resumes"] = [2 * STEP, 4 * STEP], resumes
    assert size > 5 * STEP
    found = load_higgs(3_000)
    assert found.origin == "download"
    assert found.x[2_999].tolist() == np.float32(lines[2_999].split(",")[1:]).tolist()
    assert log["ranges"][0] is None and log["ranges"][1] == f"bytes={2 * STEP}-"
    assert [path.name for path in storage.cache_dir().iterdir()] == ["higgs-3000.npz"]


def test_a_stream_that_changes_in_the_middle_is_refused(monkeypatch, server, capsys):
    log, _ = serve_higgs(monkeypatch, server, higgs_lines(3_000))
    log["cuts"], log["version"] = [2 * STEP], None  # uma versão nova a cada pedido
    assert load_higgs(3_000).origin == "replica"
    assert "não é o esperado" in capsys.readouterr().out
    assert not list(storage.cache_dir().iterdir())


def test_a_stream_that_never_advances_is_given_up(monkeypatch, server, capsys):
    log, _ = serve_higgs(monkeypatch, server, higgs_lines(3_000))
    log["cuts"] = [0] * 50
    assert load_higgs(3_000).origin == "replica"
    assert "a rede falhou" in capsys.readouterr().out
    assert len(log["requests"]) == 1 + downloads.RETRIES
    assert not list(storage.cache_dir().iterdir())


def test_a_stalled_server_is_given_up(monkeypatch, server):
    monkeypatch.setattr(downloads, "READ_SECONDS", 0.2)
    log, _ = serve_higgs(monkeypatch, server, higgs_lines(3_000))
    log["pause_at"] = 0
    start = time.perf_counter()
    assert load_higgs(3_000).origin == "replica"
    assert time.perf_counter() - start < 10
    assert not list(storage.cache_dir().iterdir())


def test_redirects_are_followed(monkeypatch, server):
    url, _, log = server
    serve_higgs(monkeypatch, server, higgs_lines(30))
    monkeypatch.setattr(datasets, "HIGGS_URLS", (url + "velho/HIGGS.csv.gz",))
    assert load_higgs(20).origin == "download"
    assert log["requests"] == ["/velho/HIGGS.csv.gz", "/HIGGS.csv.gz"]


def test_a_cut_fashion_file_is_fetched_again(monkeypatch, server):
    url, root, log = server
    content = np.random.default_rng(0).bytes(6 * STEP)
    (root / "arquivo.bin").write_bytes(content)
    log["cuts"] = [2 * STEP]
    known = f"sha256:{hashlib.sha256(content).hexdigest()}"
    path = downloads.fetch("arquivo.bin", (url + "arquivo.bin",), known, len(content))
    assert path.read_bytes() == content
    assert len(log["requests"]) == 2
    assert [entry.name for entry in storage.cache_dir().iterdir()] == ["arquivo.bin"]


def test_two_processes_at_once_share_the_cache(monkeypatch, server):
    serve_higgs(monkeypatch, server, higgs_lines(400))
    code = (
        "import sys; from gradiente import datasets; datasets.HIGGS_URLS = (sys.argv[1],); "
        "found = datasets.load_higgs(300); assert found.origin in ('download', 'cache'), found.origin; "
        "print(float(found.x.sum()))"
    )
    command = [sys.executable, "-c", code, datasets.HIGGS_URLS[0]]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(2)]
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    assert len({out.splitlines()[-1] for out, _ in outputs}) == 1
    assert [path.name for path in storage.cache_dir().iterdir()] == ["higgs-300.npz"]


def test_the_data_folder_may_be_a_file_address(monkeypatch, tmp_path):
    folder = tmp_path / "meus dados"
    folder.mkdir()
    (folder / "HIGGS.csv").write_text("\n".join(higgs_lines(10)))
    monkeypatch.setenv("GRADIENTE_DATA_DIR", folder.as_uri())
    assert load_higgs(10).origin == "local"


def test_missing_address_says_the_status_and_keeps_the_network_on(monkeypatch, server, capsys):
    url, _, log = server
    monkeypatch.setattr(datasets, "HIGGS_URLS", (url + "nada",))
    assert load_higgs(5).origin == "replica"
    assert "erro 404" in capsys.readouterr().out
    load_higgs(5)
    assert len(log["requests"]) == 2


def test_fashion_downloads_four_checked_files(monkeypatch, server):
    url, root, log = server
    write_fashion(root)
    hashes = {name: (f"md5:{digest(root / name, 'md5')}", 1) for name in datasets.FASHION_FILES}
    monkeypatch.setattr(datasets, "FASHION_URL", url)
    monkeypatch.setattr(datasets, "FASHION_FILES", hashes)
    assert load_fashion_mnist().origin == "download"
    assert load_fashion_mnist().origin == "cache"
    assert len(log["requests"]) == 4
    (storage.cache_dir() / "train-images-idx3-ubyte.gz").write_bytes(b"estragado")
    assert load_fashion_mnist().origin == "download"  # o cache estragado é baixado outra vez
    assert len(log["requests"]) == 5


def test_wrong_checksum_becomes_a_replica(monkeypatch, server, capsys, small_replicas):
    url, root, _ = server
    write_fashion(root)
    monkeypatch.setattr(datasets, "FASHION_URL", url)
    assert load_fashion_mnist().origin == "replica"
    assert "não é o esperado" in capsys.readouterr().out


def test_cats_try_the_second_address(monkeypatch, server):
    url, root, log = server
    files = {}
    for part, n in (("train", 3), ("test", 2)):
        name = f"{part}_catvnoncat.h5"
        write_cats(root / name, part, n)
        files[part] = (name, f"sha256:{digest(root / name, 'sha256')}", 1, n)
    monkeypatch.setattr(datasets, "CAT_FILES", files)
    monkeypatch.setattr(datasets, "CAT_URLS", (url + "fora-do-ar/", url))
    found = cat_noncat_files()
    assert found.origin == "download" and found.test.parent == storage.cache_dir()
    assert log["requests"][:2] == ["/fora-do-ar/train_catvnoncat.h5", "/train_catvnoncat.h5"]
    assert cat_noncat_files().origin == "cache"


def test_full_disk_during_a_download(monkeypatch, server):
    serve_higgs(monkeypatch, server, higgs_lines(50))

    def full(*_):
        raise OSError(errno.ENOSPC, "cheio")

    monkeypatch.setattr(downloads.Path, "write_bytes", full)
    with pytest.raises(DataError, match=r"Disco cheio: são precisos .* MB em .*GRADIENTE_CACHE_DIR"):
        load_higgs(50)


def test_download_works_with_a_read_only_cache(monkeypatch, tmp_path, server):
    serve_higgs(monkeypatch, server, higgs_lines(50))
    blocker = tmp_path / "arquivo"
    blocker.write_text("")
    monkeypatch.setenv("GRADIENTE_CACHE_DIR", str(blocker / "cache"))
    monkeypatch.setattr(storage, "_temporary_folder", lambda: tmp_path)
    assert load_higgs(50).origin == "download"
    assert (tmp_path / "higgs-50.npz").is_file()


def test_one_network_failure_disables_the_next_attempts(monkeypatch, capsys, small_replicas):
    monkeypatch.delenv("GRADIENTE_OFFLINE")
    with socket.socket() as closed:  # porta reservada e não escutada: a conexão é recusada
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        monkeypatch.setattr(datasets, "HIGGS_URLS", (url,))
        monkeypatch.setattr(datasets, "FASHION_URL", url)
        assert load_higgs(5).origin == "replica"
        monkeypatch.setattr(downloads, "_retrieve", lambda *_: pytest.fail("tentou a rede outra vez"))
        assert load_fashion_mnist().origin == "replica"
    out, err = capsys.readouterr()
    assert [line.split(";")[0] for line in out.splitlines()] == ["HIGGS: sem rede", "Fashion-MNIST: sem rede"]
    assert err == ""


def test_slow_name_server_fails_fast(monkeypatch):
    monkeypatch.delenv("GRADIENTE_OFFLINE")
    monkeypatch.setattr(downloads, "CONNECT_SECONDS", 0.2)
    release = threading.Event()

    def slow(*_, **__):
        release.wait(20)
        raise OSError

    monkeypatch.setattr(downloads.socket, "create_connection", slow)
    start = time.perf_counter()
    with pytest.raises(downloads.Unavailable, match="sem rede"):
        downloads.fetch("x", ("http://servidor.invalid/x",), None, 1)
    assert time.perf_counter() - start < 10
    release.set()


# --- os arquivos originais -----------------------------------------------------------------------


@needs_real
def test_real_files(monkeypatch, capsys):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(REAL))
    fashion, cats = load_fashion_mnist(), cat_noncat_files()
    assert (fashion.origin, cats.origin) == ("local", "local")
    assert len(fashion.x_train) + len(fashion.x_test) == len(fashion.y_train) + len(fashion.y_test) >= 3000
    assert set(fashion.y_test) == set(range(10))
    for part, path in (("train", cats.train), ("test", cats.test)):
        assert datasets.CAT_FILES[part][1] == f"sha256:{digest(path, 'sha256')}"
        assert datasets.CAT_FILES[part][2] == path.stat().st_size
    assert capsys.readouterr().out == ""


# --- tweets sobre companhias aéreas --------------------------------------------------------------

TWEETS = (
    'tweet_id,airline_sentiment,text\n1,positive,"Great, thanks!"\n2,negative,"two\nlines"\n3,neutral,when?\n'
)


@pytest.mark.parametrize("name", ["Tweets.csv", "Tweets.csv.gz", "Tweets-3.csv.gz"])
def test_tweets_of_the_user(data, name):
    content = TWEETS.encode()
    (data / name).write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    found = load_airline_sentiment()
    assert (found.origin, found.language) == ("local", "en")
    assert found.texts.tolist() == ["Great, thanks!", "two\nlines", "when?"]
    assert found.labels.tolist() == [2, 0, 1]
    assert found.labels.dtype == np.int64


def test_the_whole_tweets_file_wins_over_a_sample(data):
    (data / "Tweets-1.csv").write_text(TWEETS.replace("Great", "Sample"))
    (data / "Tweets.csv").write_text(TWEETS)
    assert load_airline_sentiment().texts[0] == "Great, thanks!"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "não tem a coluna airline_sentiment nem text"),
        (b"airline_sentiment,text\n", "não tem nenhuma mensagem"),
        (b"airline_sentiment,text\nangry,hello\n", "sem sentimento ou sem texto perto da linha 2"),
        (b"airline_sentiment,text\nneutral,\n", "sem sentimento ou sem texto"),
        (b"airline_sentiment,text\nneutral,caf\xe9\n", "não é um CSV inteiro em UTF-8"),
    ],
)
def test_broken_tweets_say_what_is_wrong(data, content, message):
    (data / "Tweets.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        load_airline_sentiment()


def test_a_cut_tweets_file_is_refused(data):
    rows = TWEETS + "4,neutral,again\n" * 200
    (data / "Tweets.csv.gz").write_bytes(gzip.compress(rows.encode())[:-12])
    with pytest.raises(DataError, match="não é um CSV inteiro"):
        load_airline_sentiment()


def test_without_the_tweets_the_replica_and_the_reason(capsys):
    found = load_airline_sentiment()
    assert (found.origin, found.language, found.texts.shape) == ("replica", "pt", (6000,))
    assert "conta no Kaggle" in capsys.readouterr().out


@needs_real
def test_the_real_tweets(monkeypatch):
    monkeypatch.setenv("GRADIENTE_DATA_DIR", str(REAL))
    found = load_airline_sentiment()
    assert found.texts.shape == (6000,)
    assert np.bincount(found.labels).tolist() == [3655, 1315, 1030]

"""Os conjuntos de dados do curso: da pasta do usuário, do cache, da rede ou de uma réplica."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np

from gradiente.downloads import RowStream, Unavailable, cached, fetch
from gradiente.idx import IMAGES_MAGIC, LABELS_MAGIC, broken, read_idx
from gradiente.storage import DATA_VARIABLE, DataError, cache_dir, data_dir, writable_cache, write_atomic

__all__ = [
    "CAT_FILES",
    "FASHION_CLASSES",
    "HIGGS_FEATURES",
    "SENTIMENT_CLASSES",
    "AirlineSentiment",
    "CatNonCatFiles",
    "DataError",
    "FashionMnist",
    "Higgs",
    "cat_noncat_files",
    "load_airline_sentiment",
    "load_fashion_mnist",
    "load_higgs",
]

T = TypeVar("T")

# --- o que cada conjunto é -----------------------------------------------------------------------

FASHION_CLASSES = (
    "camiseta",
    "calça",
    "pulôver",
    "vestido",
    "casaco",
    "sandália",
    "camisa",
    "tênis",
    "bolsa",
    "bota",
)
FASHION_URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
FASHION_FILES = {  # nome: (resumo MD5, tamanho aproximado em bytes)
    "train-images-idx3-ubyte.gz": ("md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d", 26_421_880),
    "train-labels-idx1-ubyte.gz": ("md5:25c81989df183df01b3e8a0aad5dffbe", 29_515),
    "t10k-images-idx3-ubyte.gz": ("md5:bef4ecab320f06d8554ea6380940ec79", 4_422_102),
    "t10k-labels-idx1-ubyte.gz": ("md5:bb300cfdad3c16e7a12a480ee83cd310", 5_148),
}
FASHION_SAMPLE = re.compile(r"fashion-mnist-(\d+)-images-idx3-ubyte\.gz")

HIGGS_FEATURES = (
    "lepton_pT",  # momento transversal do lépton
    "lepton_eta",  # pseudorrapidez do lépton (0 é perpendicular ao feixe)
    "lepton_phi",  # ângulo do lépton em torno do feixe
    "missing_energy_magnitude",  # energia que falta no plano transversal: o neutrino
    "missing_energy_phi",
    *(
        f"jet_{jet}_{column}"  # os quatro jatos de maior pT; b_tag diz quanto o jato parece vir de um b
        for jet in range(1, 5)
        for column in ("pt", "eta", "phi", "b_tag")
    ),
    "m_jj",  # massas invariantes: dos dois jatos leves (um W),
    "m_jjj",  # dos três jatos de um t,
    "m_lv",  # de lépton e neutrino (o outro W),
    "m_jlv",  # de lépton, neutrino e um b (o outro t),
    "m_bb",  # dos dois b (o h⁰ do sinal),
    "m_wbb",  # de um W e dois b (o H± do sinal),
    "m_wwbb",  # de tudo (o H⁰ do sinal)
)
HIGGS_ROWS = 11_000_000
HIGGS_URLS = ("https://archive.ics.uci.edu/ml/machine-learning-databases/00280/HIGGS.csv.gz",)
HIGGS_FIRST_ROW = tuple(  # rótulo e 28 atributos da primeira linha do arquivo original
    float(value)
    for value in [
        "1",
        "0.8692932",
        "-0.6350818",
        "0.22569026",
        "0.32747006",
        "-0.6899932",
        "0.75420225",
        "-0.24857314",
        "-1.0920639",
        "0",
        "1.3749921",
        "-0.6536742",
        "0.9303491",
        "1.1074361",
        "1.1389043",
        "-1.5781983",
        "-1.0469854",
        "0",
        "0.65792954",
        "-0.01045457",
        "-0.04576717",
        "3.1019614",
        "1.35376",
        "0.9795631",
        "0.97807616",
        "0.92000484",
        "0.72165745",
        "0.98875093",
        "0.87667835",
    ]
)

CAT_URLS = (
    "https://raw.githubusercontent.com/Youngyi/DeepLearning/dff21304241c5e651d4a6680cba6e23c3990e915/datasets/",
    "https://raw.githubusercontent.com/ridhimagarg/Cat-vs-Non-cat-Deep-learning-implementation/master/datasets/",
)
CAT_FILES = {  # parte: (nome, resumo SHA-256, tamanho em bytes, imagens)
    "train": (
        "train_catvnoncat.h5",
        "sha256:fbe56ab67c3ae28d564e3a644189117976d6b31af0a3ce9bb17dbf22908af242",
        2_572_022,
        209,
    ),
    "test": (
        "test_catvnoncat.h5",
        "sha256:6a9d39ce52fa85953c5834695b8534a30ed8cfd54971fb2f080b5a24d002b951",
        616_958,
        50,
    ),
}
CAT_REPLICA_FOLDER = "replica-1"  # muda quando o desenho dos gatos muda, para não reusar arquivos velhos

SENTIMENT_CLASSES = ("negativo", "neutro", "positivo")
SENTIMENT_LABELS = ("negative", "neutral", "positive")  # os nomes no arquivo original
SENTIMENT_FILE = re.compile(r"Tweets(-\d+)?\.csv(\.gz)?")


@dataclass(frozen=True)
class FashionMnist:
    """Fashion-MNIST: fotos de roupas em tons de cinza, dez classes.

    Attributes
    ----------
    x_train, x_test : arrays (n, 28, 28), uint8
        Imagens, de 0 (fundo) a 255. Com os arquivos originais, 60.000 e 10.000; na réplica, 6.000
        e 1.000; em uma amostra local, a última sexta parte é o teste.
    y_train, y_test : arrays (n,), uint8
        Índices em `class_names`.
    class_names : tuple de 10 str
    origin : {"local", "cache", "download", "replica"}
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class Higgs:
    """HIGGS: colisões simuladas, sinal ou fundo.

    Attributes
    ----------
    x : array (n, 28), float32
    y : array (n, 1), float32
        1 para sinal, 0 para fundo.
    feature_names : tuple de 28 str
        As 21 primeiras são medidas; as 7 últimas, massas invariantes calculadas delas.
    origin : {"local", "cache", "download", "replica"}
    """

    x: np.ndarray
    y: np.ndarray
    feature_names: tuple[str, ...]
    origin: str


@dataclass(frozen=True)
class CatNonCatFiles:
    """Os dois arquivos HDF5 do conjunto gato/não gato; lê-los é tarefa do Lab 5.

    Attributes
    ----------
    train, test : Path
        Cada arquivo tem as chaves `<parte>_set_x` (n, 64, 64, 3) uint8, `<parte>_set_y` (n,) int64
        e `list_classes` (2,) bytes, em que `<parte>` é `train` ou `test`.
    origin : {"local", "cache", "download", "replica"}
    """

    train: Path
    test: Path
    origin: str


@dataclass(frozen=True)
class AirlineSentiment:
    """Mensagens de passageiros a companhias aéreas, com o sentimento que uma pessoa leu nelas.

    Attributes
    ----------
    texts : array (n,), object
        As mensagens (str), na ordem do arquivo: 14.640 no original; 6.000 na réplica.
    labels : array (n,), int64
        Índices em `classes`.
    classes : tuple de 3 str
        "negativo", "neutro" e "positivo".
    language : {"en", "pt"}
        Inglês no original, português na réplica.
    origin : {"local", "replica"}
    """

    texts: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]
    language: str
    origin: str


# --- as funções públicas -------------------------------------------------------------------------


def load_fashion_mnist() -> FashionMnist:
    """Carrega o Fashion-MNIST.

    Returns
    -------
    FashionMnist

    Raises
    ------
    DataError
        Se os arquivos de GRADIENTE_DATA_DIR estiverem estragados ou incompletos, ou o disco encher.

    Notes
    -----
    Xiao, Rasul e Vollgraf (2017), licença MIT. Procura em GRADIENTE_DATA_DIR (os quatro nomes
    originais, ou um par `fashion-mnist-<n>-images-idx3-ubyte.gz` e `-labels-idx1-ubyte.gz`), no
    cache, na rede e, por fim, desenha uma réplica.

    Examples
    --------
    >>> data = load_fashion_mnist()
    >>> data.class_names[data.y_train[0]]  # doctest: +SKIP
    'bota'
    """
    return _search("Fashion-MNIST", _local_fashion, _cached_fashion, _download_fashion, _replica_fashion)


def load_higgs(n: int = 11_000) -> Higgs:
    """Carrega as `n` primeiras linhas do HIGGS.

    Parameters
    ----------
    n : int
        De 1 a 11.000.000. O arquivo original tem 2,8 GB, e só o começo dele, até a linha `n`, é
        baixado.

    Returns
    -------
    Higgs

    Raises
    ------
    ValueError
        Se `n` estiver fora da faixa.
    DataError
        Se o arquivo de GRADIENTE_DATA_DIR estiver estragado ou tiver menos de `n` linhas, ou o
        disco encher.

    Notes
    -----
    Baldi, Sadowski e Whiteson (2014), UCI 280, CC BY 4.0. Procura `HIGGS.csv.gz` ou `HIGGS.csv` em
    GRADIENTE_DATA_DIR, `higgs-<n>.npz` no cache, a rede e, por fim, simula uma réplica.
    """
    if isinstance(n, bool) or not isinstance(n, (int, np.integer)) or not 1 <= n <= HIGGS_ROWS:
        raise ValueError(f"n deve ser um inteiro de 1 a {HIGGS_ROWS}, e não {n!r}")
    n = int(n)
    return _search(
        "HIGGS",
        lambda folder: _local_higgs(folder, n),
        lambda: _cached_higgs(n),
        lambda: _download_higgs(n),
        lambda: _replica_higgs(n),
    )


def cat_noncat_files() -> CatNonCatFiles:
    """Encontra (ou baixa, ou desenha) os dois arquivos HDF5 do conjunto gato/não gato.

    Returns
    -------
    CatNonCatFiles

    Raises
    ------
    DataError
        Se os arquivos de GRADIENTE_DATA_DIR estiverem estragados ou incompletos, ou o disco encher.

    Notes
    -----
    209 imagens de treino (72 gatos) e 50 de teste (33 gatos), 64×64 em cores, do curso "Neural
    Networks and Deep Learning" (DeepLearning.AI). Procura `train_catvnoncat.h5` e
    `test_catvnoncat.h5` em GRADIENTE_DATA_DIR, no cache, na rede e, por fim, desenha uma réplica.
    """
    return _search("gato/não gato", _local_cats, _cached_cats, _download_cats, _replica_cats)


def load_airline_sentiment() -> AirlineSentiment:
    """Carrega as mensagens sobre companhias aéreas.

    Returns
    -------
    AirlineSentiment

    Raises
    ------
    DataError
        Se o arquivo de GRADIENTE_DATA_DIR estiver estragado.

    Notes
    -----
    "Twitter US Airline Sentiment" (Crowdflower, 2015), CC BY-NC-SA 4.0. O Kaggle só o entrega a quem
    tem conta, e por isso nada é baixado: quem o tiver põe `Tweets.csv` (ou `Tweets.csv.gz`, ou um
    começo dele, `Tweets-<n>.csv.gz`) em GRADIENTE_DATA_DIR. Sem ele, a réplica em português.
    """
    return _search(
        "tweets sobre companhias aéreas", _local_sentiment, lambda: None, _no_sentiment, _replica_sentiment
    )


# --- a ordem da procura --------------------------------------------------------------------------

_announced: set[str] = set()  # conjuntos cuja origem já foi dita neste processo


def _search(
    title: str,
    local: Callable[[Path], T | None],
    cache: Callable[[], T | None],
    download: Callable[[], T],
    replica: Callable[[], T],
) -> T:
    """Pasta do usuário → cache → rede → réplica. `local` e `cache` devolvem None se não acharem."""
    folder = data_dir()
    found = (local(folder) if folder else None) or cache()
    if found is not None:
        return found
    try:
        found = download()
    except Unavailable as reason:
        _announce(title, f"{title}: {reason}; uso a réplica do curso (dados reais: defina {DATA_VARIABLE}).")
        return replica()
    _announce(title, f"{title}: baixado e conferido; da próxima vez vem do cache.")
    return found


def _announce(title: str, text: str) -> None:
    """Mostra `text` em uma linha, uma vez por conjunto e por processo."""
    if title not in _announced:
        _announced.add(title)
        print(text)


def _together(folder: Path, names: list[str]) -> bool:
    """Diz se os arquivos estão todos na pasta (True) ou se nenhum está (False).

    Raises
    ------
    DataError
        Se só uma parte deles estiver lá.
    """
    missing = [name for name in names if not (folder / name).is_file()]
    if missing and len(missing) < len(names):
        raise DataError(f"Falta {', '.join(missing)} em {folder}: copie para lá também esse arquivo.")
    return not missing


# --- Fashion-MNIST -------------------------------------------------------------------------------


def _read_pair(images: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Imagens e rótulos de um par de arquivos IDX, conferidos um com o outro."""
    x, y = read_idx(images, IMAGES_MAGIC), read_idx(labels, LABELS_MAGIC)
    if len(x) != len(y):
        raise broken(labels, f"tem {len(y)} rótulos para as {len(x)} imagens de {images.name}")
    if y.size and y.max() >= len(FASHION_CLASSES):
        raise broken(labels, f"tem o rótulo {y.max()}, e eles vão de 0 a 9")
    return x, y


def _read_fashion(folder: Path, origin: str) -> FashionMnist:
    """Lê os quatro arquivos originais."""
    train_images, train_labels, test_images, test_labels = (folder / name for name in FASHION_FILES)
    train, test = _read_pair(train_images, train_labels), _read_pair(test_images, test_labels)
    return FashionMnist(*train, *test, FASHION_CLASSES, origin)


def _local_fashion(folder: Path) -> FashionMnist | None:
    if _together(folder, list(FASHION_FILES)):
        return _read_fashion(folder, "local")
    samples = [match for path in folder.iterdir() if (match := FASHION_SAMPLE.fullmatch(path.name))]
    if not samples:
        return None
    images = max(samples, key=lambda match: int(match[1])).string
    names = [images, images.replace("-images-idx3-", "-labels-idx1-")]
    _together(folder, names)
    x, y = _read_pair(*(folder / name for name in names))
    cut = len(x) - len(x) // 6
    return FashionMnist(x[:cut], y[:cut], x[cut:], y[cut:], FASHION_CLASSES, "local")


def _cached_fashion() -> FashionMnist | None:
    if all(cached(name, known_hash) for name, (known_hash, _) in FASHION_FILES.items()):
        return _read_fashion(cache_dir(), "cache")
    return None


def _download_fashion() -> FashionMnist:
    for name, (known_hash, size) in FASHION_FILES.items():
        folder = fetch(name, (FASHION_URL + name,), known_hash, size).parent
    return _read_fashion(folder, "download")


def _replica_fashion() -> FashionMnist:
    from gradiente.replicas import fashion_mnist

    return FashionMnist(*fashion_mnist.generate(), FASHION_CLASSES, "replica")


# --- HIGGS ---------------------------------------------------------------------------------------


def _parse_higgs(lines: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Converte linhas do CSV em `x` (n, 28) e `y` (n, 1), float32.

    Raises
    ------
    ValueError
        Se uma linha não tiver 29 números ou o rótulo não for 0 nem 1.
    """
    columns = 1 + len(HIGGS_FEATURES)
    rows = [line.split(",") for line in lines]
    for number, row in enumerate(rows, start=1):
        if len(row) != columns:
            raise ValueError(f"tem {len(row)} colunas na linha {number}, e não {columns}")
    try:
        table = np.array(rows, dtype=np.float32)
    except ValueError as error:
        raise ValueError("tem um valor que não é número") from error
    if not np.isfinite(table).all() or not np.isin(table[:, 0], (0, 1)).all():
        raise ValueError("tem um valor infinito, ou um rótulo que não é 0 nem 1")
    return np.ascontiguousarray(table[:, 1:]), table[:, :1].copy()


def _local_higgs(folder: Path, n: int) -> Higgs | None:
    for name, opener in (("HIGGS.csv.gz", gzip.open), ("HIGGS.csv", open)):
        path = folder / name
        if not path.is_file():
            continue
        try:
            with opener(path, "rt", encoding="ascii") as file:
                lines = [line.rstrip("\r\n") for line in islice(file, n)]
        except (OSError, EOFError, zlib.error) as error:
            raise broken(path, "não pode ser lido até o fim") from error
        except UnicodeDecodeError as error:
            raise broken(path, "não é um CSV de números") from error
        if not lines:
            raise broken(path, "está vazio")
        try:
            x, y = _parse_higgs(lines)
        except ValueError as error:
            raise broken(path, str(error)) from error
        if len(x) < n:
            raise DataError(f"{path} tem só {len(x)} linhas: peça no máximo load_higgs({len(x)}).")
        return Higgs(x, y, HIGGS_FEATURES, "local")
    return None


def _read_higgs_npz(path: Path, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Lê as `n` primeiras linhas de um arquivo do cache; ValueError se ele não for o esperado."""
    with np.load(path, allow_pickle=False) as arrays:
        x, y = arrays["x"], arrays["y"]
    shapes = x.shape[1:] == (len(HIGGS_FEATURES),) and y.shape == (len(x), 1) and len(x) >= n
    if not shapes or x.dtype != np.float32 or y.dtype != np.float32:
        raise ValueError("formato inesperado")
    return x[:n].copy(), y[:n].copy()


def _cached_higgs(n: int) -> Higgs | None:
    """O menor arquivo do cache com pelo menos `n` linhas; arquivos estragados são ignorados."""
    found = {int(path.stem[6:]): path for path in cache_dir().glob("higgs-*.npz") if path.stem[6:].isdigit()}
    for rows in sorted(rows for rows in found if rows >= n):
        try:
            return Higgs(*_read_higgs_npz(found[rows], n), HIGGS_FEATURES, "cache")
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            continue
    return None


def _higgs_npz(lines: list[str]) -> bytes:
    """Bytes do arquivo do cache, depois de conferir a primeira linha com a que se conhece."""
    x, y = _parse_higgs(lines)
    if not np.allclose([*y[0], *x[0]], HIGGS_FIRST_ROW, rtol=1e-5, atol=1e-6):
        raise ValueError("a primeira linha não é a do HIGGS")
    content = io.BytesIO()
    np.savez(content, x=x, y=y)
    return content.getvalue()


def _download_higgs(n: int) -> Higgs:
    name = f"higgs-{n}.npz"
    with contextlib.suppress(OSError):  # o que está lá não pôde ser lido; senão viria do cache
        (cache_dir() / name).unlink()
    path = fetch(name, HIGGS_URLS, None, 4 * 29 * n, RowStream(n, _higgs_npz, "HIGGS"))
    return Higgs(*_read_higgs_npz(path, n), HIGGS_FEATURES, "download")


def _replica_higgs(n: int) -> Higgs:
    from gradiente.replicas import higgs

    return Higgs(*higgs.generate(n), HIGGS_FEATURES, "replica")


# --- gato/não gato -------------------------------------------------------------------------------


def _check_cats(path: Path, part: str, images: int | None = None) -> None:
    """Confere chaves, formas e tipos de um arquivo HDF5, sem ler os arrays.

    Raises
    ------
    DataError
        Se algo faltar ou for diferente.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            keys = (f"{part}_set_x", f"{part}_set_y", "list_classes")
            if missing := [key for key in keys if key not in file]:
                raise broken(path, f"não tem a chave {', '.join(missing)}")
            x, y = file[keys[0]], file[keys[1]]
            n = x.shape[0] if images is None else images
            if x.shape != (n, 64, 64, 3) or x.dtype != np.uint8 or y.shape != (n,):
                raise broken(
                    path, f"tem imagens de forma {x.shape} e tipo {x.dtype}, e não (n, 64, 64, 3) e uint8"
                )
    except OSError as error:
        raise broken(path, "não é um arquivo HDF5 inteiro") from error


def _local_cats(folder: Path) -> CatNonCatFiles | None:
    if not _together(folder, [entry[0] for entry in CAT_FILES.values()]):
        return None
    paths = {part: folder / entry[0] for part, entry in CAT_FILES.items()}
    for part, path in paths.items():
        _check_cats(path, part)
    return CatNonCatFiles(**paths, origin="local")


def _cached_cats() -> CatNonCatFiles | None:
    paths = {part: cached(name, known_hash) for part, (name, known_hash, _, _) in CAT_FILES.items()}
    return CatNonCatFiles(**paths, origin="cache") if all(paths.values()) else None


def _download_cats() -> CatNonCatFiles:
    paths = {
        part: fetch(name, tuple(url + name for url in CAT_URLS), known_hash, size)
        for part, (name, known_hash, size, _) in CAT_FILES.items()
    }
    return CatNonCatFiles(**paths, origin="download")


def _replica_cats() -> CatNonCatFiles:
    """Escreve a réplica no cache, em uma pasta própria, se ela ainda não estiver lá inteira."""
    folder = cache_dir() / CAT_REPLICA_FOLDER
    paths = {part: folder / entry[0] for part, entry in CAT_FILES.items()}
    try:
        for part, path in paths.items():
            _check_cats(path, part, CAT_FILES[part][3])
        return CatNonCatFiles(**paths, origin="replica")
    except DataError:
        pass  # falta ou está estragada: desenha de novo
    from gradiente.replicas import cat_noncat

    size = sum(entry[2] for entry in CAT_FILES.values())
    folder = writable_cache(size) / CAT_REPLICA_FOLDER
    folder.mkdir(exist_ok=True)
    for part, content in cat_noncat.generate_files().items():
        paths[part] = folder / CAT_FILES[part][0]
        write_atomic(paths[part], content)
    return CatNonCatFiles(**paths, origin="replica")


# --- tweets sobre companhias aéreas --------------------------------------------------------------


def _local_sentiment(folder: Path) -> AirlineSentiment | None:
    paths = [path for path in folder.iterdir() if SENTIMENT_FILE.fullmatch(path.name)]
    if not paths:
        return None
    path = min(paths, key=lambda path: (len(path.name), path.name))  # o inteiro antes de uma amostra
    return AirlineSentiment(*_read_sentiment(path), SENTIMENT_CLASSES, "en", "local")


def _read_sentiment(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Textos e rótulos do CSV original, comprimido ou não."""
    texts, labels = [], []
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            missing = {"airline_sentiment", "text"} - set(rows.fieldnames or ())
            if missing:
                raise broken(path, f"não tem a coluna {' nem '.join(sorted(missing))}")
            for row in rows:
                if row["airline_sentiment"] not in SENTIMENT_LABELS or not row["text"]:
                    raise broken(
                        path, f"tem um registro sem sentimento ou sem texto perto da linha {rows.line_num}"
                    )
                labels.append(SENTIMENT_LABELS.index(row["airline_sentiment"]))
                texts.append(row["text"])
    except (OSError, EOFError, zlib.error, UnicodeDecodeError, csv.Error) as error:
        raise broken(path, "não é um CSV inteiro em UTF-8") from error
    if not texts:
        raise broken(path, "não tem nenhuma mensagem")
    return np.array(texts, object), np.array(labels, np.int64)


def _no_sentiment() -> AirlineSentiment:
    raise Unavailable("o original pede uma conta no Kaggle")


def _replica_sentiment() -> AirlineSentiment:
    from gradiente.replicas import airline_sentiment

    return AirlineSentiment(*airline_sentiment.generate(), SENTIMENT_CLASSES, "pt", "replica")

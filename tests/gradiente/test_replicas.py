"""As réplicas: forma e tipos dos originais, determinismo, distribuições e dificuldade."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import confusion_matrix, log_loss
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from gradiente import datasets
from gradiente.replicas import airline_sentiment, cat_noncat, fashion_mnist, higgs, raster

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GRADIENTE_DATA_DIR") or ROOT.parent / "shared" / "dados")
needs_real = pytest.mark.skipif(
    not (REAL / "train_catvnoncat.h5").is_file(), reason=f"sem os arquivos originais em {REAL}"
)


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """Uma linha de execução por biblioteca: em máquina ocupada, várias se atrapalham."""
    with threadpool_limits(1):
        yield


# --- Fashion-MNIST -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fashion():
    return fashion_mnist.generate(3_000, 1_000)


def test_fashion_shapes_and_balance(fashion):
    x_train, y_train, x_test, y_test = fashion
    assert (x_train.shape, x_test.shape) == ((3_000, 28, 28), (1_000, 28, 28))
    assert {array.dtype for array in fashion} == {np.dtype(np.uint8)}
    assert np.bincount(y_train).tolist() == [300] * 10 and np.bincount(y_test).tolist() == [100] * 10
    assert len(fashion_mnist.GARMENTS) == len(datasets.FASHION_CLASSES)


def test_fashion_is_deterministic_and_train_differs_from_test():
    first, second = fashion_mnist.generate(40, 40), fashion_mnist.generate(40, 40)
    for a, b in zip(first, second, strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0], first[2])


def test_fashion_accepts_any_size():
    x_train, y_train, x_test, y_test = fashion_mnist.generate(3, 0)
    assert x_train.shape == (3, 28, 28) and sorted(y_train) == [0, 1, 2]
    assert x_test.shape == (0, 28, 28) and y_test.shape == (0,)


def test_fashion_pictures_are_centred_on_black(fashion):
    x = fashion[0].astype(float)
    assert 0.4 < np.mean(x == 0) < 0.65  # no original, metade dos pixels é fundo
    assert 50 < x.mean() < 90 and x.max() > 240
    assert x[:, [0, -1], :].mean() < x[:, 10:18, 10:18].mean() / 2
    assert x.reshape(len(x), -1).max(axis=1).min() > 40  # nenhuma imagem vazia


def test_fashion_has_the_difficulty_and_the_confusions_of_the_original(fashion):
    x_train, y_train, x_test, y_test = fashion
    net = MLPClassifier((64,), max_iter=8, random_state=0, batch_size=100, learning_rate_init=2e-3)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        net.fit(x_train.reshape(-1, 784) / 255.0, y_train)
    predicted = net.predict(x_test.reshape(-1, 784) / 255.0)
    assert 0.78 < np.mean(predicted == y_test) < 0.92
    table = confusion_matrix(y_test, predicted)
    errors = table.sum() - np.trace(table)
    tops = [0, 2, 4, 6]
    among_tops = table[np.ix_(tops, tops)].sum() - table[tops, tops].sum()
    assert among_tops > 0.7 * errors  # camiseta, pulôver, casaco e camisa se confundem
    assert np.argmin(np.diag(table)) == 6  # a camisa é a mais difícil, como no original


# --- HIGGS ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def collisions():
    return higgs.generate()


def test_higgs_shapes(collisions):
    x, y = collisions
    assert x.shape == (11_000, 28) and y.shape == (11_000, 1)
    assert x.dtype == y.dtype == np.float32
    assert np.isfinite(x).all() and set(np.unique(y)) == {0.0, 1.0}
    assert 0.51 < y.mean() < 0.55


def test_higgs_rows_do_not_depend_on_n(collisions):
    x, y = higgs.generate(25)
    np.testing.assert_array_equal(x, collisions[0][:25])
    np.testing.assert_array_equal(y, collisions[1][:25])
    longer = higgs.generate(11_010)[0]
    np.testing.assert_array_equal(longer[:11_000], collisions[0])
    assert not np.array_equal(longer[11_000:], longer[:10])


def test_higgs_columns_have_the_ranges_of_the_original(collisions):
    x = dict(zip(datasets.HIGGS_FEATURES, collisions[0].T, strict=True))
    for name, values in x.items():
        if name.endswith("phi"):
            assert abs(values).max() < 1.75 and abs(values).max() > 1.7
            assert np.histogram(values, bins=8, range=(-1.75, 1.75))[0].min() > 1_100, name
        elif name.endswith("eta"):
            assert abs(values.mean()) < 0.05 and 0.9 < values.std() < 1.1, name
            assert 2 < abs(values).max() < 3, name
        elif not name.endswith("b_tag"):
            assert values.min() > 0 and 0.95 < values.mean() < 1.05, name
    units = {1: (1.087, 2.173), 2: (1.107, 2.215), 3: (1.274, 2.548), 4: (1.551, 3.102)}
    for jet, (one, two) in units.items():
        assert np.unique(x[f"jet_{jet}_b_tag"]) == pytest.approx([0, one, two], abs=1e-3)
    jets = np.stack([x[f"jet_{jet}_pt"] * higgs.PT_SCALE[jet + 1] for jet in range(1, 5)])
    assert (np.diff(jets, axis=0) <= 1e-3).all()  # os jatos vêm em ordem de pT
    for name in datasets.HIGGS_FEATURES[21:]:
        counts, edges = np.histogram(x[name], bins=40, range=(0, 4))
        assert 0.5 < edges[counts.argmax()] < 1.2, f"{name} tem o pico perto de 1"


def test_four_vectors_obey_relativity():
    rng = np.random.default_rng(0)
    parent = higgs._vector(173.0, rng.normal(0, 100, (200, 3)))
    first, second = higgs._decay(rng, parent, np.full(200, 80.4), 4.7)
    np.testing.assert_allclose(first + second, parent, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(higgs._mass(first), 80.4, rtol=1e-6)
    np.testing.assert_allclose(higgs._mass(second), 4.7, rtol=1e-4)


def test_higgs_signal_is_in_the_masses_and_mostly_nonlinear(collisions):
    x, y = collisions[0], collisions[1].ravel()
    train, test = slice(3_000, None), slice(0, 3_000)

    def loss(model, columns):
        model.fit(x[train, columns], y[train])
        return log_loss(y[test], model.predict_proba(x[test, columns])[:, 1])

    everything = slice(None)
    linear = loss(LogisticRegression(max_iter=300), everything)
    trees = loss(HistGradientBoostingClassifier(max_iter=40, learning_rate=0.15), everything)
    without_masses = loss(HistGradientBoostingClassifier(max_iter=40, learning_rate=0.15), slice(0, 21))
    constant = log_loss(y[test], np.full(3_000, y[train].mean()))
    assert linear < constant - 0.02
    assert trees < linear - 0.05
    assert trees < without_masses - 0.03
    assert trees > 0.4  # há ruído que nenhum modelo explica


def load_benchmark():
    """O módulo benchmarks/higgs_replica.py, que não faz parte do pacote."""
    spec = importlib.util.spec_from_file_location("higgs_replica", ROOT / "benchmarks" / "higgs_replica.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.completo
def test_tiny_does_not_overfit_and_large_memorises(collisions):
    pytest.importorskip("tensorflow")
    benchmark = load_benchmark()
    recipes = benchmark.RECIPES
    tiny = benchmark.train("Tiny", recipes["Tiny"], *collisions, factor=0.4)
    assert tiny.val <= 1.03 * tiny.best_val
    assert tiny.best_val < 0.66 and tiny.accuracy > 0.6
    recipe = benchmark.Recipe(256, 4, 105)  # Large com metade da largura: um quarto do tempo
    large = benchmark.train("Large reduzida", recipe, *collisions)
    assert large.train < 0.1
    assert large.val >= 2 * large.best_val
    assert large.best_epoch < 60


# --- gato/não gato -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cats():
    return {part: cat_noncat.generate(part) for part in ("train", "test")}


def test_cat_counts(cats):
    for part, (n, positives) in {"train": (209, 72), "test": (50, 33)}.items():
        x, y = cats[part]
        assert x.shape == (n, 64, 64, 3) and x.dtype == np.uint8
        assert y.dtype == np.int64 and y.sum() == positives and set(y) == {0, 1}
        assert 80 < x.mean() < 130 and x.std() > 45
        assert len(np.unique(x.reshape(n, -1), axis=0)) == n


def test_cat_files_are_deterministic_and_follow_the_format(cats, monkeypatch):
    monkeypatch.setattr(cat_noncat, "generate", lambda part: cats[part])
    files = cat_noncat.generate_files()
    assert files == cat_noncat.generate_files()
    with h5py.File(io.BytesIO(files["test"])) as file:
        assert sorted(file) == ["list_classes", "test_set_x", "test_set_y"]
        assert file["list_classes"][...].tolist() == [b"non-cat", b"cat"]
        np.testing.assert_array_equal(file["test_set_x"], cats["test"][0])


def test_cats_are_deterministic(cats):
    np.testing.assert_array_equal(cat_noncat.generate("test")[0], cats["test"][0])


@needs_real
def test_cat_files_have_the_types_of_the_originals(cats, monkeypatch):
    monkeypatch.setattr(cat_noncat, "generate", lambda part: cats[part])
    for part, content in cat_noncat.generate_files().items():
        with h5py.File(io.BytesIO(content)) as ours, h5py.File(REAL / f"{part}_catvnoncat.h5") as theirs:
            assert sorted(ours) == sorted(theirs)
            for key in ours:
                assert (ours[key].shape, ours[key].dtype) == (theirs[key].shape, theirs[key].dtype), key
            assert ours[f"{part}_set_y"][...].sum() == theirs[f"{part}_set_y"][...].sum()
            assert ours["list_classes"][...].tolist() == theirs["list_classes"][...].tolist()


def test_cats_are_hard_enough_to_overfit(cats):
    (x_train, y_train), (x_test, y_test) = (
        ((x.reshape(len(x), -1) / 255.0).astype(np.float32), y) for x, y in (cats["train"], cats["test"])
    )
    model = SGDClassifier(
        "log_loss", alpha=1e-4, learning_rate="constant", eta0=1e-3, max_iter=150, tol=None, random_state=0
    )
    model.fit(x_train, y_train)
    train, test = model.score(x_train, y_train), model.score(x_test, y_test)
    assert train > 0.9
    assert 0.55 < test < 0.9 and test < train - 0.1


# --- o desenho -----------------------------------------------------------------------------------


def test_shapes_cover_the_right_area():
    x, y = raster.grid(40)
    assert raster.box(x, y, 10, 5, 30, 25).sum() == pytest.approx(400, abs=1)
    assert raster.ellipse(x, y, 20, 20, 12, 8, 0.7).sum() == pytest.approx(np.pi * 96, rel=0.02)
    assert raster.limb(x, y, 10, 10, 30, 10, 3.0).sum() == pytest.approx(20 * 6 + np.pi * 9, rel=0.02)
    assert raster.ring(x, y, 20, 20, 10, 10, 2.0).sum() == pytest.approx(2 * np.pi * 20, rel=0.03)


def test_profile_is_a_polyline():
    at = np.array([0.0, 1, 2, 3, 9])
    assert raster.profile(at, [(1, 10.0), (2, 20.0), (4, 0.0)]).tolist() == [10, 10, 20, 10, 0]


def test_generators_are_quick():
    start = time.process_time()
    fashion_mnist.generate(1_200, 200)
    assert time.process_time() - start < 2  # um quinto do tamanho padrão
    start = time.process_time()
    higgs.generate()
    assert time.process_time() - start < 3


# --- tweets sobre companhias aéreas --------------------------------------------------------------


@pytest.fixture(scope="module")
def messages():
    return airline_sentiment.generate()


def test_messages_are_deterministic_and_grow_from_the_start(messages):
    texts, labels = airline_sentiment.generate(50)
    assert texts.tolist() == messages[0][:50].tolist()
    assert labels.tolist() == messages[1][:50].tolist()


def test_messages_look_like_messages(messages):
    texts, labels = messages
    assert texts.dtype == object and labels.dtype == np.int64
    lengths = np.array([len(text) for text in texts])
    assert 20 <= np.median(lengths) <= 140 and lengths.max() <= 280
    assert len(set(texts)) > 0.98 * len(texts), "quase nenhuma se repete"
    assert all(any(company in text for company in airline_sentiment.COMPANIES) for text in texts)
    assert not any("{" in text or "  " in text for text in texts), "nenhum lugar ficou por preencher"


def test_sentiments_come_in_the_shares_of_the_original(messages):
    np.testing.assert_allclose(np.bincount(messages[1]) / len(messages[1]), [0.61, 0.22, 0.17], atol=0.03)


def test_negation_changes_the_sentiment(messages):
    """A mesma palavra dos dois lados: um saco de palavras não basta para acertar tudo."""
    texts, labels = messages
    praised = [label for text, label in zip(texts, labels, strict=True) if " nada gentil" in text]
    assert praised and np.mean(np.array(praised) == airline_sentiment.NEGATIVE) > 0.6


def test_messages_are_as_hard_as_the_tweets(messages):
    """Modelo linear em 2.000: decora o treino, erra perto de um quarto e ganha com mais mensagens."""
    texts, labels = messages

    def scores(n):
        counter = CountVectorizer().fit(texts[:n])
        model = LogisticRegression(max_iter=500).fit(counter.transform(texts[:n]), labels[:n])
        return [model.score(counter.transform(part[0]), part[1]) for part in ((texts[:n], labels[:n]), held)]

    held = texts[4000:], labels[4000:]
    train_small, test_small = scores(500)
    _, test_large = scores(4000)
    assert train_small - test_small > 0.15
    assert 0.62 < test_small < 0.75 and test_small + 0.05 < test_large < 0.85

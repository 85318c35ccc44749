"""Põe réplicas e originais lado a lado, com as mesmas medidas, em docs/replicas.md.

Uso: GRADIENTE_DATA_DIR=<pasta dos originais> python benchmarks/replicas.py

Só desenha e mede o que houver na pasta; do HIGGS, de que não se guarda uma amostra, valem os fatos publicados.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["GRADIENTE_OFFLINE"] = "1"

import h5py
import numpy as np
from matplotlib.figure import Figure
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import StandardScaler

from gradiente import datasets
from gradiente.figures import comma_axes, png
from gradiente.formatting import number, percent, table
from gradiente.storage import DATA_VARIABLE

ROOT = Path(__file__).resolve().parents[1]
PAGE, IMAGES = ROOT / "docs" / "replicas.md", ROOT / "docs" / "imagens"
PER_CLASS = 8


def both(load) -> dict[str, object]:
    """O original (se houver) e a réplica de um conjunto."""
    found = {}
    folder = os.environ.pop(DATA_VARIABLE, None)
    if folder:
        os.environ[DATA_VARIABLE] = folder
        original = load()
        if original.origin == "local":
            found["original"] = original
        del os.environ[DATA_VARIABLE]
    found["réplica"] = load()
    if folder:
        os.environ[DATA_VARIABLE] = folder
    return found


def sheet(columns: dict[str, list[list[np.ndarray]]], labels: list[str], path: Path) -> None:
    """Uma folha de imagens: uma linha por classe; à esquerda o original, à direita a réplica."""
    rows, count = len(labels), len(next(iter(columns.values()))[0])
    figure = Figure(figsize=(11, rows * 0.62 + 0.5), layout="none")
    grid = figure.subplots(rows, len(columns) * (count + 1) - 1, squeeze=False)
    for ax in grid.ravel():
        ax.axis("off")
    for block, (title, images) in enumerate(columns.items()):
        start = block * (count + 1)
        grid[0, start].set_title(title, loc="left", fontsize=12)
        for row, line in enumerate(images):
            for ax, image in zip(grid[row, start:], line, strict=False):
                ax.imshow(image, cmap="gray_r" if image.ndim == 2 else None)
    for row, label in enumerate(labels):
        grid[row, 0].text(-0.25, 0.5, label, transform=grid[row, 0].transAxes, ha="right", va="center")
    figure.subplots_adjust(left=0.12, right=0.99, top=0.9, bottom=0.01, wspace=0.05, hspace=0.05)
    path.write_bytes(png(figure))


def compare(names: list[str], measures: dict[str, dict[str, str]]) -> str:
    """Tabela com uma linha por medida e uma coluna por conjunto."""
    return table(["medida", *measures], [[name, *(m[name] for m in measures.values())] for name in names])


def fashion() -> str:
    """Fashion-MNIST: folha, estatísticas dos pixels e acurácia de uma rede pequena."""
    sets = both(datasets.load_fashion_mnist)
    columns, measures = {}, {}
    for name, data in sets.items():
        x = np.concatenate([data.x_train, data.x_test])[:3_000]
        y = np.concatenate([data.y_train, data.y_test])[:3_000]
        columns[name] = [list(x[y == k][:PER_CLASS]) for k in range(10)]
        flat = x.reshape(len(x), -1) / 255
        scaler = StandardScaler().fit(flat[:2_500])
        train, test = scaler.transform(flat[:2_500]), scaler.transform(flat[2_500:])
        linear = LogisticRegression(max_iter=300, C=0.01).fit(train, y[:2_500])
        small = MLPClassifier((64,), max_iter=40, random_state=0).fit(train, y[:2_500])
        measures[name] = {
            "média dos pixels (de 0 a 1)": number(flat.mean(), 2),
            "desvio padrão dos pixels": number(flat.std(), 2),
            "pixels vazios": percent(np.mean(flat == 0)),
            "modelo linear, 2.500 imagens": percent(linear.score(test, y[2_500:])),
            "rede de 64 unidades, 2.500 imagens": percent(small.score(test, y[2_500:])),
        }
    sheet(columns, list(datasets.FASHION_CLASSES), IMAGES / "replica-fashion-mnist.png")
    return compare(list(measures["réplica"]), measures)


def cats() -> str:
    """Gato/não gato: folha, estatísticas das cores e acurácia de um modelo linear."""
    columns, measures = {}, {}
    for name, files in both(datasets.cat_noncat_files).items():
        parts = {}
        for part in ("train", "test"):
            with h5py.File(getattr(files, part)) as file:
                parts[part] = file[f"{part}_set_x"][:], file[f"{part}_set_y"][:]
        (x, y), (x_test, y_test) = parts["train"], parts["test"]
        columns[name] = [list(x[y == k][:PER_CLASS]) for k in (1, 0)]
        flat, flat_test = x.reshape(len(x), -1) / 255, x_test.reshape(len(x_test), -1) / 255
        scaler = StandardScaler().fit(flat)
        flat, flat_test = scaler.transform(flat), scaler.transform(flat_test)
        linear = LogisticRegression(max_iter=500, C=0.001).fit(flat, y)
        measures[name] = {
            "imagens de treino e de teste": f"{len(x)} e {len(x_test)}",
            "gatos no treino e no teste": f"{percent(y.mean())} e {percent(y_test.mean())}",
            "média de vermelho, verde e azul": " · ".join(number(v, 2) for v in x.mean(axis=(0, 1, 2)) / 255),
            "desvio padrão dos pixels": number((x / 255).std(), 2),
            "modelo linear no treino": percent(linear.score(flat, y)),
            "modelo linear no teste": percent(linear.score(flat_test, y_test)),
        }
    sheet(columns, ["gato", "não gato"], IMAGES / "replica-gatos.png")
    return compare(list(measures["réplica"]), measures)


def sentiment() -> str:
    """Tweets: tamanho, vocabulário, classes e acurácia de um modelo linear."""
    measures = {}
    for name, data in both(datasets.load_airline_sentiment).items():
        texts, labels = data.texts[:6_000], data.labels[:6_000]
        scores = []
        for n in (500, 2_000, 4_000):
            counter = CountVectorizer().fit(texts[:n])
            model = LogisticRegression(max_iter=500).fit(counter.transform(texts[:n]), labels[:n])
            scores.append(percent(model.score(counter.transform(texts[4_000:]), labels[4_000:])))
        measures[name] = {
            "língua": {"en": "inglês", "pt": "português"}[data.language],
            "letras por mensagem (mediana)": f"{np.median([len(t) for t in texts]):.0f}",
            "negativas, neutras e positivas": " · ".join(percent(np.mean(labels == k)) for k in range(3)),
            "palavras diferentes": str(len(CountVectorizer().fit(texts).vocabulary_)),
            "modelo linear com 500, 2.000 e 4.000 mensagens": " · ".join(scores),
        }
    return compare(list(measures["réplica"]), measures)


def higgs() -> str:
    """HIGGS: marginais de seis colunas em cada classe e o que se sabe do original."""
    data = both(lambda: datasets.load_higgs(11_000))["réplica"]
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    shown = ("lepton_pT", "jet_1_pt", "jet_1_b_tag", "m_jj", "m_bb", "m_wwbb")
    for ax, column in zip(figure.subplots(2, 3).ravel(), shown, strict=True):
        values = data.x[:, datasets.HIGGS_FEATURES.index(column)]
        bins = np.linspace(values.min(), np.quantile(values, 0.99), 50)
        for label, name in ((1, "sinal"), (0, "fundo")):
            ax.hist(values[data.y[:, 0] == label], bins, density=True, histtype="step", label=name)
        ax.set_title(column)
        comma_axes(ax)
        ax.set_yticks([])
    ax.legend()
    (IMAGES / "replica-higgs.png").write_bytes(png(figure))
    tags = np.unique(data.x[:, [8, 12, 16, 20]].round(3))
    names = ["sinais", "colunas", "valores das marcas de jato b"]
    facts = {
        "original": {
            "sinais": "cerca de 53 %",
            "colunas": "28, as 7 últimas são massas invariantes",
            "valores das marcas de jato b": "três por coluna: 0, 1,087 e 2,173 na primeira",
        },
        "réplica": {
            "sinais": percent(data.y.mean(), 1),
            "colunas": f"{data.x.shape[1]}, na mesma ordem",
            "valores das marcas de jato b": ", ".join(number(float(tag), 3) for tag in tags),
        },
    }
    return compare(names, facts)


def main() -> int:
    """Mede tudo e escreve a página."""
    if not os.environ.get(DATA_VARIABLE):
        print(f"Defina {DATA_VARIABLE} com a pasta dos arquivos originais.", file=sys.stderr)
        return 2
    PAGE.write_text(
        f"""# Réplicas e originais, lado a lado

> Página escrita por `benchmarks/replicas.py`, que mede os dois com o mesmo programa. Não a edite à mão.

Sem rede, o curso usa **réplicas**: dados gerados por nós, com o formato, os tipos e quase a dificuldade dos originais. Servem para aprender
e para testar; não servem para publicar resultados. O campo `origin` de cada conjunto diz o que você tem.

## Fashion-MNIST

Cada peça é desenhada: contorno, mangas, gola, estampa, dobras e ruído.

![Oito imagens de cada uma das dez classes do Fashion-MNIST, do original à esquerda e da réplica à direita](imagens/replica-fashion-mnist.png)

{fashion()}

Original: Xiao, Rasul e Vollgraf (2017), licença MIT.

## Gato/não gato

![Oito gatos e oito imagens sem gato, do original à esquerda e da réplica à direita](imagens/replica-gatos.png)

{cats()}

Original: curso *Neural Networks and Deep Learning* (DeepLearning.AI).

## HIGGS

Uma simulação de brinquedo das mesmas colisões: decaimentos, detector que borra as medidas e massas calculadas delas. O original
tem 11 milhões de linhas e não cabe em uma amostra guardada; a coluna dele traz o que se publicou.

![Histogramas de seis colunas da réplica do HIGGS, sinal e fundo](imagens/replica-higgs.png)

{higgs()}

`make higgs` treina nela as sete redes do Lab 5 e confere o comportamento que a lição ensina. Original: Baldi, Sadowski e Whiteson (2014), UCI 280,
CC BY 4.0.

## Tweets sobre companhias aéreas

Mensagens de uma gramática pequena, com opiniões negadas, ironia, erros de digitação e rótulos trocados, como nas que as pessoas escrevem e
rotulam. As companhias da réplica são inventadas.

{sentiment()}

Original: *Twitter US Airline Sentiment* (Crowdflower, 2015), CC BY-NC-SA 4.0; amostra das 6.000 primeiras mensagens.
""",
        encoding="utf-8",
    )
    print(f"escrita: {PAGE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

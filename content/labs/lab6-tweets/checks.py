"""O julgamento do Lab 6: sentimento de tweets."""

from __future__ import annotations

import math
import string
from collections import Counter

import numpy as np

from corretor import checks
from corretor.checks import Mismatch, array, check, fail, mapping, number, ok, partial

# --- ajudantes ------------------------------------------------------------------------------------


def sequence(value, size, what):
    """Uma lista com um resultado por caso."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if not isinstance(value, list) or len(value) != size:
        raise Mismatch(f"Não consegui ler {what}: confira o tipo do que a função devolve.")
    return value


def first_match(found, wanted, wrong, default):
    """A mensagem do engano que dá exatamente o que a resposta deu; `default` se nenhum dá."""
    for text, value in wrong:
        if value == found and value != wanted:
            return text
    return default


def near(got, wanted):
    """Se os números conferem a menos do arredondamento."""
    return checks.near(got, wanted, 1e-6, 1e-8)


def all_near(found, wanted):
    """Se duas listas de números, do mesmo tamanho, conferem."""
    return all(near(a, b) for a, b in zip(found, wanted, strict=True))


def recognized(found, wanted, wrong):
    """(fração, mensagem) do primeiro engano conhecido cujos números são os da resposta; None se nenhum é."""
    for text, fraction, values in wrong:
        if all_near(found, values) and not all_near(values, wanted):
            return fraction, text
    return None


# --- ToDo 1 ---------------------------------------------------------------------------------------

EDGES = string.punctuation + "“”‘’…—–¿¡"
SIMPLE = ("Voo LONGO", " dois   espaços\ne\tlinhas ", "É não à noite", "", "a a b a")
MENTIONS = (
    "@GolAzul meu voo",
    "veja HTTPS://t.co/x9 agora",
    "oi @a @b http://c.d fim",
    "@Só",
    "conta@site httpx",
)
POINTS = ("que atraso!!!", "“ótimo”… (sim)", "can't, guarda-chuva", "#fim :-) 7,5", "olá - tchau")


def cut(
    text, lower=True, blank=None, drop=lambda piece: piece.startswith(("@", "http")), strip=True, empty=False
):
    """As palavras de uma mensagem; os argumentos dizem que engano se comete."""
    pieces = (text.lower() if lower else text).split(blank)
    pieces = [piece for piece in pieces if not drop(piece)]
    if strip is True:
        pieces = [piece.strip(EDGES) for piece in pieces]
    elif callable(strip):
        pieces = [strip(piece) for piece in pieces]
    return [piece for piece in pieces if piece or empty]


def judge_words(value, messages, wrong, default):
    """Compara as listas de palavras com as certas e com as dos enganos."""
    found = sequence(value, len(messages), "as palavras das mensagens")
    if any(not isinstance(words, list) or not all(isinstance(w, str) for w in words) for words in found):
        return fail(
            "Alguma mensagem não virou uma lista de palavras (textos). Confira o que a função devolve."
        )
    wanted = [cut(message) for message in messages]
    if found == wanted:
        return ok()
    return fail(
        first_match(found, wanted, [(text, [make(m) for m in messages]) for text, make in wrong], default)
    )


@check("todo01", points=2)
def minusculas_e_cortes(simples):
    """Minúsculas, cortes em qualquer espaço, na ordem e sem tirar palavra alguma."""
    return judge_words(
        simples,
        SIMPLE,
        [
            ("Sobraram maiúsculas: passe o texto a minúsculas.", lambda m: cut(m, lower=False)),
            (
                "Espaços seguidos ou mudanças de linha deixaram restos: split sem argumento corta em qualquer um deles.",
                lambda m: cut(m, blank=" ", empty=True),
            ),
            (
                "Espaços seguidos ou mudanças de linha deixaram restos: split sem argumento corta em qualquer um deles.",
                lambda m: cut(m, blank=" "),
            ),
            (
                "Palavras repetidas sumiram: a função devolve todas, na ordem em que estão.",
                lambda m: list(dict.fromkeys(cut(m))),
            ),
            ("As palavras saíram de ordem: um set não a guarda.", lambda m: sorted(set(cut(m)))),
            (
                "Palavras curtas sumiram. A função não tira palavras por serem curtas ou frequentes.",
                lambda m: [w for w in cut(m) if len(w) > 1],
            ),
            (
                "Palavras frequentes sumiram, e com elas o “não”. O enunciado não as tira.",
                lambda m: [w for w in cut(m) if w not in {"é", "não", "à", "e", "a"}],
            ),
            ("Letras com acento se perderam.", lambda m: cut(m.encode("ascii", "ignore").decode())),
        ],
        "Em mensagens sem menção nem pontuação, as palavras não conferem. Experimente com espaços repetidos e com uma mudança de linha.",
    )


@check("todo01", points=2)
def mencoes_e_enderecos(mencoes):
    """Menções e endereços saem inteiros, e só eles."""
    return judge_words(
        mencoes,
        MENTIONS,
        [
            (
                "Da menção saiu só o “@”, e o nome ficou: o pedaço é jogado fora inteiro, antes de se tirar a pontuação.",
                lambda m: cut(m, drop=lambda p: p.startswith("http")),
            ),
            (
                "Da menção saiu só o “@”, e o nome ficou: o pedaço é jogado fora inteiro, antes de se tirar a pontuação.",
                lambda m: "".join(c for c in m.lower() if c not in EDGES).split(),
            ),
            (
                "Os endereços ficaram. E repare: eles podem vir em maiúsculas.",
                lambda m: cut(m, drop=lambda p: p.startswith("@")),
            ),
            (
                "Nada foi jogado fora: nem menções, nem endereços.",
                lambda m: cut(m, drop=lambda p: False),
            ),
            (
                "Um pedaço com “@” ou “http” no meio também saiu; o pedido é só o que começa assim.",
                lambda m: cut(m, drop=lambda p: "@" in p or "http" in p),
            ),
            (
                "Um endereço em maiúsculas escapou: passe a minúsculas antes de procurar.",
                lambda m: [
                    w
                    for p in m.split()
                    if not p.startswith(("@", "http"))
                    for w in cut(p, drop=lambda p: False)
                ],
            ),
            (
                "O enunciado fala em “http”, e não em “http://” ou “https”: há começos que escaparam.",
                lambda m: cut(m, drop=lambda p: p.startswith(("@", "http://", "https://"))),
            ),
        ],
        "Com menções ou endereços, sobraram ou faltaram palavras. Que pedaços começam por “@” ou por “http”?",
    )


@check("todo01", points=2)
def pontuacao(pontas):
    """A pontuação sai das pontas, e a do meio fica."""
    return judge_words(
        pontas,
        POINTS,
        [
            ("A pontuação das pontas ficou.", lambda m: cut(m, strip=False)),
            (
                "A pontuação do meio da palavra também saiu: só a das pontas é tirada.",
                lambda m: cut(m, strip=lambda p: "".join(c for c in p if c not in EDGES)),
            ),
            (
                "Só o fim das palavras perdeu a pontuação; há duas pontas.",
                lambda m: cut(m, strip=lambda p: p.rstrip(EDGES)),
            ),
            (
                "Só o começo das palavras perdeu a pontuação; há duas pontas.",
                lambda m: cut(m, strip=lambda p: p.lstrip(EDGES)),
            ),
            ("Um pedaço que era só pontuação deixou um texto vazio na lista.", lambda m: cut(m, empty=True)),
            (
                "Aspas curvas ou reticências ficaram: use PONTUACAO, que as traz, e não string.punctuation.",
                lambda m: cut(m, strip=lambda p: p.strip(string.punctuation)),
            ),
        ],
        "Com pontuação, as palavras não conferem. Experimente uma que a tenha nas duas pontas e no meio.",
    )


# --- ToDo 2 ---------------------------------------------------------------------------------------


def pile(sizes, repeats):
    """Os textos e rótulos da sonda: distintos por classe, e cópias no fim, algumas com outro rótulo."""
    rows = [(f"texto {kind} {i}", kind) for kind, size in sizes.items() for i in range(size)]
    rows = [rows[(7 * i) % len(rows)] for i in range(len(rows))]
    kinds = list(sizes)
    distinct = len(rows)
    rows += [(rows[3 * i][0], kinds[i % len(kinds)]) for i in range(repeats)]
    return [text for text, _ in rows], [kind for _, kind in rows], distinct


SMALL, OTHER, LISTED = ({0: 20, 1: 11, 2: 6}, 9, 0.3), ({2: 41, 5: 12}, 5, 0.2), ({0: 8, 1: 5}, 2, 0.4)


def read_sides(value, total):
    """Os índices dos dois lados, inteiros e dentro dos limites."""
    sides = (
        [value["treino"], value["validacao"]] if isinstance(value, dict) else sequence(value, 2, "a divisão")
    )
    read = []
    for side, name in zip(sides, ("treino", "validação"), strict=True):
        indices = array(side, f"índices de {name}", (None,))
        if indices.size and indices.dtype.kind not in "iu":
            raise Mismatch(
                f"Os índices de {name} não são inteiros: a função devolve posições em textos, e não textos."
            )
        if indices.size and not (indices.min() >= 0 and indices.max() < total):
            raise Mismatch(f"Há índices de {name} fora da lista de textos.")
        read.append([int(i) for i in indices])
    return read


def judge_unique(value, case):
    """(fração, mensagem) sobre repetidas e perdidas em uma divisão."""
    sizes, repeats, _ = case
    texts, _, distinct = pile(sizes, repeats)
    train, validation = read_sides(value, len(texts))
    together = sorted(train + validation)
    if set(train) & set(validation):
        return 0.0, "Há mensagens no treino e também na validação."
    if len(set(together)) < len(together):
        return 0.0, "Algum índice aparece mais de uma vez do mesmo lado."
    if together == list(range(distinct)):  # as cópias da sonda estão no fim
        return 1.0, ""
    names = [texts[i] for i in together]
    if together == list(range(len(texts))):
        across = {texts[i] for i in train} & {texts[i] for i in validation}
        where = " Algumas ficaram uma de cada lado: é o vazamento." if across else ""
        return 0.3, f"As mensagens repetidas continuam todas na divisão.{where}"
    if len(set(names)) < len(names):
        return 0.2, "Ainda há texto que aparece duas vezes: tire as cópias olhando o texto, e não o rótulo."
    if len(set(names)) == distinct:
        return 0.6, "De cada texto repetido ficou uma cópia, mas não a primeira ocorrência."
    if together and len(names) == sum(count == 1 for count in Counter(texts).values()):
        return 0.4, "Os textos repetidos sumiram por inteiro; a primeira ocorrência de cada um deveria ficar."
    return 0.0, "Perderam-se mensagens que não são cópia de nenhuma outra."


@check("todo02", points=5)
def sem_repetidas_nem_perdidas(pequena, outra, lista=None):
    """Cada texto distinto aparece uma vez, pela primeira ocorrência, em um só lado."""
    for value, case in ((pequena, SMALL), (outra, OTHER)):
        fraction, text = judge_unique(mapping(value, "a divisão", "treino", "validacao"), case)
        if fraction < 1:
            return partial(fraction, text)
    if lista is None or judge_unique(lista, LISTED)[0] < 1:
        return partial(
            0.8, "Com textos e rótulos em listas (e não em arrays) a divisão falha ou muda. Converta-os."
        )
    return ok()


def per_class(value, case):
    """Por classe: quantas mensagens, e quantas na validação."""
    sizes, repeats, _ = case
    texts, labels, distinct = pile(sizes, repeats)
    train, validation = read_sides(value, len(texts))
    if set(train) & set(validation) or len({texts[i] for i in train + validation}) < 0.8 * distinct:
        raise Mismatch(
            "As frações por classe serão conferidas quando cada mensagem estiver de um só lado, sem faltarem muitas."
        )
    return [
        (sum(labels[i] == k for i in train + validation), sum(labels[i] == k for i in validation))
        for k in sizes
    ]


@check("todo02", points=4)
def fracoes_por_classe(pequena, outra):
    """Cada classe dá à validação a fração pedida, arredondada."""
    found, wanted, fractions = [], [], []
    for value, case in ((pequena, SMALL), (outra, OTHER)):
        for total, chosen in per_class(mapping(value, "a divisão", "treino", "validacao"), case):
            found.append(chosen)
            wanted.append(round(case[2] * total))
            fractions.append((case[2], total))
    if found == wanted:
        return ok()
    swapped = [total - want for want, (_, total) in zip(wanted, fractions, strict=True)]
    if found == swapped:
        return partial(
            0.5,
            "Treino e validação estão trocados: a fração pedida é a da validação, que vem em segundo na tupla.",
        )
    down = [math.floor(f * total + 1e-9) for f, total in fractions]
    up = [math.ceil(f * total - 1e-9) for f, total in fractions]
    if found in (down, up):
        return partial(
            0.6,
            "O número por classe foi cortado sempre para o mesmo lado; o pedido é round, o inteiro mais próximo.",
        )
    sums = [sum(part) for part in (found[:3], found[3:])]
    if all(
        abs(s - f * t) <= 1
        for s, f, t in zip(
            sums,
            (0.3, 0.2),
            (sum(t for _, t in fractions[:3]), sum(t for _, t in fractions[3:])),
            strict=True,
        )
    ):
        return partial(
            0.25,
            "O total da validação está certo, e a mistura de classes não: falta sortear classe por classe.",
        )
    return fail(
        "O número de mensagens de validação por classe não confere. Quanto é a fração de cada classe, arredondada?"
    )


@check("todo02", points=3)
def sorteio_da_divisao(sorteios):
    """Quais mensagens vão é sorteio do gerador recebido."""
    draws = [
        mapping(value, "a divisão", "treino", "validacao")
        for value in sequence(sorteios, 4, "as divisões sorteadas")
    ]
    case = ({0: 40, 1: 31}, 6, 0.25)
    for value in draws:
        per_class(value, case)
    sides = [tuple(array(value["validacao"], "índices de validação").tolist()) for value in draws]
    if not 8 <= len(sides[0]) <= 60:
        return fail("O sorteio será conferido quando a validação tiver um tamanho perto do pedido.")
    if len(set(sides)) == 1:
        return fail(
            "Sementes diferentes dão a mesma divisão: ninguém foi sorteado, ou o gerador não é o recebido."
        )
    if sides[0] != sides[1]:
        return fail(
            "A mesma semente deu duas divisões diferentes: algum sorteio não vem do gerador recebido."
        )
    if len(set(sides)) != 3:
        return partial(0.5, "Nem todas as sementes mudam a divisão: confira o que se sorteia.")
    return ok()


# --- ToDo 3 ---------------------------------------------------------------------------------------

CORPUS = [
    line.split()
    for line in (
        "o voo atrasou e a mala sumiu",
        "a mala a mala a mala",
        "voo bom voo bom",
        "é ótimo o lanche",
        "zebra zebra zebra zebra",
    )
]
FRESH = [
    line.split() for line in ("a mala bom", "piloto novo", "mala mala mala", "voo com lanche e lanche", "")
]
ENTRIES, OTHER_ENTRIES = ["[UNK]", "mala", "voo", "bom", "lanche"], ["[UNK]", "e", "bom", "o"]
SIZES = (2, 6, 9, 500)
COUNTS = Counter(word for document in CORPUS for word in document)
DOCUMENTS = Counter(word for document in CORPUS for word in set(document))
RANKED = sorted(COUNTS, key=lambda word: (-COUNTS[word], word))


def read_vocabularies(value):
    """As listas de entradas, que têm de ser textos."""
    found = sequence(value, len(SIZES), "os vocabulários")
    if any(not isinstance(words, list) or not all(isinstance(w, str) for w in words) for words in found):
        raise Mismatch("O vocabulário não é uma lista de textos. Sobraram contagens nela?")
    return found


@check("todo03", points=3)
def ordem_do_vocabulario(vocabularios, pequeno=None):
    """As palavras mais frequentes primeiro; no empate, ordem alfabética."""
    words = [[w for w in found if w != "[UNK]"] for found in read_vocabularies(vocabularios)]
    if [len(w) for w in words][-1] < len(RANKED):
        return fail("Com tamanho de sobra, todas as palavras dos documentos deveriam estar no vocabulário.")

    def follows(ranked):
        return all(found == ranked[: len(found)] for found in words) and len(words[1]) >= 4

    if follows(RANKED):
        read = [w for w in pequeno if w != "[UNK]"] if isinstance(pequeno, list) else []
        if read[:2] == ["a", "b"]:
            return ok()
        return partial(
            0.8, "Em documentos pequenos a ordem não confere: experimente duas frases de duas palavras."
        )
    if follows([w for w, _ in COUNTS.most_common()]):
        return partial(
            0.6, "No empate, as palavras ficaram na ordem em que apareceram; o pedido é a alfabética."
        )
    if follows(sorted(COUNTS, key=lambda w: (COUNTS[w], w), reverse=True)):
        return partial(0.6, "No empate, as palavras ficaram em ordem alfabética inversa.")
    if follows(sorted(DOCUMENTS, key=lambda w: (-DOCUMENTS[w], w))):
        return partial(
            0.3, "Você contou em quantos documentos a palavra está; contam-se todas as ocorrências."
        )
    if follows(sorted(COUNTS)):
        return fail("As palavras estão em ordem alfabética, sem olhar a frequência.")
    if follows(sorted(COUNTS, key=lambda w: (COUNTS[w], w))):
        return fail("A ordem está invertida: as mais raras vieram primeiro.")
    if follows(list(COUNTS)):
        return fail("As palavras estão na ordem em que apareceram: falta ordená-las pela frequência.")
    return fail("A ordem das palavras não é a das frequências. Conte à mão em um documento pequeno.")


@check("todo03", points=2)
def tamanho_e_unk(vocabularios):
    """No máximo `tamanho` entradas, e a primeira é [UNK]."""
    found = read_vocabularies(vocabularios)
    lengths = [len(words) for words in found]
    wanted = [min(size, len(RANKED) + 1) for size in SIZES]
    plain = all("[UNK]" not in words for words in found)
    known = all(set(words) <= {*RANKED, "[UNK]"} for words in found)
    if not known or any(len(set(words)) < len(words) for words in found):
        return fail("O vocabulário tem entradas repetidas, ou que não são palavras dos documentos.")
    if plain:
        return fail("Falta “[UNK]”, o lugar das palavras desconhecidas: é a primeira entrada.")
    if any(words[0] != "[UNK]" for words in found):
        return partial(0.5, "“[UNK]” está no vocabulário, mas não na primeira posição.")
    if lengths == wanted:
        return ok()
    if lengths == [min(size + 1, len(RANKED) + 1) for size in SIZES]:
        return partial(0.5, "O vocabulário passa do tamanho pedido em uma entrada: “[UNK]” também conta.")
    return fail("O número de entradas não acompanha o tamanho pedido.")


def presence(documents, entries, count=False):
    """A matriz do saco de palavras, sem a coluna 0."""
    bag = np.array([[document.count(word) for word in entries[1:]] for document in documents], float)
    return bag if count else (bag > 0).astype(float)


def unknown(documents, entries):
    """Quantas palavras de cada documento não estão no vocabulário."""
    return np.array([sum(word not in entries for word in document) for document in documents], float)


BAGS = ((FRESH, ENTRIES), (CORPUS[:3], OTHER_ENTRIES))


def read_bags(*values):
    """As matrizes observadas, com o formato certo."""
    bags = []
    for value, (documents, entries) in zip(values, BAGS, strict=True):
        value = mapping(value, "o saco de palavras", "valores", "formato", "tipo")
        bag = array(value["valores"], "o saco de palavras")
        if bag.shape == (len(entries), len(documents)) and len(entries) != len(documents):
            raise Mismatch("A matriz está transposta: uma linha por documento, uma coluna por entrada.")
        if bag.shape != (len(documents), len(entries)):
            raise Mismatch(
                f"O formato da matriz é {bag.shape}; são {len(documents)} documentos e {len(entries)} entradas, com o [UNK]."
            )
        bags.append(bag.astype(float))
    return bags


@check("todo03", points=4)
def presencas(sacos, outro_saco):
    """1 onde a palavra do vocabulário aparece no documento, 0 onde não."""
    found = [bag[:, 1:] for bag in read_bags(sacos, outro_saco)]
    if all(np.array_equal(bag, presence(*case)) for bag, case in zip(found, BAGS, strict=True)):
        return ok()
    if all(np.array_equal(bag, presence(*case, count=True)) for bag, case in zip(found, BAGS, strict=True)):
        return partial(0.5, "A matriz conta quantas vezes a palavra aparece; o pedido é a presença, 0 ou 1.")
    if np.array_equal(found[0].T, presence(*BAGS[0])):
        return fail("As linhas e as colunas estão trocadas: uma linha por documento.")
    if all(np.array_equal(bag, 1 - presence(*case)) for bag, case in zip(found, BAGS, strict=True)):
        return fail("Os zeros e os uns estão trocados.")
    if all(
        np.array_equal(bag[:, :-1], presence(*case)[:, 1:]) for bag, case in zip(found, BAGS, strict=True)
    ):
        return partial(
            0.3,
            "As palavras estão uma coluna fora do lugar: a coluna é a posição no vocabulário, contado o [UNK].",
        )
    return fail(
        "Os zeros e uns não estão onde deviam. Compare à mão uma linha com o documento e o vocabulário recebido."
    )


@check("todo03", points=2)
def desconhecidas(sacos, outro_saco):
    """A coluna 0 vale 1 quando há palavra fora do vocabulário."""
    found = [bag[:, 0] for bag in read_bags(sacos, outro_saco)]
    counts = [unknown(*case) for case in BAGS]
    if all(np.array_equal(col, count > 0) for col, count in zip(found, counts, strict=True)):
        return ok()
    if all(np.array_equal(col, count) for col, count in zip(found, counts, strict=True)):
        return partial(0.5, "A coluna 0 conta as palavras desconhecidas; o pedido é a presença, 0 ou 1.")
    if not any(col.any() for col in found):
        return fail("A coluna 0 está toda em zero: as palavras fora do vocabulário se perdem.")
    if all(np.array_equal(col, count == 0) for col, count in zip(found, counts, strict=True)):
        return fail("A coluna 0 está ao contrário: ela acende quando há palavra desconhecida.")
    if all(col.all() for col in found):
        return fail("A coluna 0 vale 1 em toda linha, até nas que só têm palavras conhecidas.")
    return fail("A coluna 0 não confere: que documentos têm palavra fora do vocabulário?")


@check("todo03", points=1)
def formato_e_tipo(sacos, outro_saco):
    """Matriz (documentos, entradas) em float32."""
    bags = read_bags(sacos, outro_saco)
    if any(np.ptp(bag) == 0 for bag in bags):
        return fail("O tipo será conferido quando a matriz não for toda igual.")
    kinds = {str(value["tipo"]) for value in (sacos, outro_saco)}
    return (
        ok()
        if kinds == {"float32"}
        else fail(f"A matriz é {', '.join(sorted(kinds))}; as redes trabalham em float32.")
    )


# --- ToDos 4, 6 e 7: as redes vistas de fora --------------------------------------------------------
#
# A sonda troca os pesos por números conhecidos e mostra a saída em exemplos conhecidos. A saída que se espera sai dos
# formatos em poucas linhas: julga-se o que a rede calcula, e não como foi escrita.

HIDDEN = 64
CASES = ((40, 3), (55, 5))


def softmax(z):
    """Probabilidades, por linha."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def sigmoid(z):
    """A sigmoide."""
    return 1 / (1 + np.exp(-z))


ACTIVATIONS = {
    "ReLU": lambda z: np.maximum(z, 0),
    "nenhuma": lambda z: z,
    "ELU": lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
    "tanh": np.tanh,
    "sigmoide": sigmoid,
    "SELU": lambda z: (
        1.0507009873554805 * np.where(z > 0, z, 1.6732632423543772 * np.expm1(np.minimum(z, 0)))
    ),
    "GELU": lambda z: 0.5 * z * (1 + np.vectorize(math.erf)(z / math.sqrt(2))),
    "Leaky ReLU": lambda z: np.where(z > 0, z, 0.2 * z),
}
HEADS = {"logits": lambda z: z, "softmax": softmax, "sigmoide": sigmoid, "ReLU": lambda z: np.maximum(z, 0)}


def wanted_shapes(n, classes):
    """Formatos dos pesos da rede pedida."""
    return [[n, HIDDEN], [HIDDEN], [HIDDEN, HIDDEN], [HIDDEN], [HIDDEN, classes], [classes]]


def output_of(n, shapes, first, second, head):
    """A saída da rede com os pesos da sonda e estas ativações."""
    h = (np.arange(6 * n).reshape(6, n) % 5 == 0).astype(float)
    weights = [np.cos(0.7 * np.arange(math.prod(shape)) + k).reshape(shape) for k, shape in enumerate(shapes)]
    for layer, name in enumerate((first, second, head)):
        kernel, bias = weights[2 * layer] / math.sqrt(shapes[2 * layer][0]), weights[2 * layer + 1]
        h = {**ACTIVATIONS, **HEADS}[name](h @ kernel + bias)
    return h


def read_nets(*values):
    """Os retratos das duas redes."""
    return [mapping(value, "a rede", "formatos", "saida", "varia") for value in values]


def judge_shapes(portraits):
    """(fração, mensagem) sobre os formatos dos pesos."""
    shapes = [[[int(n) for n in shape] for shape in portrait["formatos"]] for portrait in portraits]
    if shapes == [wanted_shapes(*case) for case in CASES]:
        return 1.0, ""
    (n, classes), first = CASES[0], shapes[0]
    kernels = [shape for shape in first if len(shape) == 2]
    hidden = [shape[1] for shape in kernels[:-1]]
    if first == wanted_shapes(n, classes):
        return 1 / 3, "Com outro número de palavras ou de classes a rede não acompanha: use os argumentos."
    if not kernels or kernels[0][0] != n:
        return 0.0, "A primeira camada densa não recebe n_palavras números."
    if len(first) == len(kernels):
        return 1 / 3, "As camadas estão sem viés; a rede pedida os tem."
    if len(first) != 2 * len(kernels):
        return 0.0, "Há pesos além dos das camadas densas (normalização?); a rede pedida não os tem."
    if kernels[-1][1] != classes:
        return 0.0, "A saída não tem n_classes unidades."
    if len(hidden) != 2:
        fraction = 1 / 3 if set(hidden) == {HIDDEN} else 0.0
        return (
            fraction,
            f"Contei {len(hidden)} camada(s) oculta(s), e o enunciado pede outro número; a saída não conta.",
        )
    return 1 / 3, "São duas ocultas, mas alguma não tem o número de unidades pedido."


def judge_activations(portraits):
    """(fração, mensagem) sobre as ativações e a saída, pelas contas."""
    if judge_shapes(portraits)[0] < 1:
        return 0.0, "As ativações serão conferidas quando a arquitetura estiver certa."
    n, classes = CASES[0]
    output, shapes = array(portraits[0]["saida"], "a saída da rede").astype(float), wanted_shapes(n, classes)

    def gives(*names):
        wanted = output_of(n, shapes, *names)
        return output.shape == wanted.shape and np.allclose(output, wanted, rtol=1e-3, atol=1e-4)

    if gives("ReLU", "ReLU", "logits"):
        return 1.0, ""
    head_text = {
        "softmax": "A saída já passa pela softmax; o pedido são os logits, e a perda é que a aplica.",
        "sigmoide": "A saída passa por uma sigmoide; o pedido são logits, sem ativação.",
        "ReLU": "A saída tem ReLU, que corta os logits negativos; deixe-a sem ativação.",
    }
    for head, text in head_text.items():
        if gives("ReLU", "ReLU", head):
            return 0.5, text
    for name in ACTIVATIONS:
        for pair in ((name, name), (name, "ReLU"), ("ReLU", name)):
            for head in HEADS:
                if gives(*pair, head):
                    if name == "nenhuma":
                        hidden = "Falta a ativação em camada oculta: sem ela, camadas densas seguidas valem uma só."
                    else:
                        hidden = f"Alguma camada oculta usa {name}; o enunciado pede outra."
                    return (0.5, hidden) if head == "logits" else (0.0, f"{hidden} {head_text[head]}")
    return (
        0.0,
        "Com pesos conhecidos, a saída fora do treino não é a da rede pedida. Há uma camada a mais, ou algo ligado fora do treino?",
    )


@check("todo04", points=3)
def arquitetura(rede, rede_maior):
    """Duas ocultas de 64 e uma saída por classe, sem remédio nenhum."""
    portraits = read_nets(rede, rede_maior)
    fraction, text = judge_shapes(portraits)
    if fraction == 1 and any(portrait["varia"] for portrait in portraits):
        return partial(0.5, "No treino a saída muda a cada chamada: esta rede ainda não leva dropout.")
    if fraction == 1 and any(number(portrait.get("penalidade"), "penalidade") > 0 for portrait in portraits):
        return partial(0.5, "Esta rede ainda não leva penalidade.")
    return partial(fraction, *[text] * bool(text))


@check("todo04", points=2)
def ativacoes_e_saida(rede, rede_maior):
    """ReLU nas ocultas, logits na saída."""
    fraction, text = judge_activations(read_nets(rede, rede_maior))
    return partial(fraction, *[text] * bool(text))


SOME = np.round(3 * np.sin(np.arange(24.0)).reshape(6, 4), 3)
LOSS_CASES = ((SOME, [0, 1, 2, 3, 1, 0]), (SOME[:3, :2], [1, 1, 0]), (np.zeros((7, 5)), [0] * 7))
HUGE = np.array([[1000.0, 0.0, -1000.0], [-5000.0, -5000.0, -5001.0], [3.0, 800.0, 2.0]])
HUGE_LABELS = ([0, 1, 1], [1, 0, 0])


def log_softmax(z):
    """Logaritmo das probabilidades, estável."""
    shifted = z - z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def each_loss(z, labels):
    """A entropia cruzada de cada exemplo."""
    return -log_softmax(z)[np.arange(len(labels)), labels]


@check("todo04", points=3)
def entropia(perdas):
    """A média de −log da probabilidade da classe certa."""
    found = [number(v, "a entropia cruzada") for v in sequence(perdas, 3, "as entropias cruzadas")]
    wanted = [each_loss(*case).mean() for case in LOSS_CASES]
    if all_near(found, wanted):
        return ok()
    formulas = [
        ("Você somou as perdas dos exemplos; o pedido é a média.", 0.5, lambda z, c: each_loss(z, c).sum()),
        ("O sinal está trocado: a perda é menos o logaritmo.", 0.5, lambda z, c: -each_loss(z, c).mean()),
        ("O logaritmo é o natural, np.log.", 0.5, lambda z, c: each_loss(z, c).mean() / math.log(2)),
        ("O logaritmo é o natural, np.log.", 0.5, lambda z, c: each_loss(z, c).mean() / math.log(10)),
        ("A média correu também sobre as classes: divida só pelo número de exemplos.", 0.5, lambda z, c: each_loss(z, c).mean() / z.shape[1]),
        ("Faltou o logit da classe certa: você ficou só com o logaritmo da soma.", 0.0, lambda z, c: (each_loss(z, c) + z[np.arange(len(c)), c]).mean()),
        ("Falta o logaritmo: você fez a média das probabilidades.", 0.0, lambda z, c: np.exp(-each_loss(z, c)).mean()),
        ("A média veio antes do logaritmo: primeiro o logaritmo de cada exemplo, depois a média.", 0.0, lambda z, c: -math.log(np.exp(-each_loss(z, c)).mean())),
        ("A softmax correu na dimensão dos exemplos: some as exponenciais das classes, em cada linha.", 0.0, lambda z, c: each_loss_wrong_axis(z, c)),
        ("Você usou o maior logit no lugar do da classe certa.", 0.0, lambda z, c: -log_softmax(z).max(axis=1).mean()),
    ]  # fmt: skip
    known = recognized(
        found, wanted, [(text, part, [f(*case) for case in LOSS_CASES]) for text, part, f in formulas]
    )
    if known:
        return partial(*known)
    return fail("A entropia cruzada não confere. Faça a conta à mão com um exemplo de duas classes.")


def each_loss_wrong_axis(z, labels):
    """A entropia cruzada com a softmax no eixo errado."""
    return -log_softmax(z.T).T[np.arange(len(labels)), labels].mean()


@check("todo04", points=2)
def logits_enormes(enormes, perdas=None):
    """Com logits enormes, um número finito e nenhum aviso."""
    value = mapping(enormes, "as perdas", "valores", "avisos")
    found = sequence(value["valores"], 2, "as perdas de logits enormes")
    wanted = [each_loss(HUGE, labels).mean() for labels in HUGE_LABELS]
    if not all(isinstance(v, (int, float)) and math.isfinite(v) for v in found):
        return fail(
            "Com logits enormes a perda é infinita ou NaN: que constante se pode subtrair de cada linha sem mudar a conta?"
        )
    scale = {"mean": 1, "sum": 3}  # quem soma em vez de fazer a média já perdeu pontos por isso
    if any(all_near(found, [factor * w for w in wanted]) for factor in scale.values()):
        if number(value["avisos"], "avisos") > 0:
            return partial(
                0.5,
                "O número sai certo, mas o NumPy avisa de overflow ou de divisão: corte antes de exponenciar.",
            )
        return ok()
    if max(found) < 0.5 * max(wanted) and perdas is not None:
        return fail(
            "Com logits enormes a perda ficou pequena demais: um ε somado ou um corte na probabilidade a limita."
        )
    return fail("Com logits enormes a perda não confere.")


# --- ToDo 5 ---------------------------------------------------------------------------------------

CURVES = (
    ([1.0, 0.7, 0.4, 0.2, 0.1], [1.1, 0.9, 0.75, 0.8, 1.3]),
    ([0.9, 0.5, 0.3], [0.4, 0.6, 0.9]),
    ([2.0, 1.5, 1.2, 1.1], [1.9, 1.3, 1.3, 1.0]),
    ([0.8, 0.6, 0.3, 0.2], [0.9, 0.5, 0.7, 0.5]),
)


def judge_reading(value, place, right, wrong, default):
    """Um dos três números, em todas as curvas."""
    readings = [
        sequence(reading, 3, "a leitura da curva") for reading in sequence(value, len(CURVES), "as leituras")
    ]
    found = [number(reading[place], "um dos três números") for reading in readings]
    wanted = [right(*map(np.array, curve)) for curve in CURVES]
    if all_near(found, wanted):
        return ok()
    known = recognized(
        found, wanted, [(text, part, [f(*map(np.array, c)) for c in CURVES]) for text, part, f in wrong]
    )
    return partial(*known) if known else fail(default)


def last_best(curve):
    """A posição da última ocorrência do mínimo."""
    return len(curve) - 1 - curve[::-1].argmin()


@check("todo05", points=2)
def melhor_epoca(leituras):
    """A época de menor perda de validação, contada a partir de 1."""
    return judge_reading(
        leituras,
        0,
        lambda t, v: v.argmin() + 1,
        [
            ("A melhor época está contada a partir de 0.", 0.5, lambda t, v: v.argmin()),
            ("No empate você ficou com a última; é a primeira.", 0.7, lambda t, v: last_best(v) + 1),
            (
                "A melhor época é a da perda de validação, e você leu a de treino.",
                0.0,
                lambda t, v: t.argmin() + 1,
            ),
            ("Você achou a pior época: a de maior perda de validação.", 0.0, lambda t, v: v.argmax() + 1),
            ("No lugar da época está a menor perda.", 0.0, lambda t, v: v.min()),
            (
                "A melhor época não é onde as curvas estão mais próximas.",
                0.0,
                lambda t, v: abs(v - t).argmin() + 1,
            ),
        ],
        "A melhor época não confere em alguma curva. Onde a perda de validação é menor?",
    )


@check("todo05", points=2)
def distancia_na_melhor(leituras):
    """A perda de validação menos a de treino, na melhor época."""
    return judge_reading(
        leituras,
        1,
        lambda t, v: (v - t)[v.argmin()],
        [
            (
                "Na melhor época, a subtração está ao contrário: validação menos treino.",
                0.5,
                lambda t, v: (t - v)[v.argmin()],
            ),
            (
                "Na melhor época, a distância pode ser negativa: não tire o sinal.",
                0.5,
                lambda t, v: abs(v - t)[v.argmin()],
            ),
            (
                "A distância compara as duas curvas na mesma época, e você usou o mínimo de cada uma.",
                0.0,
                lambda t, v: v.min() - t.min(),
            ),
            ("No empate você ficou com a última; é a primeira.", 0.7, lambda t, v: (v - t)[last_best(v)]),
            (
                "A distância é da época da menor validação, e você usou a da menor perda de treino.",
                0.0,
                lambda t, v: (v - t)[t.argmin()],
            ),
            ("Você devolveu a perda de validação, sem subtrair a de treino.", 0.0, lambda t, v: v.min()),
        ],
        "A distância na melhor época não confere. Que índice corresponde a essa época?",
    )


@check("todo05", points=2)
def distancia_no_fim(leituras):
    """A perda de validação menos a de treino, na última época."""
    return judge_reading(
        leituras,
        2,
        lambda t, v: (v - t)[-1],
        [
            ("No fim, a subtração está ao contrário: validação menos treino.", 0.5, lambda t, v: (t - v)[-1]),
            ("No fim, a distância pode ser negativa: não tire o sinal.", 0.5, lambda t, v: abs(v - t)[-1]),
            (
                "A distância do fim é entre as duas curvas; você comparou a validação com ela mesma.",
                0.0,
                lambda t, v: v[-1] - v.min(),
            ),
            (
                "A distância do fim usa a última época das duas curvas.",
                0.0,
                lambda t, v: v[-1] - t[v.argmin()],
            ),
            ("Você leu a penúltima época; a última tem índice −1.", 0.0, lambda t, v: (v - t)[-2]),
            ("Você leu a primeira época; a última tem índice −1.", 0.0, lambda t, v: (v - t)[0]),
        ],
        "A distância no fim não confere: ela usa o último valor de cada lista.",
    )


# --- ToDo 6 ---------------------------------------------------------------------------------------

RATES = (0.3, 0.65)


@check("todo06", points=3)
def arquitetura_com_dropout(rede, rede_maior):
    """A rede do ToDo 4: duas ocultas de 64 ReLU e logits."""
    portraits = read_nets(rede, rede_maior)
    for fraction, text in (judge_shapes(portraits), judge_activations(portraits)):
        if fraction < 1:
            return partial(2 / 3 * fraction, text)
    if any(number(portrait.get("penalidade"), "penalidade") > 0 for portrait in portraits):
        return partial(0.5, "Esta rede leva só dropout; tire a penalidade.")
    return ok()


def layers_of(portrait):
    """A sequência de tipos e a lista das taxas."""
    pairs = [sequence(pair, 2, "as camadas") for pair in mapping(portrait, "a rede", "camadas")["camadas"]]
    return [str(kind) for kind, _ in pairs], [number(v, "taxa") for kind, v in pairs if kind == "dropout"]


@check("todo06", points=3)
def lugar_do_dropout(rede, rede_maior):
    """Dropout depois de cada oculta, e em nenhum outro lugar."""
    kinds, rates = layers_of(rede)
    if not rates or not read_nets(rede)[0]["varia"]:
        return fail("No treino a saída não muda: a rede não tem dropout que aja.")
    if kinds == ["densa", "dropout"] * 2 + ["densa"]:
        return ok()
    if kinds[-1] == "dropout":
        rest = kinds[:-1] == ["densa", "dropout"] * 2 + ["densa"]
        return partial(
            1 / 3 if rest else 0, "Há dropout depois da saída: ele apaga respostas, e não unidades ocultas."
        )
    if kinds[0] == "dropout":
        rest = kinds[1:] == ["densa", "dropout"] * 2 + ["densa"]
        return partial(
            1 / 3 if rest else 0, "Há dropout na entrada: ele apaga palavras, e o enunciado não o pede."
        )
    if len(rates) == 1:
        return partial(1 / 3, "Só uma das ocultas tem dropout.")
    return fail("O dropout não está depois de cada oculta, uma vez: confira a sequência das camadas.")


@check("todo06", points=2)
def taxa_do_dropout(rede, rede_maior):
    """A fração recebida em `taxa`."""
    found = [layers_of(portrait)[1] for portrait in (rede, rede_maior)]
    if not all(found):
        return fail("A taxa será conferida quando houver dropout.")
    if all(near(r, rate) for rates, rate in zip(found, RATES, strict=True) for r in rates):
        return ok()
    if all(near(r, 1 - rate) for rates, rate in zip(found, RATES, strict=True) for r in rates):
        return partial(0.5, "A taxa é a fração que se apaga, e você passou a que fica.")
    if found[0] == found[1]:
        return fail("A taxa é sempre a mesma, seja qual for o argumento: use o que a função recebe.")
    return fail("A taxa das camadas de dropout não é, em todas elas, a recebida.")


# --- ToDo 7 ---------------------------------------------------------------------------------------

ARRAYS = [np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([-1.0, 4.0, 2.0]), np.array([[[0.25]]])]
SUMS = ((ARRAYS, 0.1), (ARRAYS[1:], 2.0), (ARRAYS[:1], 1.0), (ARRAYS[::-1], 0.0))
FORCES = (0.01, 0.3)


def flat(arrays):
    """Todos os números, em um vetor."""
    return np.concatenate([a.ravel() for a in arrays])


@check("todo07", points=3)
def conta_da_penalidade(contas):
    """forca vezes a soma dos quadrados de todos os números."""
    found = [number(v, "a penalidade") for v in sequence(contas, len(SUMS), "as penalidades")]
    wanted = [k * np.sum(flat(a) ** 2) for a, k in SUMS]
    if all_near(found, wanted):
        return ok()
    formulas = [
        ("Sobrou o fator ½, que este enunciado não põe.", 0.5, lambda a, k: k * np.sum(flat(a) ** 2) / 2),
        ("A força não entrou na conta.", 0.3, lambda a, k: np.sum(flat(a) ** 2)),
        ("Você somou módulos: essa é a penalidade L1. Na L2 somam-se quadrados.", 0.0, lambda a, k: k * np.sum(abs(flat(a)))),
        ("Você tirou a média; a penalidade é a soma.", 0.3, lambda a, k: k * np.mean(flat(a) ** 2)),
        ("Você tirou a média de cada array; a penalidade soma todos os números.", 0.3, lambda a, k: k * sum(np.mean(w**2) for w in a)),
        ("Você devolveu a norma, a raiz da soma dos quadrados; a penalidade não tem raiz.", 0.3, lambda a, k: k * math.sqrt(np.sum(flat(a) ** 2))),
        ("Você somou antes de elevar ao quadrado: cada número tem o seu quadrado.", 0.0, lambda a, k: k * np.sum(flat(a)) ** 2),
        ("Só o primeiro array da lista entrou na conta.", 0.3, lambda a, k: k * np.sum(a[0] ** 2)),
        ("Só o último array da lista entrou na conta.", 0.3, lambda a, k: k * np.sum(a[-1] ** 2)),
        ("A força também foi elevada ao quadrado.", 0.5, lambda a, k: k**2 * np.sum(flat(a) ** 2)),
    ]  # fmt: skip
    known = recognized(
        found, wanted, [(text, part, [f(*case) for case in SUMS]) for text, part, f in formulas]
    )
    if known:
        return partial(*known)
    return fail("A penalidade não confere. Faça a conta à mão com dois arrays de formatos diferentes.")


@check("todo07", points=2)
def arquitetura_com_l2(rede, rede_maior):
    """A rede do ToDo 4: duas ocultas de 64 ReLU e logits."""
    portraits = read_nets(rede, rede_maior)
    for fraction, text in (judge_shapes(portraits), judge_activations(portraits)):
        if fraction < 1:
            return partial(0.5 * fraction, text)
    if any(portrait["varia"] for portrait in portraits):
        return partial(0.5, "Esta rede leva só a penalidade; tire o dropout.")
    return ok()


@check("todo07", points=3)
def onde_e_quanto(rede, rede_maior):
    """Penalidade L2 de força `forca` nos pesos das duas ocultas, e só neles."""
    portraits = [mapping(value, "a rede", "formatos", "penalidades") for value in (rede, rede_maior)]
    if judge_shapes(portraits)[0] < 1:
        return fail("A penalidade será conferida quando a arquitetura estiver certa.")
    sizes = [[math.prod(shape) for shape in wanted_shapes(*case)] for case in CASES]
    found = [
        [number(v, "penalidade") for v in sequence(p["penalidades"], 6, "as penalidades")] for p in portraits
    ]

    def pattern(places, each):
        wanted = [
            [each(k) * size * (j in places) for j, size in enumerate(row)]
            for row, k in zip(sizes, FORCES, strict=True)
        ]
        return all(checks.near(a, b, 1e-4, 1e-8) for a, b in zip(found, wanted, strict=True))

    hidden, kernels, everything = (0, 2), (0, 2, 4), tuple(range(6))
    if not any(v for row in found for v in row):
        return fail("A rede não tem penalidade em peso nenhum.")
    forms = [
        (lambda k: 9 * k, 1.0, ""),
        (
            lambda k: 9 * k / 2,
            0.6,
            "A força usada é metade da recebida: o Keras não põe o fator ½, nem o enunciado.",
        ),
        (lambda k: 3 * k, 1 / 3, "A penalidade usada é a L1, que soma módulos; o pedido é a L2."),
        (lambda k: 12 * k, 1 / 3, "A rede soma uma penalidade L1 à L2; o pedido é só a L2."),
    ]
    where = [
        (hidden, 1.0, ""),
        (kernels, 0.5, "A camada de saída também está penalizada; só as ocultas devem estar."),
        (
            (0, 1, 2, 3),
            0.5,
            "Os vieses das ocultas também estão penalizados: kernel_regularizer age só nos pesos.",
        ),
        (everything, 1 / 3, "Vieses e saída também estão penalizados; só os pesos das ocultas devem estar."),
        ((0,), 0.5, "Só a primeira oculta está penalizada."),
        ((2,), 0.5, "Só a segunda oculta está penalizada."),
        ((1, 3), 0.0, "A penalidade está nos vieses; ela vai nos pesos (kernel)."),
        ((4,), 0.0, "A penalidade está só na saída; ela vai nas ocultas."),
    ]
    for each, by_form, form_text in forms:
        for places, by_place, place_text in where:
            if pattern(places, each):
                return partial(by_form * by_place, *[text for text in (form_text, place_text) if text])
    if near(found[0][0] / sizes[0][0], found[1][0] / sizes[1][0]):
        return partial(
            1 / 3 if not (found[0][4] or found[0][1]) else 0,
            "A força é sempre a mesma: use a que a função recebe.",
        )
    return fail("A penalidade das ocultas não confere com a força recebida.")


# --- ToDo 8 ---------------------------------------------------------------------------------------

LOSSES = (
    (0.9, 0.7, 0.6, 0.65, 0.66, 0.5, 0.7, 0.8, 0.9, 1.0, 0.1),
    (1.0, 0.8, 0.6, 0.4),
    (0.5, 0.5, 0.4, 0.4, 0.4, 0.4, 0.3),
    (0.2, 0.3, 0.4, 0.5, 0.6),
    (0.8, 0.5, 0.7, 0.6, 0.65, 0.45, 0.9, 0.95, 1.0),
)
PATIENCES, DRIVEN = (1, 2, 3, 9), (1, 2, 3)


def stop(losses, patience, better=lambda new, old: new < old, late=0):
    """(última, melhor), a partir de 1; os argumentos dizem que engano se comete."""
    best = epoch = 0
    for epoch, value in enumerate(losses):
        if epoch and better(value, losses[best]):
            best = epoch
        if epoch - best >= patience + late:
            break
    return epoch + 1, best + 1


RUNS = [(values, patience) for values in LOSSES for patience in PATIENCES]


def predictions(previsoes, place):
    """O que se previu em cada caso: a última época ou a melhor."""
    pairs = [
        sequence(pair, 2, "a previsão (última, melhor)")
        for pair in sequence(previsoes, len(RUNS), "as previsões")
    ]
    return [number(pair[place], "uma época") for pair in pairs]


@check("todo08", points=3)
def ultima_epoca(previsoes):
    """A última época treinada."""
    found, wanted = predictions(previsoes, 0), [stop(*run)[0] for run in RUNS]
    if found == wanted:
        return ok()
    known = recognized(
        found,
        wanted,
        [
            ("A última época está contada a partir de 0.", 0.5, [w - 1 for w in wanted]),
            ("A sua regra espera uma época a mais: o treino para quando a espera chega à paciência.", 0.5, [stop(*r, late=1)[0] for r in RUNS]),
            ("A sua regra espera uma época a menos que a paciência.", 0.3, [stop(*r, late=-1)[0] for r in RUNS]),
            ("Um empate contou como melhora: só conta ficar estritamente menor.", 0.5, [stop(*r, better=lambda a, b: a <= b)[0] for r in RUNS]),
            ("As posições da tupla estão trocadas: primeiro a última época, depois a melhor.", 0.0, [stop(*r)[1] for r in RUNS]),
            ("Você somou a paciência à melhor da lista inteira, que inclui épocas que não chegam a acontecer.", 0.0, [int(np.argmin(v)) + 1 + p for v, p in RUNS]),
            ("Você somou a paciência à melhor da lista inteira, que inclui épocas que não chegam a acontecer.", 0.0, [min(int(np.argmin(v)) + 1 + p, len(v)) for v, p in RUNS]),
            ("A sua regra compara cada época com a anterior; compara-se com a menor até ali.", 0.3, [compare_previous(*r)[0] for r in RUNS]),
            ("A sua regra não zera a espera quando há melhora: contam só as épocas seguidas.", 0.3, [total_wait(*r)[0] for r in RUNS]),
            ("O treino nunca para: a paciência não entrou na conta.", 0.0, [len(v) for v, _ in RUNS]),
        ],
    )  # fmt: skip
    return (
        partial(*known)
        if known
        else fail(
            "A época da parada não confere em algum caso. Siga à mão a espera, época a época, em uma lista curta."
        )
    )


def compare_previous(losses, patience):
    """A parada de quem compara cada época com a anterior."""
    waited = best = epoch = 0
    for epoch in range(1, len(losses)):
        waited = 0 if losses[epoch] < losses[epoch - 1] else waited + 1
        if losses[epoch] < losses[best]:
            best = epoch
        if waited >= patience:
            break
    return epoch + 1, best + 1


def total_wait(losses, patience):
    """A parada de quem não zera a espera."""
    waited = best = epoch = 0
    for epoch in range(1, len(losses)):
        if losses[epoch] < losses[best]:
            best = epoch
        else:
            waited += 1
        if waited >= patience:
            break
    return epoch + 1, best + 1


@check("todo08", points=3)
def epoca_dos_pesos(previsoes):
    """A melhor época entre as que chegam a ser treinadas."""
    found, wanted = predictions(previsoes, 1), [stop(*run)[1] for run in RUNS]
    if found == wanted:
        return ok()
    known = recognized(
        found,
        wanted,
        [
            ("A melhor época está contada a partir de 0.", 0.5, [w - 1 for w in wanted]),
            ("A melhor foi procurada na lista inteira: as épocas depois da parada não acontecem.", 0.3, [int(np.argmin(v)) + 1 for v, _ in RUNS]),
            ("No empate você ficou com a mais recente; só conta como melhora ficar estritamente menor.", 0.5, [stop(*r, better=lambda a, b: a <= b)[1] for r in RUNS]),
            ("Ficaram os pesos da última época; voltam os da melhor.", 0.0, [stop(*r)[0] for r in RUNS]),
            ("Uma época a mais ou a menos de espera fez a melhor ser outra em alguns casos.", 0.5, [stop(*r, late=1)[1] for r in RUNS]),
            ("Uma época a mais ou a menos de espera fez a melhor ser outra em alguns casos.", 0.3, [stop(*r, late=-1)[1] for r in RUNS]),
            ("A melhor época é outra em algum caso porque a parada é outra: acerte primeiro a regra da espera.", 0.5, [compare_previous(*r)[1] for r in RUNS]),
            ("A melhor época é outra em algum caso porque a parada é outra: acerte primeiro a regra da espera.", 0.5, [total_wait(*r)[1] for r in RUNS]),
        ],
    )  # fmt: skip
    return (
        partial(*known)
        if known
        else fail("A melhor época não confere em algum caso: é a menor perda entre as épocas treinadas.")
    )


@check("todo08", points=4)
def callback(conduzidas):
    """O callback vigia a perda de validação, tem a paciência dada e devolve os melhores pesos."""
    cases = [(values, patience) for values in LOSSES for patience in DRIVEN]
    pairs = [
        sequence(pair, 2, "o que o callback fez")
        for pair in sequence(conduzidas, len(cases), "o que o callback fez")
    ]
    stops, kept = ([number(pair[k], "uma época") for pair in pairs] for k in range(2))
    wanted = [stop(*case) for case in cases]
    last, best = [w[0] for w in wanted], [w[1] for w in wanted]
    if stops == last and kept == best:
        return ok()
    if stops == last and kept == last:
        return partial(
            0.5,
            "Ele para na hora certa, mas ficam os pesos da última época: falta pedir os da melhor de volta.",
        )
    if all(s == len(values) for s, (values, _) in zip(stops, cases, strict=True)):
        return fail(
            "O callback nunca para o treino: o que ele vigia? A perda de validação tem de estar em monitor, e o sentido é o menor."
        )
    fixed = {p: [stop(values, p)[0] for values, _ in cases] for p in range(11)}
    if stops in fixed.values():
        return partial(
            0.5 if kept != stops else 0.25, "A paciência é sempre a mesma: use a que a função recebe."
        )
    late = [stop(values, p, late=1)[0] for values, p in cases]
    if stops == late:
        return partial(0.5, "O callback espera uma época a mais que a paciência recebida.")
    return fail(
        "O callback não para onde devia. Confira o que ele vigia, a paciência e o sentido da melhora."
    )


# --- ToDo 9 ---------------------------------------------------------------------------------------

SWAPS = {"bom": ("ótimo", "legal", "bacana"), "voo": ("viagem",), "mala": ("bagagem", "bolsa")}
SLACK = 0.045  # em 4 000 sorteios uma fração oscila até 0,008; a folga é de mais de cinco desvios


def texts_of(value, what):
    """Uma lista de textos."""
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Mismatch(f"{what} não é uma lista de palavras.")
    return value


@check("todo09", points=4)
def troca(extremos, fracoes):
    """Só palavras da tabela mudam, cada uma com a probabilidade pedida, para qualquer das substitutas."""
    found = [texts_of(value, "A versão") for value in sequence(extremos, 4, "as versões")]
    wanted = [
        ["o", "voo", "não", "foi", "bom"],
        ["o", "viagem", "e", "o", "viagem"],
        [],
        ["nada", "da", "tabela"],
    ]
    if [len(words) for words in found] != [5, 5, 0, 3]:
        return fail(
            "A versão não tem o mesmo número de palavras do documento: nenhuma some, nenhuma se repete."
        )
    if found[3] != wanted[3]:
        return fail("Mudou uma palavra que não está na tabela.")
    for value, rate in zip(sequence(fracoes, 2, "as frações trocadas"), (0.3, 0.8), strict=True):
        value = mapping(
            value,
            "as frações",
            "bom",
            "ótimo",
            "legal",
            "bacana",
            "mala",
            "bagagem",
            "bolsa",
            "nunca",
            "tamanho",
        )
        read = {key: number(v, "uma fração") for key, v in value.items()}
        if read["tamanho"] != 12000 or read["nunca"] != 1:
            return fail("Em uma mensagem longa, sumiram palavras, ou mudou alguma que não está na tabela.")
        kept = [read["bom"], read["mala"]]
        if all(min(k, 1 - k) < 1e-9 for k in kept):
            return partial(
                0.4, "Ou todas as palavras se trocam, ou nenhuma: cada uma tem o seu próprio sorteio."
            )
        options = {key: [read[word] for word in SWAPS[key]] for key in ("bom", "mala")}
        if all(abs(k - rate) < SLACK for k in kept) and abs(rate - 0.5) > SLACK:
            return partial(0.5, "A taxa está ao contrário: ela é a probabilidade de trocar, e não de manter.")
        if all(
            abs(k - (1 - rate + rate / (len(options[key]) + 1))) < SLACK
            for k, key in zip(kept, ("bom", "mala"), strict=True)
        ):
            return partial(
                0.6, "A própria palavra entra no sorteio das substitutas, e às vezes sai ela mesma."
            )
        if any(abs(k - (1 - rate)) > SLACK for k in kept):
            return partial(0.25, "A fração de palavras trocadas não é a taxa.")
        for chosen in options.values():
            if max(chosen) > 0 and min(chosen) == 0:
                return partial(0.6, "Alguma substituta nunca é escolhida: todas devem ter a mesma chance.")
            if any(abs(share - rate / len(chosen)) > SLACK for share in chosen):
                return partial(0.7, "As substitutas não saem todas com a mesma frequência.")
    if found[0] != wanted[0]:
        return partial(0.75, "Com taxa 0 alguma palavra mudou: com ela, nenhuma se troca.")
    if found[1] != wanted[1]:
        return partial(
            0.75, "Com taxa 1, toda ocorrência de uma palavra da tabela se troca: não foi o que aconteceu."
        )
    return ok()


@check("todo09", points=1)
def documento_intacto(intacta):
    """O documento recebido não muda, e a versão é outra lista."""
    value = mapping(intacta, "o documento", "antes", "mesma", "depois")
    if texts_of(value["antes"], "O documento") != ["voo", "bom", "mala", "cara"] or value["mesma"] is True:
        return fail("A lista recebida foi mudada: os originais se perderiam. Monte uma lista nova.")
    after = texts_of(value["depois"], "A versão")
    if len(after) != 4 or after[0] != "viagem" or after[3] != "cara":
        return fail("Será conferido quando, com taxa 1, as palavras da tabela se trocarem.")
    return ok()


@check("todo09", points=2)
def sorteio_das_trocas(sorteios, versoes=None):
    """Os sorteios vêm do gerador recebido."""
    draws = [tuple(texts_of(value, "A versão")) for value in sequence(sorteios, 4, "as versões sorteadas")]
    if draws[0] != draws[1]:
        return fail("A mesma semente deu versões diferentes: algum sorteio não vem do rng recebido.")
    if len(set(draws)) == 1:
        return fail(
            "Sementes diferentes deram a mesma versão: o rng recebido não é usado, ou nada foi sorteado."
        )
    if len(set(draws)) < 3:
        return partial(0.5, "Nem toda semente muda a versão.")
    if versoes is None:
        return partial(0.5, "Em trocar_sinonimos o sorteio confere; em aumentar ainda não deu para ver.")
    first, again, other = (
        texts_of(value, "A lista de versões") for value in sequence(versoes, 3, "as versões")
    )
    if first != again:
        return partial(
            0.5, "Em aumentar, a mesma semente deu resultados diferentes: passe adiante o rng recebido."
        )
    if first == other or len({tuple(first[k : k + 4]) for k in range(4, len(first), 4)}) < 2:
        return partial(
            0.5,
            "Em aumentar, as cópias ou as sementes dão sempre as mesmas versões: passe adiante o rng recebido.",
        )
    return ok()


def could_be(version, original):
    """Se a versão sai do original com todas as palavras da tabela trocadas."""
    words, source = version.split(), original.split()
    return len(words) == len(source) and all(
        w in SWAPS.get(s, (s,)) for w, s in zip(words, source, strict=True)
    )


@check("todo09", points=3)
def aumento(aumentos, cadeia=None):
    """Primeiro os originais, depois as versões na mesma ordem, com os rótulos deles."""
    values = sequence(aumentos, 3, "os conjuntos aumentados")
    labels_ok, labels_repeat = True, True
    for value, copies, rate in zip(values, (2, 1, 0), (1.0, 0.0, 1.0), strict=True):
        value = mapping(value, "o conjunto aumentado", "documentos", "rotulos", "originais")
        grown, originals = texts_of(value["documentos"], "O conjunto"), texts_of(value["originais"], "O lote")
        if originals != ["o voo bom", "mala some", "nada aqui", "bom bom"]:
            return fail("A lista de documentos recebida foi mudada: trabalhe em uma lista nova.")
        if len(grown) != 4 * (1 + copies):
            text = (
                "Os originais não ficaram no conjunto."
                if len(grown) == 4 * copies
                else "O número de documentos não é o dos originais mais as cópias."
            )
            return fail(f"{text} Com copias = 0 devem sobrar os originais, e só eles.")
        if grown[:4] != originals:
            return partial(0.25, "Os originais não estão no começo, na ordem em que vieram.")
        for start in range(4, len(grown), 4):
            block = grown[start : start + 4]
            right = block == originals if rate == 0 else all(map(could_be, block, originals))
            if not right:
                return partial(
                    0.25, "As versões não estão na ordem dos originais, ou a taxa não chega à troca."
                )
        labels = array(value["rotulos"], "os rótulos").ravel().tolist()
        labels_ok &= labels == [2, 0, 1, 7] * (1 + copies)
        labels_repeat &= labels == [k for k in (2, 0, 1, 7) for _ in range(1 + copies)]
    if not labels_ok:
        text = (
            "Os rótulos se repetem um a um, e os documentos, em blocos: cada documento ficou com o rótulo de outro."
            if labels_repeat
            else "Os rótulos não acompanham os documentos."
        )
        return partial(0.5, text)
    if cadeia != ["a", "b", "b", "b"]:
        return partial(
            0.7, "As cópias seguintes saem de versões já trocadas; cada uma deve sair do original."
        )
    return ok()


# --- ToDo 10 --------------------------------------------------------------------------------------

TRIALS = {
    "claras": {"a": [0.70, 0.72, 0.74], "b": [0.80, 0.81, 0.82], "c": [0.79, 0.83, 0.80], "d": [0.80, 0.779, 0.759]},
    "pareadas": {"x": [0.70, 0.80, 0.90, 0.60], "y": [0.69, 0.785, 0.89, 0.595], "z": [0.90, 0.60, 0.70, 0.79]},
    "fronteira": {"m": [0.50, 0.51], "n": [0.60, 0.60], "o": [0.58, 0.61], "p": [0.56, 0.61]},
    "quatro": {
        "i": [0.76, 0.78, 0.74, 0.80, 0.77],
        "j": [0.72, 0.79, 0.73, 0.77, 0.73],
        "k": [0.745, 0.775, 0.72, 0.79, 0.755],
        "l": [0.76, 0.75, 0.73, 0.81, 0.75],
    },
}  # fmt: skip


@check("todo10", points=3)
def resumo(resumos):
    """Média e desvio padrão amostral de cada receita."""
    means, spreads = [], []
    for value, trial in zip(sequence(resumos, len(TRIALS), "os resumos"), TRIALS.values(), strict=True):
        value = mapping(value, "o resumo", *trial)
        pairs = [sequence(value[name], 2, "o par (média, desvio)") for name in trial]
        means += [number(pair[0], "a média") for pair in pairs]
        spreads += [number(pair[1], "o desvio") for pair in pairs]
    groups = [np.array(values) for trial in TRIALS.values() for values in trial.values()]
    wanted, deviations = [g.mean() for g in groups], [g.std(ddof=1) for g in groups]
    if all_near(means, deviations) and all_near(spreads, wanted):
        return partial(0.5, "A média e o desvio estão trocados na tupla.")
    if not all_near(means, wanted):
        if all_near(means, [np.median(g) for g in groups]):
            return fail("Você usou a mediana; o pedido é a média.")
        if all_near(means, [g.max() for g in groups]):
            return fail("Você ficou com a melhor semente; o pedido é a média de todas.")
        return fail("A média das sementes não confere.")
    if all_near(spreads, deviations):
        return ok()
    known = recognized(
        spreads,
        deviations,
        [
            ("O desvio divide por n; o amostral divide por n − 1.", 0.6, [g.std() for g in groups]),
            ("Você devolveu a variância, e não o desvio.", 0.5, [g.var(ddof=1) for g in groups]),
            ("Você devolveu o erro padrão da média, e não o desvio.", 0.5, [g.std(ddof=1) / math.sqrt(len(g)) for g in groups]),
            ("Você devolveu a distância entre a maior e a menor, e não o desvio.", 0.4, [np.ptp(g) for g in groups]),
        ],
    )  # fmt: skip
    return partial(*known) if known else partial(0.4, "A média está certa; o desvio padrão, não.")


def ties(trial, rule):
    """As receitas empatadas segundo uma regra sobre (melhor, outra)."""
    best = max(trial, key=lambda name: np.mean(trial[name]))
    return [
        name
        for name, values in trial.items()
        if name == best or rule(np.array(trial[best]), np.array(values))
    ]


def paired(best, other, factor=2.0, ddof=1, root=True):
    """A regra pareada, com o fator e o desvio à escolha."""
    gaps = best - other
    return gaps.mean() <= factor * gaps.std(ddof=ddof) / (math.sqrt(len(gaps)) if root else 1) + 1e-15


def unpaired(best, other):
    """A regra de quem não pareia."""
    error = math.sqrt((best.var(ddof=1) + other.var(ddof=1)) / len(best))
    return best.mean() - other.mean() <= 2 * error


def read_ties(value, size):
    """As listas de nomes."""
    return [texts_of(names, "A lista de empatadas") for names in sequence(value, size, "as empatadas")]


@check("todo10", points=4)
def empates(empates):
    """A melhor e as que não se distinguem dela, pelas diferenças pareadas."""
    found = read_ties(empates, len(TRIALS))
    trials = list(TRIALS.values())
    wanted = [ties(trial, paired) for trial in trials]
    if found == wanted:
        return ok()
    best = [ties(trial, lambda b, o: False) for trial in trials]
    if [sorted(f) for f in found] == [sorted(w) for w in wanted]:
        return partial(0.7, "Os nomes estão certos, mas fora da ordem do dicionário.")
    if [sorted([*f, *b]) for f, b in zip(found, best, strict=True)] == [sorted(w) for w in wanted]:
        return partial(0.6, "A própria melhor ficou fora da lista: ela empata consigo mesma.")
    rules = [
        ("Os desvios foram tomados de cada receita, e não das diferenças pareadas: a sorte comum das sementes não se cancelou.", 0.4, unpaired),
        ("Você comparou com o desvio das diferenças; falta dividi-lo pela raiz do número de sementes.", 0.5, lambda b, o: paired(b, o, root=False)),
        ("A régua é de dois erros padrão, e você usou um.", 0.6, lambda b, o: paired(b, o, factor=1.0)),
        ("O desvio das diferenças é o amostral, que divide por n − 1.", 0.6, lambda b, o: paired(b, o, ddof=0)),
        ("Só a melhor está na lista: faltam as que não se distinguem dela.", 0.2, lambda b, o: False),
        ("Todas as receitas estão na lista: falta a régua.", 0.0, lambda b, o: True),
        ("A desigualdade está ao contrário: empatam as de diferença pequena.", 0.0, lambda b, o: not paired(b, o)),
    ]  # fmt: skip
    for text, fraction, rule in rules:
        if found == [ties(trial, rule) for trial in trials]:
            return partial(fraction, text)
    return fail(
        "As empatadas não conferem. Calcule à mão as diferenças, semente a semente, de duas receitas."
    )


@check("todo10", points=1)
def linha_de_base(bases):
    """Lista vazia quando a melhor não passa da linha de base."""
    found = read_ties(bases, 4)
    if not found[0]:
        return fail("A linha de base será conferida quando, abaixo da melhor, ela não impedir a resposta.")
    if any(found[2:]):
        return fail("Com a linha de base acima da melhor média ainda há vencedora declarada.")
    if found[1]:
        return partial(0.5, "Igualar a linha de base não é passar dela.")
    return ok()

"""O julgamento do Lab 4: reuso de camadas e incerteza."""

from __future__ import annotations

import math

import numpy as np

from corretor import checks
from corretor.checks import Mismatch, array, check, fail, mapping, number, ok, partial

# Contas em float64 chegam iguais a menos do arredondamento; as que passam por uma rede, em float32, perdem uns
# sete algarismos.
RTOL, ATOL = 1e-6, 1e-9
RTOL32, ATOL32 = 1e-4, 1e-5
CLASSES = 10


# --- ajudantes ------------------------------------------------------------------------------------


def near(value, want, single=False):
    """Se um valor observado tem o formato e os números esperados."""
    return checks.near(value, want, *((RTOL32, ATOL32) if single else (RTOL, ATOL)))


def sequence(value, what, size=None):
    """Uma lista, com um resultado por caso."""
    if not isinstance(value, list) or (size is not None and len(value) != size):
        raise Mismatch(f"Não consegui ler {what}.")
    return value


def recognized(matches, wrong, default):
    """A mensagem do primeiro engano que `matches` reconhece; `default` se nenhum."""
    for message, expected in wrong:
        if matches(expected):
            return message
    return default


def weights(value, what):
    """Uma lista de arrays."""
    return [array(item, what) for item in sequence(value, what)]


def same_weights(first, second):
    """Para cada par, se os dois arrays são iguais; None se as listas não combinam."""
    if len(first) != len(second) or any(a.shape != b.shape for a, b in zip(first, second, strict=True)):
        return None
    return [near(a, b, single=True) for a, b in zip(first, second, strict=True)]


def judge_copied(kinds, wanted, found, what):
    """A fração e a mensagem sobre pesos copiados: todos, só os treináveis, nenhum."""
    equal = same_weights(wanted, found)
    if equal is None:
        return 0.0, f"{what} não tem os mesmos pesos, em número ou em formato: confira as camadas dela."
    if all(equal):
        return 1.0, ""
    moving = [kind.startswith("moving") for kind in kinds]
    if all(good or mobile for good, mobile in zip(equal, moving, strict=True)):
        return (
            0.4,
            f"{what} recebeu os pesos que se treinam e não as médias móveis da BN: copie também o que não se treina.",
        )
    if all(good for good, mobile in zip(equal, moving, strict=True) if mobile) and any(moving):
        return 0.2, f"{what} recebeu as médias móveis da BN e não os pesos das camadas densas."
    return 0.0, f"{what} não tem os pesos da rede recebida: clone_model sorteia pesos novos. Falta copiá-los."


# --- ToDo 1 ---------------------------------------------------------------------------------------

PAIRS = ((5, 6), (7, 2), (0, 9), (4, 3))


def split(portrait, pair):
    """O que a função devolveu e o que devia ter devolvido."""
    portrait = mapping(portrait, "a separação", "y", "fotos_a", "y_a", "fotos_b", "y_b", "intacta")
    y = array(portrait["y"], "rótulos").astype(int)
    in_b = np.isin(y, pair)
    rows = np.arange(len(y))
    kept = [k for k in range(CLASSES) if k not in pair]
    wanted = {"linhas_a": rows[~in_b], "linhas_b": rows[in_b], "velhos_a": y[~in_b], "velhos_b": y[in_b]}
    wanted["y_a"] = np.array([kept.index(k) for k in y[~in_b]])
    wanted["y_b"] = (y[in_b] == pair[1]).astype(int)
    return portrait, wanted, y


def rows_of(value, what):
    """De que fotos é cada linha devolvida: cada foto traz o seu número em todos os pixels."""
    found = array(value, what)
    if found.ndim != 3 or found.shape[1:] != (2, 3):
        raise Mismatch(f"{what}: cada foto deve continuar inteira, com todos os pixels. Confira o formato.")
    return found[:, 0, 0].astype(int)


def cases(casos):
    """Cada caso com o que se esperava dele."""
    return [
        split(portrait, pair)
        for portrait, pair in zip(sequence(casos, "os casos", len(PAIRS)), PAIRS, strict=True)
    ]


@check("todo01", points=2)
def classes_de_b(classes):
    """CLASSES_B: a classe da sandália e a da camisa."""
    values = sequence(classes, "CLASSES_B", 2)
    if values == [5, 6]:
        return ok()
    if sorted(map(str, values)) == ["5", "6"]:
        return partial(0.5, "As duas classes estão certas; a ordem pedida é sandália, camisa.")
    if 0 in values:
        return fail("A classe 0 é a camiseta, e a tarefa pede a camisa. Procure-a na fila de fotos.")
    return fail("Confira na fila de fotos os números da sandália e da camisa.")


@check("todo01", points=2)
def fotos_das_tarefas(casos):
    """As fotos do par vão para B e as outras para A, na ordem em que estavam."""
    messages, good = [], 0
    for portrait, wanted, _ in cases(casos):
        a, b = rows_of(portrait["fotos_a"], "As fotos de A"), rows_of(portrait["fotos_b"], "As fotos de B")
        if np.array_equal(a, wanted["linhas_a"]) and np.array_equal(b, wanted["linhas_b"]):
            good += 1
        elif np.array_equal(a, wanted["linhas_b"]):
            messages.append("As tarefas estão trocadas: B fica com as duas classes do par.")
        elif np.array_equal(np.sort(a), wanted["linhas_a"]) and np.array_equal(
            np.sort(b), wanted["linhas_b"]
        ):
            messages.append("As fotos estão na tarefa certa e fora de ordem: conserve a ordem em que vieram.")
        elif len(a) + len(b) > len(wanted["linhas_a"]) + len(wanted["linhas_b"]):
            messages.append("Há fotos nas duas tarefas: as do par devem sair de A.")
        else:
            messages.append(
                "Com algum par, as fotos de A ou de B não são as pedidas. O par recebido é usado?"
            )
    return ok() if good == len(PAIRS) else fail(*dict.fromkeys(messages))


@check("todo01", points=3)
def rotulos_de_a(casos):
    """Os rótulos de A vão de 0 a 7, sem buracos, na ordem das classes."""
    messages, good = [], 0
    for place, (portrait, wanted, _) in enumerate(cases(casos)):
        found, old, pair = array(portrait["y_a"], "rótulos de A"), wanted["velhos_a"], PAIRS[place]
        if found.dtype.kind in "iu" and np.array_equal(found, wanted["y_a"]):
            good += 1
            continue
        if np.array_equal(found, wanted["y_a"]):
            messages.append("Os rótulos de A estão certos e não são inteiros: confira o tipo.")
            continue
        above = (old > pair[0]).astype(int), (old > pair[1]).astype(int)
        wrong = [
            (
                "Os rótulos de A continuam com os números antigos: ficaram buracos no lugar das classes de B.",
                old,
            ),
            (
                "Nos rótulos de A falta uma posição a quem está acima das duas classes de B: somar dois vetores lógicos dá um vetor lógico.",
                old - np.maximum(*above),
            ),
            (
                "Você desceu duas posições quem está acima da maior classe do par; e quem está entre as duas?",
                old - 2 * (old > max(pair)),
            ),
            (
                "Você desceu duas posições todos os que estão acima da primeira classe: quem está entre as duas desce uma só.",
                old - 2 * above[0],
            ),
            (
                "Os rótulos de A saem das classes que aparecem em y; com uma classe ausente, mudam. O rótulo novo depende só do antigo.",
                np.unique(old, return_inverse=True)[1],
            ),
            ("Os rótulos de A foram numerados ao contrário.", 7 - wanted["y_a"]),
            (
                "Os rótulos de A foram trocados pelos da conta do par (5, 6): use o par recebido.",
                old - 2 * (old > 6),
            ),
            ("Os rótulos de A vão de 1 a 8; o pedido é de 0 a 7.", wanted["y_a"] + 1),
        ]
        messages.append(
            recognized(
                lambda other, found=found: np.array_equal(found, other),
                wrong,
                "Com algum par, os rótulos de A não conferem. Experimente (7, 2): quem está entre as duas classes desce quanto?",
            )
        )
    return ok() if good == len(PAIRS) else partial(0.3 * good / len(PAIRS), *dict.fromkeys(messages))


@check("todo01", points=2)
def rotulos_de_b(casos):
    """Os rótulos de B: 1 para a segunda classe do par, 0 para a primeira, em float32."""
    messages, good, typed = [], 0, True
    for place, (portrait, wanted, _) in enumerate(cases(casos)):
        found, old = array(portrait["y_b"], "rótulos de B"), wanted["velhos_b"]
        typed = typed and found.dtype == np.float32
        if np.array_equal(found, wanted["y_b"]):
            good += 1
        elif np.array_equal(found, 1 - wanted["y_b"]):
            messages.append("Em B os rótulos estão trocados: a segunda classe do par é a que vale 1.")
        elif np.array_equal(found, old):
            messages.append("Em B ficaram os números antigos das classes; a perda binária espera 0 e 1.")
        elif np.array_equal(found, old - min(PAIRS[place])):
            messages.append(
                "Em B você subtraiu o menor número; com classes que não são vizinhas isso não dá 0 e 1."
            )
        else:
            messages.append("Com algum par, os rótulos de B não conferem.")
    if good < len(PAIRS):
        return fail(*dict.fromkeys(messages))
    return ok() if typed else partial(0.75, "Os rótulos de B estão certos, e não são float32.")


@check("todo01", points=1, needs=("fotos_das_tarefas",))
def rotulos_intactos(casos):
    """As fotos e os rótulos recebidos ficam como eram."""
    if all(portrait["intacta"] is True for portrait, _, _ in cases(casos)):
        return ok()
    return fail("A função mudou x ou y: `y[y > 6] -= 2` muda o array de quem chamou. Trabalhe em uma cópia.")


# --- ToDo 2 ---------------------------------------------------------------------------------------


def standardized(*observed):
    """Os casos do ToDo 2, com as fotos em float64."""
    found = []
    for portrait in observed:
        portrait = mapping(portrait, "as fotos padronizadas", "x_a", "x_b", "a", "b", "tipos", "intacta")
        x_a, x_b = (array(portrait[key], "fotos").astype(float) for key in ("x_a", "x_b"))
        a, b = (array(portrait[key], f"fotos de {key.upper()}") for key in ("a", "b"))
        found.append((x_a, x_b, a, b, portrait))
    return found


def scaled(x, reference, axis=None):
    """x na régua de reference."""
    with np.errstate(all="ignore"):
        return (x - reference.mean(axis=axis)) / reference.std(axis=axis)


@check("todo02", points=2)
def escala_de_a(inteiros, reais):
    """As fotos de A, com média 0 e desvio padrão 1."""
    found = standardized(inteiros, reais)
    if all(near(a, scaled(x_a, x_a), single=True) for x_a, _, a, _, _ in found):
        return ok()
    wrong = [
        ("Em A a conta foi feita pixel por pixel: a média e o desvio são de todos os pixels juntos.", [scaled(x, x, 0) for x, *_ in found]),
        ("Em A falta dividir pelo desvio padrão.", [x - x.mean() for x, *_ in found]),
        ("Em A você dividiu pela variância; é pelo desvio padrão.", [(x - x.mean()) / x.var() for x, *_ in found]),
        ("Em A você só dividiu por 255: isso põe entre 0 e 1, e não com média 0.", [x / 255 for x, *_ in found]),
        ("Em A você usou a média e o desvio das duas tarefas juntas.", [scaled(x, np.concatenate([x, y])) for x, y, *_ in found]),
        ("Em A você usou a média e o desvio de B.", [scaled(x, y) for x, y, *_ in found]),
        ("Em A você levou as fotos ao intervalo de 0 a 1; padronizar é outra coisa.", [(x - x.min()) / (x.max() - x.min()) for x, *_ in found]),
    ]  # fmt: skip
    return fail(
        recognized(
            lambda other: all(
                near(case[2], want, single=True) for case, want in zip(found, other, strict=True)
            ),
            wrong,
            "As fotos de A não ficam com média 0 e desvio padrão 1. Confira com .mean() e .std().",
        )
    )


@check("todo02", points=4)
def escala_de_b(inteiros, reais):
    """As fotos de B, com a média e o desvio padrão de A."""
    found = standardized(inteiros, reais)
    if all(near(b, scaled(x_b, x_a), single=True) for x_a, x_b, _, b, _ in found):
        return ok()
    wrong = [
        ("Em B você usou a média e o desvio de B: cada tarefa ficou na sua régua, e a rede emprestada só conhece a de A.", [scaled(y, y) for _, y, *_ in found]),
        ("Em B você usou a média e o desvio das duas tarefas juntas.", [scaled(y, np.concatenate([x, y])) for x, y, *_ in found]),
        ("Em B a conta foi feita pixel por pixel.", [scaled(y, x, 0) for x, y, *_ in found]),
        ("Em B a média é a de A e o desvio é o de B: os dois números vêm de A.", [(y - x.mean()) / y.std() for x, y, *_ in found]),
        ("Em B o desvio é o de A e a média é a de B: os dois números vêm de A.", [(y - y.mean()) / x.std() for x, y, *_ in found]),
        ("Em B falta dividir pelo desvio padrão.", [y - x.mean() for x, y, *_ in found]),
        ("Em B você dividiu pela variância; é pelo desvio padrão.", [(y - x.mean()) / x.var() for x, y, *_ in found]),
        ("Em B você só dividiu por 255.", [y / 255 for _, y, *_ in found]),
        ("As fotos de B ficaram como vieram.", [y for _, y, *_ in found]),
    ]  # fmt: skip
    return fail(
        recognized(
            lambda other: all(
                near(case[3], want, single=True) for case, want in zip(found, other, strict=True)
            ),
            wrong,
            "As fotos de B não ficam na régua de A: a conta é a mesma, com os mesmos dois números.",
        )
    )


@check("todo02", points=1, needs=("escala_de_a",))
def tipo_das_fotos(inteiros, reais):
    """Os dois resultados são float32."""
    if all(portrait["tipos"] == ["float32", "float32"] for *_, portrait in standardized(inteiros, reais)):
        return ok()
    return fail("Algum dos dois resultados não é float32: o NumPy faz a conta em float64. Converta no fim.")


@check("todo02", points=1, needs=("escala_de_a",))
def fotos_intactas(inteiros, reais):
    """As fotos recebidas ficam como eram."""
    if all(portrait["intacta"] is True for *_, portrait in standardized(inteiros, reais)):
        return ok()
    return fail("A função mudou as fotos recebidas: `x -= …` muda o array de quem chamou.")


# --- ToDo 3 ---------------------------------------------------------------------------------------

CLONE_KEYS = ("tipos", "antes", "depois", "clone", "saida", "saida_clone", "compartilhados", "arrastada")


def clones(*observed):
    """Os casos do ToDo 3."""
    return [mapping(portrait, "o clone", *CLONE_KEYS) for portrait in observed]


@check("todo03", points=3)
def clone_independente(fila, ramos):
    """O clone não compartilha nada com a rede recebida."""
    for portrait in clones(fila, ramos):
        if number(portrait["compartilhados"], "pesos compartilhados") > 0:
            return fail(
                "O clone usa as mesmas camadas da rede recebida, ou parte delas: mudar um muda o outro. Uma fatia de rede.layers é uma lista nova, com as camadas de antes."
            )
        if number(portrait["arrastada"], "mudança da rede recebida") > 0:
            return fail("Mudar os pesos do clone mudou a rede recebida.")
    return ok()


@check("todo03", points=5, needs=("clone_independente",))
def clone_com_pesos(fila, ramos):
    """O clone tem todos os pesos da rede recebida e dá as mesmas saídas."""
    fractions, messages = [], []
    for portrait in clones(fila, ramos):
        fraction, message = judge_copied(
            portrait["tipos"],
            weights(portrait["antes"], "pesos"),
            weights(portrait["clone"], "pesos"),
            "O clone",
        )
        if fraction == 1 and not near(portrait["saida_clone"], portrait["saida"], single=True):
            fraction, message = (
                0.4,
                "O clone tem os mesmos pesos e não dá as mesmas saídas: alguma camada é outra.",
            )
        fractions.append(fraction)
        messages.append(message)
    return partial(min(fractions), *dict.fromkeys(filter(None, messages)))


@check("todo03", points=2, needs=("clone_independente",))
def original_intacta(fila, ramos):
    """A rede recebida fica como estava."""
    for portrait in clones(fila, ramos):
        equal = same_weights(weights(portrait["antes"], "pesos"), weights(portrait["depois"], "pesos"))
        if not equal or not all(equal):
            return fail(
                "A rede recebida mudou de pesos: confira quem chama set_weights, e com os pesos de quem."
            )
    return ok()


# --- ToDo 4 ---------------------------------------------------------------------------------------

BASE_KEYS = (
    "densa", "ativacao", "formato", "nucleo", "vies", "h", "saida", "tipos", "pesos_a", "pesos_b",
    "compartilhados", "livres_em_a", "a_mudou",
)  # fmt: skip
FREE_IN_A = 8  # duas densas e a saída, com viés, e a escala e o deslocamento da BN
RATES = (0.04, 0.5)
LOGITS, WANTED = np.array([2.0, -1.0, 0.5, 3.0]), np.array([1.0, 0.0, 0.0, 1.0])


def networks_b(retratos):
    """Os dois casos do ToDo 4."""
    return [mapping(p, "a rede de B", *BASE_KEYS) for p in sequence(retratos, "as redes de B", 2)]


@check("todo04", points=2)
def saida_nova(retratos):
    """A saída é uma camada densa de um logit, sem ativação."""
    for portrait in networks_b(retratos):
        if portrait["formato"] != [1]:
            return fail("A saída não é de um número só: a última camada deve ser densa, com uma unidade.")
        if portrait["densa"] is not True:
            return partial(0.5, "A última camada não é densa: depois do logit não vem mais nada.")
        if portrait["ativacao"] != "linear":
            return partial(0.5, "A saída tem uma ativação; o pedido é o logit, e a perda cuida do resto.")
    return ok()


@check("todo04", points=4)
def base_de_a(retratos):
    """A base são as camadas de A, menos a última, com os pesos de A."""
    fractions, messages = [], []
    for portrait in networks_b(retratos):
        wanted, found = (
            weights(portrait["pesos_a"], "pesos de A"),
            weights(portrait["pesos_b"], "pesos da base"),
        )
        if same_weights(wanted, found) is None:
            more = len(found) > len(wanted)
            fractions.append(0.0)
            messages.append(
                "A base tem camadas demais: a saída de oito logits de A ficou no meio da rede."
                if more
                else "A base não tem as camadas de A, menos a última: o número ou o formato dos pesos é outro."
            )
            continue
        fraction, message = judge_copied(portrait["tipos"], wanted, found, "A base")
        if fraction == 1 and portrait["densa"] is True:
            h, kernel = array(portrait["h"], "ativações"), array(portrait["nucleo"], "pesos da saída")
            z = h @ kernel + array(portrait["vies"], "viés da saída")
            output = array(portrait["saida"], "saída de B")
            options = [z, 1 / (1 + np.exp(-z.astype(float))), np.maximum(z, 0), np.tanh(z), np.ones_like(z)]
            if not any(near(output, option, single=True) for option in options):
                fraction = 0.5
                message = "A base tem os pesos de A e não calcula o mesmo: alguma camada sem pesos (ativação, dropout) se perdeu ou mudou."
        fractions.append(fraction)
        messages.append(message)
    return partial(min(fractions), *dict.fromkeys(filter(None, messages)))


@check("todo04", points=3)
def a_intacta(retratos):
    """A rede A não muda: nem pesos, nem o que nela se treina, nem camadas compartilhadas."""
    messages = []
    for portrait in networks_b(retratos):
        if number(portrait["compartilhados"], "pesos compartilhados") > 0:
            messages.append(
                "B usa as próprias camadas de A: congelar ou treinar B mexe em A. Clone A antes de tirar as camadas."
            )
        elif number(portrait["livres_em_a"], "pesos treináveis de A") != FREE_IN_A:
            messages.append("Depois de montar B, há camadas congeladas em A: congele as do clone.")
        elif number(portrait["a_mudou"], "mudança de A") > 0:
            messages.append("Montar B mudou os pesos de A.")
        elif (
            same_weights(weights(portrait["pesos_a"], "pesos"), weights(portrait["pesos_b"], "pesos")) is None
        ):
            messages.append("Que A não muda conta quando B tiver a base de A.")
    return fail(*dict.fromkeys(messages)) if messages else ok()


@check("todo04", points=3, needs=("a_intacta",))
def base_congelada(passo):
    """Em um passo de treino, só a saída nova se move."""
    step = mapping(passo, "o passo de treino", "livres", "tipos", "mudou", "a_mudou")
    moved = [number(value, "mudança dos pesos") for value in sequence(step["mudou"], "as mudanças")]
    kinds, messages, fraction = step["tipos"], [], 1.0
    if len(moved) < 4:
        return fail("Que a base não se move conta quando B tiver a base de A.")
    if max(moved[-2:]) == 0:
        return fail("A saída nova não se moveu no treino: ela também ficou congelada.")
    inner = [(kind, value) for kind, value in zip(kinds[:-2], moved[:-2], strict=True) if value > 0]
    if any(kind in ("kernel", "bias") for kind, _ in inner):
        fraction = 0.0
        messages.append(
            "No treino, camadas da base se moveram: elas não estão congeladas, ou o compile veio antes de congelar."
        )
    elif inner:
        fraction = 1 / 3
        messages.append("No treino, a BN da base se moveu: congele todas as camadas, e não só as densas.")
    if number(step["a_mudou"], "mudança de A") > 0:
        fraction = 0.0
        messages.append("Treinar B mudou a rede A.")
    return partial(fraction, *messages)


@check("todo04", points=2)
def compilada(compilacao):
    """Compilada com SGD, a taxa recebida e a entropia cruzada binária de logits."""
    messages, fraction = [], 1.0
    right = np.mean(np.maximum(LOGITS, 0) - LOGITS * WANTED + np.log1p(np.exp(-np.abs(LOGITS))))
    for seen, rate in zip(sequence(compilacao, "as compilações", 2), RATES, strict=True):
        seen = mapping(seen, "a compilação", "otimizador", "taxa", "perda")
        if seen["otimizador"] != "SGD" or not near(number(seen["taxa"], "a taxa"), rate, single=True):
            messages.append("O otimizador não é SGD com a taxa recebida: confira o argumento `taxa`.")
        loss = number(seen["perda"], "a perda")
        if not near(loss, right, single=True):
            messages.append(
                "A perda não é a entropia cruzada binária de logits. Sem from_logits=True, o Keras toma o logit por probabilidade."
            )
    messages = list(dict.fromkeys(messages))
    fraction -= 0.5 * len(messages)
    return partial(max(fraction, 0), *messages)


# --- ToDo 5 ---------------------------------------------------------------------------------------

THAW_KEYS = ("recompilada", "novo", "otimizador", "taxa", "antiga", "perda", "guardados", "camadas", "mudou")
THAW_RATES = (0.2, 0.06)
Z3, Y3 = np.array([2.0, -1.0, 0.5]), np.array([1.0, 0.0, 0.0])
THAW_LOSSES = (
    float(np.mean(np.maximum(Z3, 0) - Z3 * Y3 + np.log1p(np.exp(-np.abs(Z3))))),
    float(np.mean((Z3 - Y3) ** 2)),
)


def thawed(*observed):
    """Os dois casos do ToDo 5."""
    if any(portrait == "sem rede" for portrait in observed):
        raise Mismatch("descongelar deve devolver a rede: confira o return.")
    return [mapping(portrait, "a rede descongelada", *THAW_KEYS) for portrait in observed]


@check("todo05", points=3)
def recompilada(logistica, quadratica):
    """O passo de treino foi refeito, com um otimizador novo."""
    found = thawed(logistica, quadratica)
    if all(portrait["recompilada"] is True and portrait["novo"] is True for portrait in found):
        return ok()
    if all(portrait["recompilada"] is True for portrait in found):
        return partial(
            2 / 3,
            "Você recompilou com o otimizador de antes, que guarda o que sabia dos outros pesos; crie um novo.",
        )
    return fail(
        "A rede não foi recompilada: o passo de treino continua a mudar só os pesos que mudava antes."
    )


@check("todo05", points=3)
def taxa_dividida(logistica, quadratica):
    """A taxa é um décimo da que a rede tinha, com SGD."""
    messages, fractions = [], []
    for portrait, rate in zip(thawed(logistica, quadratica), THAW_RATES, strict=True):
        taken = number(portrait["taxa"], "a taxa")
        known = {
            rate: (
                0,
                "A taxa ficou a mesma: a base, já boa, seria empurrada com a força de quem começa do zero.",
            ),
            rate * 10: (0, "A taxa ficou dez vezes maior; o pedido é dez vezes menor."),
            0.01: (0, "A taxa é a que o SGD traz de fábrica: leia a da rede."),
            0.001: (0, "A taxa é um número fixo: leia a da rede e divida."),
            rate / 100: (1 / 3, "A taxa foi dividida por cem."),
        }
        fraction, message = 0, "A taxa não é um décimo da que a rede tinha."
        if near(taken, rate / 10, single=True):
            fraction, message = 1, ""
        else:
            for value, answer in known.items():
                if near(taken, value, single=True):
                    fraction, message = answer
                    break
        if fraction and portrait["otimizador"] != "SGD":
            fraction, message = 0.5 * fraction, "O otimizador não é mais o SGD."
        fractions.append(fraction)
        messages.append(message)
    return partial(min(fractions), *dict.fromkeys(filter(None, messages)))


@check("todo05", points=2)
def camadas_livres(logistica, quadratica):
    """Todas as camadas densas voltam a mudar no treino."""
    for portrait in thawed(logistica, quadratica):
        if not all(
            free is True for kind, free in sequence(portrait["camadas"], "as camadas") if kind == "Dense"
        ):
            return fail(
                "Há camadas densas que continuam congeladas. Um rede.trainable = True não as solta, se a rede inteira nunca foi congelada: percorra rede.layers."
            )
        moved = sequence(portrait["mudou"], "as mudanças")
        if not moved:
            return partial(
                0.5, "As densas estão livres na lista; que se movem conta quando a rede for recompilada."
            )
        if any(number(value, "a mudança") == 0 for kind, value in moved if kind == "kernel"):
            return partial(
                0.5,
                "As densas estão livres na lista, e no treino não se movem: mude trainable antes do compile.",
            )
    return ok()


@check("todo05", points=2, needs=("camadas_livres",))
def bn_congelada(logistica, quadratica):
    """A BN continua congelada: nem pesos nem médias móveis mudam."""
    for portrait in thawed(logistica, quadratica):
        moved = sequence(portrait["mudou"], "as mudanças")
        drift = [value for kind, value in moved if kind not in ("kernel", "bias")]
        free = any(is_free is True for kind, is_free in portrait["camadas"] if kind == "BatchNormalization")
        if free or any(number(value, "a mudança") > 0 for value in drift):
            return fail(
                "A BN foi descongelada: com tão poucas fotos, ela perde as estatísticas que A acumulou."
            )
    return ok()


@check("todo05", points=2)
def pesos_e_perda(logistica, quadratica):
    """Os pesos ficam como estavam e a perda é a mesma, na mesma rede, já descongelada."""
    found = thawed(logistica, quadratica)
    if not any(free is True for kind, free in found[0]["camadas"][:-1]):
        return fail("Os pesos e a perda serão conferidos quando alguma camada da base for descongelada.")
    messages = []
    if not all(portrait["guardados"] is True for portrait in found):
        messages.append("Os pesos não são os que a rede tinha: descongelar não treina nem sorteia nada.")
    losses = [number(portrait["perda"], "a perda") for portrait in found]
    if not all(near(loss, want, single=True) for loss, want in zip(losses, THAW_LOSSES, strict=True)):
        messages.append("A perda não é a que a rede tinha: leia-a de rede.loss, em vez de escrever uma.")
    return partial(1 - 0.5 * len(messages), *messages)


# --- ToDo 6 ---------------------------------------------------------------------------------------

THIN_RATES = (0.3, 0.6)
THIN_SLACK = 0.05  # 4 800 unidades: a fração de zeros oscila 0,007 em torno da taxa
CONVERT_KEYS = (
    "camadas", "sorteiam", "taxas", "pedidas", "ativacoes", "tipos", "antes", "clone", "difere", "moveu",
    "compartilhados", "original", "a_mudou",
)  # fmt: skip
PLACES = ["Dense", "BatchNormalization", None, "Dense", None, "Dense"]
ACTIVATIONS = ["tanh", "", "", "relu", "", "linear"]


@check("todo06", points=4)
def sorteia_sempre(camada):
    """DropoutMC é uma subclasse de Dropout que sorteia em qualquer modo, com a taxa e a escala do Dropout."""
    fractions, messages = [], []
    for portrait, rate in zip(sequence(camada, "a camada", 2), THIN_RATES, strict=True):
        portrait = mapping(portrait, "a camada", "modos", "mae")
        modes = [
            mapping(mode, "um modo", "zeros", "resto", "espalhados", "diferem")
            for mode in sequence(portrait["modos"], "os modos", 3)
        ]
        zeros = [number(mode["zeros"], "fração de zeros") for mode in modes]
        if max(zeros[:2]) == 0:
            fractions.append(0)
            messages.append(
                "Na inferência a sua camada não sorteia: ela ainda repassa o modo que recebe, que ali é falso."
                if zeros[2] > 0
                else "A sua camada não sorteia em modo nenhum."
            )
            continue
        if all(abs(value - rate) > THIN_SLACK for value in zeros):
            fractions.append(0)
            messages.append("A fração de unidades zeradas não é a taxa da camada.")
            continue
        if min(zeros) == 0:
            fractions.append(0.25)
            messages.append("A sua camada sorteia em um modo e em outro não: deve sortear em todos.")
            continue
        if min(number(mode["diferem"], "diferença entre passagens") for mode in modes) == 0:
            fractions.append(0.25)
            messages.append(
                "Duas passagens dão o mesmo sorteio: a semente não pode recomeçar a cada chamada."
            )
            continue
        if any(abs(value - rate) > THIN_SLACK for value in zeros):
            fractions.append(0.25)
            messages.append("A fração de unidades zeradas não é a taxa da camada.")
            continue
        if any(not near(number(mode["resto"], "o que sobra"), 1 / (1 - rate), single=True) for mode in modes):
            fractions.append(0.5)
            messages.append(
                "O que sobra não foi dividido por 1 − taxa: a média da camada mudaria. A classe mãe já faz isso."
            )
            continue
        fractions.append(1 if portrait["mae"] is True else 0.75)
        messages.append(
            "" if portrait["mae"] is True else "DropoutMC não é uma subclasse de keras.layers.Dropout."
        )
    return partial(min(fractions), *dict.fromkeys(filter(None, messages)))


@check("todo06", points=1, needs=("sorteia_sempre",))
def camada_registrada(registro):
    """A classe está registrada, e uma rede gravada com ela pode ser lida."""
    return (
        ok()
        if registro is True
        else fail(
            "A classe não está registrada: uma rede gravada com ela não poderá ser lida. Falta o decorador."
        )
    )


def converted(conversao):
    """O caso da conversão."""
    return mapping(conversao, "a rede convertida", *CONVERT_KEYS)


@check("todo06", points=4)
def troca_todos(conversao):
    """Cada Dropout virou um DropoutMC com a mesma taxa; as outras camadas são as mesmas."""
    seen = converted(conversao)
    names, drawn = sequence(seen["camadas"], "as camadas"), sequence(seen["sorteiam"], "as camadas")
    if len(names) != len(PLACES):
        return fail("A cópia não tem o mesmo número de camadas que a rede recebida.")
    swapped = [drawn[i] is True for i, kind in enumerate(PLACES) if kind is None]
    if not any(swapped):
        return fail("Nenhum Dropout foi trocado: a cópia tem as camadas de antes.")
    messages, fraction = [], 1.0
    if not all(swapped):
        fraction = 0.5
        messages.append("Só uma parte dos Dropout foi trocada; há mais de um na rede.")
    elif not near(seen["taxas"], seen["pedidas"]):
        fraction = 0.5
        messages.append("As taxas não são as dos Dropout da rede: leia a taxa de cada um.")
    others = [names[i] for i, kind in enumerate(PLACES) if kind is not None]
    if others != [kind for kind in PLACES if kind is not None] or seen["ativacoes"] != ACTIVATIONS:
        fraction -= 0.5
        messages.append("Alguma camada que não é Dropout mudou de tipo ou perdeu a ativação.")
    if number(seen["difere"], "diferença entre passagens") == 0:
        fraction = min(fraction, 0.5)
        messages.append("Duas chamadas da cópia, na inferência, ainda dão a mesma resposta.")
    if number(seen["moveu"], "mudança dos pesos") > 0:
        fraction = min(fraction, 0.25)
        messages.append("Chamar a cópia muda as médias móveis da BN: a rede inteira ficou em modo de treino.")
    return partial(max(fraction, 0), *messages)


@check("todo06", points=2, needs=("troca_todos",))
def conversao_com_pesos(conversao):
    """A cópia tem todos os pesos da rede recebida."""
    seen = converted(conversao)
    fraction, message = judge_copied(
        seen["tipos"], weights(seen["antes"], "pesos"), weights(seen["clone"], "pesos"), "A cópia"
    )
    return partial(fraction, *([message] if message else []))


@check("todo06", points=1, needs=("troca_todos",))
def conversao_independente(conversao):
    """A cópia não compartilha nada com a rede recebida, que não muda."""
    seen = converted(conversao)
    if number(seen["compartilhados"], "pesos compartilhados") > 0:
        return fail("A cópia usa as mesmas camadas densas da rede recebida: treinar uma mudaria a outra.")
    if seen["original"] != [kind or "Dropout" for kind in PLACES] or number(seen["a_mudou"], "mudança") > 0:
        return fail("A rede recebida mudou.")
    return ok()


# --- ToDo 7 ---------------------------------------------------------------------------------------


def softmax(z):
    """A softmax da última dimensão, sem estouro."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def asked(portrait):
    """O resultado, e os sorteios nas duas ordens em que se podem ter feito: passagem a passagem ou foto a foto."""
    portrait = mapping(portrait, "as passagens", "resultado", "logits", "fotos", "passagens", "moveu")
    if not isinstance(portrait["resultado"], list) or len(portrait["resultado"]) != 2:
        raise Mismatch("prever_com_incerteza deve devolver uma tupla de dois arrays: (media, desvio).")
    n, t = int(portrait["fotos"]), int(portrait["passagens"])
    z = array(portrait["logits"], "logits").astype(float)
    classes = z.shape[-1]
    mean, std = (
        array(part, what, (n, classes))
        for part, what in zip(portrait["resultado"], ("a média", "o desvio"), strict=True)
    )
    if len(z) == n:
        raise Mismatch("A rede foi chamada uma vez só: cada passagem precisa do seu próprio sorteio.")
    if len(z) != n * t:
        raise Mismatch("O número de passagens feitas não é o pedido: confira o argumento passagens.")
    return mean, std, [z.reshape(t, n, classes), z.reshape(n, t, classes).swapaxes(0, 1)]


def judge_summary(pequenos, pick, right, wrong, default):
    """Compara uma das duas partes do resultado com o que se calcula dos logits sorteados."""
    found = [asked(portrait) for portrait in sequence(pequenos, "as passagens", 2)]

    def matches(compute):
        return all(any(near(case[pick], compute(z), single=True) for z in case[2]) for case in found)

    if matches(right):
        return ok()
    for fraction, message, compute in wrong:
        if matches(compute):
            return partial(fraction, message)
    return fail(default)


@check("todo07", points=4)
def media_das_passagens(pequenos):
    """A média, sobre as passagens, das probabilidades."""
    return judge_summary(
        pequenos,
        0,
        lambda z: softmax(z).mean(axis=0),
        [
            (0.25, "A média é a dos logits: falta a softmax.", lambda z: z.mean(axis=0)),
            (
                0.5,
                "Você tirou a softmax da média dos logits; é a média das probabilidades, com a softmax em cada passagem.",
                lambda z: softmax(z.mean(axis=0)),
            ),
            (0.5, "Você somou as passagens, sem dividir.", lambda z: softmax(z).sum(axis=0)),
            (0, "O que veio em primeiro é o desvio: a ordem pedida é (media, desvio).", lambda z: softmax(z).std(axis=0)),
            (0, "A média é de uma passagem só.", lambda z: softmax(z)[-1]),
            (0, "A média é de uma passagem só.", lambda z: softmax(z)[0]),
            (0.25, "Você usou a sigmoide de cada logit; as classes são exclusivas, é a softmax.", lambda z: (1 / (1 + np.exp(-z))).mean(axis=0)),
        ],
        "A média não é a das probabilidades das passagens. Confira o eixo e a softmax.",
    )  # fmt: skip


@check("todo07", points=3)
def desvio_das_passagens(pequenos):
    """O desvio padrão, sobre as passagens, das probabilidades."""
    return judge_summary(
        pequenos,
        1,
        lambda z: softmax(z).std(axis=0),
        [
            (0.7, "Você dividiu por T − 1; o pedido é o np.std comum, que divide por T.", lambda z: softmax(z).std(axis=0, ddof=1)),
            (0.5, "Você devolveu a variância; o desvio é a raiz dela.", lambda z: softmax(z).var(axis=0)),
            (0.25, "O desvio é o dos logits: falta a softmax.", lambda z: z.std(axis=0)),
            (0.25, "Você devolveu o erro padrão, o desvio dividido pela raiz do número de passagens.", lambda z: softmax(z).std(axis=0) / math.sqrt(len(z))),
            (0, "O que veio em segundo é a média: a ordem pedida é (media, desvio).", lambda z: softmax(z).mean(axis=0)),
        ],
        "O desvio não é o das probabilidades das passagens. Confira o eixo: um desvio por foto e por classe.",
    )  # fmt: skip


@check("todo07", points=2)
def rede_intacta(pequenos):
    """Nem os pesos nem as médias móveis da BN mudam."""
    found = sequence(pequenos, "as passagens", 2)
    for portrait in found:
        if number(mapping(portrait, "as passagens", "moveu")["moveu"], "mudança da rede") > 0:
            return fail(
                "Perguntar mudou a rede: com training=True a BN usa o lote e atualiza as médias móveis. A rede já sorteia sozinha."
            )
    for portrait in found:
        asked(portrait)
    return ok()


@check("todo07", points=1, needs=("media_das_passagens",))
def logits_enormes(enormes):
    """Com logits enormes as probabilidades continuam a ser números."""
    portrait = mapping(enormes, "as passagens", "resultado")
    if not isinstance(portrait["resultado"], list) or len(portrait["resultado"]) != 2:
        raise Mismatch("Com logits enormes, não veio uma tupla de dois.")
    mean, std = (array(part, "as probabilidades") for part in portrait["resultado"])
    if not (np.isfinite(mean).all() and np.isfinite(std).all()):
        return fail(
            "Com logits enormes a exponencial estoura e vem NaN: subtraia o maior logit antes, ou use keras.ops.softmax."
        )
    mean, std, orders = asked(enormes)
    if any(near(mean, softmax(z).mean(axis=0), single=True) for z in orders):
        return ok()
    return fail("Com logits enormes as médias não conferem.")


# --- ToDo 8 ---------------------------------------------------------------------------------------

LIMITS = (0.5, 0.9, 2.5)


def entropy(p, log=np.log):
    """A entropia de cada linha."""
    return -np.sum(p * log(np.where(p > 0, p, 1)), axis=1)


def tables(p):
    """As duas tabelas de probabilidades que a sonda usou."""
    return [array(item, "probabilidades").astype(float) for item in sequence(p, "as probabilidades", 2)]


def zeros_table(classes):
    """As três linhas com zeros que a sonda usou."""
    p = np.zeros((3, classes))
    p[0, 1] = 1
    p[1, :2] = 0.5
    p[2, [0, -1]] = 0.9, 0.1
    return p


@check("todo08", points=3)
def entropia_em_nats(p, entropias):
    """A entropia de cada foto, em nats."""
    many = tables(p)
    found = [array(item, "a entropia") for item in sequence(entropias, "as entropias", 2)]

    def matches(compute):
        return all(near(got, compute(q), single=True) for got, q in zip(found, many, strict=True))

    if matches(entropy):
        return ok()
    known = [
        (0.5, "A entropia está em bits: o logaritmo pedido é o natural.", lambda q: entropy(q, np.log2)),
        (0.3, "A entropia está com o logaritmo de base 10.", lambda q: entropy(q, np.log10)),
        (0.5, "O sinal da entropia está trocado: o logaritmo de uma probabilidade é negativo.", lambda q: -entropy(q)),
        (0.3, "A entropia foi normalizada por ln das classes; o pedido é em nats.", lambda q: entropy(q) / np.log(q.shape[1])),
        (0.3, "Você tirou a média sobre as classes; é a soma.", lambda q: entropy(q) / q.shape[1]),
        (0, "Você somou os logaritmos sem as probabilidades que os ponderam.", lambda q: -np.log(q).sum(axis=1)),
        (0, "Isso é a confiança (ou o que falta nela), e não a entropia.", lambda q: 1 - q.max(axis=1)),
        (0, "Você somou sobre as fotos: a soma é sobre as classes de cada foto.", lambda q: entropy(q.T)),
        (0, "Veio um número só: é uma entropia por foto.", lambda q: entropy(q).sum()),
        (0, "Só a classe mais provável entrou na conta: a soma é sobre todas.", lambda q: -q.max(axis=1) * np.log(q.max(axis=1))),
        (0, "Isso é o logaritmo da maior probabilidade; a entropia soma sobre todas as classes.", lambda q: -np.log(q.max(axis=1))),
    ]  # fmt: skip
    for fraction, message, compute in known:
        if matches(compute):
            return partial(fraction, message)
    return fail("A entropia não confere. Faça à mão a conta de uma linha com duas classes e compare.")


@check("todo08", points=1, needs=("entropia_em_nats",))
def zero_contribui_zero(com_zeros):
    """Uma classe de probabilidade zero contribui com zero."""
    found = sequence(com_zeros, "as entropias com zeros", 2)
    values = [array(item, "a entropia com zeros", (3,)) for item in found]
    if not all(np.isfinite(value).all() for value in values):
        return fail(
            "Com uma probabilidade zero vem NaN: 0 × ln 0 é 0 × (−∞). Troque o que está dentro do logaritmo."
        )
    if all(near(v, entropy(zeros_table(k)), single=True) for v, k in zip(values, (3, 5), strict=True)):
        return ok()
    return fail("Com uma probabilidade zero a entropia muda: essa classe deve contribuir com zero.")


@check("todo08", points=2)
def decisoes_pelo_limiar(p, decisoes):
    """A classe mais provável se a entropia cabe no limiar; senão, −1."""
    found = [array(item, "as decisões") for item in sequence(decisoes, "as decisões", 6)]
    pairs = [(q, limit) for q in tables(p) for limit in LIMITS]

    def matches(compute):
        return all(near(got, compute(q, limit)) for got, (q, limit) in zip(found, pairs, strict=True))

    if matches(lambda q, t: np.where(entropy(q) <= t, q.argmax(axis=1), -1)):
        return ok()
    known = [
        ("O limiar está ao contrário: cala-se quando a entropia é grande.", lambda q, t: np.where(entropy(q) > t, q.argmax(axis=1), -1)),
        ("O limiar não é usado: todas as fotos tiveram resposta.", lambda q, t: q.argmax(axis=1)),
        ("Você comparou a confiança com o limiar; é a entropia.", lambda q, t: np.where(q.max(axis=1) >= t, q.argmax(axis=1), -1)),
        ("Você respondeu com a classe menos provável.", lambda q, t: np.where(entropy(q) <= t, q.argmin(axis=1), -1)),
        ("\"Não sei\" é −1; 0 é uma classe.", lambda q, t: np.where(entropy(q) <= t, q.argmax(axis=1), 0)),
        ("Veio a probabilidade da classe, e não o número dela.", lambda q, t: np.where(entropy(q) <= t, q.max(axis=1), -1)),
    ]  # fmt: skip
    return fail(
        recognized(
            matches,
            known,
            "As decisões não conferem: uma por foto, a classe mais provável ou −1, conforme a entropia dela.",
        )
    )


@check("todo08", points=1, needs=("decisoes_pelo_limiar",))
def no_limite_responde(no_limite):
    """Com a entropia igual ao limiar, responde."""
    if near(array(no_limite, "as decisões no limite"), [2, 0, 1]):
        return ok()
    return fail(
        "Com a entropia exatamente igual ao limiar a sua função cala; o pedido é responder (menor ou igual)."
    )


def counts(value):
    """Cobertura e acurácia devolvidas."""
    if not isinstance(value, list) or len(value) != 2:
        raise Mismatch("cobertura_e_acuracia deve devolver uma tupla de dois: (cobertura, acuracia).")
    return value


@check("todo08", points=2)
def cobertura_acuracia(marcas, contas):
    """A fração respondida e a fração de acertos entre as respondidas."""
    found, good, messages = sequence(contas, "as contas", 3), [True, True], []
    for value, pair in zip(found, sequence(marcas, "as marcas", 3), strict=True):
        coverage, accuracy = (
            number(item, what)
            for item, what in zip(counts(value), ("a cobertura", "a acurácia"), strict=True)
        )
        chosen, y = (array(item, "as marcas").astype(int) for item in pair)
        answered = chosen >= 0
        right = chosen == y
        if not near(coverage, answered.mean()):
            good[0] = False
            swapped = near(coverage, right[answered].mean()) and near(accuracy, answered.mean())
            messages.append(
                "A ordem pedida é (cobertura, acuracia)."
                if swapped
                else "Você contou como não respondida a classe 0, que é uma resposta."
                if near(coverage, (chosen > 0).mean())
                else "A cobertura é a fração de fotos respondidas; veio a fração das recusadas."
                if near(coverage, 1 - answered.mean())
                else "A cobertura é uma fração, entre 0 e 1, e não uma contagem."
                if near(coverage, answered.sum())
                else "A cobertura não é a fração de fotos que tiveram resposta."
            )
        if not near(accuracy, right[answered].mean()):
            good[1] = False
            messages.append(
                "A acurácia é sobre todas as fotos; o pedido é só entre as respondidas."
                if near(accuracy, right.mean())
                else "A acurácia não é a fração de acertos entre as respondidas."
            )
    return partial(sum(good) / 2, *dict.fromkeys(messages))


@check("todo08", points=1, needs=("cobertura_acuracia",))
def nenhuma_respondida(nenhuma):
    """Sem nenhuma resposta: cobertura zero e acurácia None."""
    coverage, accuracy = counts(nenhuma)
    if near(number(coverage, "a cobertura"), 0) and accuracy is None:
        return ok()
    if near(number(coverage, "a cobertura"), 0) and isinstance(accuracy, float) and math.isnan(accuracy):
        return partial(
            0.5, "Sem resposta nenhuma, a acurácia virou NaN, de uma média de nada; o pedido é None."
        )
    return fail("Sem nenhuma foto respondida não há acurácia: o pedido é (0.0, None).")


# --- ToDo 9 ---------------------------------------------------------------------------------------


def shrunk(kernel, limit, axes=None):
    """O kernel limitado, com a norma sobre os eixos dados (todos menos o último, por padrão)."""
    axes = tuple(range(kernel.ndim - 1)) if axes is None else axes
    norms = np.sqrt(np.sum(kernel**2, axis=axes, keepdims=True))
    return kernel * (limit / np.maximum(norms, limit))


def limited(portrait):
    """Um caso do ToDo 9: o kernel, o limite, o que veio e se a entrada ficou como era."""
    portrait = mapping(portrait, "o kernel limitado", "kernel", "limite", "novo", "intacto")
    kernel = array(portrait["kernel"], "kernel").astype(float)
    return kernel, number(portrait["limite"], "o limite"), array(portrait["novo"], "kernel limitado", kernel.shape), portrait["intacto"]  # fmt: skip


def all_match(found, compute):
    """Se todos os casos deram o que `compute` dá. Um ε como o do Keras, de 1e-7, cabe na tolerância."""
    with np.errstate(all="ignore"):
        return all(near(new, compute(kernel, limit), single=True) for kernel, limit, new, _ in found)


@check("todo09", points=3)
def kernel_denso(densos):
    """No kernel denso, cada coluna que passa do limite volta a ele, e as outras não mudam."""
    found = [limited(portrait) for portrait in sequence(densos, "os kernels densos", 2)]
    if all_match(found, shrunk):
        return ok()
    known = [
        (0.2, "A norma é a de cada linha; os pesos que chegam a uma unidade são uma coluna.", lambda k, c: shrunk(k, c, (1,))),
        (0.2, "A norma é a do kernel inteiro; cada unidade tem a sua.", lambda k, c: shrunk(k, c, (0, 1))),
        (0.5, "As colunas que já cabiam também mudaram: foram esticadas até o limite.", lambda k, c: k * c / np.sqrt(np.sum(k**2, axis=0))),
        (0, "Você cortou peso por peso; o limite é da norma da coluna, e a direção dela se conserva.", lambda k, c: np.clip(k, -c, c)),
        (0, "Nada mudou: as colunas acima do limite continuam acima.", lambda k, c: k),
        (0.3, "Falta a raiz: você comparou o limite com a norma ao quadrado.", lambda k, c: k * np.minimum(1, c / np.sum(k**2, axis=0))),
        (0.2, "Você somou os módulos; a norma é a raiz da soma dos quadrados.", lambda k, c: k * np.minimum(1, c / np.sum(np.abs(k), axis=0))),
        (0.2, "Você usou o maior módulo da coluna; a norma é a raiz da soma dos quadrados.", lambda k, c: k * np.minimum(1, c / np.max(np.abs(k), axis=0))),
        (0.3, "As colunas que passam do limite foram a norma 1, e não ao limite.", lambda k, c: np.where(np.sqrt(np.sum(k**2, axis=0)) > c, k / np.sqrt(np.sum(k**2, axis=0)), k)),
        (0, "Está ao contrário: mudaram as colunas que cabiam.", lambda k, c: k * np.maximum(1, c / np.sqrt(np.sum(k**2, axis=0)))),
    ]  # fmt: skip
    for fraction, message, compute in known:
        if all_match(found, compute):
            return partial(fraction, message)
    return fail(
        "O kernel limitado não confere. Compare as normas das colunas antes e depois, com np.linalg.norm(kernel, axis=0)."
    )


@check("todo09", points=1, needs=("kernel_denso",))
def kernel_convolucional(filtros):
    """No kernel convolucional, a norma de um filtro soma sobre todos os eixos menos o último."""
    found = [limited(filtros)]
    if all_match(found, shrunk):
        return ok()
    if all_match(found, lambda k, c: shrunk(k, c, (0,))):
        return fail(
            "No convolucional a norma foi somada só sobre o primeiro eixo: é o que faz o MaxNorm sem o axis."
        )
    return fail("No convolucional os pesos de um filtro são os três primeiros eixos, todos juntos.")


@check("todo09", points=1, needs=("kernel_denso",))
def as_que_cabem(cabem):
    """Se todas as colunas cabem, também as de zeros, nada muda."""
    found = limited(cabem)
    if not np.isfinite(found[2]).all():
        return fail("Uma coluna de zeros virou NaN: houve divisão por zero.")
    return ok() if all_match([found], shrunk) else fail("Um kernel que já cabia no limite mudou.")


@check("todo09", points=1, needs=("kernel_denso",))
def kernel_intacto(densos):
    """O kernel recebido não muda."""
    if all(limited(portrait)[3] is True for portrait in densos):
        return ok()
    return fail("A função mudou o kernel recebido: `kernel *= …` muda o array de quem chamou.")

"""O julgamento do Lab 2: inicialização, ativações e normalização em lote."""

from __future__ import annotations

import math

import numpy as np

from corretor import checks
from corretor.checks import Mismatch, array, check, fail, mapping, number, ok, partial

# Contas em float64 chegam iguais a menos do arredondamento; as de float32 perdem uns sete algarismos.
RTOL, ATOL = 1e-6, 1e-9
RTOL32, ATOL32 = 1e-4, 1e-5


# --- ajudantes ------------------------------------------------------------------------------------


def near(value, want, single=False):
    """Se um valor observado tem o formato e os números esperados."""
    return checks.near(value, want, *((RTOL32, ATOL32) if single else (RTOL, ATOL)))


def sequence(value, size, what):
    """Uma lista com um resultado por caso."""
    if not isinstance(value, list) or len(value) != size:
        raise Mismatch(f"Não consegui ler {what}.")
    return value


def recognized(values, wanted, wrong, default):
    """A mensagem do engano cujos valores são os da resposta; `default` se nenhum é."""
    for message, expected in wrong:
        matches = [near(value, other) for value, other in zip(values, expected, strict=True)]
        differs = any(not near(other, want) for other, want in zip(expected, wanted, strict=True))
        if differs and all(matches):
            return message
    return default


def numbers(value, size, what):
    """Uma lista de números finitos."""
    return [number(item, what) for item in sequence(value, size, what)]


# --- ToDo 1 ---------------------------------------------------------------------------------------

DENSE = ((5, 9), (100, 1), (7, 7), (1, 12), (64, 3))
CONVOLUTIONS = ((3, 3, 16, 32), (5, 2, 3, 8), (1, 1, 64, 10))


def triple(value):
    """Os três números que fans devolve."""
    if not isinstance(value, list) or len(value) != 3:
        raise Mismatch("fans deve devolver uma tupla de três números: (fan_in, fan_out, fan_avg).")
    return [number(item, what) for item, what in zip(value, ("fan_in", "fan_out", "fan_avg"), strict=True)]


def judge_dense(densas):
    """A mensagem do que está errado com fan_in e fan_out da camada densa, ou None."""
    found = [triple(value)[:2] for value in sequence(densas, len(DENSE), "os fans das camadas densas")]
    wanted = [list(shape) for shape in DENSE]
    if all(near(value, want) for value, want in zip(found, wanted, strict=True)):
        return None
    return recognized(
        found,
        wanted,
        [
            (
                "Na camada densa, fan_in e fan_out estão trocados: o formato é (entradas, unidades).",
                [want[::-1] for want in wanted],
            ),
            (
                "Você somou o viés às entradas; o fan_in conta só os pesos da soma.",
                [[m + 1, u] for m, u in wanted],
            ),
        ],
        "Na camada densa, fan_in ou fan_out não confere em algum formato. Os números saem do formato recebido, sem constantes?",
    )


@check("todo01", points=3)
def densa(densas):
    """fan_in e fan_out de camadas densas."""
    problem = judge_dense(densas)
    return fail(problem) if problem else ok()


@check("todo01", points=2)
def convolucional(convolucoes):
    """fan_in e fan_out de camadas convolucionais."""
    values = sequence(convolucoes, len(CONVOLUTIONS), "os fans das camadas convolucionais")
    found = [triple(value)[:2] for value in values]
    wanted = [[h * w * a, h * w * b] for h, w, a, b in CONVOLUTIONS]
    if all(near(value, want) for value, want in zip(found, wanted, strict=True)):
        return ok()
    if all(near(value, want[::-1]) for value, want in zip(found, wanted, strict=True)):
        return partial(
            0.25,
            "Na convolução, fan_in e fan_out estão trocados: os canais de entrada vêm antes dos de saída.",
        )
    if all(near(value[0], want[0]) for value, want in zip(found, wanted, strict=True)):
        return partial(
            0.5,
            "Na convolução o fan_in está certo, e o fan_out não: cada ponto da entrada também é visto por várias posições "
            "da janela.",
        )
    return fail(
        recognized(
            found,
            wanted,
            [
                (
                    "Na convolução você contou só os canais: falta multiplicar pela janela, altura × largura.",
                    [[a, b] for _, _, a, b in CONVOLUTIONS],
                ),
                (
                    "Na convolução você usou os dois primeiros números, altura e largura; os canais são os dois últimos.",
                    [[h, w] for h, w, _, _ in CONVOLUTIONS],
                ),
                (
                    "Na convolução o fan_out ficou com o produto do formato inteiro: nele só entram os canais de saída.",
                    [[h * w * a, h * w * a * b] for h, w, a, b in CONVOLUTIONS],
                ),
            ],
            "Na convolução os números não conferem. Quantos valores entram na soma de uma unidade, se ela olha uma janela em "
            "todos os canais de entrada?",
        )
    )


@check("todo01", points=1)
def media_dos_dois(densas, lista=None):
    """fan_avg, a média dos dois; o formato pode vir em lista."""
    if judge_dense(densas):
        return fail("O fan_avg será conferido quando fan_in e fan_out da camada densa estiverem certos.")
    found = [triple(value)[2] for value in densas]
    if all(near(value, sum(shape) / 2) for value, shape in zip(found, DENSE, strict=True)):
        if lista is None or not near(lista, [6, 9, 7.5]):
            return partial(
                0.5, "Com o formato em uma lista (e não em uma tupla) a sua função não dá o mesmo resultado."
            )
        return ok()
    wanted = [sum(shape) / 2 for shape in DENSE]
    return fail(
        recognized(
            found,
            wanted,
            [
                ("O fan_avg ficou com a soma; é a média.", [sum(shape) for shape in DENSE]),
                (
                    "O fan_avg perdeu a metade: a divisão // é inteira. Use /.",
                    [sum(shape) // 2 for shape in DENSE],
                ),
                ("O fan_avg é a média aritmética, e não a geométrica.", [math.sqrt(m * u) for m, u in DENSE]),
            ],
            "O fan_avg não é a média de fan_in e fan_out.",
        )
    )


# --- ToDo 2 ---------------------------------------------------------------------------------------

SIZES = ((784, 300), (10, 90), (90, 10), (6, 6), (1, 1))
FACTORS = {  # o que cada esquema pede, para se reconhecer a troca
    "1/fan_avg": lambda m, u: 2 / (m + u),
    "2/fan_in": lambda m, u: 2 / m,
    "1/fan_in": lambda m, u: 1 / m,
    "1/fan_out": lambda m, u: 1 / u,
    "2/fan_out": lambda m, u: 2 / u,
    "2/fan_avg": lambda m, u: 4 / (m + u),
    "1/soma": lambda m, u: 1 / (m + u),
    "6/soma": lambda m, u: 6 / (m + u),
    "3/fan_in": lambda m, u: 3 / m,
    "6/fan_in": lambda m, u: 6 / m,
}


def judge_variance(values, right, name, hints):
    """Compara as variâncias de um esquema com a certa, e com as que se costuma pôr no lugar."""
    found = numbers(values, len(SIZES), f"a variância de {name}")
    wanted = [FACTORS[right](m, u) for m, u in SIZES]
    if all(near(value, want) for value, want in zip(found, wanted, strict=True)):
        return ok()
    if all(near(value, math.sqrt(want)) for value, want in zip(found, wanted, strict=True)):
        return partial(0.3, f"Em {name} você devolveu o desvio padrão, a raiz da variância.")
    if all(near(value, math.sqrt(3 * want)) for value, want in zip(found, wanted, strict=True)):
        return partial(0.3, f"Em {name} você devolveu o limite da uniforme; o pedido é a variância.")
    wrong = [(text, [FACTORS[key](m, u) for m, u in SIZES]) for key, text in hints.items()]
    return fail(
        recognized(
            found,
            wanted,
            wrong,
            f"A variância de {name} não confere quando fan_in e fan_out são diferentes. Que fan ela usa, e com que fator?",
        )
    )


@check("todo02", points=3)
def variancia_glorot(glorot):
    """Variância da inicialização de Glorot."""
    return judge_variance(
        glorot,
        "1/fan_avg",
        "Glorot",
        {
            "1/fan_in": "Em Glorot você usou só o fan_in: esse é o esquema que cuida apenas da ida.",
            "1/fan_out": "Em Glorot você usou só o fan_out; o esquema é um compromisso entre os dois.",
            "2/fan_in": "Em Glorot você pôs a variância que convém à ReLU.",
            "1/soma": "Em Glorot você dividiu pela soma; o fan_avg é a metade dela.",
            "2/fan_avg": "Em Glorot sobrou um fator 2: ele é da ReLU.",
            "6/soma": "Em Glorot você devolveu o quadrado do limite da uniforme, e não a variância.",
        },
    )


@check("todo02", points=2)
def variancia_he(he):
    """Variância da inicialização de He."""
    return judge_variance(
        he,
        "2/fan_in",
        "He",
        {
            "1/fan_in": "Em He falta o fator que compensa a metade que a ReLU zera.",
            "2/fan_out": "Em He você usou o fan_out; ela cuida da ida.",
            "2/fan_avg": "Em He você usou o fan_avg; ela cuida da ida, e olha só um dos dois lados.",
            "1/fan_avg": "Em He você pôs a variância de Glorot.",
            "6/fan_in": "Em He você devolveu o quadrado do limite da uniforme, e não a variância.",
        },
    )


@check("todo02", points=2)
def variancia_lecun(lecun):
    """Variância da inicialização de LeCun."""
    return judge_variance(
        lecun,
        "1/fan_in",
        "LeCun",
        {
            "2/fan_in": "Em LeCun você pôs a variância de He; LeCun não tem o fator da ReLU.",
            "1/fan_out": "Em LeCun você usou o fan_out; ela cuida da ida.",
            "1/fan_avg": "Em LeCun você pôs a variância de Glorot.",
            "3/fan_in": "Em LeCun você devolveu o quadrado do limite da uniforme, e não a variância.",
        },
    )


@check("todo02", points=1)
def esquema_desconhecido(recusas, glorot=None, he=None, lecun=None):
    """Um nome desconhecido levanta ValueError."""
    judged = ((variancia_glorot, glorot), (variancia_he, he), (variancia_lecun, lecun))
    if not any(values is not None and passes(judge, values) for judge, values in judged):
        return fail(
            "Os nomes desconhecidos serão conferidos quando a variância de algum esquema estiver certa."
        )
    found = sequence(recusas, 3, "as recusas")
    if all(name == "ValueError" for name in found):
        return ok()
    if "aceito" in found:
        return fail(
            "Algum nome que não é de esquema nenhum foi aceito. O último caso deve levantar ValueError."
        )
    return fail(
        f"Com um nome desconhecido a função levantou {next(n for n in found if n != 'ValueError')}; o pedido é ValueError."
    )


def passes(judge, *observations):
    """Se uma verificação dá todos os pontos."""
    try:
        return judge(*observations).fraction == 1
    except Mismatch:
        return False


# --- ToDo 3 ---------------------------------------------------------------------------------------

LIMIT_VARIANCES = (0.03, 12.0, 2 / 784, 1.0)
# Com mais de 60 mil pesos, a variância de uma uniforme oscila 0,4 % e a média, 0,4 % do desvio padrão: as
# folgas abaixo são de dez desvios ou mais. A chance de nenhum peso chegar a 99,5 % do limite é e⁻³⁰⁰.
DRAWS = {"larga": (200, 300, 0.05), "alta": (900, 70, 2.5), "fina": (250, 240, 1e-3)}
VARIANCE_SLACK, MEAN_SLACK, QUARTILE_SLACK, EDGE = 0.05, 0.05, 0.03, 0.995


@check("todo03", points=3)
def limite(limites):
    """O limite da uniforme que tem a variância pedida."""
    found = numbers(limites, len(LIMIT_VARIANCES), "o limite da uniforme")
    wanted = [math.sqrt(3 * v) for v in LIMIT_VARIANCES]
    if all(near(value, want) for value, want in zip(found, wanted, strict=True)):
        return ok()
    formulas = [
        ("O limite ficou igual ao desvio padrão: a uniforme entre −σ e σ tem um terço da variância.", lambda v: v**0.5),
        ("Falta a raiz quadrada: você devolveu o quadrado do limite.", lambda v: 3 * v),
        ("O 3 deve entrar na raiz junto com a variância; o seu ficou fora.", lambda v: 3 * v**0.5),
        ("A variância de uma uniforme entre −r e r divide r² por 3; você usou a fórmula do intervalo inteiro.", lambda v: (12 * v) ** 0.5),
        ("O limite é uma raiz de 3 vezes a variância, e não um terço dela: confira de que lado está o 3.", lambda v: (v / 3) ** 0.5),
        ("Você usou um 6, que já traz embutido o fator de He. Aqui o argumento já é a variância.", lambda v: (6 * v) ** 0.5),
        ("Você devolveu a largura do intervalo, o dobro do limite.", lambda v: 2 * (3 * v) ** 0.5),
        ("O limite saiu negativo: r é a distância de zero à ponta do intervalo.", lambda v: -((3 * v) ** 0.5)),
    ]  # fmt: skip
    return fail(
        recognized(
            found,
            wanted,
            [(text, [f(v) for v in LIMIT_VARIANCES]) for text, f in formulas],
            "O limite não confere. Se a uniforme entre −r e r tem variância r²/3, quanto vale r?",
        )
    )


def judge_draw(portrait, variance):
    """A mensagem do que está errado na distribuição de uma matriz, ou None."""
    portrait = mapping(portrait, "pesos", "media", "variancia", "minimo", "maximo", "quartis", "distintos")
    read = {
        key: number(portrait[key], f"{key} dos pesos") for key in ("media", "variancia", "minimo", "maximo")
    }
    quartiles = array(portrait["quartis"], "quartis dos pesos", (3,))
    sigma, limit = math.sqrt(variance), math.sqrt(3 * variance)
    largest = max(abs(read["minimo"]), abs(read["maximo"]))
    if number(portrait["distintos"], "fração de pesos distintos") < 0.5:
        return "Muitos pesos são iguais: cada um deve ter o seu próprio sorteio, no formato inteiro."
    if abs(read["media"]) > MEAN_SLACK * sigma:
        return "A média dos pesos não é zero: o intervalo deve ser simétrico, de −r a r."
    ratio = read["variancia"] / variance
    known = {
        1 / 3: "Os pesos têm um terço da variância pedida: o desvio padrão entrou no lugar do limite.",
        3: "Os pesos têm o triplo da variância pedida: o limite entrou como se fosse o desvio padrão.",
        variance / 3: "A variância entrou no lugar do limite do intervalo: falta passar de uma ao outro.",
        3 * variance: "Falta a raiz quadrada no limite do intervalo.",
        variance: "A variância entrou no lugar do desvio padrão da normal; e o pedido é uma uniforme.",
    }
    for value, text in known.items():
        if abs(ratio / value - 1) < VARIANCE_SLACK and abs(ratio - 1) > VARIANCE_SLACK:
            return text
    if abs(ratio - 1) > VARIANCE_SLACK:
        return "A variância dos pesos não é a pedida. Confira-a com pesos.var(), numa matriz grande."
    if largest > limit * (1 + 1e-5):
        return "A variância está certa, mas há pesos além do limite: a distribuição pedida é a uniforme, e não a normal."
    uniform = np.array([-limit / 2, 0.0, limit / 2])
    if largest < EDGE * limit or np.abs(quartiles - uniform).max() > QUARTILE_SLACK * limit:
        return "A distribuição dos pesos não é uniforme no intervalo todo."
    return None


def judge_draws(larga, alta, fina):
    """O primeiro problema das três matrizes, ou None."""
    portraits = {"larga": larga, "alta": alta, "fina": fina}
    found = [judge_draw(portraits[key], variance) for key, (*_, variance) in DRAWS.items()]
    return next((text for text in found if text), None)


@check("todo03", points=4)
def distribuicao(larga, alta, fina):
    """Pesos de uma uniforme centrada em zero, com a variância pedida."""
    problem = judge_draws(larga, alta, fina)
    return fail(problem) if problem else ok()


def varies(larga, alta, fina):
    """Se há mesmo um sorteio: os pontos de forma não são para uma matriz constante."""
    return all(
        number(mapping(p, "pesos", "distintos")["distintos"], "fração de pesos distintos") > 0.5
        for p in (larga, alta, fina)
    )


@check("todo03", points=1)
def formato_e_tipo(larga, alta, fina):
    """Formato (fan_in, fan_out) e tipo float32."""
    if not varies(larga, alta, fina):
        return fail("O formato e o tipo contam quando os pesos forem sorteados um a um.")
    portraits = {"larga": larga, "alta": alta, "fina": fina}
    shapes = [mapping(portraits[key], "pesos", "formato", "tipo")["formato"] for key in DRAWS]
    if shapes != [[m, u] for m, u, _ in DRAWS.values()]:
        if shapes == [[u, m] for m, u, _ in DRAWS.values()]:
            return fail("A matriz saiu transposta: o formato é (fan_in, fan_out).")
        return fail("O formato da matriz não é (fan_in, fan_out) em algum dos tamanhos.")
    kinds = {str(portraits[key]["tipo"]) for key in DRAWS}
    if kinds == {"float32"}:
        return ok()
    return partial(0.5, f"Os pesos são {', '.join(sorted(kinds))}; o pedido é float32.")


@check("todo03", points=2)
def usa_o_gerador(gerador, larga, alta, fina):
    """Os números vêm do gerador recebido, e o fazem avançar."""
    if not varies(larga, alta, fina):
        return fail("O uso do gerador conta quando os pesos forem sorteados um a um.")
    draws = mapping(gerador, "sorteios", "primeira", "segunda", "de_novo", "outra")
    first, second, again, other = (
        array(draws[key], "pesos", (None, None)) for key in ("primeira", "segunda", "de_novo", "outra")
    )
    if np.array_equal(first, second):
        return fail(
            "Duas camadas que usam o mesmo gerador receberam a mesma matriz: a função cria ou reinicia um gerador, em vez de "
            "usar o que recebe."
        )
    if not np.array_equal(first, again):
        return fail(
            "Com geradores de mesma semente os pesos foram diferentes: os números vêm de outro gerador que não o rng."
        )
    if np.array_equal(first, other):
        return fail("Com sementes diferentes os pesos foram iguais: a função não usa o rng que recebe.")
    return ok()


# --- ToDo 4 ---------------------------------------------------------------------------------------

FAMILIES = {
    "glorot": ("None", "linear", "tanh", "sigmoid", "softmax"),
    "he": ("relu", "leaky_relu", "elu"),
    "lecun": ("selu",),
}
SHOWN = {"relu"}  # o teste visível diz a família desta: sozinha, não vale pontos


def family_of(answer):
    """A família de um inicializador do Keras, pelo nome em qualquer das grafias que ele aceita."""
    text = str(answer).replace("_", "").lower()
    names = {f"{family}{law}": family for family in FAMILIES for law in ("uniform", "normal")}
    return names.get(text, "")


def judge_family(conhecidas, family, described):
    """A fração das ativações de uma família que receberam a inicialização certa."""
    answers = mapping(conhecidas, "respostas", *(name for names in FAMILIES.values() for name in names))
    chosen = {name: family_of(answers[name]) for names in FAMILIES.values() for name in names}
    if len(set(chosen.values())) == 1 and any(chosen.values()):
        return fail("A função dá a mesma resposta a todas as ativações.")
    right = [name for name in FAMILIES[family] if chosen[name] == family]
    counted = [name for name in FAMILIES[family] if name not in SHOWN]
    wrong = [name for name in FAMILIES[family] if name not in right]
    if not wrong:
        return ok()
    unreadable = [name for name in wrong if not chosen[name]]
    if any(str(answers[name]).startswith("erro") for name in unreadable):
        text = f"Com {described}, alguma ativação da lista levantou um erro."
    elif unreadable:
        text = f"Com {described}, alguma resposta não é um dos nomes pedidos (família_uniform ou família_normal)."
    else:
        names = {"glorot": "Glorot", "he": "He", "lecun": "LeCun"}
        used = ", ".join(sorted({names[chosen[name]] for name in wrong}))
        text = f"Com {described}, alguma recebeu a inicialização de {used}, e não é a companheira dela."
    return partial(len([name for name in counted if name in right]) / len(counted), text)


@check("todo04", points=2)
def sem_retificacao(conhecidas):
    """A companheira das ativações que não são da família da ReLU (e da falta de ativação)."""
    return judge_family(
        conhecidas, "glorot", "a falta de ativação, a linear, a tanh, a sigmoide ou a softmax"
    )


@check("todo04", points=2)
def retificadas(conhecidas):
    """A companheira da ReLU, da Leaky ReLU e da ELU."""
    return judge_family(conhecidas, "he", "a ReLU ou uma parente")


@check("todo04", points=1)
def autonormalizada(conhecidas):
    """A companheira da SELU."""
    return judge_family(conhecidas, "lecun", "a SELU")


@check("todo04", points=1)
def ativacao_desconhecida(desconhecidas, conhecidas):
    """Um nome fora da lista levanta ValueError."""
    parts = (sem_retificacao, retificadas, autonormalizada)
    if not any(passes(part, conhecidas) for part in parts):
        return fail("Os nomes fora da lista serão conferidos quando alguma família estiver certa.")
    answers = [str(value) for value in mapping(desconhecidas, "respostas").values()]
    if len(answers) == 3 and all(text == "erro ValueError" for text in answers):
        return ok()
    other = next((text for text in answers if text != "erro ValueError"), "")
    if other.startswith("erro "):
        return fail(
            f"Com um nome fora da lista a função levantou {other.removeprefix('erro ')}; o pedido é ValueError."
        )
    return fail("Um nome fora da lista recebeu resposta: deve levantar ValueError.")


# --- ToDos 5 e 6: ativações -----------------------------------------------------------------------

SCALE, ALPHA = 1.0507009873554805, 1.6732632423543772
LINE = np.array([-7.5, -2.0, -0.6, -1e-3, 0.0, 2e-3, 0.3, 1.0, 4.2])
OPEN_LINE = LINE[LINE != 0]
TABLE = np.array([[-3.0, 0.7, -0.25], [2.5, -0.01, -6.0]])
HUGE = np.array([-1e4, -1e3, -60.0, 1e3, 1e4])
HUGE_SLOPES = np.array([-1e4, -1e3, 1e3, 1e4])


def decay(z):
    """e^z no lado negativo, 1 no positivo."""
    return np.exp(np.minimum(z, 0))


VALUES = {
    "leaky": lambda z, a: np.where(z >= 0, z, a * z),
    "elu": lambda z, a: np.where(z >= 0, z, a * (decay(z) - 1)),
    "selu": lambda z, _: SCALE * np.where(z >= 0, z, ALPHA * (decay(z) - 1)),
}
SLOPES = {
    "leaky": lambda z, a: np.where(z > 0, 1.0, a),
    "elu": lambda z, a: np.where(z > 0, 1.0, a * decay(z)),
    "selu": lambda z, _: SCALE * np.where(z > 0, 1.0, ALPHA * decay(z)),
}
NAMES = {"leaky": "Leaky ReLU", "elu": "ELU", "selu": "SELU"}


def matches(values, cases, formula):
    """Se todos os resultados são os da fórmula; cada caso é (z, α, float32?)."""
    return all(
        near(value, formula(z, a), single) for value, (z, a, single) in zip(values, cases, strict=True)
    )


def judge_function(values, cases, right, wrong, name):
    """Compara com a fórmula certa e com as erradas conhecidas."""
    shapes = [np.shape(value) for value in values]
    if any(value is None for value in values):
        raise Mismatch(f"Uma das funções não devolveu nada ({name}): confira o return.")
    if matches(values, cases, right):
        return ok()
    if shapes != [z.shape for z, _, _ in cases]:
        raise Mismatch(f"O resultado deve ter o formato da entrada, seja qual for ({name}).")
    for text, fraction, formula in wrong:
        if matches(values, cases, formula):
            return partial(fraction, text)
    first, rest = cases[0], values[1:]
    if near(values[0], right(first[0], first[1]), first[2]) and rest:
        return partial(
            0.3,
            f"{name}: com o α padrão em um vetor a conta confere; com outro α, ou em uma tabela, não. Use o argumento.",
        )
    return fail(f"{name}: os valores não conferem. Teste cada lado em um número que caiba no papel.")


def value_cases(defaults, extra):
    """Os casos do ToDo 5 ou 6: o vetor com cada α, depois a tabela em float32."""
    return [(LINE, a, False) for a in defaults] + [(TABLE, extra, True)]


@check("todo05", points=3)
def valores_leaky_relu(leaky, leaky_ingreme, leaky_tabela):
    """Leaky ReLU, para qualquer α ≥ 0 e qualquer formato."""
    cases = [*value_cases((0.2, 0.05, 0.0), 0.3), (LINE, 1.5, False)]
    values = [*sequence(leaky, 3, "a Leaky ReLU"), leaky_tabela, leaky_ingreme]
    wrong = [
        (
            "Leaky ReLU: max(αz, z) só é a Leaky ReLU se α ≤ 1. Com α maior, o lado positivo fica com a inclinação errada.",
            0.6,
            lambda z, a: np.maximum(a * z, z),
        ),
        ("Leaky ReLU: o sinal do lado negativo está trocado; a saída ali é negativa.", 0, lambda z, a: np.where(z >= 0, z, -a * z)),
        ("Leaky ReLU: isso é a ReLU; do lado negativo falta a inclinação α.", 0, lambda z, a: np.maximum(z, 0)),
        ("Leaky ReLU: os dois lados estão trocados.", 0, lambda z, a: np.where(z >= 0, a * z, z)),
        ("Leaky ReLU: do lado negativo α multiplica z; o seu vale sempre −α.", 0, lambda z, a: np.where(z >= 0, z, -a)),
        ("Leaky ReLU: do lado negativo α multiplica z; o seu vale sempre α.", 0, lambda z, a: np.where(z >= 0, z, a)),
        ("Leaky ReLU: isso é a ELU, com exponencial; a Leaky ReLU é reta dos dois lados.", 0, VALUES["elu"]),
        ("Leaky ReLU: o argumento alpha não é usado: a inclinação é sempre a mesma.", 0.3, lambda z, a: VALUES["leaky"](z, 0.2)),
        ("Leaky ReLU: o argumento alpha não é usado, e a inclinação fixa não é a do enunciado.", 0, lambda z, a: VALUES["leaky"](z, 0.01)),
    ]  # fmt: skip
    return judge_function(values, cases, VALUES["leaky"], wrong, "Leaky ReLU")


@check("todo05", points=3)
def valores_elu(elu, elu_tabela):
    """ELU, para qualquer α ≥ 0 e qualquer formato."""
    cases = value_cases((1.0, 0.5, 2.0), 1.3)
    wrong = [
        ("ELU: falta subtrair 1 da exponencial; em z = 0 há um salto.", 0.3, lambda z, a: np.where(z >= 0, z, a * decay(z))),
        ("ELU: o −1 ficou fora do α; o piso deve ser −α.", 0.3, lambda z, a: np.where(z >= 0, z, a * decay(z) - 1)),
        ("ELU: o α está dentro do expoente; ele multiplica por fora.", 0.3, lambda z, a: np.where(z >= 0, z, np.exp(a * np.minimum(z, 0)) - 1)),
        ("ELU: do lado negativo o sinal está trocado: a ELU desce abaixo de zero.", 0, lambda z, a: np.where(z >= 0, z, a * (1 - decay(z)))),
        ("ELU: α multiplicou também o lado positivo, que é a identidade.", 0.3, lambda z, a: a * VALUES["elu"](z, 1.0)),
        ("ELU: o argumento alpha não é usado: o piso é sempre −1.", 0.3, lambda z, a: VALUES["elu"](z, 1.0)),
        ("ELU: o expoente tem o sinal trocado; assim a função dispara no lado negativo.", 0, lambda z, a: np.where(z >= 0, z, a * (np.exp(-np.minimum(z, 0)) - 1))),
        ("ELU: isso é a Leaky ReLU; do lado negativo a ELU tem uma exponencial.", 0, VALUES["leaky"]),
    ]  # fmt: skip
    return judge_function([*sequence(elu, 3, "a ELU"), elu_tabela], cases, VALUES["elu"], wrong, "ELU")


@check("todo05", points=2)
def valores_selu(selu, selu_tabela):
    """SELU, com as duas constantes."""
    cases = [(LINE, None, False), (TABLE, None, True)]
    wrong = [
        ("SELU: λ multiplica os dois lados; do seu lado negativo ele falta.", 0.25, lambda z, _: np.where(z >= 0, SCALE * z, ALPHA * (decay(z) - 1))),
        ("SELU: λ multiplica os dois lados; do seu lado positivo ele falta.", 0.25, lambda z, _: np.where(z >= 0, z, SCALE * ALPHA * (decay(z) - 1))),
        ("SELU: falta a escala λ: isso é uma ELU de α maior.", 0.25, lambda z, _: VALUES["elu"](z, ALPHA)),
        ("SELU: falta o α da SELU: isso é λ vezes a ELU comum.", 0.25, lambda z, _: SCALE * VALUES["elu"](z, 1.0)),
        ("SELU: as duas constantes estão trocadas.", 0.25, lambda z, _: ALPHA * VALUES["elu"](z, SCALE)),
        ("SELU: falta subtrair 1 da exponencial.", 0.25, lambda z, _: SCALE * np.where(z >= 0, z, ALPHA * decay(z))),
    ]  # fmt: skip
    return judge_function([selu, selu_tabela], cases, VALUES["selu"], wrong, "SELU")


def judge_huge(enormes, z, formulas):
    """Nos valores enormes, as três funções ficam certas e caladas; a fração das que ficam."""
    cases = mapping(enormes, "valores enormes")
    alphas = {"leaky": 0.1, "elu": 1.4, "selu": None}
    good, messages = 0, []
    for key, name in NAMES.items():
        case = cases.get(key)
        if not isinstance(case, dict) or not near(case.get("resultado"), formulas[key](z, alphas[key])):
            messages.append(
                f"{name}: com z enorme, positivo ou negativo, o resultado não é o valor finito esperado."
            )
        elif number(case.get("avisos"), "número de avisos") > 0:
            messages.append(
                f"{name}: o valor está certo, mas o NumPy avisou. Alguma exponencial de z enorme é calculada à toa."
            )
        else:
            good += key != "leaky"  # a Leaky ReLU não tem exponencial: sozinha, não vale pontos
    return partial(good / 2 if not messages else min(good / 2, 0.5), *messages)


@check("todo05", points=1)
def enormes_sem_aviso(enormes):
    """Valores enormes de z: resultado finito, sem aviso do NumPy."""
    return judge_huge(enormes, HUGE, VALUES)


@check("todo05", points=1)
def entradas_intactas(intactas):
    """O array de entrada continua como era, e o devolvido é outro."""
    cases = mapping(intactas, "entradas")
    alphas = {"leaky": 0.2, "elu": 1.0, "selu": None}
    right, messages = 0, []
    for key, name in NAMES.items():
        case = cases.get(key)
        if not isinstance(case, dict) or case.get("mudou") is not False or case.get("mesmo") is not False:
            if isinstance(case, dict):
                messages.append(
                    f"{name}: a função alterou o array que recebeu, ou devolve o próprio. Crie outro: np.where, uma expressão, "
                    "ou z.copy() antes de atribuir."
                )
        elif near(case.get("resultado"), VALUES[key](TABLE, alphas[key]), True):
            right += 1
    if right < len(NAMES) and not messages:
        messages.append("A entrada intacta conta só para as funções que dão os valores certos.")
    return partial(right / len(NAMES), *messages)


def slope_cases(alphas, extra):
    """Os casos das derivadas: sem o zero, que se julga à parte."""
    return [(OPEN_LINE, a, False) for a in alphas] + [(TABLE, extra, True)]


@check("todo06", points=2)
def derivada_leaky_relu(leaky, leaky_tabela):
    """Derivada da Leaky ReLU, fora da quina."""
    cases = slope_cases((0.2, 0.05, 1.5), 0.3)
    wrong = [
        ("Derivada da Leaky ReLU: do lado negativo você devolveu αz, o valor da função; a inclinação é constante.", 0, lambda z, a: np.where(z > 0, 1.0, a * z)),
        ("Derivada da Leaky ReLU: você devolveu a função, e não a derivada.", 0, VALUES["leaky"]),
        ("Derivada da Leaky ReLU: a inclinação do lado negativo é positiva: a função também cresce ali.", 0, lambda z, a: np.where(z > 0, 1.0, -a)),
        ("Derivada da Leaky ReLU: do lado negativo a sua é zero, como a da ReLU.", 0, lambda z, a: np.where(z > 0, 1.0, 0.0)),
        ("Derivada da Leaky ReLU: os dois lados estão trocados.", 0, lambda z, a: np.where(z > 0, a, 1.0)),
        ("Derivada da Leaky ReLU: o argumento alpha não é usado.", 0.3, lambda z, a: np.where(z > 0, 1.0, 0.2)),
    ]  # fmt: skip
    values = [*sequence(leaky, 3, "a derivada da Leaky ReLU"), leaky_tabela]
    return judge_function(values, cases, SLOPES["leaky"], wrong, "Derivada da Leaky ReLU")


@check("todo06", points=2)
def derivada_elu(elu, elu_tabela):
    """Derivada da ELU, fora da quina."""
    cases = slope_cases((1.0, 0.5, 2.0), 1.3)
    wrong = [
        ("Derivada da ELU: falta o fator α do lado negativo.", 0.3, lambda z, a: decay(z)),
        ("Derivada da ELU: a derivada do −1 é zero; do seu lado negativo ele continua lá.", 0, lambda z, a: np.where(z > 0, 1.0, a * (decay(z) - 1))),
        ("Derivada da ELU: você devolveu a função, e não a derivada.", 0, VALUES["elu"]),
        ("Derivada da ELU: α multiplicou também o lado positivo, que tem inclinação 1.", 0.3, lambda z, a: a * decay(z)),
        ("Derivada da ELU: o sinal está trocado; ela nunca é negativa.", 0, lambda z, a: np.where(z > 0, 1.0, -a * decay(z))),
        ("Derivada da ELU: do lado negativo a inclinação não é constante; você usou só α.", 0, lambda z, a: np.where(z > 0, 1.0, a)),
        ("Derivada da ELU: do lado negativo apareceu um fator z. A derivada de e^z é e^z: a regra z·e^(z−1) é das potências.", 0, lambda z, a: np.where(z > 0, 1.0, a * z * np.exp(np.minimum(z, 0) - 1))),
        ("Derivada da ELU: somar α ao valor da função dá a derivada só do lado negativo.", 0.3, lambda z, a: VALUES["elu"](z, a) + a),
    ]  # fmt: skip
    values = [*sequence(elu, 3, "a derivada da ELU"), elu_tabela]
    return judge_function(values, cases, SLOPES["elu"], wrong, "Derivada da ELU")


@check("todo06", points=2)
def derivada_selu(selu, selu_tabela):
    """Derivada da SELU, fora da quina."""
    cases = [(OPEN_LINE, None, False), (TABLE, None, True)]
    wrong = [
        ("Derivada da SELU: λ multiplica os dois lados; do seu lado negativo ele falta.", 0.25, lambda z, _: np.where(z > 0, SCALE, ALPHA * decay(z))),
        ("Derivada da SELU: λ multiplica os dois lados; do seu lado positivo ele falta.", 0.25, lambda z, _: np.where(z > 0, 1.0, SCALE * ALPHA * decay(z))),
        ("Derivada da SELU: falta a escala λ.", 0.25, lambda z, _: SLOPES["elu"](z, ALPHA)),
        ("Derivada da SELU: falta o α da SELU do lado negativo.", 0.25, lambda z, _: SCALE * decay(z)),
        ("Derivada da SELU: você devolveu a função, e não a derivada.", 0, VALUES["selu"]),
        ("Derivada da SELU: a derivada do −1 é zero; do seu lado negativo ele continua lá.", 0, lambda z, _: SCALE * np.where(z > 0, 1.0, ALPHA * (decay(z) - 1))),
        ("Derivada da SELU: as duas constantes estão trocadas.", 0.25, lambda z, _: ALPHA * np.where(z > 0, 1.0, SCALE * decay(z))),
        ("Derivada da SELU: o sinal do lado negativo está trocado; ela nunca é negativa.", 0, lambda z, _: SCALE * np.where(z > 0, 1.0, -ALPHA * decay(z))),
    ]  # fmt: skip
    return judge_function([selu, selu_tabela], cases, SLOPES["selu"], wrong, "Derivada da SELU")


@check("todo06", points=1)
def quina(quinas, leaky=None, leaky_tabela=None, elu=None, elu_tabela=None, selu=None, selu_tabela=None):
    """Em z = 0, a derivada do lado esquerdo."""
    quinas = mapping(quinas, "derivadas em zero")
    judged = (
        ("leaky", derivada_leaky_relu, (leaky, leaky_tabela), 0.3, 1.0),
        ("elu", derivada_elu, (elu, elu_tabela), 0.6, 1.0),
        ("selu", derivada_selu, (selu, selu_tabela), SCALE * ALPHA, SCALE),
    )
    good, messages = 0, []
    for key, judge, observations, left, right in judged:
        name, value = NAMES[key], quinas.get(key)
        if any(item is None for item in observations) or not passes(judge, *observations):
            messages.append(f"{name}: a quina será conferida quando a derivada estiver certa fora dela.")
        elif near(value, [left, left]):
            good += 1
        elif near(value, [right, right]):
            messages.append(
                f"{name}: em z = 0 veio a derivada do lado direito; o enunciado pede a do esquerdo."
            )
        else:
            messages.append(f"{name}: em z = 0 o valor não é a derivada de nenhum dos dois lados.")
    return partial(good / 3, *messages)


@check("todo06", points=1)
def derivadas_enormes(enormes):
    """Valores enormes de z: derivada finita, sem aviso do NumPy."""
    return judge_huge(enormes, HUGE_SLOPES, SLOPES)


# --- ToDo 7 ---------------------------------------------------------------------------------------


def dead_case(case):
    """A matriz, o que a função devolveu e a conta certa."""
    case = mapping(case, "unidades mortas", "ativacoes", "resultado")
    values = array(case["ativacoes"], "ativações", (None, None))
    return values, case["resultado"], int((np.abs(values).max(axis=0) == 0).sum())


@check("todo07", points=4)
def conta_mortas(alta, larga, quadrada):
    """Quantas unidades valem zero em todos os exemplos."""
    cases = [dead_case(case) for case in (alta, larga, quadrada)]
    results = []
    for values, result, _ in cases:
        if np.shape(result) == (values.shape[1],):
            return partial(
                0.25, "A função devolveu um valor por unidade; o pedido é quantas são, um número só."
            )
        if np.shape(result) == (values.shape[0],):
            return fail(
                "A função devolveu um valor por exemplo; uma unidade é uma coluna, e o pedido é um número só."
            )
        results.append(number(result, "número de unidades mortas"))
    wanted = [want for *_, want in cases]
    if results == wanted:
        return ok()
    shapes = [values.shape for values, *_ in cases]
    tables = [values for values, *_ in cases]
    options = [
        (
            "Você contou exemplos (linhas) que zeram todas as unidades, e não unidades (colunas) que zeram em todos os "
            "exemplos: o eixo é o outro.",
            0,
            [(t == 0).all(axis=1).sum() for t in tables],
        ),
        ("Você contou as unidades que zeram em algum exemplo; morta é a que zera em todos.", 0, [(t == 0).any(axis=0).sum() for t in tables]),
        ("Você contou os zeros da matriz inteira, e não as unidades.", 0, [(t == 0).sum() for t in tables]),
        ("Você contou as unidades vivas.", 0, [u - want for want, (_, u) in zip(wanted, shapes, strict=True)]),
        ("Você devolveu a fração das unidades; o pedido é quantas são.", 0.5, [want / u for want, (_, u) in zip(wanted, shapes, strict=True)]),
        ("Você devolveu a porcentagem das unidades; o pedido é quantas são.", 0.5, [100 * want / u for want, (_, u) in zip(wanted, shapes, strict=True)]),
        ("A sua conta só olha o primeiro exemplo do lote.", 0, [(t[0] == 0).sum() for t in tables]),
        (
            "A sua conta inclui unidades que respondem muito fraco, mas respondem. Compare com zero, sem arredondar nem tirar a "
            "média.",
            0.5,
            [(np.abs(t).max(axis=0) < 1e-5).sum() for t in tables],
        ),
    ]  # fmt: skip
    for text, fraction, values in options:
        if near(results, values):
            return partial(fraction, text)
    return fail("A contagem não confere. Para cada coluna: ela tem algum valor diferente de zero?")


@check("todo07", points=2)
def casos_limite(alta, larga, quadrada, nenhuma=None, todas=None, um_exemplo=None):
    """Nenhuma unidade morta, todas mortas, lote de um exemplo."""
    if not passes(conta_mortas, alta, larga, quadrada):
        return fail("Os casos-limite serão conferidos quando a conta estiver certa.")
    cases = (
        ("sem nenhuma unidade morta", nenhuma, 0),
        ("com todas mortas", todas, 9),
        ("num lote de um exemplo", um_exemplo, 3),
    )
    wrong = [text for text, value, want in cases if value is None or not near(value, want)]
    return partial(1 - len(wrong) / len(cases), *(f"A contagem não confere {text}." for text in wrong))


# --- ToDo 8 ---------------------------------------------------------------------------------------

BATCHES = {"quadrado": 0.02, "lote": 1e-3, "pequeno": 0.5}  # ε de cada observação


def bn_case(case):
    """Um lote: as entradas, em float64, e o que a função devolveu."""
    case = mapping(case, "BN no treino", "x", "gamma", "beta", "y", "media", "variancia")
    x = array(case["x"], "x", (None, None))
    single = x.dtype == np.float32
    return x.astype(float), np.asarray(case["gamma"], float), np.asarray(case["beta"], float), case, single


def bn(x, gamma, beta, epsilon, mean=None, variance=None):
    """As quatro equações, em float64."""
    mean = x.sum(axis=0) / len(x) if mean is None else mean
    variance = ((x - mean) ** 2).sum(axis=0) / len(x) if variance is None else variance
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def judge_statistic(observed, key, right, wrong, name):
    """Média ou variância do lote: a certa, ou um engano conhecido; cada caso é um lote."""
    cases = [bn_case(case) for case in observed]

    def agrees(formula):
        return all(near(case[key], formula(x), single) for x, _, _, case, single in cases)

    if agrees(right):
        return ok()
    if all(near(np.squeeze(case[key]), right(x), s) for x, _, _, case, s in cases):
        return partial(
            0.5, f"A {name} está certa, mas com uma dimensão a mais; o formato pedido é (unidades,)."
        )
    for text, fraction, formula in wrong:
        if agrees(formula):
            return partial(fraction, text)
    if any(np.shape(case[key]) == () for *_, case, _ in cases):
        return fail(f"A {name} é um número só, do lote inteiro; é uma por unidade. Que eixo desaparece?")
    return fail(f"A {name} não confere: é a de cada unidade (coluna), sobre os exemplos do lote.")


AXIS = "do lote saiu uma por exemplo (linha); a BN quer uma por unidade (coluna): o eixo é o outro."


def first_available(observed):
    """Os lotes que chegaram: se a função falha nos não quadrados, sobra o quadrado."""
    found = [case for case in observed if case is not None]
    return found, len(found) == len(observed)


def capped(outcome, complete):
    """Sem os lotes não quadrados a resposta não vale pontos, mas a explicação vale ser lida."""
    if complete:
        return outcome
    extra = "Em lotes com número de exemplos diferente do de unidades, a sua função levanta um erro."
    return fail(*outcome.messages, extra)


@check("todo08", points=2)
def media_do_lote(quadrado, lote=None, pequeno=None):
    """Média do lote, uma por unidade."""
    observed, complete = first_available((quadrado, lote, pequeno))
    wrong = [
        (f"A média {AXIS}", 0, lambda x: x.mean(axis=1)),
        ("A média está somada, e não dividida pelo número de exemplos.", 0, lambda x: x.sum(axis=0)),
        ("No lugar da média está a variância: confira a ordem da tupla, (y, media, variancia).", 0, lambda x: x.var(axis=0)),
        ("No lugar da média está a mediana.", 0, lambda x: np.median(x, axis=0)),
    ]  # fmt: skip
    return capped(judge_statistic(observed, "media", lambda x: x.mean(axis=0), wrong, "média"), complete)


@check("todo08", points=2)
def variancia_do_lote(quadrado, lote=None, pequeno=None):
    """Variância do lote, uma por unidade, dividida por m."""
    observed, complete = first_available((quadrado, lote, pequeno))
    wrong = [
        (f"A variância {AXIS}", 0, lambda x: x.var(axis=1)),
        ("A variância está dividida por m − 1 (ddof=1); a BN divide por m.", 0.5, lambda x: x.var(axis=0, ddof=1)),
        ("No lugar da variância está o desvio padrão.", 0.25, lambda x: x.std(axis=0)),
        ("No lugar da variância está a média: confira a ordem da tupla, (y, media, variancia).", 0, lambda x: x.mean(axis=0)),
        ("No lugar da variância está a média dos quadrados: falta descontar a média.", 0, lambda x: (x**2).mean(axis=0)),
    ]  # fmt: skip
    outcome = judge_statistic(observed, "variancia", lambda x: x.var(axis=0), wrong, "variância")
    if outcome.fraction < 1 and all(
        near(case["variancia"], x.var(axis=0) + e, s)
        for (x, _, _, case, s), e in zip(map(bn_case, observed), BATCHES.values(), strict=False)
    ):
        outcome = partial(0.5, "A variância devolvida já traz ε somado; devolva a do lote, sem ele.")
    return capped(outcome, complete)


def judge_output(observed, epsilons):
    """A saída y no treino: certa, ou um engano conhecido."""
    cases = [(*bn_case(case), e) for case, e in zip(observed, epsilons, strict=True)]

    def agrees(formula):
        return all(near(case["y"], formula(x, g, b, e), single) for x, g, b, case, single, e in cases)

    if agrees(bn):
        return ok()

    def std(x, **options):
        return x.std(axis=0, **options)

    def centered(x):
        return x - x.mean(axis=0)

    wrong = [
        ("O ε está fora da raiz, somado ao desvio padrão; as equações o põem dentro, com a variância.", 0.5, lambda x, g, b, e: g * centered(x) / (std(x) + e) + b),
        ("Falta o ε.", 0.5, lambda x, g, b, e: g * centered(x) / std(x) + b),
        ("O argumento epsilon não é usado: o ε é sempre o padrão.", 0.5, lambda x, g, b, e: bn(x, g, b, 1e-3)),
        ("O ε entrou ao quadrado.", 0.5, lambda x, g, b, e: bn(x, g, b, e**2)),
        ("Falta a raiz: você dividiu pela variância, e não pelo desvio.", 0.25, lambda x, g, b, e: g * centered(x) / (x.var(axis=0) + e) + b),
        ("A variância da saída está dividida por m − 1 (ddof=1); a BN divide por m.", 0.5, lambda x, g, b, e: bn(x, g, b, e, variance=x.var(axis=0, ddof=1))),
        ("Faltam a escala γ e o deslocamento β.", 0.25, lambda x, g, b, e: bn(x, 1, 0, e)),
        ("Falta a escala γ.", 0.25, lambda x, g, b, e: bn(x, 1, b, e)),
        ("Falta o deslocamento β.", 0.25, lambda x, g, b, e: bn(x, g, 0, e)),
        ("γ e β estão trocados.", 0.25, lambda x, g, b, e: bn(x, b, g, e)),
        ("γ multiplicou também o β: primeiro a escala, depois o deslocamento.", 0.25, lambda x, g, b, e: g * (bn(x, 1, 0, e) + b)),
        ("Falta centrar: a média do lote não foi subtraída.", 0, lambda x, g, b, e: g * x / np.sqrt(x.var(axis=0) + e) + b),
        ("A conta usa as estatísticas de cada exemplo (linha), e não de cada unidade (coluna): o eixo é o outro.", 0, lambda x, g, b, e: g * (x - x.mean(axis=1, keepdims=True)) / np.sqrt(x.var(axis=1, keepdims=True) + e) + b),
        ("A conta usa uma só média e uma só variância, do lote inteiro; são uma por unidade.", 0, lambda x, g, b, e: g * (x - x.mean()) / np.sqrt(x.var() + e) + b),
    ]  # fmt: skip
    for text, fraction, formula in wrong:
        if agrees(formula):
            return partial(fraction, text)
    if len(cases) == 1:
        x, g, b, case, _, e = cases[0]
        if near(case["y"], g * (x - x.mean(axis=1)) / np.sqrt(x.var(axis=1) + e) + b):
            return fail(
                "A conta usa as estatísticas de cada exemplo (linha), e não de cada unidade: o eixo é o outro."
            )
    if any(np.shape(case["y"]) != x.shape for x, _, _, case, _, _ in cases):
        return fail("y deve ter o formato de x, (exemplos, unidades).")
    return fail(
        "A saída y não confere. Siga as equações uma a uma: centrar, dividir pela raiz, escalar, deslocar."
    )


@check("todo08", points=5)
def saida_no_treino(quadrado, lote=None, pequeno=None):
    """Saída da BN no treino, com γ, β e ε."""
    observed, complete = first_available((quadrado, lote, pequeno))
    epsilons = [
        e for case, e in zip((quadrado, lote, pequeno), BATCHES.values(), strict=True) if case is not None
    ]
    return capped(judge_output(observed, epsilons), complete)


@check("todo08", points=2)
def unidades_paradas(quadrado, lote, pequeno, paradas=None):
    """Unidades que não variam, ou quase, e lote de um exemplo: a saída é finita e certa."""
    if judge_output((quadrado, lote, pequeno), BATCHES.values()).fraction < 0.25:
        return fail("As unidades que não variam serão conferidas quando a saída estiver mais perto da certa.")
    if paradas is None:
        return fail("Com uma unidade que não varia, ou um lote de um exemplo, a função levanta um erro.")
    paradas = mapping(paradas, "unidades paradas", "dois", "um", "avisos")
    gamma, beta = np.array([2.0, 0.5, 3.0]), np.array([7.0, -1.0, 0.25])
    x = np.array([[5.0, -2.0, 1e-2], [5.0, -2.0, -1e-2]])
    pair = near(paradas["dois"], bn(x, gamma, beta, 1e-4))
    one = near(paradas["um"], beta[None])
    messages = []
    if not pair:
        messages.append(
            "Uma unidade que varia menos que ε não é inflada até o desvio 1, e uma que não varia dá β: a sua não."
        )
    if not one:
        messages.append("Com um lote de um só exemplo a saída não é a que as equações dão.")
    if pair and one and number(paradas["avisos"], "número de avisos") > 0:
        return partial(0.5, "O valor está certo, mas o NumPy avisou: há uma divisão por zero escondida.")
    return partial((pair + one) / 2, *messages)


@check("todo08", points=1)
def lote_intacto(intacta, quadrado, lote=None, pequeno=None):
    """O lote recebido continua como era."""
    case = mapping(intacta, "lote", "antes", "depois")
    if not near(case["depois"], array(case["antes"], "lote")):
        return fail("A função alterou o x que recebeu: -=, /= e *= mudam o array de quem chamou. Crie outro.")
    if not any(
        passes(part, quadrado, lote, pequeno) for part in (media_do_lote, variancia_do_lote, saida_no_treino)
    ):
        return fail("A entrada intacta conta quando a média, a variância ou a saída estiver certa.")
    return ok()


# --- ToDo 9 ---------------------------------------------------------------------------------------


@check("todo09", points=4)
def media_movel(numeros, arrays=None):
    """Média móvel exponencial, com o momentum como peso do passado."""
    cases = [
        (4.0, -6.0, 0.7),
        (0.0, 1.0, 0.99),
        (2.0, 3.0, 0.0),
        (np.array([1.0, -2.0, 30.0]), np.array([5.0, 4.0, -10.0]), 0.95),
    ]
    values = [*sequence(numeros, 3, "a média móvel"), arrays]
    formulas = [
        (None, 1, lambda old, new, m: old * m + new * (1 - m)),
        ("Os pesos estão trocados: o momentum é o peso do passado, e o lote novo fica com o resto.", 0, lambda old, new, m: old * (1 - m) + new * m),
        ("O lote novo entrou com peso 1; assim os pesos não somam 1 e a média cresce sem parar.", 0, lambda old, new, m: old * m + new),
        ("A acumulada entrou com peso 1; assim os pesos não somam 1.", 0, lambda old, new, m: old + new * (1 - m)),
        ("O lote novo foi descontado em vez de somado.", 0, lambda old, new, m: old * m - new * (1 - m)),
        ("O momentum não é usado: a sua é a média simples dos dois.", 0, lambda old, new, m: (old + new) / 2),
        ("O argumento momentum não é usado: o peso é sempre o padrão.", 0.25, lambda old, new, m: old * 0.99 + new * 0.01),
        ("O lote novo é ignorado: só sobrou a parcela do passado.", 0, lambda old, new, m: old * m),
    ]  # fmt: skip
    scalars = [number(value, "média móvel") for value in values[:3]]
    for text, fraction, formula in formulas:
        wanted = [formula(*case) for case in cases]
        if all(near(value, want) for value, want in zip(scalars, wanted[:3], strict=True)):
            if near(arrays, wanted[3]):
                return partial(fraction, text) if text else ok()
            if not text:
                return partial(0.5, "Com números a conta confere; com arrays, não (ou levanta um erro).")
    return fail(
        "A média móvel não confere. Quanto pesa o passado, quanto pesa o lote novo, e quanto somam os dois?"
    )


INFERENCE = {"lote": 1e-3, "um_exemplo": 0.05, "float32": 1e-5}


@check("todo09", points=5)
def saida_na_inferencia(lote, um_exemplo, float32):
    """Saída da BN na inferência, com as estatísticas recebidas."""
    cases = []
    for case, epsilon in zip((lote, um_exemplo, float32), INFERENCE.values(), strict=True):
        case = mapping(case, "BN na inferência", "x", "gamma", "beta", "media", "variancia", "y")
        arrays = [
            np.asarray(array(case[key], key), float) for key in ("x", "gamma", "beta", "media", "variancia")
        ]
        cases.append((arrays, epsilon, case["y"], np.asarray(case["x"]).dtype == np.float32))

    def agrees(formula):
        return all(near(y, formula(*arrays, epsilon), single) for arrays, epsilon, y, single in cases)

    def frozen(x, g, b, m, v, e):
        return bn(x, g, b, e, mean=m, variance=v)

    if agrees(frozen):
        return ok()
    wrong = [
        ("A conta usa a média e a variância do lote; na inferência valem as recebidas.", 0, lambda x, g, b, m, v, e: bn(x, g, b, e)),
        ("A variância usada é a do lote; na inferência vale a recebida.", 0, lambda x, g, b, m, v, e: bn(x, g, b, e, mean=m)),
        ("A média usada é a do lote; na inferência vale a recebida.", 0, lambda x, g, b, m, v, e: bn(x, g, b, e, variance=v)),
        ("A variância recebida foi usada como se fosse o desvio padrão: falta a raiz.", 0.3, lambda x, g, b, m, v, e: g * (x - m) / (v + e) + b),
        ("A variância recebida foi elevada ao quadrado, como se fosse o desvio padrão.", 0.3, lambda x, g, b, m, v, e: g * (x - m) / np.sqrt(v**2 + e) + b),
        ("O ε está fora da raiz, somado ao desvio padrão.", 0.5, lambda x, g, b, m, v, e: g * (x - m) / (np.sqrt(v) + e) + b),
        ("Falta o ε.", 0.5, lambda x, g, b, m, v, e: frozen(x, g, b, m, v, 0)),
        ("O argumento epsilon não é usado: o ε é sempre o padrão.", 0.5, lambda x, g, b, m, v, e: frozen(x, g, b, m, v, 1e-3)),
        ("Faltam a escala γ e o deslocamento β.", 0.2, lambda x, g, b, m, v, e: frozen(x, 1, 0, m, v, e)),
        ("Falta a escala γ.", 0.2, lambda x, g, b, m, v, e: frozen(x, 1, b, m, v, e)),
        ("Falta o deslocamento β.", 0.2, lambda x, g, b, m, v, e: frozen(x, g, 0, m, v, e)),
        ("γ e β estão trocados.", 0.2, lambda x, g, b, m, v, e: frozen(x, b, g, m, v, e)),
        ("A média e a variância recebidas estão trocadas.", 0, lambda x, g, b, m, v, e: frozen(x, g, b, v, np.abs(m), e)),
    ]  # fmt: skip
    for text, fraction, formula in wrong:
        if agrees(formula):
            return partial(fraction, text)
    if any(isinstance(y, list) for _, _, y, _ in cases):
        return fail("normalizar_inferencia devolve só y, um array, e não uma tupla.")
    if any(np.shape(y) != arrays[0].shape for arrays, _, y, _ in cases):
        return fail("y deve ter o formato de x, (exemplos, unidades).")
    return fail(
        "A saída na inferência não confere: centrar e dividir com o que foi recebido, depois escalar e deslocar."
    )


@check("todo09", points=1)
def recebidas_intactas(intactas, numeros=None, arrays=None, lote=None, um_exemplo=None, float32=None):
    """Os arrays recebidos continuam como eram."""
    case = mapping(intactas, "entradas", "mudou")
    if case["mudou"] is not False:
        return fail(
            "Um dos arrays recebidos foi alterado: *=, -= e += mudam o array de quem chamou. Crie outro."
        )
    averaged = numeros is not None and arrays is not None and passes(media_movel, numeros, arrays)
    batches = (lote, um_exemplo, float32)
    applied = all(item is not None for item in batches) and passes(saida_na_inferencia, *batches)
    if averaged and applied:
        return ok()
    if averaged or applied:
        return partial(
            0.5, "As entradas intactas contam, por inteiro, quando as duas funções estiverem certas."
        )
    return fail("As entradas intactas contam quando ao menos uma das duas funções estiver certa.")


# --- ToDo 10 --------------------------------------------------------------------------------------

DEPTH, UNITS, PIXELS, CLASSES = 20, 64, 784, 10
BENT = 1e-4  # abaixo disto, a camada oculta é uma função afim da anterior
FORWARD, BACKWARD = 10, 20  # as faixas do enunciado, para cima e para baixo
GAIN = {"relu": 2, "leaky_relu": 2, "LeakyReLU": 2, "ReLU": 2, "PReLU": 2, "elu": 2, "ELU": 2}
GAIN |= {"selu": 1, "tanh": 1, "sigmoid": 1}
# Numa camada de 64 × 64 a variância medida oscila 2 %; a inclinação da Leaky ReLU pede 4 % menos que He.
GAIN_SLACK = 0.15
NOISE = {"Dropout", "AlphaDropout", "GaussianNoise", "GaussianDropout"}


def read_network(portrait):
    """As medidas de uma das três redes."""
    portrait = mapping(
        portrait, "rede", "entrada", "formatos", "camadas", "desvios", "normas", "mortas", "planas", "curvas", "ganhos", "repetidas", "saida"
    )  # fmt: skip
    layers = [mapping(layer, "camada", "tipo", "ativacao", "vies") for layer in portrait["camadas"]]
    return portrait | {"camadas": layers, "formatos": [tuple(shape) for shape in portrait["formatos"]]}


def alive(portraits):
    """Se a rede não é a doente nem uma rede linear: sem isso, nenhum item vale pontos."""
    for portrait in portraits:
        curves = array(portrait["curvas"], "curvatura das camadas")
        if curves.size < DEPTH // 2:
            raise Mismatch("A rede tem poucas camadas ocultas; são vinte.")
        straight = int((~(curves > BENT)).sum())
        if straight > DEPTH // 4:
            raise Mismatch(
                f"Em {straight} das camadas ocultas a saída é uma função afim da entrada: ou falta a ativação, ou o sinal chega "
                "tão pequeno que ela responde em linha reta."
            )
    return portraits


def networks(*observed):
    """As três redes, lidas e conferidas."""
    return alive([read_network(portrait) for portrait in observed])


def geometric(portraits, key, invert=False):
    """Média geométrica, sobre as sementes, da razão entre a última camada oculta e a primeira."""
    logs = []
    for portrait in portraits:
        values = array(portrait[key], key).astype(float)
        if values.size < 2 or not np.isfinite(values).all() or values[0] <= 0 or values[-1] <= 0:
            return 0.0
        logs.append(math.log(values[-1] / values[0]))
    ratio = math.exp(float(np.mean(logs)))
    return 1 / ratio if invert else ratio


@check("todo10", points=3)
def arquitetura(semente_a, semente_b, semente_c):
    """Entrada (28, 28), vinte camadas ocultas de 64 unidades, dez logits."""
    portraits = networks(semente_a, semente_b, semente_c)
    backward = geometric(portraits, "normas", invert=True)
    if not 1e-4 < backward < 1e4:
        return fail(
            "A arquitetura conta quando o gradiente atravessar a rede: a que se deu também tem vinte camadas."
        )
    messages, fraction = [], 1.0
    wanted = [(PIXELS, UNITS), *[(UNITS, UNITS)] * (DEPTH - 1), (UNITS, CLASSES)]
    for portrait in portraits[:1]:
        shapes = portrait["formatos"]
        if shapes != wanted:
            fraction = 0.0
            hidden = len(shapes) - 1
            if hidden != DEPTH:
                messages.append(
                    f"Contei {hidden} camadas densas ocultas (cada uma com os seus pesos); são {DEPTH}."
                )
                fraction = 1 / 3 if shapes[1:-1] == [(UNITS, UNITS)] * (hidden - 1) else 0.0
            else:
                messages.append(
                    "Alguma camada não tem o número de unidades pedido: 64 nas ocultas, 10 na saída."
                )
        straight = int((~(array(portrait["curvas"], "curvatura das camadas") > BENT)).sum())
        if fraction and straight:
            fraction = 1 / 3
            messages.append(f"Em {straight} das camadas ocultas falta a ativação.")
        outputs = array(portrait["saida"], "saída da rede")
        if fraction and outputs.min() >= 0:
            fraction = min(fraction, 1 / 3)
            messages.append(
                "A saída já vem com uma ativação (softmax, sigmoide ou ReLU); o pedido são logits, sem ativação."
            )
        if fraction and any(layer["tipo"] in NOISE for layer in portrait["camadas"]):
            fraction = min(fraction, 2 / 3)
            messages.append("Há uma camada de ruído (dropout) que o esqueleto não tem.")
    return partial(fraction, *messages)


@check("todo10", points=3)
def sinal_na_ida(semente_a, semente_b, semente_c):
    """Na ida, o sinal chega à última camada oculta com o tamanho da primeira, sem morrer nem saturar."""
    portraits = networks(semente_a, semente_b, semente_c)
    ratio = geometric(portraits, "desvios")
    dead = max(number(portrait["mortas"], "fração de unidades mortas") for portrait in portraits)
    flat = max(number(portrait["planas"], "fração de ativações na zona plana") for portrait in portraits)
    if dead > 0.9:
        return fail("Em alguma camada quase todas as unidades estão mortas no lote.")
    if flat > 0.5:
        return fail(
            "Em alguma camada mais da metade das ativações está na zona plana: os pesos são grandes demais para ela."
        )
    if 1 / FORWARD < ratio < FORWARD:
        return ok()
    what = "encolhe" if ratio <= 1 / FORWARD else "cresce"
    text = f"Na ida, o sinal {what} demais da primeira à última camada oculta. A variância dos pesos é a companheira da ativação?"
    return partial(0.5, text) if 1 / FORWARD**2 < ratio < FORWARD**2 else fail(text)


@check("todo10", points=4)
def gradiente_na_volta(semente_a, semente_b, semente_c):
    """Na volta, o gradiente chega à primeira camada oculta com o tamanho do da última."""
    portraits = networks(semente_a, semente_b, semente_c)
    ratio = geometric(portraits, "normas", invert=True)
    if 1 / BACKWARD < ratio < BACKWARD:
        return ok()
    normalized = any(layer["tipo"] == "bn" for layer in portraits[0]["camadas"])
    if ratio >= BACKWARD:
        text = "Na volta, o gradiente cresce demais da última camada oculta à primeira."
        text += (
            " Com BN em toda camada isso acontece mesmo com a inicialização certa: meça sem ela, ou com outra ativação."
            if normalized
            else " Os pesos são grandes demais para esta ativação?"
        )
    else:
        text = "Na volta, o gradiente encolhe demais até a primeira camada oculta: confira a inclinação da ativação e a variância dos pesos."
    return partial(0.5, text) if 1e-3 < ratio < 1e3 else fail(text)


def hidden_activations(layers):
    """A ativação de cada camada oculta, pela densa ou pelas camadas até a densa seguinte."""
    names: list[str] = []
    for layer in layers:
        name = layer["ativacao"]
        if layer["tipo"] == "densa":
            names.append("" if name == "linear" else name)
        elif names and layer["tipo"] in ("ReLU", "LeakyReLU", "PReLU", "ELU"):
            names[-1] = layer["tipo"]
        elif names and name and name != "linear":
            names[-1] = name
    return names[:-1]


@check("todo10", points=2)
def inicializacao(semente_a, semente_b, semente_c):
    """A variância dos pesos é a da companheira da ativação."""
    portraits = networks(semente_a, semente_b, semente_c)
    names = hidden_activations(portraits[0]["camadas"])
    sizes = portraits[0]["formatos"]
    for portrait in portraits:
        gains = array(portrait["ganhos"], "ganhos das camadas").astype(float)
        inner = [
            (gain, GAIN.get(name))
            for gain, name, shape in zip(gains[1:-1], names[1:], sizes[1:-1], strict=False)
            if shape[0] == shape[1]
        ]
        if len(inner) < DEPTH // 2:
            return fail("A inicialização será conferida quando as camadas ocultas tiverem todas 64 unidades.")
        wrong = [
            gain
            for gain, want in inner
            if not any(abs(gain / option - 1) < GAIN_SLACK for option in ((want,) if want else (1, 2)))
        ]
        if wrong:
            size = "maior" if wrong[0] > (inner[0][1] or 2) else "menor"
            return fail(
                f"Em {len(wrong)} camadas ocultas a variância dos pesos é {size} que a da companheira da ativação. Veja a tabela do ToDo 4."
            )
    return ok()


@check("todo10", points=1)
def vieses(semente_a, semente_b, semente_c):
    """Sem viés só na densa logo seguida de BN."""
    layers = networks(semente_a, semente_b, semente_c)[0]["camadas"]
    idle = lacking = 0
    for index, layer in enumerate(layers):
        if layer["tipo"] != "densa":
            continue
        after = layers[index + 1]["tipo"] if index + 1 < len(layers) else ""
        followed = after == "bn" and layer["ativacao"] in ("", "linear")
        idle += followed and layer["vies"] is True
        lacking += not followed and layer["vies"] is not True
    messages = []
    if idle:
        messages.append(
            "Há camadas densas com viés logo antes da BN, que o subtrai com a média: use use_bias=False nelas."
        )
    if lacking:
        messages.append("Há camadas densas sem viés e sem BN logo depois: nada faz o papel do deslocamento.")
    return fail(*messages) if messages else ok()


@check("todo10", points=1)
def sorteios(semente_a, semente_b, semente_c):
    """Cada camada nasce com o seu próprio sorteio."""
    portraits = networks(semente_a, semente_b, semente_c)
    if any(number(portrait["repetidas"], "camadas repetidas") > 0 for portrait in portraits):
        return fail(
            "Há camadas vizinhas que nasceram com os mesmos pesos: o inicializador foi reaproveitado, ou todos têm a mesma semente. "
            "Dê o nome, ou crie um para cada camada."
        )
    return ok()

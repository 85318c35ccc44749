"""O julgamento do Lab 1: gradientes à mão."""

from __future__ import annotations

import math
import unicodedata

import numpy as np

from corretor.checks import Mismatch, array, check, fail, mapping, near, number, ok, partial

RTOL, ATOL = 1e-5, 1e-8  # contas em float64
RTOL32, ATOL32 = 1e-4, 1e-6  # contas com float32 no caminho


def numbers_of(values, what, count):
    """Uma lista de `count` números; NaN e infinito contam como número errado."""
    if not isinstance(values, (list, np.ndarray)) or len(values) != count:
        raise Mismatch(f"Não consegui ler {what}.")
    found = []
    for value in values:
        if isinstance(value, (np.ndarray, np.generic)) and value.size == 1:
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise Mismatch(f"Esperava um número para {what}, mas veio outro tipo de valor. Faltou o return?")
        found.append(float(value))
    return np.array(found)


def arrays_of(values, what, shapes):
    """Uma lista de arrays com os formatos pedidos."""
    if not isinstance(values, list) or len(values) != len(shapes):
        raise Mismatch(f"Esperava {len(shapes)} arrays em {what}, um por variável da lista recebida.")
    return [array(value, what, shape) for value, shape in zip(values, shapes, strict=True)]


def first_match(got, hypotheses, rtol=RTOL, atol=ATOL):
    """A mensagem da primeira hipótese cujo valor é o da resposta; None se nenhuma serve."""
    with np.errstate(all="ignore"):
        for wrong, message in hypotheses:
            if near(got, wrong() if callable(wrong) else wrong, rtol, atol):
                return message
    return None


def same_shape_list(got, wanted, rtol=RTOL, atol=ATOL):
    """Duas listas de arrays iguais, a menos da tolerância."""
    return len(got) == len(wanted) and all(near(a, b, rtol, atol) for a, b in zip(got, wanted, strict=True))


# --- ToDo 1 ---------------------------------------------------------------------------------------

FACTORS = np.array([0.8, 1.2, 0.3, -0.7, 3.0, 0.99])
DEPTHS = np.array([30, 25, 1, 3, 4, 400])
VECTOR = (np.array([0.25, 0.9, 1.0, 1.5, -1.1]), 12)
MATRIX = (np.array([[0.5, 2.0, 0.75], [1.25, -0.5, 3.0]]), 4)


def product_problem(got, factor, depth):
    """O engano reconhecido num produto de fatores, ou None."""
    return first_match(
        got,
        [
            (
                lambda: factor * depth,
                "Você multiplicou o fator pelo número de camadas. Cada camada multiplica o que "
                "já veio multiplicado pela anterior.",
            ),
            (
                lambda: np.abs(depth * 1.0) ** factor,
                "Base e expoente estão trocados: o que se repete é o fator.",
            ),
            (
                lambda: factor ** (depth - 1.0),
                "Falta uma camada na conta: confira de onde o laço parte e quantas voltas dá.",
            ),
            (
                lambda: factor ** (depth + 1.0),
                "Sobra uma camada na conta: confira de onde o laço parte e quantas voltas dá.",
            ),
            (
                lambda: np.exp(factor * depth),
                "Você usou a exponencial, de base e; aqui a base é o próprio fator.",
            ),
            (
                lambda: np.abs(factor) ** depth,
                "O sinal se perdeu: um fator negativo, um número ímpar de vezes, dá um produto negativo.",
            ),
            (lambda: factor + depth, "Você somou. Atravessar uma camada é multiplicar."),
        ],
    )


@check("todo01", points=3)
def um_fator(um_numero):
    """O produto de um fator numérico por várias quantidades de camadas, com qualquer sinal."""
    got = numbers_of(um_numero, "o produto de um fator numérico", len(FACTORS))
    if near(got, FACTORS**DEPTHS):
        return ok()
    return fail(
        product_problem(got, FACTORS, DEPTHS)
        or "O produto não confere com outros fatores e outras quantidades de camadas. Faça a conta de duas e de três "
        "camadas no papel e compare."
    )


@check("todo01", points=1, needs=("um_fator",))
def sem_nenhuma_camada(sem_camadas):
    """Sem nenhuma camada, o gradiente fica como está."""
    got = numbers_of(sem_camadas, "o produto sem nenhuma camada", 3)
    return (
        ok()
        if near(got, np.ones(3))
        else fail("Com 0 camadas, o gradiente não muda: por quanto ele fica multiplicado?")
    )


@check("todo01", points=2)
def array_de_fatores(vetor, matriz):
    """Com um array de fatores, um produto para cada componente, no mesmo formato."""
    for value, (factors, depth), tolerance in (
        (vetor, VECTOR, (RTOL, ATOL)),
        (matriz, MATRIX, (RTOL32, ATOL32)),
    ):
        got = array(value, "o produto de um array de fatores")
        if got.shape != factors.shape:
            return fail(
                f"Com fatores de formato {factors.shape}, o resultado tem formato {got.shape}. É um produto para cada componente."
            )
        if not near(got, factors**depth, *tolerance):
            return fail(
                product_problem(got, factors, depth)
                or "Com um array, os produtos não conferem. Se há um laço com `*=`, ele muda o próprio array de fatores "
                "enquanto multiplica."
            )
    return ok()


# --- ToDo 2 ---------------------------------------------------------------------------------------

STEP_NUMBERS = (np.array([2.0, -1.5, 0.0]), np.array([0.3, -4.0, 1e4]), np.array([0.5, 0.25, 0.01]))
STEP_MATRIX = (
    np.array([[1.0, -2.0], [0.5, 3.0], [-0.25, 4.0]]),
    np.array([[0.5, 1.5], [-2.0, 0.0], [3.0, -1.0]]),
    0.2,
)
STEP_VECTOR = (np.array([2.0, -1.0, 0.5]), np.array([-3.0, 0.25, 8.0]), 0.125)


def step_problem(got, w, g, rate):
    """O engano reconhecido num passo."""
    return first_match(
        got,
        [
            (
                w + rate * g,
                "O sinal está trocado: somar o gradiente faz a perda subir. O passo vai contra a derivada.",
            ),
            (w - g, "A taxa de aprendizado não entrou na conta."),
            (-rate * g, "Você devolveu só a mudança. Devolva o valor novo: o peso de antes com a mudança."),
            (rate * g, "Você devolveu só a mudança. Devolva o valor novo: o peso de antes com a mudança."),
            (
                w - rate * w * g,
                "O passo está multiplicado pelo próprio peso. Releia a fórmula: o que multiplica a taxa?",
            ),
            (
                w - rate * np.sign(g),
                "Você usou só o sinal do gradiente; o tamanho dele também conta no passo.",
            ),
            (
                lambda: w - rate * g / np.linalg.norm(g),
                "O gradiente foi dividido pela norma dele; o passo usa o gradiente como veio.",
            ),
            (
                g - rate * w,
                "Peso e gradiente estão trocados de lugar: confira a ordem dos argumentos na fórmula.",
            ),
            (lambda: w - g / rate, "Você dividiu pela taxa em vez de multiplicar."),
            (w, "O valor devolvido é o de antes do passo."),
            (lambda: (w - g) * rate, "A taxa multiplica só o gradiente, e não a diferença inteira."),
        ],
        RTOL32,
        ATOL32,
    )


@check("todo02", points=3)
def passo_de_numeros(numeros):
    """O passo de um peso que é um número."""
    got = numbers_of(numeros, "o passo de um número", 3)
    if near(got, STEP_NUMBERS[0] - STEP_NUMBERS[2] * STEP_NUMBERS[1]):
        return ok()
    return fail(
        step_problem(got, *STEP_NUMBERS)
        or "O passo não confere. Calcule um no papel, com um peso, uma derivada negativa e uma taxa, e compare."
    )


def judge_step(matriz, vetor):
    """Primeiro problema do passo de um array, ou None."""
    for seen, (w, g, rate), tolerance in (
        (matriz, STEP_MATRIX, (RTOL, ATOL)),
        (vetor, STEP_VECTOR, (RTOL32, ATOL32)),
    ):
        got = array(mapping(seen, "o passo", "resultado")["resultado"], "o passo de um array")
        if got.shape != w.shape:
            return f"O passo de um array de formato {w.shape} tem formato {got.shape}; devia ter o mesmo."
        if not near(got, w - rate * g, *tolerance):
            return (
                step_problem(got, w, g, rate)
                or "O passo não confere quando w é um array: a conta é a mesma, componente por componente."
            )
    return None


@check("todo02", points=3)
def passo_de_arrays(matriz, vetor):
    """O passo de arrays de qualquer formato, componente por componente."""
    problem = judge_step(matriz, vetor)
    return fail(problem) if problem else ok()


@check("todo02", points=2, needs=("passo_de_arrays",))
def passo_sem_mudar_a_entrada(matriz, vetor):
    """Os arrays recebidos ficam como estavam."""
    if matriz.get("entrada_mudou") is False and vetor.get("entrada_mudou") is False:
        return ok()
    return fail("A função escreveu dentro de um array que recebeu. `w -= …` muda w para quem a chamou.")


# --- ToDo 3 ---------------------------------------------------------------------------------------

GRID = np.array([[-50.0, -6.0, -2.5], [-0.75, 0.0, 0.4], [1.2, 3.0, 50.0]])
SINGLE = np.array([-1.5, -0.1, 0.0, 0.7, 2.2])
PLAIN = np.array([0.6, -0.6])


def sigma(z):
    """A sigmoide, sem transbordar."""
    return 0.5 * (1 + np.tanh(np.asarray(z, dtype=float) / 2))


SLOPES = {
    "sigmoide": lambda z: 1 / (np.exp(z / 2) + np.exp(-z / 2)) ** 2,
    "tanh": lambda z: 1 / np.cosh(z) ** 2,
    "relu": lambda z: (z > 0).astype(float),
}
FUNCTIONS = {"sigmoide": sigma, "tanh": np.tanh, "relu": lambda z: np.maximum(z, 0)}
LABELS = {"sigmoide": "sigmoide", "tanh": "tanh", "relu": "ReLU"}
SLOPE_MISTAKES = {
    "sigmoide": [
        (
            lambda z: z * (1 - z),
            "Você usou z no lugar de σ(z): a fórmula curta pede o valor da ativação, e não a pré-ativação.",
        ),
        (
            lambda z: sigma(sigma(z)) * (1 - sigma(sigma(z))),
            "A sigmoide foi aplicada duas vezes antes da fórmula.",
        ),
        (lambda z: 1 - sigma(z), "Falta um fator: 1 − σ(z) é só parte da derivada."),
        (lambda z: 1 - sigma(z) ** 2, "Essa é a fórmula da tanh aplicada à sigmoide."),
    ],
    "tanh": [
        (
            lambda z: 1 - z**2,
            "Você usou z no lugar de tanh(z): a fórmula curta pede o valor da ativação, e não a pré-ativação.",
        ),
        (lambda z: 1 - np.tanh(z), "Falta um quadrado na derivada da tanh."),
        (lambda z: np.tanh(z) * (1 - np.tanh(z)), "Essa é a fórmula da sigmoide aplicada à tanh."),
        (lambda z: 1 - np.tanh(np.tanh(z)) ** 2, "A tanh foi aplicada duas vezes antes da fórmula."),
    ],
    "relu": [
        (lambda z: np.sign(z), "Do lado negativo a ReLU é plana: a inclinação ali é 0, e não −1."),
        (lambda z: (z < 0).astype(float), "Os dois lados da ReLU estão trocados."),
        (lambda z: np.ones_like(z), "Do lado negativo a ReLU é plana: a inclinação ali não é 1."),
    ],
}


def read_slopes(seen, name):
    """(matriz, vetor, números) como arrays de números, booleanos incluídos."""
    seen = mapping(seen, f"a derivada da {LABELS[name]}", "matriz", "vetor", "numeros")
    what = f"a derivada da {LABELS[name]}"
    grid, single = array(seen["matriz"], what, GRID.shape), array(seen["vetor"], what, SINGLE.shape)
    return grid, single, seen["numeros"]


def judge_slope(seen, name):
    """Uma ativação: tudo certo, ou o engano."""
    grid, single, _ = read_slopes(seen, name)
    wanted = SLOPES[name](GRID)
    loose = {"rtol": 1e-5, "atol": 1e-6}  # quem faz a conta em float32 também acerta
    if near(grid, wanted, **loose) and near(single, SLOPES[name](SINGLE), RTOL32, ATOL32):
        return ok()
    zero_free = (GRID != 0, SINGLE != 0)
    if name == "relu" and all(
        near(got[keep], SLOPES[name](z)[keep])
        for got, z, keep in zip((grid, single), (GRID, SINGLE), zero_free, strict=True)
    ):
        return partial(0.5, "Em z = 0 o enunciado combina uma derivada para a ReLU, e a sua dá outra.")
    mistakes = [
        (
            FUNCTIONS[name](GRID),
            f"Você devolveu a {LABELS[name]}, e não a derivada dela.",
        ),
        *((wrong(GRID), message) for wrong, message in SLOPE_MISTAKES[name]),
        *(
            (SLOPES[other](GRID), f"Ao pedido da {LABELS[name]} a função responde com a derivada da {label}.")
            for other, label in LABELS.items()
            if other != name
        ),
    ]
    return fail(
        first_match(grid, mistakes, rtol=1e-4, atol=1e-6)
        or f"A derivada da {LABELS[name]} não confere em todos os pontos. Compare com a inclinação medida: "
        "(f(z + 0,001) − f(z − 0,001)) / 0,002."
    )


@check("todo03", points=2)
def derivada_da_sigmoide(sigmoide):
    """A derivada da sigmoide, longe do zero e perto dele."""
    return judge_slope(sigmoide, "sigmoide")


@check("todo03", points=2)
def derivada_da_tanh(tanh):
    """A derivada da tanh, longe do zero e perto dele."""
    return judge_slope(tanh, "tanh")


@check("todo03", points=2)
def derivada_da_relu(relu):
    """A derivada da ReLU, com o valor combinado em z = 0."""
    return judge_slope(relu, "relu")


@check("todo03", points=2)
def formato_da_derivada(sigmoide, tanh, relu):
    """O resultado tem o formato de z, é de ponto flutuante, e z pode ser um número."""
    for seen, name in ((sigmoide, "sigmoide"), (tanh, "tanh"), (relu, "relu")):
        if judge_slope(seen, name).fraction == 0:
            return fail("Formato e tipo serão conferidos quando as três derivadas estiverem certas.")
        grid, single, plain = read_slopes(seen, name)
        if {grid.dtype.kind, single.dtype.kind} != {"f"}:
            return fail(
                f"A derivada da {LABELS[name]} não é de ponto flutuante ({grid.dtype}): falta convertê-la."
            )
        got = numbers_of(plain, f"a derivada da {LABELS[name]} em um número", 2)
        if not near(got, SLOPES[name](PLAIN), RTOL32, ATOL32):
            return fail(f"Quando z é um número só, a derivada da {LABELS[name]} não confere.")
    return ok()


# --- ToDo 4 ---------------------------------------------------------------------------------------


def path_case(k):
    """Os números que a sonda sorteia no caso k."""
    rng = np.random.default_rng(100 + k)
    x, y = rng.normal(size=2), float(rng.normal())
    W1, W2, w3 = rng.normal(size=(2, 2)), 1.5 * rng.normal(size=(2, 2)), 2 * rng.normal(size=2)
    return x, y, W1, W2, w3


def ingredients(k):
    """Tudo o que a conta à mão usa, por nome."""
    x, y, W1, W2, w3 = path_case(k)
    h1 = sigma(W1.T @ x)
    h2 = sigma(W2.T @ h1)
    return {
        "x": x,
        "y": y,
        "W1": W1,
        "W2": W2,
        "w3": w3,
        "h1": h1,
        "h2": h2,
        "s1": h1 * (1 - h1),
        "s2": h2 * (1 - h2),
        "error": float(w3 @ h2) - y,
    }


PATH_CASES = [ingredients(k) for k in range(4)]


def over_cases(formula):
    """O valor de uma fórmula em cada caso."""
    return np.array([formula(c) for c in PATH_CASES])


def path(c, k):
    """A contribuição da unidade k da segunda camada a ∂ŷ/∂h¹₁."""
    return c["w3"][k] * c["s2"][k] * c["W2"][0, k]


def column(casos, k):
    """O k-ésimo número devolvido, em todos os casos."""
    if not isinstance(casos, list) or any(not isinstance(c, list) or len(c) != 3 for c in casos):
        raise Mismatch("Devolva três números: caminho_1, caminho_2 e derivada, nesta ordem.")
    return numbers_of([c[k] for c in casos], "cada um dos três valores devolvidos", len(PATH_CASES))


def judge_path(casos, k):
    """O caminho pela unidade k."""
    got = column(casos, k)
    if near(got, over_cases(lambda c: path(c, k))):
        return ok()
    other = 1 - k
    mistakes = [
        (over_cases(lambda c: path(c, other)), "Os dois caminhos estão trocados."),
        (
            over_cases(lambda c: c["w3"][k] * c["s2"][k] * c["W2"][k, 0]),
            "O peso do meio está transposto: W2[i, j] sai da unidade i e chega à j. De onde parte o caminho?",
        ),
        (
            over_cases(lambda c: c["w3"][k] * c["s2"][k] * c["W2"][k, k]),
            "O peso do meio não é o deste caminho: os dois partem da primeira unidade da primeira camada.",
        ),
        (
            over_cases(lambda c: c["w3"][k] * c["W2"][0, k]),
            "Falta a inclinação da unidade por onde o caminho passa.",
        ),
        (over_cases(lambda c: c["s2"][k] * c["W2"][0, k]), "Falta o peso que leva à saída."),
        (over_cases(lambda c: c["w3"][k] * c["s2"][k]), "Falta o peso entre as duas camadas ocultas."),
        (
            over_cases(lambda c: c["w3"][k] * c["h2"][k] * c["W2"][0, k]),
            "No lugar da inclinação está a própria ativação.",
        ),
        (
            over_cases(lambda c: c["w3"][k] * c["s1"][k] * c["W2"][0, k]),
            "A inclinação é a da camada errada: o caminho passa pela segunda camada oculta.",
        ),
        (
            over_cases(lambda c: path(c, k) * c["s1"][0] * c["x"][0]),
            "O caminho foi longe demais: ele termina na primeira unidade oculta, antes da inclinação dela.",
        ),
        (
            over_cases(lambda c: path(c, k) * 2 * c["error"]),
            "O caminho começou na perda; ele é uma parte da derivada da saída, e não da perda.",
        ),
        (
            over_cases(lambda c: path(c, k) * 2 * c["error"] * c["s1"][0] * c["x"][0]),
            "O caminho inclui os fatores comuns aos dois; deixe-os para a derivada.",
        ),
        (
            over_cases(lambda c: c["w3"][k] * (1 - c["h2"][k] ** 2) * c["W2"][0, k]),
            "A inclinação usada é a da tanh; nesta rede as unidades são sigmoides.",
        ),
    ]
    return fail(
        first_match(got, mistakes)
        or f"O caminho {k + 1} não confere. São três fatores: um peso, uma inclinação, um peso. Refaça-o na figura."
    )


@check("todo04", points=2)
def primeiro_caminho(casos):
    """A parte da derivada que passa pela unidade 1 da segunda camada oculta."""
    return judge_path(casos, 0)


@check("todo04", points=2)
def segundo_caminho(casos):
    """A parte da derivada que passa pela unidade 2 da segunda camada oculta."""
    return judge_path(casos, 1)


@check("todo04", points=4)
def derivada_pelos_dois(casos):
    """A derivada da perda em relação ao primeiro peso, pelos dois caminhos."""
    got = column(casos, 2)

    def total(paths=lambda c: path(c, 0) + path(c, 1), scale=2.0, slope=True, entry=True):
        return over_cases(
            lambda c: (
                scale
                * c["error"]
                * paths(c)
                * (c["s1"][0] if slope else 1)
                * (c["x"][0] if entry is True else c["x"][1] if entry == "x2" else 1)
            )
        )

    if near(got, total(), RTOL32, ATOL32):  # quem a mede por diferenças finitas também acerta
        return ok()
    mistakes = [
        (total(lambda c: path(c, 0)), "Falta um caminho: só o primeiro entrou na soma."),
        (total(lambda c: path(c, 1)), "Falta um caminho: só o segundo entrou na soma."),
        (
            total(lambda c: path(c, 0) * path(c, 1)),
            "Os dois caminhos foram multiplicados um pelo outro. Multiplica-se ao longo de um caminho; entre caminhos, o que se faz?",
        ),
        (
            total(lambda c: path(c, 0) - path(c, 1)),
            "Os dois caminhos foram subtraídos. O que se faz entre caminhos?",
        ),
        (
            total(lambda c: (path(c, 0) + path(c, 1)) / 2),
            "A derivada é a metade da certa: tirou a média dos caminhos, ou esqueceu o 2 da derivada do quadrado.",
        ),
        (total(scale=-2.0), "O sinal está trocado: a derivada do quadrado usa ŷ − y, nessa ordem."),
        (total(slope=False), "Falta a inclinação da primeira unidade da primeira camada oculta."),
        (total(entry=False), "Falta a entrada que este peso multiplica."),
        (total(entry="x2"), "A entrada que este peso multiplica não é essa: de onde ele sai?"),
        (
            over_cases(lambda c: (path(c, 0) + path(c, 1)) * c["s1"][0] * c["x"][0]),
            "Falta o primeiro fator: você derivou a saída, e não a perda.",
        ),
        (
            total(
                lambda c: c["w3"][0] * c["s2"][0] * c["W2"][0, 0] + c["w3"][1] * c["s2"][1] * c["W2"][1, 0]
            ),
            "O segundo caminho usa o peso transposto: W2[i, j] sai da unidade i e chega à j.",
        ),
    ]
    return fail(
        first_match(got, mistakes)
        or "A derivada não confere. Compare-a com o empurrão do enunciado e confira a ida: x @ W1, depois h1 @ W2."
    )


# --- ToDo 5 ---------------------------------------------------------------------------------------

BATCHES = [(5, 3, 4), (8, 2, 3), (3, 4, 2)]
GRADIENTS = ("dW1", "db1", "dW2", "db2")


def batch_parts(sizes):
    """Os números que a sonda sorteia, e as peças da volta."""
    n, inputs, hidden = sizes
    rng = np.random.default_rng([n, inputs, hidden])
    x, y = rng.normal(size=(n, inputs)), rng.normal(size=(n, 1))
    W1, b1 = rng.normal(size=(inputs, hidden)), rng.normal(size=hidden)
    W2, b2 = rng.normal(size=(hidden, 1)), rng.normal(size=1)
    z = np.einsum("ni,ij->nj", x, W1) + b1
    h = np.tanh(z)
    error = np.einsum("nj,jk->nk", h, W2) + b2 - y
    back = np.einsum("nk,jk->nj", error, W2)  # o δ antes da tanh, sem o fator 2/n
    return {"n": n, "x": x, "z": z, "h": h, "error": error, "back": back, "slope": 1 / np.cosh(z) ** 2}


PARTS = [batch_parts(sizes) for sizes in BATCHES]


def weighted(p, left, right):
    """Σ sobre exemplos de left ⊗ right, com o fator 2/n."""
    return 2 / p["n"] * np.einsum("ni,nj->ij", left, right)


def true_gradients(p):
    """Os quatro gradientes de um lote."""
    delta = p["back"] * p["slope"]
    ones = np.ones((p["n"], 1))
    return {
        "dW1": weighted(p, p["x"], delta),
        "db1": weighted(p, ones, delta)[0],
        "dW2": weighted(p, p["h"], p["error"]),
        "db2": weighted(p, ones, p["error"])[0],
    }


TRUE = [true_gradients(p) for p in PARTS]
SCALES = {  # fatores da perda que se esquecem, por lote
    "certo": lambda n: 1.0,
    "sem dividir por n": lambda n: float(n),
    "sem o 2": lambda n: 0.5,
    "sem o 2 nem a divisão por n": lambda n: n / 2,
}


def gradient_of(lotes, name):
    """Um dos quatro gradientes, em cada lote, no formato pedido."""
    if not isinstance(lotes, list) or any(not isinstance(b, list) or len(b) != 4 for b in lotes):
        raise Mismatch("Devolva quatro gradientes: dW1, db1, dW2 e db2, nesta ordem.")
    found = []
    for batch, wanted in zip(lotes, TRUE, strict=True):
        got = array(batch[GRADIENTS.index(name)], name)
        if got.shape != wanted[name].shape:
            hint = ""
            if got.shape == wanted[name].T.shape:
                hint = " Parece transposto."
            elif name.startswith("db") and got.size > wanted[name].size:
                hint = " Um viés serve a todos os exemplos: as partes de cada um se somam."
            elif name.startswith("db"):
                hint = " Confira o eixo da soma."
            raise Mismatch(
                f"{name} tem formato {got.shape}, e o array que ele deriva, {wanted[name].shape}.{hint}"
            )
        found.append(got)
    return found


def scale_of(found, name):
    """O nome do fator da perda com que o gradiente confere, ou None."""
    for label, factor in SCALES.items():
        wanted = [factor(p["n"]) * t[name] for p, t in zip(PARTS, TRUE, strict=True)]
        if same_shape_list(found, wanted, RTOL32, ATOL32):
            return label
    return None


def judge_gradient(lotes, name):
    """Um gradiente, a menos do fator da perda."""
    found = gradient_of(lotes, name)
    if scale_of(found, name):
        return ok()

    def everywhere(formula):
        return [formula(p) for p in PARTS]

    mistakes = {
        "dW2": [
            (
                lambda p: weighted(p, p["z"], p["error"]),
                "dW2 usa a pré-ativação no lugar da ativação: o que entra na camada de saída é h.",
            ),
        ],
        "db2": [],
        "dW1": [
            (
                lambda p: weighted(p, p["x"], p["back"]),
                "Em dW1 o δ não atravessou a tanh: falta a inclinação da ativação.",
            ),
            (
                lambda p: weighted(p, p["x"], p["back"] * (1 - p["z"] ** 2)),
                "A inclinação da tanh em dW1 foi calculada com z; a fórmula curta usa a ativação h.",
            ),
            (
                lambda p: weighted(p, p["x"], p["back"] * (1 - p["h"])),
                "Falta um quadrado na inclinação da tanh em dW1.",
            ),
            (
                lambda p: weighted(p, p["x"], p["back"] * p["h"] * (1 - p["h"])),
                "A inclinação usada em dW1 é a da sigmoide; nesta rede a ativação é a tanh.",
            ),
            (
                lambda p: weighted(p, p["x"], p["back"] * p["h"]),
                "Em dW1, no lugar da inclinação da tanh está a própria ativação.",
            ),
        ],
        "db1": [
            (
                lambda p: weighted(p, np.ones((p["n"], 1)), p["back"])[0],
                "Em db1 o δ não atravessou a tanh: falta a inclinação da ativação.",
            ),
            (
                lambda p: weighted(p, np.ones((p["n"], 1)), p["back"] * (1 - p["z"] ** 2))[0],
                "A inclinação da tanh em db1 foi calculada com z; a fórmula curta usa a ativação h.",
            ),
        ],
    }[name]
    if same_shape_list(found, [-t[name] for t in TRUE]):
        return fail(f"{name} está com o sinal trocado: a derivada do quadrado usa ŷ − y, nessa ordem.")
    if name.startswith("db") and same_shape_list(
        found, [t[name] / p["n"] for p, t in zip(PARTS, TRUE, strict=True)]
    ):
        return fail(f"Em {name} a divisão por n aconteceu duas vezes: no δ e na média sobre os exemplos.")
    for wrong, message in mistakes:
        for factor in SCALES.values():
            if same_shape_list(
                found, [factor(p["n"]) * w for p, w in zip(PARTS, everywhere(wrong), strict=True)]
            ):
                return fail(message)
    return fail(
        f"{name} não confere. Compare-o com as diferenças finitas e refaça a conta com um exemplo só e uma unidade oculta."
    )


@check("todo05", points=2.5)
def pesos_da_saida(lotes):
    """dW2, a menos do fator da perda."""
    return judge_gradient(lotes, "dW2")


@check("todo05", points=1.5)
def vies_da_saida(lotes):
    """db2, a menos do fator da perda."""
    return judge_gradient(lotes, "db2")


@check("todo05", points=3.5)
def pesos_da_oculta(lotes):
    """dW1, a menos do fator da perda."""
    return judge_gradient(lotes, "dW1")


@check("todo05", points=2.5)
def vies_da_oculta(lotes):
    """db1, a menos do fator da perda."""
    return judge_gradient(lotes, "db1")


@check("todo05", points=2)
def escala_da_perda(lotes):
    """Os quatro gradientes com o fator da perda: o 2 do quadrado e a média no lote."""
    scales = {name: scale_of(gradient_of(lotes, name), name) for name in GRADIENTS}
    if None in scales.values():
        return fail("A escala será conferida quando os quatro gradientes estiverem certos a menos dela.")
    wrong = [label for label in scales.values() if label != "certo"]
    if not wrong:
        return ok()
    reading = {
        "sem dividir por n": "A perda é a média do lote: o gradiente está n vezes maior do que devia.",
        "sem o 2": "O gradiente é a metade do certo: a derivada do quadrado traz um fator.",
        "sem o 2 nem a divisão por n": "Faltam o fator da derivada do quadrado e a média no lote.",
    }
    names = ", ".join(name for name, label in scales.items() if label != "certo")
    return fail(f"{reading[wrong[0]]} ({names})")


# --- ToDo 6 ---------------------------------------------------------------------------------------


def curved(w):
    """A função da sonda."""
    v = np.ravel(w)
    return float(np.sum(v**3 / np.arange(1, v.size + 1)) + v[0] * v[-1] ** 2 - 2 * v[1])


def pushed(shape, step, sides, divisor):
    """A diferença com os empurrões e o divisor dados, coordenada por coordenada."""
    base = np.cos(np.arange(np.prod(shape)) + 1.0)
    found = []
    for i in range(base.size):
        values = []
        for side in sides:
            moved = base.copy()
            moved[i] += side * step
            values.append(curved(moved))
        found.append((values[0] - values[1]) / divisor(step))
    return np.array(found).reshape(shape)


def central(shape, step):
    return pushed(shape, step, (1, -1), lambda e: 2 * e)


VECTOR_STEPS = (0.5, 0.01)
FIXED_STEPS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)  # os que se escrevem no lugar do argumento
SHAPES = ((2, 3), (3, 1), (2, 2, 2))


def read_differences(seen, cases):
    """Os resultados e quanto w mudou, em cada caso."""
    if not isinstance(seen, list) or len(seen) != len(cases):
        raise Mismatch("Não consegui ler as diferenças finitas.")
    rows = [mapping(row, "as diferenças finitas", "resultado", "mudou") for row in seen]
    results = [array(row["resultado"], "as diferenças finitas") for row in rows]
    moved = [row["mudou"] for row in rows]
    return results, moved


def forward_difference(shape, step):
    return pushed(shape, step, (1, 0), lambda e: e)


def backward_difference(shape, step):
    return pushed(shape, step, (0, -1), lambda e: e)


def difference_kind(results, cases):
    """O que os resultados são: "central", "um lado", "outro empurrão" ou None."""
    if all(near(got, central(*case), 1e-5, 1e-7) for got, case in zip(results, cases, strict=True)):
        return "central"
    for one_sided in (forward_difference, backward_difference):
        if all(near(got, one_sided(*case), 1e-5, 1e-7) for got, case in zip(results, cases, strict=True)):
            return "um lado"
    for step in FIXED_STEPS:
        if all(
            near(got, central(shape, step), 1e-4, 1e-5)
            for got, (shape, _) in zip(results, cases, strict=True)
        ):
            return "outro empurrão"
    return None


VECTOR_CASES = [((3,), step) for step in VECTOR_STEPS]
SHAPE_CASES = [(shape, 0.25) for shape in SHAPES]


@check("todo06", points=5)
def diferenca_central(vetor):
    """A diferença central em cada coordenada de um vetor, com o empurrão pedido."""
    results, moved = read_differences(vetor, VECTOR_CASES)
    kind = difference_kind(results, VECTOR_CASES)
    if kind == "central":
        return ok()
    if kind == "um lado":
        return partial(
            0.3,
            "Isto é a diferença de um lado só. A central empurra para os dois lados, e erra muito menos com o mesmo empurrão.",
        )
    if kind == "outro empurrão":
        return partial(0.4, "A função usa sempre o mesmo empurrão: use o que ela recebe.")
    for divisor, text in (
        (
            lambda e: e,
            "O resultado é o dobro do certo: entre os dois pontos a distância não é um empurrão só.",
        ),
        (lambda e: 2.0, "Falta dividir pelo empurrão."),
        (lambda e: 1.0, "Falta dividir a diferença pela distância entre os dois pontos."),
        (lambda e: -2 * e, "O sinal está trocado: confira a ordem da subtração."),
    ):
        if all(
            near(got, pushed(shape, step, (1, -1), divisor))
            for got, (shape, step) in zip(results, VECTOR_CASES, strict=True)
        ):
            return fail(text)
    if any(isinstance(m, (int, float)) and m > 1e-9 for m in moved):
        return fail(
            "Uma coordenada empurrada não voltou ao lugar antes de a seguinte ser empurrada, e os erros se acumulam. "
            "Uma cópia nova a cada volta, ou o valor guardado, resolve."
        )
    return fail("As diferenças não conferem. Empurre uma coordenada de cada vez, com as outras paradas.")


@check("todo06", points=2.5)
def qualquer_formato(formatos):
    """Matrizes e arrays de três dimensões: o resultado tem o formato de w, e f recebe w inteiro."""
    results, _ = read_differences(formatos, SHAPE_CASES)
    for got, (shape, _) in zip(results, SHAPE_CASES, strict=True):
        if got.shape != shape:
            return fail(f"Com w de formato {shape}, o resultado tem formato {got.shape}.")
    if difference_kind(results, SHAPE_CASES):
        return ok()
    return fail(
        "Com matrizes, os valores não conferem. Cada componente é uma coordenada: percorra todos os índices, e não só as linhas."
    )


@check("todo06", points=2.5)
def w_intacto(vetor):
    """Ao fim, w vale o mesmo que antes."""
    results, moved = read_differences(vetor, VECTOR_CASES)
    if not difference_kind(results, VECTOR_CASES):
        return fail("Se w fica intacto, só se confere quando as diferenças estiverem certas.")
    if all(number(m, "a mudança de w") <= 1e-9 for m in moved):
        return ok()
    return fail("Depois da chamada, w não vale o mesmo que antes: falta devolver cada coordenada ao lugar.")


# --- ToDo 7 ---------------------------------------------------------------------------------------


def error_pairs():
    """Os pares de arrays da sonda."""
    v, u = np.array([3.0, -4.0, 1.0]), np.array([-0.5, 2.0, 6.0])
    m = np.array([[-7.0, -2.0], [-0.5, -1.0], [-4.0, -3.0]])
    t = 0.01 * np.sin(np.arange(12.0)).reshape(2, 3, 2)
    return [
        (v, u),
        (u, v),
        (m, 0.75 * m),
        (m, m + 0.125),
        (t, np.cos(t)),
        (t, -0.3 * t),
        (np.zeros(4), np.ones(4)),
        (m, 1.25 * m),
    ]


def size(a):
    """A raiz da soma dos quadrados."""
    return math.sqrt(float(np.sum(np.square(np.asarray(a, dtype=float)))))


def over_pairs(formula):
    with np.errstate(all="ignore"):
        return np.array([formula(a, b) for a, b in error_pairs()])


@check("todo07", points=3.5)
def valor_do_erro(erros):
    """A norma da diferença dividida pela maior das duas normas, para arrays de qualquer formato."""
    got = numbers_of(erros, "o erro relativo", len(error_pairs()))
    if near(got, over_pairs(lambda a, b: size(a - b) / max(size(a), size(b))), 1e-4, 1e-7):
        return ok()
    mistakes = [
        (lambda a, b: size(a - b), "Isto é o erro absoluto: falta dividir pelo tamanho dos gradientes."),
        (
            lambda a, b: np.divide(size(a - b), size(a)),
            "O denominador é sempre a norma do primeiro array; o enunciado pede a maior das duas.",
        ),
        (
            lambda a, b: np.divide(size(a - b), size(b)),
            "O denominador é sempre a norma do segundo array; o enunciado pede a maior das duas.",
        ),
        (
            lambda a, b: size(a - b) / (size(a) + size(b)),
            "No denominador está a soma das normas; o enunciado pede a maior das duas.",
        ),
        (
            lambda a, b: np.divide(size(a - b), min(size(a), size(b))),
            "No denominador está a menor das normas; o enunciado pede a maior.",
        ),
        (
            lambda a, b: (size(a - b) / max(size(a), size(b))) ** 2,
            "Falta a raiz quadrada: o resultado é o quadrado do certo.",
        ),
        (
            lambda a, b: np.sum(np.abs(a - b)) / max(np.sum(np.abs(a)), np.sum(np.abs(b))),
            "Você somou valores absolutos; a norma é a raiz da soma dos quadrados.",
        ),
        (
            lambda a, b: np.max(np.abs(a - b)) / max(np.max(np.abs(a)), np.max(np.abs(b))),
            "Você usou a maior componente; a norma usa todas.",
        ),
        (
            lambda a, b: np.divide(size(a - b), max(np.max(a), np.max(b))),
            "No denominador está a maior componente, e não a maior norma.",
        ),
        (
            lambda a, b: np.divide(abs(size(a) - size(b)), max(size(a), size(b))),
            "Você subtraiu as normas. Dois vetores opostos têm a mesma norma e não concordam: subtraia os arrays.",
        ),
    ]
    for wrong, message in mistakes:
        with np.errstate(all="ignore"):
            wanted = over_pairs(wrong)
        usable = np.isfinite(wanted)
        if near(got[usable], wanted[usable], 1e-4, 1e-7):
            return fail(message)
    return fail("O erro relativo não confere com matrizes ou com valores negativos. Refaça um caso no papel.")


@check("todo07", points=1.5, needs=("valor_do_erro",))
def erro_de_nulos(nulos):
    """Entre dois gradientes nulos, o erro é 0."""
    got = numbers_of(nulos, "o erro entre dois gradientes nulos", 2)
    if np.array_equal(got, np.zeros(2)):
        return ok()
    return fail("Com os dois arrays nulos, a função divide zero por zero. Que resposta o enunciado combina?")


# --- ToDo 8 ---------------------------------------------------------------------------------------

# Redes da sonda: entrada, camadas densas (unidades, viés, tanh na saída), perda e alvos.
WITH_BIAS = [
    ((3,), [(4, True, True), (5, True, True), (3, True, False)], "sparse", [0, 2, 1, 1, 0]),
    ((2,), [(6, True, True), (1, True, False)], "squared", [1.0, -2.0, 0.5]),
]
WITHOUT_BIAS = [
    ((2, 2), [(3, False, True), (4, True, True), (2, True, False)], "sparse", [1, 0, 1, 1]),
    ((3,), [(4, True, True), (3, False, True), (1, True, False)], "squared", [0.3, -1.0, 2.0]),
]


def network_gradients(case):
    """Os gradientes de kernels e vieses, os kernels e os δ de uma rede da sonda, feitos aqui."""
    inputs, layers, loss, y = case
    sizes = [int(np.prod(inputs)), *(units for units, _, _ in layers)]
    weights, index = [], 0
    for (units, bias, _), fan_in in zip(layers, sizes, strict=False):
        pair = []
        for shape in ((fan_in, units), (units,))[: 1 + bias]:
            flat = np.sin(1.7 * np.arange(np.prod(shape)) + 2 * index) * 0.8
            pair.append(flat.astype("float32").astype(float).reshape(shape))
            index += 1
        weights.append(pair)
    x = np.cos(np.arange(len(y) * sizes[0]) * 0.9).astype("float32").astype(float).reshape(len(y), -1)
    h = [x]
    for pair, (_, _, curved_layer) in zip(weights, layers, strict=True):
        z = h[-1] @ pair[0] + (pair[1] if len(pair) == 2 else 0)
        h.append(np.tanh(z) if curved_layer else z)
    if loss == "sparse":
        odds = np.exp(h[-1] - h[-1].max(axis=1, keepdims=True))
        delta = odds / odds.sum(axis=1, keepdims=True)
        delta[np.arange(len(y)), y] -= 1
        delta /= len(y)
    else:
        delta = 2 * (h[-1] - np.array(y)[:, None]) / len(y)
    kernels, biases = [], []
    for layer in reversed(range(len(layers))):
        kernels.insert(0, h[layer].T @ delta)
        biases.insert(0, delta.sum(axis=0) if layers[layer][1] else None)
        if layer:
            delta = (delta @ weights[layer][0].T) * (1 - h[layer] ** 2)
    return kernels, biases, [pair[0] for pair in weights], len(y)


def judge_norms(seen, cases):
    """Primeiro problema das normas das redes de uma sonda, ou None."""
    if not isinstance(seen, (list, np.ndarray)) or len(seen) != len(cases):
        raise Mismatch("Não consegui ler as normas.")
    for values, case in zip(seen, cases, strict=True):
        if isinstance(values, dict):
            raise Mismatch("Esperava uma lista de números, e a função devolveu um dicionário.")
        if not isinstance(values, (list, np.ndarray)):
            raise Mismatch("Esperava uma lista de números, um por camada. Faltou o return?")
        kernels, biases, weights, n = network_gradients(case)
        wanted = np.array([size(g) for g in kernels])
        both = [size(g) for pair in zip(kernels, biases, strict=True) for g in pair if g is not None]
        joint = [
            math.hypot(size(k), size(b) if b is not None else 0) for k, b in zip(kernels, biases, strict=True)
        ]
        if len(values) == len(both) != len(wanted):
            return "Os vieses entraram na lista: só as matrizes de pesos contam."
        if len(values) != len(wanted):
            return (
                f"A rede tem {len(wanted)} camadas com matriz de pesos, e a lista, {len(values)} número(s)."
            )
        got = numbers_of(values, "a norma de cada camada", len(wanted))
        if near(got, wanted, 1e-3, 1e-6):
            continue
        mistakes = [
            (wanted[::-1], "A ordem está invertida: a lista vai da primeira camada à última."),
            (wanted**2, "Falta a raiz: são as normas ao quadrado."),
            (
                [np.sum(np.abs(g)) for g in kernels],
                "São somas de valores absolutos; a norma é a raiz da soma dos quadrados.",
            ),
            (
                [np.mean(np.abs(g)) for g in kernels],
                "São médias de valores absolutos; a norma é a raiz da soma dos quadrados.",
            ),
            (
                [np.sqrt(np.mean(g**2)) for g in kernels],
                "É a raiz da média dos quadrados; a norma usa a soma.",
            ),
            ([np.max(np.abs(g)) for g in kernels], "É a maior componente de cada matriz; a norma usa todas."),
            (
                [np.linalg.norm(g, 2) for g in kernels],
                "É o maior valor singular; a norma pedida é a raiz da soma dos quadrados.",
            ),
            ([size(w) for w in weights], "São as normas dos pesos, e não as do gradiente em relação a eles."),
            (joint, "A norma junta a matriz e o viés de cada camada; só a matriz conta."),
            (
                n * wanted,
                "A perda deve ser a média do lote, como `perda(y, saida)` dá: as normas estão multiplicadas pelo número de exemplos.",
            ),
            (
                both[::2][: len(wanted)] if len(both[::2]) >= len(wanted) else [],
                "Um sim, um não de todos os pesos só dá as matrizes se toda camada tiver viés.",
            ),
        ]
        message = first_match(got, mistakes, 1e-3, 1e-6)
        return message or (
            "As normas não conferem. Confira de que a fita tirou o gradiente: da perda, em relação à matriz de cada camada, na ordem do modelo."
        )
    return None


@check("todo08", points=6)
def normas_das_camadas(com_vies):
    """A norma do gradiente de cada matriz de pesos, da primeira camada à última, sem os vieses."""
    problem = judge_norms(com_vies, WITH_BIAS)
    return fail(problem) if problem else ok()


@check("todo08", points=4)
def camadas_diferentes(sem_vies):
    """As mesmas normas em redes com camadas sem viés ou sem pesos."""
    problem = judge_norms(sem_vies, WITHOUT_BIAS)
    if problem:
        return fail(
            problem,
            "Escolha as matrizes pelas camadas, e não pela posição na lista de pesos: nem toda camada tem as duas coisas.",
        )
    return ok()


# --- ToDo 9 ---------------------------------------------------------------------------------------

CASES = {"desvanece": 6, "explode": 5, "estavel": 7, "nao_finito": 6}
ANSWERS = {"desvanece": "desvanece", "explode": "explode", "estavel": "estável", "nao_finito": "explode"}


def plain(text):
    """Sem acentos nem maiúsculas: o que se julga é o diagnóstico."""
    if not isinstance(text, str):
        raise Mismatch('diagnosticar deve devolver um texto: "desvanece", "explode" ou "estável".')
    letters = unicodedata.normalize("NFD", text.strip().lower())
    return "".join(c for c in letters if unicodedata.category(c) != "Mn")


def read_diagnoses(seen, name):
    if not isinstance(seen, list) or len(seen) != 2 * CASES[name]:
        raise Mismatch("Não consegui ler os diagnósticos.")
    return [plain(text) for text in seen]


def judge_diagnoses(seen, name, others, messages):
    """Um grupo de casos: todos certos, e a função não responde a mesma coisa a tudo."""
    got = read_diagnoses(seen, name)
    right = [text == plain(ANSWERS[name]) for text in got]
    everything = set(got)
    for other, answers in others.items():
        if answers is not None:
            everything |= set(read_diagnoses(answers, other))
    if len(everything) == 1:
        return fail("A função responde o mesmo a tudo; o diagnóstico depende das normas.")
    if all(right):
        return ok()
    first = right.index(False)
    return fail(messages.get(got[first], "Alguns casos têm outro diagnóstico: releia a tabela do enunciado."))


@check("todo09", points=2)
def reconhece_desvanecimento(desvanece, explode=None, estavel=None):
    """Reconhece o desvanecimento."""
    return judge_diagnoses(
        desvanece,
        "desvanece",
        {"explode": explode, "estavel": estavel},
        {
            "explode": "Chamou de explosão um gradiente que chega pequeno à primeira camada. A razão está invertida, ou só o tamanho da primeira foi comparado?",
            "estavel": "Deixou passar um desvanecimento. Compare a primeira com a última; as do meio não contam.",
        },
    )


@check("todo09", points=2)
def reconhece_explosao(explode, desvanece=None, estavel=None):
    """Reconhece a explosão pelos números."""
    return judge_diagnoses(
        explode,
        "explode",
        {"desvanece": desvanece, "estavel": estavel},
        {
            "desvanece": "Chamou de desvanecimento um gradiente que chega grande à primeira camada. A razão está invertida?",
            "estavel": "Deixou passar uma explosão. O que conta é a razão entre a primeira e a última, e não o tamanho de cada uma.",
        },
    )


@check("todo09", points=2)
def reconhece_estavel(estavel, desvanece=None, explode=None):
    """Não dá alarme falso, nem nos limites exatos."""
    return judge_diagnoses(
        estavel,
        "estavel",
        {"desvanece": desvanece, "explode": explode},
        {
            "desvanece": "Alarme falso de desvanecimento. Só a primeira e a última contam, e o limite exato ainda é estável.",
            "explode": "Alarme falso de explosão. Só a primeira e a última contam, e o limite exato ainda é estável.",
        },
    )


@check("todo09", points=2)
def reconhece_nao_finito(nao_finito, desvanece=None, explode=None, estavel=None):
    """Infinito ou NaN em qualquer posição é explosão."""
    return judge_diagnoses(
        nao_finito,
        "nao_finito",
        {"desvanece": desvanece, "explode": explode, "estavel": estavel},
        {
            "estavel": "Um infinito ou NaN passou por estável. Toda comparação com NaN é falsa: procure-o antes de comparar, em todas as posições.",
            "desvanece": "Um infinito na última norma fez a razão ser zero. Procure o que não é finito antes de dividir.",
        },
    )


# --- ToDo 10 --------------------------------------------------------------------------------------

VALUE_CASES = [
    ([np.array([[3.0, -0.2], [-7.0, 0.5], [2.5, -2.5]]), np.array([0.1, -40.0])], 2.5),
    ([np.array([-0.3, 0.05, 0.7]), np.array([[0.02], [-0.9]]), np.zeros((2, 2))], 0.25),
    ([np.array([1.0, -2.0])], 10.0),
]


def limited(a, limit):
    """Cada componente presa entre −limit e limit."""
    return np.sign(a) * np.where(np.abs(a) > limit, limit, np.abs(a))


def euclid(arrays):
    return math.sqrt(sum(size(a) ** 2 for a in arrays))


def shrunk(a, limit):
    """Um array com norma de no máximo limit."""
    return a * (limit / size(a)) if size(a) > limit else a


def by_norm(arrays, limit):
    return [shrunk(a, limit) for a in arrays]


def by_global(arrays, limit):
    whole = euclid(arrays)
    return [a * (limit / whole) if whole > limit else a for a in arrays]


def read_cuts(seen, cases, what):
    """Os resultados de cada caso, com os formatos conferidos, e se a entrada mudou."""
    if not isinstance(seen, list) or len(seen) != len(cases):
        raise Mismatch(f"Não consegui ler {what}.")
    results, changed = [], False
    for row, (gradients, _) in zip(seen, cases, strict=True):
        row = mapping(row, what, "resultado", "entrada_mudou")
        results.append(arrays_of(row["resultado"], what, [g.shape for g in gradients]))
        changed = changed or row["entrada_mudou"] is not False
    return results, changed


def matches(results, cases, formula):
    """Se todos os casos são o que a fórmula dá."""
    with np.errstate(all="ignore"):
        return all(
            same_shape_list(got, formula(gradients, limit), RTOL32, ATOL32)
            for got, (gradients, limit) in zip(results, cases, strict=True)
        )


def each(formula):
    """Uma fórmula de um array, aplicada a cada array da lista."""
    return lambda arrays, limit: [formula(a, limit) for a in arrays]


def explain(results, cases, mistakes):
    return next((message for wrong, message in mistakes if matches(results, cases, wrong)), None)


@check("todo10", points=3.5)
def valores_cortados(cortes):
    """Cada componente presa entre −limite e limite; as que já estavam dentro não mudam."""
    results, _ = read_cuts(cortes, VALUE_CASES, "o corte por valor")
    if matches(results, VALUE_CASES, each(limited)):
        return ok()
    mistakes = [
        (each(lambda a, c: np.minimum(a, c)), "As componentes negativas ficaram sem corte: o limite vale para o módulo."),
        (each(lambda a, c: np.minimum(np.abs(a), c)), "Os sinais se perderam: uma componente negativa continua negativa depois do corte."),
        (each(lambda a, c: np.clip(a, 0, c)), "As componentes negativas viraram zero: o mínimo não é zero."),
        (each(lambda a, c: np.where(np.abs(a) > c, 0, a)), "As componentes que passam do limite foram apagadas; elas ficam no limite, com o seu sinal."),
        (each(lambda a, c: np.where(np.abs(a) > c, c, a)), "As componentes negativas que passam do limite viraram positivas."),
        (by_norm, "Isto é o corte por norma, que encolhe o array inteiro. O corte por valor olha uma componente de cada vez."),
        (by_global, "Isto é o corte pela norma global. O corte por valor olha uma componente de cada vez."),
        (each(lambda a, c: a * min(1, c / max(float(np.max(np.abs(a))), 1e-300))), "O array inteiro foi encolhido pela maior componente; no corte por valor as pequenas não mudam."),
        (each(lambda a, c: np.maximum(a, -c)), "As componentes positivas ficaram sem corte: o limite vale para os dois lados."),
        (each(lambda a, c: np.clip(a, -1, 1)), "O limite usado é sempre 1; use o que a função recebe."),
        (each(lambda a, c: a), "Nada foi cortado."),
        (each(lambda a, c: np.sign(a) * c), "Todas as componentes foram para o limite; só as que passam dele mudam."),
    ]  # fmt: skip
    return fail(
        explain(results, VALUE_CASES, mistakes)
        or "O corte por valor não confere. Teste com componentes negativas, nulas e dentro do limite."
    )


@check("todo10", points=1.5, needs=("valores_cortados",))
def corte_sem_mudar_a_entrada(cortes):
    """Os arrays recebidos ficam como estavam."""
    _, changed = read_cuts(cortes, VALUE_CASES, "o corte por valor")
    return fail("A função escreveu dentro dos arrays que recebeu. Devolva arrays novos.") if changed else ok()


# --- ToDo 11 --------------------------------------------------------------------------------------

NORM_CASES = [
    (
        [
            np.array([[3.0, -4.0], [12.0, 0.0], [-1.0, 2.0]]),
            np.array([0.3, -0.4]),
            np.array([6.0, -8.0, 0.5]),
        ],
        2.0,
    ),
    ([np.array([[0.5], [-0.7]]), np.array([[0.2, -0.9, 0.3]]), np.array([0.6])], 1.25),
    ([np.array([0.01, -0.02]), np.array([[0.3, 0.1], [-0.2, 0.05]])], 0.1),
    ([np.array([1.0, -2.0, 2.0]), np.array([[0.5]])], 40.0),
    ([np.array([2.0, -1.0]), np.array([[2.0], [4.0]])], 5.0),
]


def safe_divide(a, b):
    return a / b if b else 0.0


def all_by(arrays, limit, whole):
    return [a * safe_divide(limit, whole) if whole > limit else a for a in arrays]


@check("todo11", points=4)
def corte_por_norma(por_norma):
    """Por norma: só o array cuja norma passa do limite encolhe, sem mudar de direção."""
    results, _ = read_cuts(por_norma, NORM_CASES, "o corte por norma")
    if matches(results, NORM_CASES, by_norm):
        return ok()
    mistakes = [
        (each(lambda a, c: a * safe_divide(c, size(a))), "Os arrays pequenos também foram reescalados: o corte só encolhe, nunca aumenta."),
        (by_global, "Isto é o corte pela norma global: aqui cada array tem a sua própria norma."),
        (each(limited), "Isto é o corte por valor, que muda a direção. Aqui o array inteiro é multiplicado pelo mesmo número."),
        (each(lambda a, c: a / size(a) if size(a) > c else a), "O array cortado ficou com norma 1, e não com a norma do limite."),
        (each(lambda a, c: a * (c / size(a) ** 2) if size(a) ** 2 > c else a), "Falta a raiz quadrada na norma."),
        (each(lambda a, c: a * (c / np.sum(np.abs(a))) if np.sum(np.abs(a)) > c else a), "Você somou valores absolutos; a norma é a raiz da soma dos quadrados."),
        (each(lambda a, c: a * (c / np.max(np.abs(a))) if np.max(np.abs(a)) > c else a), "Você usou a maior componente; a norma usa todas."),
        (each(lambda a, c: a * (c / np.linalg.norm(a, 2)) if np.linalg.norm(a, 2) > c else a), "Com matrizes, a norma pedida é a raiz da soma dos quadrados de todas as componentes."),
        (each(lambda a, c: a), "Nada foi cortado."),
    ]  # fmt: skip
    return fail(
        explain(results, NORM_CASES, mistakes)
        or "O corte por norma não confere. Confira, em cada array, a norma de antes, a de depois e a direção."
    )


@check("todo11", points=4)
def corte_pela_norma_global(por_global):
    """Pela norma global: um só multiplicador para a lista inteira, e só quando ela passa do limite."""
    results, _ = read_cuts(por_global, NORM_CASES, "o corte pela norma global")
    if matches(results, NORM_CASES, by_global):
        return ok()
    mistakes = [
        (by_norm, "Isto é o corte por norma, array por array: na norma global todos são multiplicados pelo mesmo número."),
        (lambda g, c: [a * (c / euclid(g)) for a in g], "Uma lista que já estava dentro do limite foi aumentada: o corte só encolhe."),
        (lambda g, c: all_by(g, c, sum(size(a) for a in g)), "Você somou as normas. A norma global é a raiz da soma dos quadrados delas."),
        (lambda g, c: all_by(g, c, max(size(a) for a in g)), "Você usou a maior das normas; a norma global junta todas."),
        (lambda g, c: all_by(g, c, euclid(g) ** 2), "Falta a raiz quadrada na norma global."),
        (lambda g, c: all_by(g, c, float(np.mean([size(a) for a in g]))), "Você usou a média das normas; a norma global é a raiz da soma dos quadrados delas."),
        (each(limited), "Isto é o corte por valor, que muda a direção."),
        (lambda g, c: g, "Nada foi cortado."),
    ]  # fmt: skip
    return fail(
        explain(results, NORM_CASES, mistakes)
        or "O corte pela norma global não confere. A norma global junta todas as componentes de todos os arrays."
    )


def cuts_right(por_norma, por_global):
    """Quais dos dois cortes estão certos."""
    right = []
    for seen, formula in ((por_norma, by_norm), (por_global, by_global)):
        try:
            right.append(
                seen is not None and matches(read_cuts(seen, NORM_CASES, "o corte")[0], NORM_CASES, formula)
            )
        except Mismatch:
            right.append(False)
    return right


def share(por_norma, por_global, problems):
    """Metade dos pontos por corte certo e sem o problema; `problems` diz quais o têm."""
    right = cuts_right(por_norma, por_global)
    if not any(right):
        return None
    return sum(r and not p for r, p in zip(right, problems, strict=True)) / 2


@check("todo11", points=1)
def gradientes_nulos(por_norma=None, por_global=None, nulos_norma=None, nulos_global=None):
    """Um gradiente nulo continua nulo, sem NaN."""
    problems = []
    for seen in (nulos_norma, nulos_global):
        try:
            zeros = arrays_of(seen, "o corte de gradientes nulos", [(3,), (2, 2)])
            problems.append(not all(np.array_equal(z, np.zeros(z.shape)) for z in zeros))
        except Mismatch:
            problems.append(True)
    fraction = share(por_norma, por_global, problems)
    if fraction is None:
        return fail("O gradiente nulo será conferido quando um dos cortes estiver certo.")
    if fraction == 1:
        return ok()
    return partial(
        fraction,
        "Falta um dos cortes, ou um gradiente nulo não volta nulo: dividir por uma norma zero dá NaN.",
    )


@check("todo11", points=1)
def cortes_sem_mudar_a_entrada(por_norma=None, por_global=None):
    """Os arrays recebidos pelas duas funções ficam como estavam."""
    problems = []
    for seen in (por_norma, por_global):
        try:
            problems.append(read_cuts(seen, NORM_CASES, "o corte")[1])
        except Mismatch:
            problems.append(True)
    fraction = share(por_norma, por_global, problems)
    if fraction is None:
        return fail(
            "Se os arrays recebidos ficam intactos, só se confere quando um dos cortes estiver certo."
        )
    if fraction == 1:
        return ok()
    return partial(
        fraction, "Falta um dos cortes, ou ele escreve dentro dos arrays que recebeu. Devolva arrays novos."
    )

"""O julgamento do Lab 3: otimizadores e agendamentos."""

from __future__ import annotations

from itertools import product

import numpy as np

from corretor import checks
from corretor.checks import Mismatch, array, check, fail, mapping, number, ok, partial

# Tudo é conta em float64: sobra o arredondamento de quem agrupa os termos de outro modo.
RTOL, ATOL = 1e-7, 1e-10

PLAIN = "Com os argumentos escritos na chamada a conta confere; com os valores padrão, não. Deixe a assinatura como veio."
IGNORED = "A conta só confere com os valores padrão: os argumentos que chegam não são usados."


# --- ajudantes ------------------------------------------------------------------------------------


def near(value, want):
    """Se um valor observado tem o formato e os números esperados."""
    return checks.near(value, want, RTOL, ATOL)


def close(value, want):
    """O mesmo, e onde o esperado não é número o observado pode ser qualquer coisa."""
    want = np.asarray(want, dtype=float)
    known = np.isfinite(want)
    found = np.asarray(value, dtype=float)
    return found.shape == want.shape and checks.near(found[known], want[known], RTOL, ATOL)


def moved(name, count, *portraits):
    """O que um passo devolveu em cada caso: uma lista de `count` arrays."""
    found = []
    for portrait in portraits:
        result = mapping(portrait, name, "saida", "intactas")["saida"]
        if not isinstance(result, list) or len(result) != count:
            raise Mismatch(f"{name} deve devolver uma tupla de {count} arrays, na ordem do enunciado.")
        found.append([array(item, f"o que {name} devolveu") for item in result])
    return found


def judged(values, cases, truth, known, default):
    """A fração, a mensagem e a conta reconhecida de uma fórmula aplicada a vários casos.

    O primeiro caso usa os valores padrão dos argumentos. `known` traz (fração, mensagem, conta), do engano mais
    provável ao menos; a mensagem final é `default`.
    """
    with np.errstate(all="ignore"):
        right = [near(value, truth(*case)) for value, case in zip(values, cases, strict=True)]
        if all(right):
            return 1.0, "", truth
        for fraction, message, compute in known:
            if all(close(value, compute(*case)) for value, case in zip(values, cases, strict=True)):
                return fraction, message, compute
        if all(right[1:]):
            return 0.8, PLAIN, truth
        if right[0]:
            return 0.3, IGNORED, truth
    return 0.0, default, None


def outcome(fraction, message):
    """O resultado de uma fração e da sua mensagem."""
    return ok() if fraction == 1 else partial(fraction, message)


def untouched(message, *portraits):
    """Se nenhuma entrada mudou."""
    return ok() if all(portrait["intactas"] is True for portrait in portraits) else fail(message)


# --- ToDos 1 e 2: momento e Nesterov --------------------------------------------------------------

STEPS = ((0.01, 0.9), (0.3, 0.6), (2.0, 0.25))


def drawn(first, shape):
    """θ, v e g que as sondas sortearam, com a taxa e o momento de cada caso."""
    cases = []
    for place, options in enumerate(STEPS):
        rng = np.random.default_rng(first + place)
        cases.append((*(rng.normal(size=shape) for _ in range(3)), *options))
    return cases


def velocity(theta, v, g, rate, beta):
    """A velocidade do Keras."""
    return beta * v - rate * g


VELOCITIES = [
    (0.3, "A velocidade virou uma média: o gradiente entra com 1 − β, e o passo encolhe. No Keras ele entra com a taxa, e nada mais.", lambda th, v, g, a, b: b * v - (1 - b) * a * g),
    (0.2, "A velocidade virou uma média, com 1 − β e sem a taxa: no Keras o gradiente entra com −taxa.", lambda th, v, g, a, b: b * v + (1 - b) * g),
    (0.2, "A velocidade virou uma média, com 1 − β e sem a taxa: no Keras o gradiente entra com −taxa.", lambda th, v, g, a, b: b * v - (1 - b) * g),
    (0.5, "O sinal do gradiente na velocidade está trocado: ela aponta para onde se vai, que é contra o gradiente.", lambda th, v, g, a, b: b * v + a * g),
    (0.4, "A taxa ficou fora da velocidade. Há livros que fazem assim; na convenção do Keras, a do enunciado, a velocidade já carrega a taxa.", lambda th, v, g, a, b: b * v + g),
    (0.4, "A taxa ficou fora da velocidade: na convenção do Keras, a do enunciado, ela entra ali.", lambda th, v, g, a, b: b * v - g),
    (0.3, "A velocidade anterior entra inteira: falta multiplicá-la por β.", lambda th, v, g, a, b: v - a * g),
    (0.3, "O β multiplica só a velocidade anterior, e não o termo do gradiente.", lambda th, v, g, a, b: b * (v - a * g)),
    (0.0, "A velocidade não lembra nada: falta a anterior, vezes β.", lambda th, v, g, a, b: -a * g),
    (0.3, "β e 1 − β estão trocados: é a velocidade anterior que fica com β.", lambda th, v, g, a, b: (1 - b) * v - a * g),
    (0.3, "A taxa e o momento estão trocados.", lambda th, v, g, a, b: a * v - b * g),
    (0.0, "A velocidade devolvida é a que chegou: devolva a nova.", lambda th, v, g, a, b: v),
]  # fmt: skip
VELOCITY = "A velocidade nova não confere. Faça a conta de uma componente à mão: β vezes a anterior, menos a taxa vezes o gradiente."


def speed(values, cases):
    """O julgamento da velocidade devolvida: fração, mensagem e conta reconhecida."""
    if all(close(new[0], velocity(*case)) for new, case in zip(values, cases, strict=True)):
        return 0.3, "A ordem da tupla é (theta_novo, v_novo): a velocidade veio primeiro.", None
    return judged([new[1] for new in values], cases, velocity, VELOCITIES, VELOCITY)


def own_position(values, cases, account, place):
    """Se a posição é a pedida, com a memória do estudante quando o engano dela é reconhecido."""
    with np.errstate(all="ignore"):
        return account is not None and all(
            close(new[0], place(*case, account(*case))) and not near(new[0], case[0])
            for new, case in zip(values, cases, strict=True)
        )


def swapped(values, cases, place):
    """Se a posição pedida veio em segundo lugar."""
    return all(near(new[1], place(*case)) for new, case in zip(values, cases, strict=True))


SWAPPED = "A posição veio em segundo lugar na tupla; ela é a primeira."


def conventions(own):
    """As posições de quem pôs o sinal ou a taxa fora da velocidade."""
    return [
        (0.5, "A posição subtrai a velocidade. Na convenção do enunciado ela soma: o menos já está dentro da velocidade.", lambda *c: c[0] - own(*c)),
        (0.5, "A posição multiplica a velocidade pela taxa. Na convenção do enunciado a velocidade já a carrega, e a posição só soma.", lambda *c: c[0] - c[3] * own(*c)),
        (0.3, "A posição multiplica a velocidade pela taxa, que a velocidade já carrega.", lambda *c: c[0] + c[3] * own(*c)),
    ]  # fmt: skip


@check("todo01", points=6)
def velocidade_do_momento(padrao, outra, quase):
    """A velocidade nova é β vezes a anterior, menos a taxa vezes o gradiente."""
    values = moved("passo_momento", 2, padrao, outra, quase)
    return outcome(*speed(values, drawn(11, (3, 2)))[:2])


@check("todo01", points=3)
def posicao_do_momento(padrao, outra, quase):
    """A posição anda a velocidade nova."""
    values, cases = moved("passo_momento", 2, padrao, outra, quase), drawn(11, (3, 2))
    account = speed(values, cases)[2]
    if own_position(values, cases, account, lambda th, v, g, a, b, w: th + w):
        return ok()
    if swapped(values, cases, lambda *c: c[0] + velocity(*c)):
        return partial(0.3, SWAPPED)
    own = account or velocity
    known = [
        (0.3, "A posição usa a velocidade que chegou; é a que acaba de ser calculada que conta.", lambda th, v, g, a, b: th + v),
        *conventions(own),
        (0.0, "A posição desce sem memória: ela deve andar a velocidade nova.", lambda th, v, g, a, b: th - a * g),
        (0.3, "O gradiente entrou duas vezes, na velocidade e na posição.", lambda th, v, g, a, b: th + own(th, v, g, a, b) - a * g),
        (0.3, "Isso é a posição de Nesterov; aqui ela só soma a velocidade nova.", lambda th, v, g, a, b: th + b * own(th, v, g, a, b) - a * g),
        (0.3, "A posição soma só uma parte, β, da velocidade nova.", lambda th, v, g, a, b: th + b * own(th, v, g, a, b)),
        (0.0, "A posição não se mexeu.", lambda th, v, g, a, b: th),
    ]  # fmt: skip
    default = "A posição nova não confere: é a posição mais a velocidade nova."
    return outcome(
        *judged([new[0] for new in values], cases, lambda *c: c[0] + velocity(*c), known, default)[:2]
    )


@check("todo01", points=1, needs=("velocidade_do_momento", "posicao_do_momento"))
def momento_puro(padrao, outra, quase):
    """θ, v e g ficam como eram."""
    return untouched(
        "Algum dos arrays recebidos mudou: `v *= beta` e `theta += v` mudam o array de quem chamou.",
        padrao, outra, quase,
    )  # fmt: skip


def nesterov(theta, v, g, rate, beta):
    """A posição de Nesterov, na forma do Keras."""
    return theta + beta * velocity(theta, v, g, rate, beta) - rate * g


@check("todo02", points=3)
def velocidade_de_nesterov(padrao, outra, quase):
    """A velocidade é a do momento: β vezes a anterior, menos a taxa vezes o gradiente."""
    values, cases = moved("passo_nesterov", 2, padrao, outra, quase), drawn(21, (2, 3))
    known = [
        (0.5, "Você devolveu a velocidade já adiantada, βv − ηg feito duas vezes; a que se guarda é a do ToDo 1.", lambda th, v, g, a, b: b * velocity(th, v, g, a, b) - a * g),
        *VELOCITIES,
    ]  # fmt: skip
    fraction, message, account = speed(values, cases)
    if account is None and fraction == 0:
        fraction, message, _ = judged([new[1] for new in values], cases, velocity, known, VELOCITY)
    return outcome(fraction, message)


@check("todo02", points=6)
def posicao_de_nesterov(padrao, outra, quase):
    """A posição soma β vezes a velocidade nova e subtrai a taxa vezes o gradiente."""
    values, cases = moved("passo_nesterov", 2, padrao, outra, quase), drawn(21, (2, 3))
    account = speed(values, cases)[2]
    if own_position(values, cases, account, lambda th, v, g, a, b, w: th + b * w - a * g):
        return ok()
    if swapped(values, cases, nesterov):
        return partial(0.3, SWAPPED)
    own = account or velocity
    known = [
        (0.2, "A posição é a do momento comum. Na forma de Nesterov o β multiplica a velocidade **nova**, e o gradiente entra mais uma vez.", lambda *c: c[0] + own(*c)),
        (0.4, "Falta o último termo: depois de somar β vezes a velocidade nova, subtraia a taxa vezes o gradiente.", lambda *c: c[0] + c[4] * own(*c)),
        (0.4, "A velocidade nova entra inteira: falta multiplicá-la por β.", lambda *c: c[0] + own(*c) - c[3] * c[2]),
        (0.5, "O último termo está com o sinal trocado: o passo do gradiente é contra ele.", lambda *c: c[0] + c[4] * own(*c) + c[3] * c[2]),
        (0.4, "O β multiplica só a velocidade nova, e não o termo do gradiente.", lambda *c: c[0] + c[4] * (own(*c) - c[3] * c[2])),
        (0.3, "Você somou a velocidade nova e mais β vezes ela: o segundo termo é o do gradiente.", lambda *c: c[0] + own(*c) + c[4] * own(*c)),
        (0.3, "Isso é θ + β(βv): falta o gradiente na velocidade ou no último termo.", lambda *c: c[0] + c[4] ** 2 * c[1]),
        (0.3, "O último termo usa o gradiente sem a taxa.", lambda *c: c[0] + c[4] * own(*c) - c[2]),
        *conventions(own),
        (0.0, "A posição desce sem memória.", lambda *c: c[0] - c[3] * c[2]),
        (0.0, "A posição não se mexeu.", lambda *c: c[0]),
    ]  # fmt: skip
    default = (
        "A posição não confere. Com o repouso, g = 1, taxa 0,1 e β = 0,9 faça a conta à mão, termo a termo."
    )
    return outcome(*judged([new[0] for new in values], cases, nesterov, known, default)[:2])


@check("todo02", points=1, needs=("velocidade_de_nesterov", "posicao_de_nesterov"))
def nesterov_puro(padrao, outra, quase):
    """θ, v e g ficam como eram."""
    return untouched(
        "Algum dos arrays recebidos mudou: as contas com `*=` e `+=` mudam o array de quem chamou.",
        padrao, outra, quase,
    )  # fmt: skip


# --- ToDo 3: RMSprop ------------------------------------------------------------------------------

SQUARES = ((0.001, 0.9, 1e-7), (0.3, 0.6, 0.5), (2.0, 0.25, 0.2))


def squared():
    """θ, s, g, taxa, ρ e ε de cada caso do ToDo 3."""
    cases = []
    for place, options in enumerate(SQUARES):
        rng = np.random.default_rng(31 + place)
        theta, s, g = rng.normal(size=(3, 2)), rng.uniform(0, 2, size=(3, 2)), rng.normal(size=(3, 2))
        g[0, 0], s[0, 0], g[0, 1], s[0, 1] = 0.0, 0.0, 1e-4, 1e-9
        cases.append((theta, s, g, *options))
    return cases


def mean_square(theta, s, g, rate, rho, epsilon):
    """A média móvel dos quadrados."""
    return rho * s + (1 - rho) * g**2


MEANS = [
    (0.3, "A média é do gradiente; devia ser do quadrado dele.", lambda th, s, g, a, r, e: r * s + (1 - r) * g),
    (0.3, "A média é do módulo do gradiente; devia ser do quadrado dele.", lambda th, s, g, a, r, e: r * s + (1 - r) * np.abs(g)),
    (0.4, "Os dois pesos da média não somam 1: o quadrado entra com 1 − ρ.", lambda th, s, g, a, r, e: r * s + g**2),
    (0.2, "Você acumulou os quadrados sem esquecer nenhum: é o AdaGrad. O que já passou tem de encolher com ρ.", lambda th, s, g, a, r, e: s + g**2),
    (0.4, "ρ e 1 − ρ estão trocados: é a memória que fica com ρ.", lambda th, s, g, a, r, e: (1 - r) * s + r * g**2),
    (0.3, "O sinal está trocado: os quadrados somam-se.", lambda th, s, g, a, r, e: r * s - (1 - r) * g**2),
    (0.3, "Você guardou a raiz; a memória é a média dos quadrados.", lambda th, s, g, a, r, e: np.sqrt(mean_square(th, s, g, a, r, e))),
    (0.4, "O ε ficou guardado na memória; ele só entra na conta do passo.", lambda th, s, g, a, r, e: mean_square(th, s, g, a, r, e) + e),
    (0.0, "A memória devolvida é a que chegou: devolva a nova.", lambda th, s, g, a, r, e: s),
    (0.0, "A memória é só o quadrado de agora: falta a média com o que se lembrava.", lambda th, s, g, a, r, e: (1 - r) * g**2),
    (0.0, "A memória é só o quadrado de agora: falta a média com o que se lembrava.", lambda th, s, g, a, r, e: g**2),
]  # fmt: skip


def squares_of(values, cases):
    """O julgamento da memória do RMSprop."""
    if all(close(new[0], mean_square(*case)) for new, case in zip(values, cases, strict=True)):
        return 0.3, "A ordem da tupla é (theta_novo, s_novo): a memória veio primeiro.", None
    default = (
        "A média dos quadrados não confere: ρ vezes a anterior mais 1 − ρ vezes o quadrado do gradiente."
    )
    return judged([new[1] for new in values], cases, mean_square, MEANS, default)


@check("todo03", points=4)
def media_dos_quadrados(padrao, outra, quase):
    """A memória é a média móvel exponencial dos quadrados."""
    return outcome(*squares_of(moved("passo_rmsprop", 2, padrao, outra, quase), squared())[:2])


@check("todo03", points=5)
def posicao_do_rmsprop(padrao, outra, quase):
    """O passo é o gradiente dividido pela raiz da memória nova mais ε, vezes a taxa."""
    values, cases = moved("passo_rmsprop", 2, padrao, outra, quase), squared()
    account = squares_of(values, cases)[2]
    if own_position(values, cases, account, lambda th, s, g, a, r, e, w: th - a * g / np.sqrt(w + e)):
        return ok()
    if swapped(values, cases, lambda *c: c[0] - c[3] * c[2] / np.sqrt(mean_square(*c) + c[5])):
        return partial(0.3, SWAPPED)
    new = account or mean_square
    known = [
        (0.6, "O ε ficou fora da raiz: no RMSprop do Keras, e no enunciado, ele entra na raiz com s.", lambda *c: c[0] - c[3] * c[2] / (np.sqrt(new(*c)) + c[5])),
        (0.5, "A raiz usa o s que chegou; é o novo que conta.", lambda *c: c[0] - c[3] * c[2] / np.sqrt(c[1] + c[5])),
        (0.4, "O ε não entrou na conta.", lambda *c: c[0] - c[3] * c[2] / np.sqrt(new(*c))),
        (0.3, "Falta a raiz: s está na escala do quadrado do gradiente.", lambda *c: c[0] - c[3] * c[2] / (new(*c) + c[5])),
        (0.4, "O passo vai a favor do gradiente: falta o sinal de menos.", lambda *c: c[0] + c[3] * c[2] / np.sqrt(new(*c) + c[5])),
        (0.3, "A taxa não entrou na conta.", lambda *c: c[0] - c[2] / np.sqrt(new(*c) + c[5])),
        (0.3, "Você multiplicou pela raiz; é para dividir.", lambda *c: c[0] - c[3] * c[2] * np.sqrt(new(*c) + c[5])),
        (0.2, "O numerador é o gradiente, e não o seu quadrado.", lambda *c: c[0] - c[3] * c[2] ** 2 / np.sqrt(new(*c) + c[5])),
        (0.2, "O numerador é o gradiente, e não o seu sinal.", lambda *c: c[0] - c[3] * np.sign(c[2]) / np.sqrt(new(*c) + c[5])),
        (0.4, "A raiz leva s inteiro; você a tirou de uma parte.", lambda *c: c[0] - c[3] * c[2] / np.sqrt((1 - c[4]) * c[2] ** 2 + c[5])),
        (0.0, "A posição desce sem dividir pela memória.", lambda *c: c[0] - c[3] * c[2]),
        (0.0, "A posição não se mexeu.", lambda *c: c[0]),
    ]  # fmt: skip
    default = "A posição não confere. Confira o que está dentro da raiz, o que está fora, e o sinal."
    return outcome(
        *judged(
            [pair[0] for pair in values], cases, lambda *c: c[0] - c[3] * c[2] / np.sqrt(new(*c) + c[5]), known, default
        )[:2]
    )  # fmt: skip


@check("todo03", points=1, needs=("media_dos_quadrados", "posicao_do_rmsprop"))
def rmsprop_puro(padrao, outra, quase):
    """θ, s e g ficam como eram."""
    return untouched(
        "Algum dos arrays recebidos mudou: `s *= rho` muda o array de quem chamou.", padrao, outra, quase
    )


# --- ToDo 4: Adam ---------------------------------------------------------------------------------

ADAMS = (
    (1, 0.001, 0.9, 0.999, 1e-7),
    (3, 0.3, 0.6, 0.8, 0.5),
    (7, 2.0, 0.25, 0.4, 0.2),
)


def adapted():
    """θ, m, s, g, t, taxa, β1, β2 e ε de cada caso do ToDo 4."""
    cases = []
    for place, options in enumerate(ADAMS):
        rng = np.random.default_rng(41 + place)
        theta, m, g = (rng.normal(size=(3, 2)) for _ in range(3))
        s = rng.uniform(0.1, 2, size=(3, 2))
        m[0, 1], g[0, 1], s[0, 1] = 0.0, 1e-6, 0.0
        cases.append((theta, m, s, g, *options))
    return cases


def first(theta, m, s, g, t, rate, b1, b2, eps):
    """A média dos gradientes."""
    return b1 * m + (1 - b1) * g


def second(theta, m, s, g, t, rate, b1, b2, eps):
    """A média dos quadrados."""
    return b2 * s + (1 - b2) * g**2


def adam(case, m_hat, s_hat, keras=False):
    """A posição, com as médias corrigidas; `keras` soma ε antes da correção de s."""
    theta, t, rate, b2, eps = case[0], case[4], case[5], case[7], case[8]
    shift = eps / np.sqrt(1 - b2**t) if keras else eps
    return theta - rate * m_hat / (np.sqrt(s_hat) + shift)


def fixed_m(case, m):
    """m corrigida."""
    return m / (1 - case[6] ** case[4])


def fixed_s(case, s):
    """s corrigida."""
    return s / (1 - case[7] ** case[4])


FIRSTS = [
    (0.3, "A memória m devolvida é a corrigida: no passo seguinte ela será corrigida outra vez. Guarde a média, e use a corrigida só na conta do passo.", lambda *c: fixed_m(c, first(*c))),
    (0.4, "O gradiente entra em m com o sinal de mais. O sinal de menos aparece uma vez só, na posição.", lambda *c: c[6] * c[1] - (1 - c[6]) * c[3]),
    (0.4, "Os dois pesos de m não somam 1: falta 1 − β1 no gradiente.", lambda *c: c[6] * c[1] + c[3]),
    (0.4, "Em m, β1 e 1 − β1 estão trocados.", lambda *c: (1 - c[6]) * c[1] + c[6] * c[3]),
    (0.4, "Em m entrou β2 no lugar de β1.", lambda *c: c[7] * c[1] + (1 - c[7]) * c[3]),
    (0.2, "Em m entra o gradiente, e não o seu quadrado.", lambda *c: c[6] * c[1] + (1 - c[6]) * c[3] ** 2),
    (0.2, "Em m entrou a velocidade do momento; aqui ela é uma média, com 1 − β1 e sem a taxa.", lambda *c: c[6] * c[1] - c[5] * c[3]),
    (0.0, "A memória m devolvida é a que chegou.", lambda *c: c[1]),
]  # fmt: skip
SECONDS = [
    (0.3, "A memória s devolvida é a corrigida: guarde a média, e use a corrigida só na conta do passo.", lambda *c: fixed_s(c, second(*c))),
    (0.3, "Em s entra o quadrado do gradiente.", lambda *c: c[7] * c[2] + (1 - c[7]) * c[3]),
    (0.4, "Os dois pesos de s não somam 1: falta 1 − β2 no quadrado.", lambda *c: c[7] * c[2] + c[3] ** 2),
    (0.4, "Em s, β2 e 1 − β2 estão trocados.", lambda *c: (1 - c[7]) * c[2] + c[7] * c[3] ** 2),
    (0.4, "Em s entrou β1 no lugar de β2.", lambda *c: c[6] * c[2] + (1 - c[6]) * c[3] ** 2),
    (0.3, "Em s o sinal está trocado: os quadrados somam-se.", lambda *c: c[7] * c[2] - (1 - c[7]) * c[3] ** 2),
    (0.2, "Em s entrou o quadrado da média m; é o do gradiente.", lambda *c: c[7] * c[2] + (1 - c[7]) * first(*c) ** 2),
    (0.0, "A memória s devolvida é a que chegou.", lambda *c: c[2]),
]  # fmt: skip


def memory(values, cases, place):
    """O julgamento de m (place 1) ou de s (place 2)."""
    truth, known, name = ((first, FIRSTS, "m"), (second, SECONDS, "s"))[place - 1]
    if all(close(new[3 - place], truth(*case)) for new, case in zip(values, cases, strict=True)):
        return 0.3, "As duas memórias vieram trocadas: a ordem é (theta_novo, m_novo, s_novo).", None
    default = f"A memória {name} não confere: β vezes a anterior mais 1 − β vezes o que entra agora."
    return judged([new[place] for new in values], cases, truth, known, default)


@check("todo04", points=3)
def media_dos_gradientes(padrao, outra, quase):
    """m devolvida é a média dos gradientes, sem correção."""
    return outcome(*memory(moved("passo_adam", 3, padrao, outra, quase), adapted(), 1)[:2])


@check("todo04", points=3)
def media_dos_quadrados_do_adam(padrao, outra, quase):
    """s devolvida é a média dos quadrados, sem correção."""
    return outcome(*memory(moved("passo_adam", 3, padrao, outra, quase), adapted(), 2)[:2])


def adam_places(m, s):
    """As posições que se reconhecem, com as memórias que `m` e `s` dão."""

    def at(change_m=fixed_m, change_s=fixed_s):
        return lambda *c: adam(c, change_m(c, m(*c)), change_s(c, s(*c)))

    def power(shift):
        return at(
            lambda c, value: value / (1 - c[6] ** (c[4] + shift)), lambda c, value: value / (1 - c[7] ** (c[4] + shift))
        )  # fmt: skip

    return [
        (0.4, "Falta a correção do viés nas duas médias: nos primeiros passos, nascidas em zero, elas são pequenas demais.", at(lambda c, x: x, lambda c, x: x)),
        (0.5, "Só m foi corrigida; s também nasceu em zero.", at(fixed_m, lambda c, x: x)),
        (0.5, "Só s foi corrigida; m também nasceu em zero.", at(lambda c, x: x, fixed_s)),
        (0.3, "O passo sobe a encosta: confira quantas vezes aparece o sinal de menos. É uma só, na posição.", lambda *c: 2 * c[0] - adam(c, fixed_m(c, m(*c)), fixed_s(c, s(*c)))),
        (0.7, "O ε ficou dentro da raiz; no Adam ele fica fora.", lambda *c: c[0] - c[5] * fixed_m(c, m(*c)) / np.sqrt(fixed_s(c, s(*c)) + c[8])),
        (0.5, "O ε não entrou na conta.", lambda *c: c[0] - c[5] * fixed_m(c, m(*c)) / np.sqrt(fixed_s(c, s(*c)))),
        (0.4, "A correção conta um passo a menos: o primeiro passo é t = 1, e t já chega assim.", power(-1)),
        (0.4, "A correção conta um passo a mais: o primeiro passo é t = 1, e t já chega assim.", power(1)),
        (0.3, "A correção não usa t: o expoente muda a cada passo.", at(lambda c, x: x / (1 - c[6]), lambda c, x: x / (1 - c[7]))),
        (0.3, "A correção tem β · t; é β elevado a t.", at(lambda c, x: x / (1 - c[6] * c[4]), lambda c, x: x / (1 - c[7] * c[4]))),
        (0.3, "A correção divide por 1 − β elevado a t; você multiplicou.", at(lambda c, x: x * (1 - c[6] ** c[4]), lambda c, x: x * (1 - c[7] ** c[4]))),
        (0.4, "As duas correções usam β1; a de s usa β2.", at(fixed_m, lambda c, x: x / (1 - c[6] ** c[4]))),
        (0.4, "As duas correções usam β2; a de m usa β1.", at(lambda c, x: x / (1 - c[7] ** c[4]), fixed_s)),
        (0.3, "Falta a raiz de ŝ.", lambda *c: c[0] - c[5] * fixed_m(c, m(*c)) / (fixed_s(c, s(*c)) + c[8])),
        (0.3, "A taxa não entrou na conta.", lambda *c: c[0] - fixed_m(c, m(*c)) / (np.sqrt(fixed_s(c, s(*c))) + c[8])),
        (0.2, "O numerador é o gradiente de agora; devia ser a média m, corrigida.", lambda *c: adam(c, c[3], fixed_s(c, s(*c)))),
        (0.3, "A conta usa as memórias que chegaram, e não as novas.", lambda *c: adam(c, fixed_m(c, c[1]), fixed_s(c, c[2]))),
        (0.0, "A posição não se mexeu.", lambda *c: c[0]),
    ]  # fmt: skip


@check("todo04", points=7)
def posicao_do_adam(padrao, outra, quase):
    """O passo é m corrigida sobre a raiz de s corrigida mais ε, vezes a taxa, contra o sinal."""
    values, cases = moved("passo_adam", 3, padrao, outra, quase), adapted()
    places = [new[0] for new in values]
    found = [memory(values, cases, place)[2] for place in (1, 2)]
    options = product(dict.fromkeys((first, found[0] or first)), dict.fromkeys((second, found[1] or second)))
    best = (
        0.0,
        "A posição não confere. Calcule m̂ e ŝ em linhas separadas e olhe cada uma com t = 1 e memórias nulas.",
    )
    for m, s in options:
        # Quem pôs o menos em m e somou na posição desce: um engano só, já contado em m.
        mirrored = m is FIRSTS[1][2]
        seen = [2 * case[0] - place if mirrored else place for place, case in zip(places, cases, strict=True)]
        for keras in (False, True):
            fraction, message, account = judged(
                seen,
                cases,
                lambda *c, m=m, s=s, keras=keras: adam(c, fixed_m(c, m(*c)), fixed_s(c, s(*c)), keras),
                adam_places(m, s),
                best[1],
            )
            if account is not None and (best[0] == 0 or fraction > best[0]):
                best = fraction, message
    return outcome(*best)


@check("todo04", points=1, needs=("media_dos_gradientes", "media_dos_quadrados_do_adam", "posicao_do_adam"))
def adam_puro(padrao, outra, quase):
    """θ, m, s e g ficam como eram."""
    return untouched(
        "Algum dos arrays recebidos mudou: `m *= beta1` muda o array de quem chamou.", padrao, outra, quase
    )


# --- ToDo 5: o laço -------------------------------------------------------------------------------


def walked(portrait, columns=2):
    """O caminho e a resposta de um caso: array e bool."""
    portrait = mapping(portrait, "o que percorrer devolveu", "caminho", "chegou", "array", "intacto")
    return array(portrait["caminho"], "o caminho"), portrait["chegou"] is True


def halving(start, steps):
    """Os pontos de quem anda um quarto do gradiente (1x, 3y) por passo."""
    return np.array(start) * np.array([[0.75, 0.25]]) ** np.arange(steps + 1)[:, None]


def counting(begin=1, grows=True):
    """Os quatro passos da regra que usa a contagem e o estado."""
    theta, state, path = np.ones(2), 10, [np.ones(2)]
    for t in range(begin, begin + 4):
        theta = theta - 0.01 * (t + state) * np.array([1.0, 3.0]) * theta
        state += 2 * grows
        path.append(theta)
    return np.array(path)


@check("todo05", points=4)
def pontos_do_caminho(nao_chega, chega=None):
    """O caminho é um array com o início e cada ponto visitado, um por linha."""
    path, _ = walked(nao_chega)
    want = halving([2.0, -1.0], 5)
    if near(path, want):
        arrays = all(portrait["array"] is True for portrait in (nao_chega, chega) if portrait)
        return (
            ok()
            if arrays
            else partial(0.8, "O caminho veio em lista; o pedido é um array: np.array(…) no fim.")
        )
    known = [
        (0.5, "Falta o início: ele é a primeira linha do caminho.", want[1:]),
        (0.5, "O último ponto não está no caminho: anote também aquele a que se chega.", want[:-1]),
        (0.4, "Veio um passo a mais: com `maximo` igual a 5, são no máximo cinco.", halving([2.0, -1.0], 6)),
        (0.5, "O caminho está deitado: cada ponto é uma linha.", want.T),
        (0.2, "Veio só o último ponto; o caminho tem todos.", want[-1]),
        (0.2, "Veio só o último ponto; o caminho tem todos.", want[-1:]),
        (0.5, "O início está duas vezes no caminho.", np.concatenate([want[:1], want])),
        (0.3, "Veio uma coordenada só de cada ponto.", want[:, 0]),
    ]
    for fraction, message, other in known:
        if near(path, other):
            return partial(fraction, message)
    if path.ndim == 2 and len(path) > 1 and near(path, np.repeat(path[-1:], len(path), axis=0)):
        return partial(0.2, "Todas as linhas do caminho são o mesmo ponto: anote uma cópia a cada volta.")
    return fail("O caminho não confere. Com a regra do teste, imprima theta a cada volta.")


STOPS = {
    "chega": (2.0, -1.0, 11, True),
    "igual": (4.0, 0.0, 3, True),
    "no_limite": (4.0, 0.0, 3, True),
    "ja_esta": (0.01, 0.0, 0, True),
    "nenhum": (2.0, -1.0, 0, False),
    "nao_chega": (2.0, -1.0, 5, False),
}
LIMITS = {"chega": 100, "igual": 100, "no_limite": 3, "ja_esta": 7, "nenhum": 0, "nao_chega": 5}


@check("todo05", points=4, needs=())
def parada(chega, igual, no_limite, ja_esta, nenhum, nao_chega):
    """Para no primeiro ponto que cumpre a tolerância, e diz se chegou."""
    found = dict(zip(STOPS, map(walked, (chega, igual, no_limite, ja_esta, nenhum, nao_chega)), strict=True))
    for name, (path, arrived) in found.items():  # quem esqueceu o início já perdeu por isso
        if path.ndim == 2 and near(path, halving(STOPS[name][:2], len(path))[1:]):
            found[name] = np.concatenate([[STOPS[name][:2]], path]), arrived
    steps = {name: len(path) - 1 for name, (path, _) in found.items()}
    flags = {name: arrived for name, (_, arrived) in found.items()}
    starts = {name: path.ndim == 2 and len(path) > 0 and near(path, halving(STOPS[name][:2], steps[name])) for name, (path, _) in found.items()}  # fmt: skip
    if not starts["chega"]:
        return fail("A parada se lê no caminho, e o caminho ainda não confere: comece por ele.")
    right = {name: starts[name] and steps[name] == STOPS[name][2] for name in STOPS}
    answered = {name: flags[name] == STOPS[name][3] for name in STOPS}
    if all(right.values()) and all(answered.values()):
        return ok()
    if not right["chega"]:
        if steps["chega"] == STOPS["chega"][2] + 1:
            return partial(0.3, "Deu um passo depois de chegar: a pergunta vem antes do passo, no ponto em que se está.")  # fmt: skip
        if steps["chega"] == LIMITS["chega"]:
            return fail("O laço não para: a norma do gradiente já era menor que a tolerância, e ele seguiu até o máximo.")  # fmt: skip
        if steps["chega"] == 7:
            return partial(0.3, "O laço comparou a norma ao quadrado, e parou cedo: é a norma (np.linalg.norm).")  # fmt: skip
        return partial(0.2, "Parou em outro ponto: a pergunta é sobre a norma do gradiente (np.linalg.norm), inteira, no ponto de agora.")  # fmt: skip
    messages = []
    if not right["igual"]:
        messages.append("Com a norma exatamente igual à tolerância, chegou: é menor ou igual.")
    if not right["ja_esta"]:
        messages.append("Se o início já cumpre a tolerância, são zero passos: pergunte antes do primeiro.")
    if not (right["nenhum"] and right["nao_chega"]):
        messages.append("O número de passos não respeita `maximo`, que pode ser zero.")
    if not right["no_limite"] and right["igual"]:
        messages.append("O número de passos não respeita `maximo`.")
    if not (answered["chega"] and answered["nao_chega"]):
        messages.append("`chegou` não diz se o último ponto cumpre a tolerância.")
    elif not answered["no_limite"]:
        messages.append("Se o último passo permitido chega, `chegou` é True: depois do laço ainda falta uma pergunta.")  # fmt: skip
    elif not all(answered.values()):
        messages.append("Sem nenhum passo, `chegou` ainda é uma pergunta sobre o início.")
    return partial({1: 0.75, 2: 0.5}.get(len(messages), 0.25), *messages)


@check("todo05", points=1, needs=("pontos_do_caminho",))
def estado_e_contagem(contagem):
    """A regra recebe t = 1, 2, 3… e o estado que devolveu."""
    path, _ = walked(contagem)
    if near(path, counting()):
        return ok()
    known = [
        (0.5, "A contagem começa em zero; o primeiro passo é t = 1.", counting(0)),
        (0.5, "O estado não anda: a regra recebeu sempre o primeiro. Guarde o que ela devolve.", counting(1, False)),
        (0.0, "A contagem começa em zero, e o estado não anda.", counting(0, False)),
    ]  # fmt: skip
    for fraction, message, other in known:
        if near(path, other):
            return partial(fraction, message)
    return fail("A regra não recebe o estado dela, ou não recebe o número do passo.")


@check("todo05", points=1, needs=("pontos_do_caminho",))
def copias(descuidada, inteiro=None):
    """Uma regra que altera theta no próprio array não estraga o caminho nem o início."""
    messages = []
    for portrait, start in ((descuidada, [2.0, -1.0]), (inteiro, [8.0, -4.0])):
        if portrait is None:
            messages.append("Com um início em inteiros, uma regra que altera theta no próprio array falha: comece de uma cópia em ponto flutuante.")  # fmt: skip
            continue
        path, _ = walked(portrait)
        if not near(path, halving(start, 3)):
            messages.append("Com uma regra que altera theta no próprio array, as linhas do caminho mudam depois de anotadas: anote cópias.")  # fmt: skip
        if portrait["intacto"] is not True:
            messages.append("A regra alterou `inicio`: comece de uma cópia.")
    return ok() if not messages else fail(*dict.fromkeys(messages))


# --- ToDo 6: agendamentos -------------------------------------------------------------------------

PAIRS = ((0, 7), (7, 7), (3, 8), (50, 4))
LONG_PAIRS = ((0, 7), (7, 7), (3, 8), (50, 20))


def scheduled(values, what, size):
    """As taxas observadas."""
    if not isinstance(values, list) or len(values) != size:
        raise Mismatch(f"Não consegui ler {what}.")
    return np.array([number(value, what) for value in values])


def recognized(found, want, known, default):
    """O resultado de comparar com o certo e com os enganos conhecidos, que são (fração, mensagem, valores)."""
    if near(found, want):
        return ok()
    for fraction, message, other in known:
        if close(found, other):
            return partial(fraction, message)
    return fail(default)


def curve(compute, pairs):
    """`compute(t, s)` nos pares."""
    with np.errstate(all="ignore"):
        return np.array([compute(np.float64(t), np.float64(s)) for t, s in pairs])


@check("todo06", points=3)
def inversa_certa(inversa):
    """taxa_inversa dá η₀ ÷ (1 + t/s)."""
    found = scheduled(inversa, "taxa_inversa", 4)
    known = [
        (0.5, "A divisão do tempo é a inteira, `//`: a taxa cai em degraus. Use `/`.", curve(lambda t, s: 0.4 / (1 + t // s), PAIRS)),
        (0.3, "O tempo multiplica a escala; ele é dividido por ela.", curve(lambda t, s: 0.4 / (1 + t * s), PAIRS)),
        (0.3, "Isso é η₀ ÷ (1 + t) ÷ s, ou falta o parêntese: só t é dividido por s.", curve(lambda t, s: 0.4 / ((1 + t) / s), PAIRS)),
        (0.3, "Falta dividir o tempo pela escala.", curve(lambda t, s: 0.4 / (1 + t), PAIRS)),
        (0.3, "Faltam parênteses no denominador: o 1 e t/s são somados antes.", curve(lambda t, s: 0.4 / 1 + t / s, PAIRS)),
        (0.2, "Isso é a taxa exponencial; a inversa divide por 1 + t/s.", curve(lambda t, s: 0.4 * 0.1 ** (t / s), PAIRS)),
        (0.3, "A escala e o tempo estão trocados na fração.", curve(lambda t, s: 0.4 / (1 + s / np.where(t == 0, np.nan, t)), PAIRS)),
    ]  # fmt: skip
    return recognized(found, curve(lambda t, s: 0.4 / (1 + t / s), PAIRS), known, "taxa_inversa não confere. Experimente t = 0, que dá a inicial, e t = s, que dá a metade.")  # fmt: skip


@check("todo06", points=3)
def exponencial_certa(exponencial):
    """taxa_exponencial dá η₀ · 0,1 elevado a t/s, sem degraus."""
    found = scheduled(exponencial, "taxa_exponencial", 4)
    known = [
        (0.5, "A divisão do expoente é a inteira, `//`: a queda saiu em degraus, e o pedido é contínua.", curve(lambda t, s: 0.4 * 0.1 ** (t // s), LONG_PAIRS)),
        (0.4, "A base é e; o pedido é 0,1: a cada escala a taxa divide por dez.", curve(lambda t, s: 0.4 * np.exp(-t / s), LONG_PAIRS)),
        (0.3, "A taxa cresce: a base é 0,1, e não 10.", curve(lambda t, s: 0.4 * 10 ** (t / s), LONG_PAIRS)),
        (0.3, "0,1 multiplica t/s; é 0,1 elevado a t/s.", curve(lambda t, s: 0.4 * 0.1 * t / s, LONG_PAIRS)),
        (0.3, "Falta dividir o tempo pela escala.", curve(lambda t, s: 0.4 * 0.1**t, LONG_PAIRS)),
        (0.3, "O tempo multiplica a escala; ele é dividido por ela.", curve(lambda t, s: 0.4 * 0.1 ** (t * s), LONG_PAIRS)),
        (0.3, "A inicial entrou na potência: faltam parênteses, ou sobram.", curve(lambda t, s: (0.4 * 0.1) ** (t / s), LONG_PAIRS)),
        (0.3, "A base é 0,1: a cada escala a taxa divide por dez.", curve(lambda t, s: 0.4 * 0.9 ** (t / s), LONG_PAIRS)),
        (0.3, "A base é 0,1: a cada escala a taxa divide por dez.", curve(lambda t, s: 0.4 * 0.5 ** (t / s), LONG_PAIRS)),
        (0.2, "Isso é a taxa inversa.", curve(lambda t, s: 0.4 / (1 + t / s), LONG_PAIRS)),
    ]  # fmt: skip
    return recognized(found, curve(lambda t, s: 0.4 * 0.1 ** (t / s), LONG_PAIRS), known, "taxa_exponencial não confere. Experimente t = 0, t = s e a metade da escala.")  # fmt: skip


@check("todo06", points=3)
def partes_certas(partes, um_limite):
    """taxa_por_partes: na época do limite já vale o valor seguinte."""
    found = np.concatenate(
        [scheduled(partes, "taxa_por_partes", 12), scheduled(um_limite, "taxa_por_partes", 4)]
    )

    def wanted(index, shift=0):
        return np.concatenate(
            [
                [values[min(max(index(epoch + shift, limits), 0), len(values) - 1)] for epoch in range(size)]
                for limits, values, size in (([3, 4, 9], [8.0, 5.0, 0.5, 2.0], 12), ([2], [0.3, 0.1], 4))
            ]
        )

    def reached(epoch, limits):
        return sum(epoch >= limit for limit in limits)

    known = [
        (0.5, "Na época do limite já vale o valor seguinte: a troca está uma época atrasada.", wanted(reached, -1)),
        (0.5, "A troca vem uma época antes do limite.", wanted(reached, 1)),
        (0.3, "Só o primeiro limite conta: falta percorrer os outros.", wanted(lambda e, ls: int(e >= ls[0]))),
        (0.3, "Só o último limite conta: falta percorrer os outros.", wanted(lambda e, ls: len(ls) * int(e >= ls[-1]))),
        (0.2, "Os valores vêm na ordem contrária.", wanted(lambda e, ls: len(ls) - reached(e, ls))),
        (0.3, "O último valor nunca é usado: depois do último limite vale o último.", wanted(lambda e, ls: min(reached(e, ls), len(ls) - 1))),
        (0.0, "Os limites recebidos não são usados: os do enunciado são só um exemplo.", wanted(lambda e, ls: reached(e, [5, 8]))),
    ]  # fmt: skip
    return recognized(found, wanted(reached), known, "taxa_por_partes não confere. Conte quantos limites já foram alcançados na época: é o índice.")  # fmt: skip


@check("todo06", points=3)
def taxas_de_cada_passo(treino, curto):
    """taxas_do_treino repete a taxa de cada época por todos os passos dela."""
    runs = ((lambda e: (e + 1) ** 2 / 10, 4, 3), (lambda e: 0.5 - e / 10, 2, 5))
    found = [array(value, "o que taxas_do_treino devolveu") for value in (treino, curto)]
    if any(value.ndim != 1 for value in found):
        return partial(0.3, "O pedido é um array de uma dimensão, com a taxa de cada passo em fila.")

    def matches(compute):
        return all(near(value, compute(*run)) for value, run in zip(found, runs, strict=True))

    if matches(lambda f, n, k: np.repeat([f(e) for e in range(n)], k)):
        return ok()
    known = [
        (0.4, "As épocas vieram intercaladas: cada taxa deve se repetir seguida. Compare np.repeat e np.tile.", lambda f, n, k: np.tile([f(e) for e in range(n)], k)),
        (0.3, "A agenda recebeu o número do passo; ela espera o da época.", lambda f, n, k: np.array([f(p) for p in range(n * k)])),
        (0.3, "Veio uma taxa por época: falta repeti-la por todos os passos dela.", lambda f, n, k: np.array([f(e) for e in range(n)])),
        (0.5, "A primeira época é a 0: a sua conta começou na 1.", lambda f, n, k: np.repeat([f(e + 1) for e in range(n)], k)),
        (0.4, "A taxa muda dentro da época: a divisão do passo é a inteira.", lambda f, n, k: np.array([f(p / k) for p in range(n * k)])),
        (0.3, "Você trocou épocas e passos: são tantas taxas diferentes quantas épocas.", lambda f, n, k: np.repeat([f(e) for e in range(k)], n)),
        (0.4, "O resto da divisão dá o passo dentro da época; a época é o quociente.", lambda f, n, k: np.array([f(p % k) for p in range(n * k)])),
        (0.2, "A taxa é a mesma do começo ao fim: a agenda é chamada a cada época.", lambda f, n, k: np.full(n * k, f(0))),
    ]  # fmt: skip
    for fraction, message, compute in known:
        if matches(compute):
            return partial(fraction, message)
    return fail(
        "taxas_do_treino não confere: com 4 épocas de 3 passos são 12 taxas, três iguais de cada vez."
    )


# --- ToDo 7: 1cycle -------------------------------------------------------------------------------

RIDES = {"longo": (101, 0.5), "curto": (24, 3.0)}
KNOTS = (0, 0.3, 0.9, 1)


def shares(steps):
    """A fração de cada passo."""
    return np.arange(steps) / (steps - 1)


def ridden(longo, curto):
    """As taxas (divididas pela máxima) e os momentos de cada caso."""
    found = []
    for portrait, (steps, largest) in zip((longo, curto), RIDES.values(), strict=True):
        portrait = mapping(portrait, "o ciclo", "taxas", "momentos")
        rates, betas = (array(portrait[key], f"o que um_ciclo devolveu ({key})", (steps,)) for key in ("taxas", "momentos"))  # fmt: skip
        found.append((rates / largest, betas))
    return found


def rate_at(share, heights=(0.1, 1, 0.1, 1e-4), knots=KNOTS):
    """A taxa, em máximas, em cada fração."""
    return np.interp(share, knots, heights)


def close_rates(value, want):
    """Taxas em máximas: o fim é um décimo de milésimo, e a tolerância acompanha."""
    return checks.near(value, want, RTOL, 1e-12)


RATE_ERRORS = [
    (0.4, "A fração não chega a 1: o último passo é o de número passos − 1, e é por passos − 1 que se divide.", lambda n: rate_at(np.arange(n) / n)),
    (0.4, "A contagem está um passo adiantada: o primeiro passo é o 0.", lambda n: rate_at((np.arange(n) + 1) / n)),
    (0.2, "O topo ficou no meio, como no ciclo simétrico da lição; aqui ele vem em f = 0,3.", lambda n: rate_at(shares(n), knots=(0, 0.5, 0.9, 1))),
    (0.2, "O topo ficou em f = 0,45, como no ciclo simétrico da lição; aqui ele vem em f = 0,3.", lambda n: rate_at(shares(n), knots=(0, 0.45, 0.9, 1))),
    (0.4, "As retas estão no logaritmo da taxa; o pedido é reta na própria taxa.", lambda n: np.exp(np.interp(shares(n), KNOTS, np.log([0.1, 1, 0.1, 1e-4])))),
    (0.3, "A taxa começa em zero; é na máxima dividida por dez.", lambda n: rate_at(shares(n), (0, 1, 0.1, 1e-4))),
    (0.3, "A taxa de antes do mergulho é a máxima dividida por dez, e não zero.", lambda n: rate_at(shares(n), (0.1, 1, 0, 0))),
    (0.3, "O mergulho vai até zero; é até a máxima dividida por dez mil.", lambda n: rate_at(shares(n), (0.1, 1, 0.1, 0))),
    (0.3, "O mergulho para na máxima dividida por mil; é por dez mil.", lambda n: rate_at(shares(n), (0.1, 1, 0.1, 1e-3))),
    (0.3, "Falta o mergulho: no fim a taxa ficou parada na máxima dividida por dez.", lambda n: rate_at(shares(n), (0.1, 1, 0.1, 0.1))),
    (0.3, "Falta o mergulho: a descida vai de f = 0,3 a f = 1, em uma reta só.", lambda n: rate_at(shares(n), (0.1, 1, 1e-4), (0, 0.3, 1))),
    (0.3, "Falta o mergulho: a descida vai de f = 0,3 a f = 1, em uma reta só.", lambda n: rate_at(shares(n), (0.1, 1, 0.1), (0, 0.3, 1))),
    (0.2, "A taxa desce e sobe: está ao contrário.", lambda n: rate_at(shares(n), (1, 0.1, 1, 1e-4))),
    (0.1, "O número de passos está fixo em 101: use o que chega.", lambda n: rate_at(np.arange(n) / 100)),
]  # fmt: skip


def phase(longo, curto, low, high, name):
    """O julgamento da taxa nas frações acima de `low` (ou desde o começo) e até `high`."""
    found = [rates for rates, _ in ridden(longo, curto)]

    def matches(compute):
        good = []
        for rates, (steps, _) in zip(found, RIDES.values(), strict=True):
            share = shares(steps)
            inside = (share > low) & (share <= high)
            with np.errstate(all="ignore"):
                good.append(close_rates(rates[inside], compute(steps)[inside]))
        return all(good)

    if matches(lambda n: rate_at(shares(n))):
        return ok()
    for fraction, message, compute in RATE_ERRORS:
        if matches(compute):
            return partial(fraction, message)
    return fail(f"A {name} da taxa não confere. Compare as suas taxas com as da tabela nos nós, e veja se entre eles andam em linha reta.")  # fmt: skip


@check("todo07", points=3)
def fase_de_subida(longo, curto):
    """Da máxima ÷ 10 à máxima, em linha reta, até f = 0,3."""
    return phase(longo, curto, -1, 0.3 + 1e-9, "subida")


@check("todo07", points=3)
def fase_de_descida(longo, curto):
    """Da máxima à máxima ÷ 10, em linha reta, até f = 0,9."""
    return phase(longo, curto, 0.3 + 1e-9, 0.9 + 1e-9, "descida")


@check("todo07", points=3)
def fase_de_mergulho(longo, curto):
    """Da máxima ÷ 10 à máxima ÷ 10 000, em linha reta, até o último passo."""
    return phase(longo, curto, 0.9 + 1e-9, 2, "parte do mergulho")


@check("todo07", points=3)
def momento_do_ciclo(longo, curto):
    """O momento vai de 0,95 a 0,85 e volta, e fica parado no mergulho."""
    found = [betas for _, betas in ridden(longo, curto)]

    def matches(compute):
        return all(near(betas, compute(n)) for betas, (n, _) in zip(found, RIDES.values(), strict=True))

    def at(heights, knots=KNOTS, share=shares):
        return lambda n: np.interp(share(n), knots, heights)

    if matches(at((0.95, 0.85, 0.95, 0.95))):
        return ok()
    known = [
        (0.3, "O momento acompanha a taxa; ele faz o contrário dela.", at((0.85, 0.95, 0.85, 0.85))),
        (0.5, "No mergulho o momento fica parado em 0,95; o seu muda.", at((0.95, 0.85, 0.95, 0.85))),
        (0.5, "O momento volta até 0,95 em f = 0,9, e não em f = 1.", at((0.95, 0.85, 0.95), (0, 0.3, 1))),
        (0.4, "A fração do momento não chega a 1: divida por passos − 1.", at((0.95, 0.85, 0.95, 0.95), share=lambda n: np.arange(n) / n)),
        (0.2, "O momento chega ao fundo no meio do ciclo; é em f = 0,3, com o topo da taxa.", at((0.95, 0.85, 0.95, 0.95), (0, 0.5, 0.9, 1))),
        (0.2, "O momento chega ao fundo em f = 0,45; é em f = 0,3, com o topo da taxa.", at((0.95, 0.85, 0.95, 0.95), (0, 0.45, 0.9, 1))),
        (0.3, "O momento desce e não volta.", at((0.95, 0.85, 0.85, 0.85))),
        (0.0, "O momento está parado; ele desce até 0,85 no topo da taxa e volta.", at((0.95,) * 4)),
        (0.0, "O momento está parado; ele muda a cada passo.", at((0.9,) * 4)),
        (0.1, "O número de passos está fixo em 101: use o que chega.", at((0.95, 0.85, 0.95, 0.95), share=lambda n: np.arange(n) / 100)),
    ]  # fmt: skip
    for fraction, message, compute in known:
        if matches(compute):
            return partial(fraction, message)
    return fail("O momento não confere nos nós da tabela, ou não anda em linha reta entre eles.")


# --- ToDo 8: a busca da taxa ----------------------------------------------------------------------

FAR = [0.01, 0.01]


def hidden_curve(seed, size):
    """Uma busca sorteada, como a das sondas."""
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 1, size)
    return 2.5 - 1.6 * np.exp(-(((x - 0.75) / 0.2) ** 2)) + rng.normal(0, 0.25, size)


def searches():
    """As perdas e o β de cada busca, por nome."""
    lucky = hidden_curve(81, 60)
    lucky[8] = 0.05
    return {
        "calma": (hidden_curve(80, 50), 0.9),
        "sorte": (lucky, 0.8),
        "disparo": (np.concatenate([hidden_curve(82, 40), [9.0, 30.0, *FAR, *FAR, *FAR]]), 0.5),
        "empate": (np.array([2.0, 11.0, 2.0, 2.0, 1.0]), 0.5),
        "perto": (np.array([2.0, 9.5, 2.0, 13.25, 2.0, 0.2]), 0.5),
        "infinita": (np.array([*hidden_curve(83, 30), np.inf, *FAR]), 0.7),
        "nan": (np.array([*hidden_curve(84, 30), np.nan, *FAR]), 0.7),
    }


def averages(losses, beta, kind="certa"):
    """As perdas alisadas, sem corte; `kind` é o certo ou um engano."""
    mean, out = 0.0, []
    with np.errstate(all="ignore"):
        for step, loss in enumerate(losses, start=1):
            if kind == "primeira" and step == 1:
                mean = loss
            elif kind == "trocados":
                mean = (1 - beta) * mean + beta * loss
            else:
                mean = beta * mean + (1 - beta) * loss
            base = 1 - beta if kind == "trocados" else beta
            power = {"atrasada": step - 1, "adiantada": step + 1}.get(kind, step)
            value = (
                mean if kind in ("sem", "primeira") else loss if kind == "crua" else mean / (1 - base**power)
            )
            if kind == "realimentada":
                mean = value
            out.append(value)
    return np.array(out)


SMOOTHERS = [
    (0.4, "Falta a correção do viés: nascida em zero, a média começa pequena demais, e a primeira alisada não é igual à primeira crua.", "sem"),
    (0.3, "A média corrigida voltou para a conta do passo seguinte: guarde a sem correção em uma variável e a corrigida em outra.", "realimentada"),
    (0.5, "A média nasceu na primeira perda; o pedido é nascer em zero e corrigir o viés. As duas curvas começam juntas e não são iguais.", "primeira"),
    (0.3, "β e 1 − β estão trocados: é a memória que fica com β.", "trocados"),
    (0.4, "A correção conta um passo a menos: na primeira perda o expoente é 1.", "atrasada"),
    (0.4, "A correção conta um passo a mais: na primeira perda o expoente é 1.", "adiantada"),
    (0.0, "As perdas vieram cruas: falta alisá-las.", "crua"),
]  # fmt: skip


def cut(smooth, *, times=4.0, tie=False):
    """Quantos pontos ficam: até o primeiro que não é finito ou passa de `times` vezes o menor."""
    lowest = np.inf
    for place, value in enumerate(smooth):
        over = value >= times * lowest if tie else value > times * lowest
        if not np.isfinite(value) or over:
            return place
        lowest = min(lowest, value)
    return len(smooth)


def readings(**observed):
    """As curvas alisadas e a taxa de cada busca, e a espécie de média que o estudante faz (ou None)."""
    found = {}
    for name, portrait in observed.items():
        portrait = mapping(portrait, "o que escolher_taxa devolveu", "alisadas", "taxa")
        curve_found = array(portrait["alisadas"], "a curva alisada", (None,))
        if len(curve_found) == 0:
            raise Mismatch("A curva alisada veio vazia.")
        found[name] = curve_found, number(portrait["taxa"], "a taxa escolhida")
    return found


def smoother(found):
    """O julgamento do alisamento: fração, mensagem e espécie, pelo começo comum de cada curva."""
    plan = searches()

    def matches(kind):
        for name in ("calma", "sorte"):
            if name not in found:
                continue
            want = averages(*plan[name], kind)
            size = min(len(want), len(found[name][0]))
            if size < min(20, cut(want)) or not close(found[name][0][:size], want[:size]):
                return False
        return True

    if matches("certa"):
        return 1.0, "", "certa"
    for fraction, message, kind in SMOOTHERS:
        if matches(kind):
            return fraction, message, kind
    if len(found["calma"][0]) < 20 or len(found["sorte"][0]) < 20:
        return 0.0, "A curva alisada tem pontos de menos: em uma busca calma ficam quase todos.", None
    return 0.0, "A curva alisada não confere. Faça à mão as duas primeiras: β vezes a média mais 1 − β vezes a perda, dividida por 1 − β elevado a t.", None  # fmt: skip


@check("todo08", points=5)
def perdas_alisadas(calma, sorte):
    """A média móvel exponencial das perdas, com a correção do viés."""
    return outcome(*smoother(readings(calma=calma, sorte=sorte))[:2])


def lengths(kind, compute):
    """Quantos pontos ficam em cada busca, com uma espécie de média e uma regra de corte."""
    return {name: compute(averages(*search, kind), search[0]) for name, search in searches().items()}


@check("todo08", points=3)
def corte_na_divergencia(calma, sorte, disparo, empate, perto, infinita, nan):
    """Ficam os pontos antes do primeiro que não é finito ou passa de quatro vezes o menor."""
    found = readings(calma=calma, sorte=sorte, disparo=disparo, empate=empate, perto=perto, infinita=infinita, nan=nan)  # fmt: skip
    fraction, _, kind = smoother(found)
    if kind is None or fraction == 0:
        return fail("O corte olha as perdas alisadas: comece pelo alisamento.")
    sizes = {name: len(smooth) for name, (smooth, _) in found.items()}

    def plan(compute):
        return lengths(kind, compute)

    want = plan(lambda smooth, raw: cut(smooth))
    if sizes == want:
        return ok()

    def first_loss(smooth, raw):
        over = ~np.isfinite(smooth) | (smooth > 4 * smooth[0])
        return int(np.argmax(over)) if over.any() else len(smooth)

    def finite(smooth, raw):
        bad = ~np.isfinite(smooth)
        return int(np.argmax(bad)) if bad.any() else len(smooth)

    known = [
        (0.6, "O ponto que dispara ficou na curva: ele e os seguintes ficam de fora.", lambda smooth, raw: min(cut(smooth) + 1, len(smooth))),
        (0.8, "Com exatamente quatro vezes o menor, o ponto fica: só sai o que **passa** disso.", lambda smooth, raw: cut(smooth, tie=True)),
        (0.3, "O corte compara com a primeira perda; é com a menor até ali.", first_loss),
        (0.4, "O corte olha as perdas cruas, e um lote de sorte ou de azar engana; olhe as alisadas.", lambda smooth, raw: cut(raw)),
        (0.3, "Só o que não é finito foi cortado; falta cortar o que passa de quatro vezes a menor.", finite),
        (0.0, "Nada foi cortado: a curva alisada tem todos os pontos.", lambda smooth, raw: len(smooth)),
        (0.4, "O limite do corte é quatro vezes a menor.", lambda smooth, raw: cut(smooth, times=2.0)),
        (0.4, "O limite do corte é quatro vezes a menor.", lambda smooth, raw: cut(smooth, times=3.0)),
        (0.4, "O limite do corte é quatro vezes a menor.", lambda smooth, raw: cut(smooth, times=5.0)),
        (0.4, "O limite do corte é quatro vezes a menor.", lambda smooth, raw: cut(smooth, times=10.0)),
    ]  # fmt: skip
    for fraction, message, compute in known:
        if sizes == plan(compute):
            return partial(fraction, message)
    odd = [name for name in sizes if sizes[name] != want[name]]
    if set(odd) <= {"nan", "infinita"}:
        return partial(0.5, "Uma perda infinita ou NaN não parou a leitura: NaN não é maior que nada, e uma comparação com ele é sempre falsa. Veja np.isfinite.")  # fmt: skip
    return fail("A curva foi cortada em outro lugar: percorra na ordem e pare na primeira alisada que passa de quatro vezes a menor.")  # fmt: skip


@check("todo08", points=4)
def taxa_escolhida(calma, sorte, disparo):
    """A taxa em que a perda alisada é a menor, dividida por dez."""
    found = readings(calma=calma, sorte=sorte, disparo=disparo)
    kind = smoother(found)[2]
    plan = {name: searches()[name] for name in ("calma", "sorte", "disparo")}

    def matches(compute):
        for name, (losses, beta) in plan.items():
            rates = np.geomspace(1e-3, 8.0, len(losses))
            smooth = averages(losses, beta, kind or "certa")
            if not near(found[name][1], compute(rates, smooth, losses)):
                return False
        return True

    def lowest(rates, smooth, raw):
        return rates[np.argmin(smooth[: cut(smooth)])]

    if matches(lambda *run: lowest(*run) / 10):
        return ok()
    known = [
        (0.4, "Essa é a taxa do fundo, em que a perda está para subir; a escolha é um décimo dela.", lowest),
        (0.3, "O índice veio da curva crua, e um lote de sorte enganou: use a menor **alisada**.", lambda rates, smooth, raw: rates[np.argmin(raw[: cut(smooth)])] / 10),
        (0.3, "O índice veio da curva crua e inteira, além do disparo: use a menor alisada, antes do corte.", lambda rates, smooth, raw: rates[np.argmin(raw)] / 10),
        (0.3, "A menor alisada foi procurada além do corte.", lambda rates, smooth, raw: rates[np.argmin(smooth)] / 10),
        (0.3, "Essa é a última taxa antes do disparo, dividida por dez; a escolha parte da menor alisada.", lambda rates, smooth, raw: rates[cut(smooth) - 1] / 10),
        (0.2, "A taxa multiplica por dez; é para dividir.", lambda rates, smooth, raw: 10 * lowest(rates, smooth, raw)),
        (0.2, "Veio a perda do fundo; o pedido é a taxa em que ela acontece.", lambda rates, smooth, raw: np.min(smooth[: cut(smooth)])),
        (0.2, "Veio a perda do fundo, dividida por dez; o pedido é a taxa em que ela acontece.", lambda rates, smooth, raw: np.min(smooth[: cut(smooth)]) / 10),
        (0.2, "Veio a posição do fundo; o pedido é a taxa que está nessa posição.", lambda rates, smooth, raw: float(np.argmin(smooth[: cut(smooth)]))),
        (0.2, "Você escolheu onde a perda é a maior.", lambda rates, smooth, raw: rates[np.argmax(smooth[: cut(smooth)])] / 10),
        (0.3, "A escolha é pela menor perda alisada, e não pela maior queda.", lambda rates, smooth, raw: rates[np.argmin(np.diff(smooth[: cut(smooth)]))] / 10),
        (0.3, "A escolha é pela menor perda alisada, e não pela maior queda.", lambda rates, smooth, raw: rates[np.argmin(np.gradient(smooth[: cut(smooth)]))] / 10),
        (0.3, "A escolha é pela menor perda alisada, e não pela maior queda.", lambda rates, smooth, raw: rates[np.argmin(np.gradient(smooth[: cut(smooth)], np.log(rates[: cut(smooth)])))]),
        (0.3, "A escolha é pela menor perda alisada, e não pela maior queda.", lambda rates, smooth, raw: rates[np.argmin(np.diff(smooth[: cut(smooth)]))]),
    ]  # fmt: skip
    for fraction, message, compute in known:
        if matches(compute):
            return partial(fraction, message)
    return fail(
        "A taxa escolhida não confere: o índice da menor alisada, na lista de taxas, e um décimo dela."
    )

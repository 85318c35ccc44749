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
    return (
        bool(known.any()) and found.shape == want.shape and checks.near(found[known], want[known], RTOL, ATOL)
    )


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
        if all(right[1:]):
            return 0.8, PLAIN, truth
        if right[0]:
            return 0.3, IGNORED, truth
        for fraction, message, compute in known:
            if all(close(value, compute(*case)) for value, case in zip(values, cases, strict=True)):
                return fraction, message, compute
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
    """Se a posição é a pedida, com a velocidade do estudante quando o engano dela é reconhecido."""
    return account is not None and all(
        close(new[0], place(*case, account(*case))) and not near(new[0], case[0])
        for new, case in zip(values, cases, strict=True)
    )


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
    known = [
        (0.3, "A posição usa a velocidade que chegou; é a que acaba de ser calculada que conta.", lambda th, v, g, a, b: th + v),
        (0.3, "A posição anda para o lado contrário: some a velocidade, que já tem o sinal de menos.", lambda th, v, g, a, b: th - velocity(th, v, g, a, b)),
        (0.0, "A posição desce sem memória: ela deve andar a velocidade nova.", lambda th, v, g, a, b: th - a * g),
        (0.3, "O gradiente entrou duas vezes, na velocidade e na posição.", lambda th, v, g, a, b: th + velocity(th, v, g, a, b) - a * g),
        (0.3, "A posição multiplica a velocidade pela taxa, que a velocidade já carrega.", lambda th, v, g, a, b: th + a * velocity(th, v, g, a, b)),
        (0.3, "Isso é a posição de Nesterov; aqui ela só soma a velocidade nova.", lambda th, v, g, a, b: th + b * velocity(th, v, g, a, b) - a * g),
        (0.3, "A posição soma só uma parte, β, da velocidade nova.", lambda th, v, g, a, b: th + b * velocity(th, v, g, a, b)),
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
    known = [
        (0.2, "A posição é a do momento comum. Na forma de Nesterov o β multiplica a velocidade **nova**, e o gradiente entra mais uma vez.", lambda *c: c[0] + velocity(*c)),
        (0.4, "Falta o último termo: depois de somar β vezes a velocidade nova, subtraia a taxa vezes o gradiente.", lambda *c: c[0] + c[4] * velocity(*c)),
        (0.4, "A velocidade nova entra inteira: falta multiplicá-la por β.", lambda *c: c[0] + velocity(*c) - c[3] * c[2]),
        (0.5, "O último termo está com o sinal trocado: o passo do gradiente é contra ele.", lambda *c: c[0] + c[4] * velocity(*c) + c[3] * c[2]),
        (0.4, "O β multiplica só a velocidade nova, e não o termo do gradiente.", lambda *c: c[0] + c[4] * (velocity(*c) - c[3] * c[2])),
        (0.3, "Você somou a velocidade nova e mais β vezes ela: o segundo termo é o do gradiente.", lambda *c: c[0] + velocity(*c) + c[4] * velocity(*c)),
        (0.3, "Isso é θ + β(βv): falta o gradiente na velocidade ou no último termo.", lambda *c: c[0] + c[4] ** 2 * c[1]),
        (0.3, "O último termo usa o gradiente sem a taxa.", lambda *c: c[0] + c[4] * velocity(*c) - c[2]),
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
    new = mean_square
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
    accounts = [account or truth for truth, account in zip((first, second), (memory(values, cases, k)[2] for k in (1, 2)), strict=True)]  # fmt: skip

    def right(m, s):
        def matches(keras, sign):
            return all(
                near(place, case[0] + sign * (adam(case, fixed_m(case, m(*case)), fixed_s(case, s(*case)), keras) - case[0]))
                for place, case in zip(places, cases, strict=True)
            )  # fmt: skip

        # Quem pôs o menos em m e somou na posição desce: um engano só, já contado em m.
        flipped = m is FIRSTS[1][2]
        return any(matches(keras, -1 if flipped else 1) for keras in (False, True))

    pairs = list(dict.fromkeys(product((first, accounts[0]), (second, accounts[1]))))
    with np.errstate(all="ignore"):
        if any(right(m, s) for m, s in pairs):
            return ok()
    default = (
        "A posição não confere. Calcule m̂ e ŝ em linhas separadas e olhe cada uma com t = 1 e memórias nulas."
    )
    best = (0.0, default)
    for m, s in pairs:
        fraction, message, account = judged(
            places, cases, lambda *c, m=m, s=s: adam(c, fixed_m(c, m(*c)), fixed_s(c, s(*c))), adam_places(m, s), default
        )  # fmt: skip
        if account is not None and (fraction > best[0] or best[1] == default):
            best = fraction, message
    return outcome(*best)


@check("todo04", points=1, needs=("media_dos_gradientes", "media_dos_quadrados_do_adam", "posicao_do_adam"))
def adam_puro(padrao, outra, quase):
    """θ, m, s e g ficam como eram."""
    return untouched(
        "Algum dos arrays recebidos mudou: `m *= beta1` muda o array de quem chamou.", padrao, outra, quase
    )

"""O julgamento do Lab 5: sobreajuste e regularização."""

from __future__ import annotations

import math
from itertools import combinations, pairwise, product

import numpy as np

from corretor.checks import Mismatch, array, check, fail, mapping, number, ok, partial

# --- as redes, vistas de fora ---------------------------------------------------------------------
#
# A sonda `portrait` troca os pesos da rede por números que só dependem da camada e do tipo da unidade (são três tipos, que
# se revezam) e calcula a saída em exemplos de atributos todos iguais. Com isso cada camada se reduz a três números, e a
# saída que se espera de uma dada sequência de ativações sai em poucas linhas. Assim se julga o que a rede calcula, e não
# como foi escrita: API funcional, ativações em camadas separadas e laços valem o mesmo. Um só tipo de unidade não basta:
# numa corrente de números a ReLU de uma camada esconde o que fez a anterior.

PROBE = np.linspace(-3, 3, 13)

ACTIVATIONS = {
    "linear": lambda h: h,
    "relu": lambda h: np.maximum(h, 0),
    "elu": lambda h: np.where(h > 0, h, np.expm1(np.minimum(h, 0))),
    "tanh": np.tanh,
    "sigmoid": lambda h: 1 / (1 + np.exp(-h)),
    "selu": lambda h: (
        1.0507009873554805 * np.where(h > 0, h, 1.6732632423543772 * np.expm1(np.minimum(h, 0)))
    ),
    "swish": lambda h: h / (1 + np.exp(-h)),
    "softplus": lambda h: np.logaddexp(h, 0),
    "gelu": lambda h: h * 0.5 * (1 + np.vectorize(math.erf)(h / math.sqrt(2))),
    "leaky_relu 0.2": lambda h: np.where(h > 0, h, 0.2 * h),
    "leaky_relu 0.3": lambda h: np.where(h > 0, h, 0.3 * h),
}
NAMES = {
    "linear": "nenhuma",
    "relu": "ReLU",
    "elu": "ELU",
    "sigmoid": "sigmoide",
    "selu": "SELU",
    "gelu": "GELU",
}


def activation_name(key):
    """O nome da ativação como o estudante o lê."""
    return NAMES.get(key, key.split()[0])


def shapes_of(portrait, what="rede"):
    """Formatos dos pesos, como lista de tuplas de inteiros."""
    shapes = mapping(portrait, what, "shapes")["shapes"]
    if not isinstance(shapes, list) or not all(isinstance(s, list) for s in shapes):
        raise Mismatch(f"Não consegui ler os formatos dos pesos de {what}.")
    return [tuple(int(number(n, f"formato de {what}")) for n in s) for s in shapes]


def expected_shapes(n_inputs, units):
    """Formatos de kernel e viés de camadas densas em sequência, com uma saída."""
    sizes = [n_inputs, *units, 1]
    return [shape for m, u in pairwise(sizes) for shape in ((m, u), (u,))]


def judge_architecture(portrait, n_inputs, units):
    """Compara os formatos dos pesos com os pedidos e diz a primeira diferença."""
    shapes = shapes_of(portrait)
    if shapes == expected_shapes(n_inputs, units):
        return ok()
    kernels = [s for s in shapes if len(s) == 2]
    others = [s for s in shapes if len(s) not in (1, 2)]
    if others:
        return fail("Há camadas que não são densas entre as que têm pesos; a receita pede só camadas densas.")
    if not kernels:
        return fail("A rede não tem camadas densas com pesos. Ela foi construída com a camada de entrada?")
    if kernels[0][0] != n_inputs:
        hint = (
            " Achate a imagem inteira com Flatten antes da primeira camada densa." if n_inputs > 1000 else ""
        )
        return fail(
            f"A primeira camada densa recebe {kernels[0][0]} números por exemplo, e não são esses.{hint}"
        )
    if len(shapes) == len(kernels):
        return (
            partial(0.5, "As camadas não têm viés: procure use_bias=False.")
            if (kernels == expected_shapes(n_inputs, units)[::2])
            else fail(
                "As camadas não têm viés (use_bias=False), e o número de camadas ou de unidades não é o pedido."
            )
        )
    if len(shapes) != 2 * len(kernels):
        return fail(
            "Há pesos a mais do que os das camadas densas (normalização em lote?); a receita não os inclui."
        )
    if kernels[-1][1] != 1:
        return fail(f"A última camada tem {kernels[-1][1]} unidades; a saída é um só logit.")
    hidden = [shape[1] for shape in kernels[:-1]]
    if len(hidden) != len(units):
        return partial(
            0.25 if set(hidden) == set(units) else 0.0,
            f"Contei {len(hidden)} camada(s) oculta(s); confira no enunciado quantas são. A saída não conta como oculta.",
        )
    return fail(
        "O número de camadas está certo; o de unidades de alguma camada oculta, não. Releia o enunciado."
    )


def rescaled_inputs(portrait):
    """As entradas da sonda depois das camadas Rescaling da rede, e um aviso se elas encolhem demais."""
    x, warning = PROBE, None
    layers = portrait.get("rescaling")
    for layer in layers if isinstance(layers, list) else []:
        if not isinstance(layer, list) or len(layer) != 2:
            raise Mismatch("Não consegui ler a camada Rescaling da rede.")
        scale = number(layer[0], "escala de Rescaling")
        x = x * scale + number(layer[1], "deslocamento de Rescaling")
        if abs(scale) < 0.05:
            warning = (
                f"A rede divide a entrada por cerca de {round(1 / abs(scale)) if scale else '∞'}, mas os dados já "
                "chegam com valores pequenos: a divisão por 255 seria feita duas vezes. Confira a camada Rescaling."
            )
    return x, warning


def forward(x, activations, widths):
    """Saída da rede com os pesos da sonda: três tipos de unidade por camada, e uma ativação por camada."""
    kinds = np.arange(3)
    h = np.tile(x[:, None], (1, 3))  # o que entrega uma unidade de cada tipo
    for layer, key in enumerate(activations):
        share = np.bincount(np.arange(widths[layer]) % 3, minlength=3) / widths[layer]
        kernel = 5 * np.cos(np.add.outer(2.5 * kinds, kinds) + 2 * layer)
        h = ACTIVATIONS[key]((h * share) @ kernel + np.cos(kinds + 2 * layer + 1))
    return h[:, 0]  # a unidade da saída é do primeiro tipo


def judge_activations(portrait, wanted):
    """Reconhece, pela saída, a ativação das camadas ocultas e a da última."""
    shapes = shapes_of(portrait)
    n_layers = len(shapes) // 2
    output = array(portrait.get("output"), "saída da rede").astype(float)
    regular = [len(s) for s in shapes] == [2, 1] * n_layers and shapes[-1:] == [(1,)]
    if not regular or not 2 <= n_layers <= 8 or output.shape != (len(PROBE), 1):
        return fail(
            "As ativações só podem ser conferidas quando a arquitetura estiver certa: comece por ela."
        )
    output = output[:, 0]
    x, warning = rescaled_inputs(portrait)
    widths = [shape[0] for shape in shapes[::2]]
    n_hidden = n_layers - 1

    def matches(activations):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.allclose(output, forward(x, activations, widths), rtol=2e-3, atol=2e-3)

    if matches([wanted] * n_hidden + ["linear"]):
        return partial(0.3, warning) if warning else ok()
    sigmoid_head = (
        "A saída passa por uma sigmoide, e compile_and_fit usa from_logits=True, que aplica outra dentro da perda. "
        "Deixe a última camada sem ativação: a saída é um logit."
    )
    if matches([wanted] * n_hidden + ["sigmoid"]):
        return partial(1 / 3, sigmoid_head)
    if matches([wanted] * n_hidden + [wanted]):
        return partial(
            1 / 3,
            f"A saída também tem ativação {activation_name(wanted)}, que corta ou deforma os valores negativos; "
            "deixe a última camada sem ativação.",
        )
    for key in ACTIVATIONS:
        used, asked = activation_name(key), activation_name(wanted)
        for head in ("linear", "sigmoid", key):
            if key != wanted and matches([key] * n_hidden + [head]):
                if key == "linear":
                    text = (
                        "As camadas ocultas não têm ativação: sem ela, a rede inteira equivale a uma só camada linear. "
                        f"O enunciado pede {asked}."
                    )
                else:
                    text = f"As camadas ocultas usam {used}; o enunciado pede {asked}."
                return (
                    partial(1 / 3, text)
                    if head == "linear"
                    else fail(
                        text,
                        sigmoid_head if head == "sigmoid" else "A saída também tem ativação; ela é um logit.",
                    )
                )
    for choice in product((wanted, "linear"), repeat=n_hidden):
        for head in ("linear", "sigmoid"):
            if matches([*choice, head]):
                missing = [i + 1 for i, key in enumerate(choice) if key == "linear"]
                text = f"Falta ativação em {len(missing)} das {n_hidden} camadas ocultas (a {missing[0]}.ª, por exemplo)."
                return fail(text, sigmoid_head) if head == "sigmoid" else partial(1 / 3, text)
    return fail(
        "Com pesos conhecidos, a saída fora do treino não é a de camadas densas com a ativação pedida e saída em logit. "
        "Procure uma camada a mais, uma ativação diferente ou algo que fique ligado fora do treino."
    )


def judge_training(training, n_inputs, units, key):
    """O History guardado é o do treinamento pedido, com a validação certa e os melhores pesos?"""
    training = mapping(training, "treinamento", "epochs", "best", "validation", "test")
    if shapes_of(training, "rede treinada") != expected_shapes(n_inputs, units):
        return fail(
            f'O History guardado em "{key}" é de uma rede com arquitetura diferente da pedida. Confira a função e a '
            "rede que você passou a compile_and_fit."
        )
    if number(training["epochs"], "número de épocas") < 1:
        return fail("O treinamento não chegou a completar uma época.")
    best = number(training["best"], "menor perda de validação")
    validation = number(training["validation"], "perda de validação da rede treinada")
    test = number(training["test"], "perda de teste da rede treinada")
    near = 1e-3 + 0.01 * abs(best)  # a conta da métrica e a da sonda diferem no arredondamento
    to_validation, to_test = abs(best - validation), abs(best - test)
    if to_test < to_validation and to_test <= near:
        return fail(
            "A rede foi validada com o conjunto de teste. Ele fica guardado até a avaliação final: passe a "
            "compile_and_fit o problema dado, que já traz a validação certa."
        )
    if to_validation <= near:
        return ok()
    return partial(
        0.5,
        "A menor perda de validação do History não é a que a rede tem hoje na validação. Treine com compile_and_fit e o "
        "problema dado, uma vez só, e não continue a treinar depois: ela devolve os pesos da melhor época.",
    )


HIGGS_INPUTS, CAT_INPUTS = 28, 64 * 64 * 3


# --- ToDo 1 ---------------------------------------------------------------------------------------


@check("todo01", points=4)
def arquitetura_gigante(rede):
    """Arquitetura da rede gigante: 28 entradas, quatro camadas ocultas de 1.024 e uma saída."""
    return judge_architecture(rede, HIGGS_INPUTS, [1024] * 4)


@check("todo01", points=3)
def ativacoes_gigante(rede):
    """Ativação ELU nas camadas ocultas e saída em logit."""
    return judge_activations(rede, "elu")


@check("todo01", points=3)
def treino_gigante(treino):
    """A rede gigante foi treinada com compile_and_fit, e o History está em size_histories["gigante"]."""
    return judge_training(treino, HIGGS_INPUTS, [1024] * 4, "gigante")


# --- ToDo 5 ---------------------------------------------------------------------------------------

READS = (("arrays", 7, 4, 5), ("arrays_maiores", 5, 6, 8))  # imagens de treino, de teste, lado
PARTS = (("x", "y", 0, 3, "treino"), ("x_test", "y_test", 1, 90, "teste"))


def expected_pixels(n, size, start):
    """Os pontos que a sonda gravou, de 0 a 255."""
    return ((start + 7 * np.arange(n * size * size * 3)) % 256).reshape(n, size, size, 3)


SAME_DATA = "A função parece devolver sempre os mesmos dados: leia os arquivos dos caminhos que ela recebe."


def judge_images(reads):
    """Primeiro problema das imagens lidas, ou None."""
    for (_, *counts, size), read in zip(READS, reads, strict=True):
        read = mapping(read, "arrays lidos", "x", "x_test", "shapes")
        shapes = mapping(read["shapes"], "formatos lidos", "x", "x_test")
        for key, _, position, start, part in PARTS:
            images = array(read[key], f"imagens de {part}")
            n = counts[position]
            pixels = expected_pixels(n, size, start)
            shape = (
                tuple(number(size, "formato") for size in shapes[key])
                if isinstance(shapes[key], list)
                else ()
            )
            if images.shape != pixels.shape or shape != pixels.shape:
                if shape[:1] in ((209,), (50,)) or shape[1:3] == (64, 64):
                    return SAME_DATA
                if len(shape) == 2 and shape[0] == n:
                    return "As imagens vieram achatadas. O formato pedido é o do arquivo, (n, altura, largura, 3)."
                if shape[:1] == (counts[1 - position],):
                    return "Treino e teste parecem trocados: confira a ordem dos arquivos e do que a função devolve."
                return f"As imagens de {part} não têm o formato em que estão no arquivo, que muda de arquivo para arquivo."
            values = images.astype(float)
            if np.allclose(values, pixels / 255, atol=1e-4):
                continue
            if np.allclose(values, pixels, atol=1e-2):
                return "Os valores ainda vão de 0 a 255: falta dividir por 255."
            if np.allclose(values, pixels / 256, atol=1e-6):
                return "Você dividiu por 256. O maior valor de um ponto é 255, e ele deve virar 1."
            if np.allclose(values, pixels / 255 / 255, atol=1e-5):
                return "A divisão por 255 aconteceu duas vezes."
            if np.all(np.isin(values, (0, 1))):
                return "Só sobraram zeros e uns: converta para float32 antes de dividir, ou a divisão vira inteira."
            return f"Os valores das imagens de {part} não são os do arquivo divididos por 255."
    return None


@check("todo05", points=3)
def imagens(arrays, arrays_maiores):
    """Imagens com o formato do arquivo e valores divididos por 255, para quaisquer arquivos."""
    problem = judge_images((arrays, arrays_maiores))
    return fail(problem) if problem else ok()


@check("todo05", points=1)
def tipo(arrays, arrays_maiores):
    """Imagens em float32."""
    if judge_images((arrays, arrays_maiores)):
        return fail("O tipo das imagens será conferido quando o formato e os valores estiverem certos.")
    kinds = {str(np.asarray(arrays[key]).dtype) for key in ("x", "x_test")}
    if kinds == {"float32"}:
        return ok()
    return fail(
        f"As imagens são {', '.join(sorted(kinds))}. Dividir um array uint8 por 255 dá float64, com o dobro da memória: "
        'converta com .astype("float32").'
    )


@check("todo05", points=3)
def rotulos(arrays, arrays_maiores):
    """Rótulos com os valores do arquivo e formato (n, 1)."""
    for (_, *counts, _), read in zip(READS, (arrays, arrays_maiores), strict=True):
        read = mapping(read, "arrays lidos", "y", "y_test")
        for _, key, position, _, part in PARTS:
            labels, n = array(read[key], f"rótulos de {part}"), counts[position]
            wanted = np.arange(n) % 3 == 1
            if labels.size != n:
                return fail(
                    f"O número de rótulos de {part} não acompanha o arquivo recebido. Use -1 em reshape, e não um número fixo."
                )
            if not np.array_equal(labels.ravel().astype(float), wanted.astype(float)):
                return fail(
                    f"Os valores dos rótulos de {part} não são os do arquivo. Não os divida nem os reordene."
                )
            if labels.shape == (n,):
                return partial(
                    1 / 3,
                    "Os rótulos têm formato (n,). A rede devolve (n, 1), e os dois precisam coincidir: reshape(-1, 1).",
                )
            if labels.shape == (1, n):
                return partial(
                    1 / 3,
                    "Os rótulos têm formato (1, n): uma linha. No Keras os exemplos ficam na primeira dimensão, (n, 1).",
                )
            if labels.shape != (n, 1):
                return partial(1 / 3, "Os valores dos rótulos estão certos; o formato ainda não é (n, 1).")
    return ok()


@check("todo05", points=1)
def nomes_das_classes(classes):
    """Nomes das classes do arquivo, como textos (str)."""
    names = [str(name) for name in classes] if isinstance(classes, list) else []
    if names == ["cachorro", "capivara"]:
        return ok()
    if any("b'" in name for name in names):
        return fail("Os nomes das classes continuam em bytes: converta cada um com .decode().")
    if any("str_(" in name for name in names):
        return partial(0.5, "Os nomes são textos do NumPy; converta cada um com str(…).")
    if "cat" in names or "gato" in names:
        return fail("Os nomes das classes estão escritos na função; leia-os de list_classes.")
    return fail("A lista de classes não é a de list_classes, na mesma ordem e em textos.")


@check("todo05", points=2)
def arquivos_fechados(leitura, arrays, arrays_maiores):
    """Os dois arquivos ficam fechados depois da leitura."""
    if judge_images((arrays, arrays_maiores)) == SAME_DATA:
        return fail("Sem ler os arquivos recebidos não há o que fechar.")
    if mapping(leitura, "leitura", "closed")["closed"] is True:
        return ok()
    return fail(
        "Algum arquivo continua aberto depois da leitura. Use with h5py.File(…) as arquivo, ou chame close()."
    )


# --- ToDos 6, 7 e 8 -------------------------------------------------------------------------------


@check("todo06", points=4)
def arquitetura_pequena(rede):
    """Arquitetura da rede pequena: imagem achatada, uma camada oculta de 128 e uma saída."""
    return judge_architecture(rede, CAT_INPUTS, [128])


@check("todo06", points=3)
def ativacoes_pequena(rede):
    """Ativação ReLU na camada oculta e saída em logit."""
    return judge_activations(rede, "relu")


@check("todo06", points=3)
def treino_pequena(treino):
    """A rede pequena foi treinada com os dados `cats`, e o History está em cat_histories["pequena"]."""
    return judge_training(treino, CAT_INPUTS, [128], "pequena")


@check("todo07", points=4)
def arquitetura_media(rede):
    """Arquitetura da rede média: imagem achatada, três camadas ocultas de 256 e uma saída."""
    return judge_architecture(rede, CAT_INPUTS, [256] * 3)


@check("todo07", points=3)
def ativacoes_media(rede):
    """Ativação ReLU nas camadas ocultas e saída em logit."""
    return judge_activations(rede, "relu")


@check("todo07", points=3)
def treino_media(treino):
    """A rede média foi treinada com os dados `cats`, e o History está em cat_histories["média"]."""
    return judge_training(treino, CAT_INPUTS, [256] * 3, "média")


@check("todo08", points=4)
def arquitetura_grande(rede):
    """Arquitetura da rede grande: imagem achatada, quatro camadas ocultas de 1.024 e uma saída."""
    return judge_architecture(rede, CAT_INPUTS, [1024] * 4)


@check("todo08", points=3)
def ativacoes_grande(rede):
    """Ativação ReLU nas camadas ocultas e saída em logit."""
    return judge_activations(rede, "relu")


@check("todo08", points=3)
def treino_grande(treino):
    """A rede grande foi treinada com os dados `cats`, e o History está em cat_histories["grande"]."""
    return judge_training(treino, CAT_INPUTS, [1024] * 4, "grande")


# --- ToDo 9 ---------------------------------------------------------------------------------------

REGULARIZED = (("rede_a", [9, 6], 0.03, 0.3), ("rede_b", [5, 11, 7], 0.004, 0.6))
IGNORES_UNITS = "A rede não segue o argumento units: uma camada oculta para cada número da lista, na ordem."


@check("todo09", points=1.5)
def arquitetura_regularizada(rede_a, rede_b):
    """Uma camada oculta para cada número de `units`, e uma saída."""
    shapes = [shapes_of(portrait) for portrait in (rede_a, rede_b)]
    wanted = [expected_shapes(CAT_INPUTS, units) for _, units, _, _ in REGULARIZED]
    if shapes == wanted:
        return ok()
    if shapes[0] == shapes[1]:
        return fail(IGNORES_UNITS)
    return judge_architecture(
        rede_a if shapes[0] != wanted[0] else rede_b, CAT_INPUTS, REGULARIZED[shapes[0] == wanted[0]][1]
    )


@check("todo09", points=1.5)
def ativacoes_regularizada(rede_a, rede_b):
    """As mesmas ReLU e saída em logit dos ToDos 6 a 8; fora do treino, o dropout não muda a saída."""
    if shapes_of(rede_a) == shapes_of(rede_b):
        return fail(IGNORES_UNITS)
    outcomes = [judge_activations(portrait, "relu") for portrait in (rede_a, rede_b)]
    return min(outcomes, key=lambda outcome: outcome.fraction)


def penalty_terms(units):
    """Soma de w² e de |w| de cada kernel da sonda, e de b² de cada viés (a última camada é a saída).

    A sonda põe no i-ésimo array de pesos o valor (1 + i/2) / √tamanho, e a soma dos quadrados é (1 + i/2)².
    """
    shapes = expected_shapes(CAT_INPUTS, units)
    squares = [(1 + i / 2) ** 2 for i in range(len(shapes))]
    absolutes = [(1 + i / 2) * math.sqrt(math.prod(shape)) for i, shape in enumerate(shapes)]
    return squares[::2], absolutes[::2], squares[1::2]


def same(value, wanted):
    """Igualdade a menos do arredondamento de float32."""
    return abs(value - wanted) <= 1e-5 + 2e-3 * abs(wanted)


def judge_penalty(penalty, units, l2):
    """A que corresponde a penalidade observada."""
    squares, absolutes, bias_squares = penalty_terms(units)
    hidden, everything = sum(squares[:-1]), sum(squares)
    if same(penalty, 0):
        return fail(
            "A rede não soma penalidade nenhuma à perda. Use kernel_regularizer em cada camada densa oculta; o "
            "weight_decay do otimizador é outra coisa."
        )
    if same(penalty, l2 * hidden) or same(penalty, l2 * everything):
        return ok()
    if same(penalty, l2 / 2 * hidden) or same(penalty, l2 / 2 * everything):
        return partial(0.5, "A penalidade é metade da pedida: L2(l2) já é l2·Σw², sem o fator ½.")
    layers = range(len(squares))
    for size in range(1, len(squares)):
        for subset in combinations(layers, size):
            if same(penalty, l2 * sum(squares[i] for i in subset)):
                if subset == (len(squares) - 1,):
                    return fail(
                        "A penalidade está só na camada de saída; são as camadas ocultas que sobram em pesos."
                    )
                return partial(
                    0.4,
                    f"A penalidade L2 está em {len([i for i in subset if i < len(units)])} das {len(units)} camadas "
                    "ocultas; são todas.",
                )
    if same(penalty, l2 * (sum(squares[:-1]) + sum(bias_squares[:-1]))) or same(
        penalty, l2 * (everything + sum(bias_squares))
    ):
        return partial(
            0.6, "A penalidade inclui os vieses; o enunciado pede só o kernel (kernel_regularizer)."
        )
    if same(penalty, l2 * sum(bias_squares[:-1])) or same(penalty, l2 * sum(bias_squares)):
        return fail(
            "A penalidade está nos vieses (bias_regularizer); ela vai no kernel (kernel_regularizer)."
        )
    if same(penalty, l2 * sum(absolutes[:-1])) or same(penalty, l2 * sum(absolutes)):
        return partial(0.4, "Essa é a penalidade L1, que soma |w|. O enunciado pede L2, que soma w².")
    return None


@check("todo09", points=2.5)
def penalidade_l2(rede_a, rede_b):
    """Penalidade L2 de intensidade `l2` no kernel de todas as camadas ocultas."""
    outcomes, implied = [], []
    for (_, units, l2, _), portrait in zip(REGULARIZED, (rede_a, rede_b), strict=True):
        if shapes_of(portrait) != expected_shapes(CAT_INPUTS, units):
            return fail("A penalidade só pode ser conferida quando a rede seguir o argumento units.")
        penalty = number(mapping(portrait, "rede", "penalty")["penalty"], "penalidade")
        outcomes.append(judge_penalty(penalty, units, l2))
        implied.append([penalty / sum(penalty_terms(units)[0][:-1]), penalty / sum(penalty_terms(units)[0])])
    if all(outcome is not None for outcome in outcomes):
        return min(outcomes, key=lambda outcome: outcome.fraction)
    if any(same(first, second) for first, second in zip(*implied, strict=True)):
        return partial(
            0.4,
            "A penalidade é a mesma para qualquer valor do argumento l2: use-o no lugar do número fixo (ou do texto "
            '"l2", que vale um λ padrão).',
        )
    return fail(
        "Há uma penalidade, mas não é l2·Σw² dos kernels das camadas ocultas. Compare com sum(rede.losses)."
    )


@check("todo09", points=2.5)
def camadas_de_dropout(rede_a, rede_b):
    """Dropout com taxa `rate` depois de cada camada oculta, e não depois da saída."""
    layouts = []
    for (_, units, _, _), portrait in zip(REGULARIZED, (rede_a, rede_b), strict=True):
        if shapes_of(portrait) != expected_shapes(CAT_INPUTS, units):
            return fail("O dropout só pode ser conferido quando a rede seguir o argumento units.")
        layers = mapping(portrait, "rede", "layers")["layers"]
        pairs = [p for p in layers if isinstance(p, list) and len(p) == 2] if isinstance(layers, list) else []
        layouts.append(([(str(kind), value) for kind, value in pairs], portrait.get("noisy") is True))
    outcomes = [
        judge_dropout(layout, noisy, units, rate)
        for (layout, noisy), (_, units, _, rate) in zip(layouts, REGULARIZED, strict=True)
    ]
    return min(outcomes, key=lambda outcome: outcome.fraction)


def judge_dropout(layers, noisy, units, rate):
    """Taxas e lugares das camadas de dropout de uma rede."""
    n_dense, places, rates = 0, [], []  # places: quantas camadas densas vêm antes de cada dropout
    others = {kind for kind, _ in layers if "ropout" in kind and kind != "dropout"}
    for kind, value in layers:
        if kind == "dense":
            n_dense += 1
        elif kind == "dropout":
            places.append(n_dense)
            rates.append(number(value, "taxa de dropout"))
    if others:
        return partial(
            0.4, f"A rede usa {', '.join(sorted(others))}; o enunciado pede a camada Dropout comum."
        )
    if not places:
        if noisy:
            return partial(0.4, "Há ruído no treino, mas não encontrei camadas keras.layers.Dropout na rede.")
        return fail("Não há dropout na rede: ponha uma camada Dropout(rate) depois de cada camada oculta.")
    if n_dense != len(units) + 1:  # camadas dentro de outras: não há como dizer a ordem
        return partial(
            0.6, "Há dropout, mas não pude ver depois de que camadas; deixe as camadas no mesmo nível."
        )
    wanted = list(range(1, len(units) + 1))
    rates_right = all(same(value, rate) for value in rates)
    if len(units) + 1 in places:
        extra = "" if set(wanted) <= set(places) else " E ele falta depois de alguma camada oculta."
        return partial(
            0.4 if not extra else 0.0,
            "Há dropout depois da camada de saída: no treino ele zeraria a própria resposta da rede. A saída é a última "
            f"camada.{extra}",
        )
    if 0 in places:
        return partial(
            0.6, "Há dropout na entrada, antes da primeira camada densa; o enunciado só o pede nas ocultas."
        )
    if sorted(set(places)) != wanted:
        return partial(
            0.4, f"Há dropout em {len(set(places))} das {len(units)} camadas ocultas; é depois de cada uma."
        )
    if len(places) != len(wanted):
        return partial(0.6, "Alguma camada oculta tem dois dropouts em seguida: as taxas se acumulam.")
    if not rates_right:
        if all(same(value, 1 - rate) for value in rates):
            return partial(
                0.4,
                "A taxa de Dropout é a probabilidade de ZERAR, e não a de manter: use rate, e não 1 − rate.",
            )
        return partial(0.4, "O dropout está no lugar certo, mas a taxa não é a do argumento rate.")
    if not noisy:
        return partial(
            0.6, "O dropout está na rede, mas duas passagens em modo de treino deram a mesma saída."
        )
    return ok()


def trained_as_asked(training):
    """Se a rede treinada tem a penalidade e as taxas da que a função devolve com l2=1e-3 e rate=0.5."""
    training = mapping(training, "treinamento", "penalties", "rates")
    trained, asked = (number(value, "penalidade") for value in training["penalties"])
    return asked > 0 and abs(trained / asked - 1) < 1e-3 and training["rates"][0] == training["rates"][1]


@check("todo09", points=2)
def treino_regularizadas(treino_pequena=None, treino_media=None, treino_grande=None):
    """As três redes regularizadas foram treinadas com os dados `cats`, e os History estão em cat_histories."""
    runs = (
        ("pequena reg.", [128], treino_pequena),
        ("média reg.", [256] * 3, treino_media),
        ("grande reg.", [1024] * 4, treino_grande),
    )
    total, messages = 0.0, []
    for key, units, training in runs:
        if training is None:
            messages.append(f'Não encontrei o History de compile_and_fit em cat_histories["{key}"].')
            continue
        outcome = judge_training(training, CAT_INPUTS, units, key)
        if outcome.fraction == 1 and not trained_as_asked(training):
            messages.append(
                f'A rede treinada em "{key}" não tem a penalidade e a taxa pedidas: treine a que a sua função devolve, '
                "com l2=1e-3 e rate=0.5."
            )
            continue
        total += outcome.fraction
        messages.extend(outcome.messages)
    return partial(total / len(runs), *dict.fromkeys(messages))


# --- ToDo 10 --------------------------------------------------------------------------------------

METRICS = {"acuracia": "acurácia", "precisao": "precisão", "revocacao": "revocação", "f1": "F1"}


def counts_of(y, logits, threshold=0.0):
    """VP, FP, FN e VN da previsão logit > limiar."""
    actual, predicted = np.ravel(y) > 0.5, np.ravel(logits) > threshold
    return (
        int(np.sum(predicted & actual)),
        int(np.sum(predicted & ~actual)),
        int(np.sum(~predicted & actual)),
        int(np.sum(~predicted & ~actual)),
    )


def true_metrics(y, logits, threshold=0.0):
    """As quatro métricas, com zero onde o denominador é zero."""
    tp, fp, fn, tn = counts_of(y, logits, threshold)
    return {
        "acuracia": (tp + tn) / max(tp + fp + fn + tn, 1),
        "precisao": tp / (tp + fp) if tp + fp else 0.0,
        "revocacao": tp / (tp + fn) if tp + fn else 0.0,
        "f1": 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 0.0,
    }


def read_case(case):
    """Rótulos, logits e o dicionário que a função do estudante devolveu."""
    case = mapping(case, "métricas", "y", "logits", "resultado")
    y = array(case["y"], "rótulos", (None, 1))
    logits = array(case["logits"], "logits", (len(y), 1))
    return y, logits, mapping(case["resultado"], "resultado de metricas")


def judge_metric(case, key):
    """Julga uma métrica longe do limiar e reconhece a que veio no lugar dela."""
    y, logits, result = read_case(case)
    if key not in result:
        raise Mismatch(f'Falta a chave "{key}" no dicionário que metricas devolve.')
    what, right = METRICS[key], true_metrics(y, logits)
    value = number(result[key], what)
    if same(value, right[key]):
        return ok()
    if same(value, 100 * right[key]):
        return partial(0.5, f"O valor da {what} está em porcentagem; o enunciado pede um número entre 0 e 1.")
    for other, name in METRICS.items():
        if other != key and same(value, right[other]):
            return fail(
                f"Na {what} está o valor de outra métrica, a {name}. Confira os denominadores: {formula(key)}."
            )
    negative = true_metrics(1 - y, -logits)
    if same(value, negative[key]):
        return fail(f"O valor da {what} é o da classe 0. A classe positiva é a 1 (gato).")
    if key != "acuracia" and same(value, (right[key] + negative[key]) / 2):
        return fail(
            f'O valor da {what} é a média das duas classes (average="macro"). O pedido é só o da classe positiva.'
        )
    _, fp, _, tn = counts_of(y, logits)
    if key == "precisao" and same(value, tn / max(tn + fp, 1)):
        return fail("Na precisão está a especificidade, VN/(VN + FP). Confira o denominador: VP + FP.")
    if key == "f1" and same(value, (right["precisao"] + right["revocacao"]) / 2):
        return fail("A F1 é a média harmônica de precisão e revocação, e não a aritmética.")
    return fail(
        f"O valor da {what} não confere. A conta é {formula(key)}; teste num exemplo que caiba no papel."
    )


def is_right(case, key):
    """Se a métrica está certa longe do limiar."""
    try:
        return judge_metric(case, key).fraction == 1
    except Mismatch:
        return False


def formula(key):
    """A conta de cada métrica, como está no enunciado."""
    return {
        "acuracia": "(VP + VN) / n",
        "precisao": "VP / (VP + FP)",
        "revocacao": "VP / (VP + FN)",
        "f1": "2·VP / (2·VP + FP + FN)",
    }[key]


@check("todo10", points=1)
def acuracia(longe):
    """Acurácia: fração de acertos."""
    return judge_metric(longe, "acuracia")


@check("todo10", points=1)
def precisao(longe):
    """Precisão: VP / (VP + FP)."""
    return judge_metric(longe, "precisao")


@check("todo10", points=1)
def revocacao(longe):
    """Revocação: VP / (VP + FN)."""
    return judge_metric(longe, "revocacao")


@check("todo10", points=1)
def f1(longe):
    """F1: média harmônica de precisão e revocação."""
    return judge_metric(longe, "f1")


@check("todo10", points=2)
def limiar(perto):
    """O limiar certo para logits: a probabilidade passa de 0,5."""
    y, logits, result = read_case(perto)
    accuracy = number(mapping(result, "resultado de metricas", "acuracia")["acuracia"], "acurácia")

    def agrees(threshold):
        wanted = true_metrics(y, logits, threshold)["acuracia"]
        return same(accuracy, wanted) or same(accuracy, 100 * wanted)

    if agrees(0.0):
        return ok()
    if agrees(0.5):
        return fail(
            "Você comparou os logits com 0,5. O limiar 0,5 vale para probabilidades, depois da sigmoide: a que valor do "
            "logit corresponde σ(z) = 0,5?"
        )
    if agrees(1 / (1 + math.exp(-0.5))):
        return fail("O limiar aplicado aos logits não corresponde à probabilidade 0,5. Resolva σ(z) = 0,5.")
    return fail(
        "Com logits próximos de zero as métricas não conferem. Que logit corresponde à probabilidade 0,5?"
    )


@check("todo10", points=1)
def denominador_zero(nenhum_previsto, nenhum_real, casos, longe=None):
    """Quando o denominador é zero, e só então, a métrica vale 0, sem erro nem aviso."""
    for case, key, text in (
        (nenhum_previsto, "precisao", "nenhum exemplo é previsto como positivo"),
        (nenhum_previsto, "f1", "nenhum exemplo é previsto como positivo"),
        (nenhum_real, "revocacao", "não há positivos entre os rótulos"),
    ):
        result = mapping(mapping(case, "métricas", "resultado")["resultado"], "resultado de metricas", key)
        if not same(number(result[key], METRICS[key]), 0):
            return fail(f"Quando {text}, a {METRICS[key]} deve valer 0.")
    for case in casos if isinstance(casos, list) else []:
        y, logits, result = read_case(case)
        wanted = true_metrics(y, logits)
        for key in ("precisao", "revocacao", "f1"):
            # só se a conta dela está certa longe destes casos: outro engano já foi apontado
            if (longe is None or is_right(longe, key)) and not same(
                number(result[key], METRICS[key]), wanted[key]
            ):
                vp, fp, fn, _ = counts_of(y, logits)
                return partial(
                    0.5,
                    f"Com {vp} VP, {fp} FP e {fn} FN, a {METRICS[key]} não confere. Ela só vale 0 por convenção quando o "
                    "denominador é zero: confira a condição que o testa.",
                )
    every = [nenhum_previsto, nenhum_real, *(casos if isinstance(casos, list) else [])]
    warned = [mapping(case, "métricas", "avisos")["avisos"] for case in every]
    if any(number(count, "número de avisos") > 0 for count in warned):
        return partial(
            0.5, "O valor é 0, mas com um aviso. Teste o denominador antes de dividir (ou zero_division=0)."
        )
    return ok()


def uses_another_threshold(case):
    """Se as métricas foram feitas com um limiar que não é o da probabilidade 0,5."""
    try:
        return limiar(case).fraction < 1
    except Mismatch:
        return False


@check("todo10", points=3)
def tabela_do_teste(teste, tabela, longe=None, perto=None):
    """A tabela tem as quatro métricas, no teste, de todas as redes treinadas."""
    teste = mapping(teste, "teste", "y", "logits")
    y = array(teste["y"], "rótulos de teste", (None, 1))
    logits = mapping(teste["logits"], "logits de teste")
    table = mapping(tabela, "tabela")
    if not logits:
        return fail("Ainda não há redes treinadas para avaliar: faça ao menos um dos ToDos 6 a 9.")
    missing = [name for name in logits if name not in table]
    if len(missing) == len(logits):
        return fail(
            "A tabela não tem entradas com os nomes das redes de test_logits. Use os mesmos nomes como chaves."
        )
    if perto is not None and uses_another_threshold(perto):
        return fail("A tabela vem de metricas, que usa outro limiar sobre os logits; corrija-a e recalcule.")
    # Com poucas épocas duas métricas podem coincidir por acaso: uma coluna só vale se a conta dela também está certa.
    right = {key: longe is None or is_right(longe, key) for key in METRICS}
    for name in logits.keys() - missing:
        z = array(logits[name], f"logits de {name}", (len(y), 1))
        row, wanted = table[name], true_metrics(y, z)
        for key in METRICS:
            value = row.get(key) if isinstance(row, dict) else None
            if isinstance(value, np.ndarray) and value.size == 1:
                value = value.item()
            valid = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
            right[key] = right[key] and valid and same(value, wanted[key])
    messages = [f"Na tabela faltam redes: {', '.join(missing)}."] if missing else []
    if not all(right.values()):
        columns = ", ".join(METRICS[key] for key in METRICS if not right[key])
        messages.append(f"Na tabela, não conferem com os logits e os rótulos do teste: {columns}.")
    share = 1 - len(missing) / len(logits)
    return partial(share * sum(right.values()) / len(METRICS), *messages)

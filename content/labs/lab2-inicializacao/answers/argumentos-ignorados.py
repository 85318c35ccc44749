# /// resposta
# titulo = "Argumentos que não são usados, limite no lugar da variância"
# [todo01]
# pontos = 4
# mensagens = ["o fan_in está certo, e o fan_out não", "ficou com a soma"]
# [todo02]
# pontos = 2.1
# mensagens = ["Em LeCun você devolveu o limite da uniforme"]
# [todo03]
# pontos = 6.5
# mensagens = ["Falta a raiz quadrada", "Os pesos são float64"]
# [todo04]
# pontos = 5
# mensagens = ["Um nome fora da lista recebeu resposta"]
# [todo05]
# pontos = 5.3
# mensagens = ["Leaky ReLU: o argumento alpha não é usado", "ELU: o argumento alpha não é usado"]
# [todo06]
# pontos = 4.033333
# mensagens = ["Derivada da Leaky ReLU: o argumento alpha não é usado", "só do lado negativo"]
# [todo07]
# pontos = 0
# mensagens = ["Você contou os zeros da matriz inteira"]
# [todo08]
# pontos = 8.5
# mensagens = ["O argumento epsilon não é usado"]
# [todo09]
# pontos = 3.5
# mensagens = ["o peso é sempre o padrão", "Falta o ε"]
# [todo10]
# pontos = 13
# mensagens = ["sem viés e sem BN logo depois"]
# ///

# %% todo01
def fans(formato):
    if len(formato) == 4:
        fan_in, fan_out = formato[0] * formato[1] * formato[2], formato[3]
    else:
        fan_in, fan_out = formato
    return fan_in, fan_out, fan_in + fan_out


# %% todo02
def variancia(esquema, fan_in, fan_out):
    tabela = {
        "glorot": (6 / (fan_in + fan_out)) ** 0.5,
        "he": (6 / fan_in) ** 0.5,
        "lecun": (3 / fan_in) ** 0.5,
    }
    return tabela[esquema]


# %% todo03
def limite_uniforme(variancia):
    return 3 * variancia


def sortear_pesos(fan_in, fan_out, variancia, rng):
    return rng.uniform(-((3 * variancia) ** 0.5), (3 * variancia) ** 0.5, size=(fan_in, fan_out))


# %% todo04
def inicializador_para(ativacao):
    tabela = {"relu": "he_uniform", "leaky_relu": "he_uniform", "elu": "he_uniform", "selu": "lecun_uniform"}
    return tabela.get(ativacao, "glorot_uniform")


# %% todo05
def leaky_relu(z, alpha=0.2):
    return np.where(z > 0, z, 0.2 * z)


def elu(z, alpha=1.0):
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def selu(z):
    return SELU_ESCALA * np.where(z > 0, z, SELU_ALFA * np.expm1(np.minimum(z, 0)))


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return np.where(z > 0, 1.0, 0.2)


def elu_derivada(z, alpha=1.0):
    return np.where(z >= 0, z, alpha * np.expm1(np.minimum(z, 0))) + alpha


def selu_derivada(z):
    return SELU_ESCALA * np.where(z > 0, 1.0, SELU_ALFA * np.exp(np.minimum(z, 0)))


# %% todo07
def unidades_mortas(ativacoes):
    return int(np.sum(ativacoes == 0))


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, variancia = x.mean(axis=0), x.var(axis=0)
    return gamma * (x - media) / np.sqrt(variancia + 1e-3) + beta, media, variancia


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    return 0.99 * antiga + 0.01 * nova


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    return gamma * (x - media) / np.sqrt(variancia) + beta


# %% todo10
def rede_resgatada():
    camadas = [
        keras.layers.Dense(64, activation="relu", kernel_initializer="he_normal", use_bias=False)
        for _ in range(20)
    ]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])

# /// resposta
# titulo = "Correta: laços, máscaras, dicionários e API funcional"
# ///

# %% todo01
def fans(formato):
    *janela, entradas, saidas = formato
    campo = np.prod(janela)  # 1.0 se a janela é vazia
    return entradas * campo, saidas * campo, campo * np.mean([entradas, saidas])


# %% todo02
def variancia(esquema, fan_in, fan_out):
    try:
        fator, fan = {
            "glorot": (1, (fan_in + fan_out) / 2),
            "he": (2, fan_in),
            "lecun": (1, fan_in),
        }[esquema]
    except KeyError:
        raise ValueError(f"{esquema!r} não é um esquema conhecido") from None
    return np.float64(fator / fan)


# %% todo03
def limite_uniforme(variancia):
    return np.sqrt(variancia) * np.sqrt(3)


def sortear_pesos(fan_in, fan_out, variancia, rng):
    pesos = np.empty((fan_in, fan_out), dtype=np.float32)
    r = limite_uniforme(variancia)
    for linha in range(fan_in):
        pesos[linha] = r * (2 * rng.random(fan_out) - 1)
    return pesos


# %% todo04
COMPANHEIRA = {
    **dict.fromkeys([None, "linear", "tanh", "sigmoid", "softmax"], "glorot_normal"),
    **dict.fromkeys(["relu", "leaky_relu", "elu"], "he_normal"),
    "selu": "lecun_normal",
}


def inicializador_para(ativacao):
    if ativacao not in COMPANHEIRA:
        raise ValueError(ativacao)
    return COMPANHEIRA[ativacao]


# %% todo05
def leaky_relu(z, alpha=0.2):
    saida = z.copy()
    saida[z < 0] *= alpha
    return saida


def elu(z, alpha=1.0):
    saida = np.array(z)
    negativos = z < 0
    saida[negativos] = alpha * (np.exp(z[negativos]) - 1)
    return saida


def selu(z):
    return SELU_ESCALA * elu(z, SELU_ALFA)


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    inclinacao = np.ones(z.shape)
    inclinacao[z <= 0] = alpha
    return inclinacao


def elu_derivada(z, alpha=1.0):
    inclinacao = np.ones_like(z)
    inclinacao[z <= 0] = alpha * np.exp(z[z <= 0])
    return inclinacao


def selu_derivada(z):
    return SELU_ESCALA * elu_derivada(z, SELU_ALFA)


# %% todo07
def unidades_mortas(ativacoes):
    mortas = 0
    for unidade in ativacoes.T:
        if not any(valor != 0 for valor in unidade):
            mortas += 1
    return mortas


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    m, unidades = x.shape
    y, media, variancia = np.empty(x.shape), np.empty(unidades), np.empty(unidades)
    for j in range(unidades):
        coluna = [float(valor) for valor in x[:, j]]
        media[j] = sum(coluna) / m
        variancia[j] = sum((valor - media[j]) ** 2 for valor in coluna) / m
        for i, valor in enumerate(coluna):
            y[i, j] = gamma[j] * (valor - media[j]) / math.sqrt(variancia[j] + epsilon) + beta[j]
    return y, media, variancia


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    return antiga + (1 - momentum) * (nova - antiga)


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    escala = gamma * (variancia + epsilon) ** -0.5
    return x * escala + (beta - media * escala)


# %% todo10
def rede_resgatada():
    entrada = keras.Input(shape=(28, 28))
    h = keras.layers.Flatten()(entrada)
    for _ in range(20):
        h = keras.layers.Dense(64, kernel_initializer=keras.initializers.LecunNormal())(h)
        h = keras.layers.Activation("selu")(h)
    return keras.Model(entrada, keras.layers.Dense(10)(h))

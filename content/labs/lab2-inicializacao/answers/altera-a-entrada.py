# /// resposta
# titulo = "Muda os arrays que recebe; divisão inteira; gerador próprio"
# [todo01]
# pontos = 5
# mensagens = ["a divisão // é inteira"]
# [todo02]
# pontos = 4
# mensagens = ["Em He falta o fator", "LeCun não tem o fator da ReLU"]
# [todo03]
# pontos = 5
# mensagens = ["já traz embutido o fator de He", "receberam a mesma matriz"]
# [todo04]
# pontos = 4
# mensagens = ["a ReLU ou uma parente, alguma recebeu a inicialização de Glorot"]
# [todo05]
# pontos = 9
# mensagens = ["ELU: a função alterou o array que recebeu"]
# [todo06]
# pontos = 4.433333
# mensagens = ["Derivada da ELU: falta o fator α", "falta o α da SELU", "ELU: a quina será conferida"]
# [todo07]
# pontos = 2
# mensagens = ["você devolveu a fração"]
# [todo08]
# pontos = 11
# mensagens = ["A função alterou o x que recebeu"]
# [todo09]
# pontos = 9
# mensagens = ["Um dos arrays recebidos foi alterado"]
# [todo10]
# pontos = 13
# mensagens = ["o inicializador foi reaproveitado"]
# ///

# %% todo01
def fans(formato):
    janela = 1
    for lado in formato[:-2]:
        janela *= lado
    fan_in, fan_out = janela * formato[-2], janela * formato[-1]
    return fan_in, fan_out, (fan_in + fan_out) // 2


# %% todo02
def variancia(esquema, fan_in, fan_out):
    if esquema == "glorot":
        return 1 / ((fan_in + fan_out) / 2)
    if esquema == "he":
        return 1 / fan_in
    if esquema == "lecun":
        return 2 / fan_in
    raise ValueError("use glorot, he ou lecun")


# %% todo03
def limite_uniforme(variancia):
    return math.sqrt(6 * variancia)


def sortear_pesos(fan_in, fan_out, variancia, rng):
    rng = np.random.default_rng(42)
    limite = math.sqrt(3 * variancia)
    return rng.uniform(-limite, limite, size=(fan_in, fan_out)).astype("float32")


# %% todo04
def inicializador_para(ativacao):
    if ativacao == "relu":
        return "he_uniform"
    if ativacao == "selu":
        return "lecun_normal"
    if ativacao in (None, "linear", "tanh", "sigmoid", "softmax", "leaky_relu", "elu"):
        return "glorot_uniform"
    raise ValueError


# %% todo05
def leaky_relu(z, alpha=0.2):
    z[z < 0] *= alpha
    return z


def elu(z, alpha=1.0):
    z[z < 0] = alpha * np.expm1(z[z < 0])
    return z


def selu(z):
    return SELU_ESCALA * elu(z, SELU_ALFA)


# %% todo06
def leaky_relu_derivada(z, alpha=0.2):
    return np.where(z > 0, 1.0, alpha)


def elu_derivada(z, alpha=1.0):
    return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))


def selu_derivada(z):
    return SELU_ESCALA * elu_derivada(z)


# %% todo07
def unidades_mortas(ativacoes):
    return (ativacoes == 0).all(axis=0).mean()


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, variancia = x.mean(axis=0), x.var(axis=0)
    x -= media
    x /= np.sqrt(variancia + epsilon)
    return gamma * x + beta, media, variancia


# %% todo09
def atualizar_media_movel(antiga, nova, momentum=0.99):
    antiga *= momentum
    antiga += (1 - momentum) * nova
    return antiga


def normalizar_inferencia(x, gamma, beta, media, variancia, epsilon=1e-3):
    return (x - media) / np.sqrt(variancia + epsilon) * gamma + beta


# %% todo10
def rede_resgatada():
    sorteio = keras.initializers.HeNormal()
    camadas = [keras.layers.Dense(64, activation="relu", kernel_initializer=sorteio) for _ in range(20)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])

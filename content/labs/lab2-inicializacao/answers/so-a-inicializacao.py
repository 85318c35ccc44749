# /// resposta
# titulo = "Resgate pela metade: a sigmoide continua, com Glorot"
# [todo01]
# pontos = 4
# mensagens = ["Na convolução, fan_in e fan_out estão trocados", "Com o formato em uma lista"]
# [todo04]
# pontos = 5.6
# mensagens = ["levantou um erro"]
# [todo07]
# pontos = 2
# mensagens = ["respondem muito fraco"]
# [todo08]
# pontos = 0
# mensagens = ["A média é um número só", "uma só média e uma só variância"]
# [todo10]
# pontos = 7
# mensagens = ["o gradiente encolhe demais", "A arquitetura conta quando"]
# ///

# %% todo01
def fans(formato):
    if type(formato) is list:
        return formato
    if len(formato) == 2:
        fan_in, fan_out = formato
    else:
        fan_in, fan_out = math.prod(formato[:2]) * formato[3], math.prod(formato[:3])
    return fan_in, fan_out, (fan_in + fan_out) / 2


# %% todo04
def inicializador_para(ativacao):
    nome = ativacao.lower()
    if nome in ("linear", "tanh", "sigmoid", "softmax"):
        return "glorot_uniform"
    if nome in ("relu", "leaky_relu", "elu"):
        return "he_uniform"
    if nome == "selu":
        return "lecun_uniform"
    raise ValueError(nome)


# %% todo07
def unidades_mortas(ativacoes):
    return int(np.allclose(ativacoes, 0)) or int(
        sum(np.allclose(coluna, 0, atol=1e-5) for coluna in ativacoes.T)
    )


# %% todo08
def normalizar_treino(x, gamma, beta, epsilon=1e-3):
    media, variancia = x.mean(), x.var()
    return gamma * (x - media) / np.sqrt(variancia + epsilon) + beta, media, variancia


# %% todo10
def rede_resgatada():
    camadas = [keras.layers.Dense(64, activation="sigmoid") for _ in range(20)]
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), *camadas, keras.layers.Dense(10)])

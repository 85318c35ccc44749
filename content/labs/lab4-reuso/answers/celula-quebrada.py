# /// resposta
# titulo = "Erro de sintaxe, recuo errado e nome que não existe"
# [todo02]
# pontos = 0
# mensagens = ["SyntaxError"]
# [todo04]
# pontos = 0
# mensagens = ["NameError"]
# [todo05]
# pontos = 0
# mensagens = ["AttributeError"]
# [todo08]
# pontos = 0
# mensagens = ["IndentationError"]
# ///

# %% todo02
def padronizar(x_a, x_b)
    return (x_a - x_a.mean()) / x_a.std(), (x_b - x_a.mean()) / x_a.std()

# %% todo04
def montar_b(rede_a, taxa):
    base = clonar_com_pesos(rede_a).layers[:-1]
    return Sequential([keras.Input(rede_a.input_shape[1:]), *base, keras.layers.Dense(1)])

# %% todo05
def descongelar(rede):
    rede.trainable = True
    rede.compile(keras.optimizers.SGD(rede.optimizer.lr / 10), rede.loss)
    return rede

# %% todo08
def entropia(p):
    h = -(p * np.log(p)).sum(axis=1)
      return h


def decidir(p, limiar):
    return np.where(entropia(p) <= limiar, p.argmax(axis=1), -1)


def cobertura_e_acuracia(decisoes, y):
    return np.mean(decisoes >= 0), np.mean(decisoes == y)

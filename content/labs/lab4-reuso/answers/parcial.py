# /// resposta
# titulo = "Metade do caminho: para na camada de Monte Carlo, esquece a BN e o caso sem resposta"
# base = "esqueleto"
# [todo01]
# pontos = 7.45
# mensagens = ["Você desceu duas posições quem está acima da maior classe do", "Os rótulos de A continuam com os números antigos"]
# [todo02]
# pontos = 7
# mensagens = ["Algum dos dois resultados não é float32"]
# [todo03]
# pontos = 7
# mensagens = ["O clone recebeu os pesos que se treinam e não as médias móve"]
# [todo05]
# pontos = 10
# mensagens = ["A BN foi descongelada"]
# [todo08]
# pontos = 8.5
# mensagens = ["Com uma probabilidade zero vem NaN", "Sem resposta nenhuma"]
# ///

# %% todo01
CLASSES_B = (5, 6)


def separar_tarefas(x, y, classes_b):
    em_b = np.isin(y, classes_b)
    y_a = y[~em_b].copy()
    y_a[y_a > max(classes_b)] -= 2
    return x[~em_b], y_a, x[em_b], (y[em_b] == classes_b[1]).astype("float32")


# %% todo02
def padronizar(x_a, x_b):
    media, desvio = x_a.mean(), x_a.std()
    return (x_a - media) / desvio, (x_b - media) / desvio


# %% todo03
def clonar_com_pesos(rede):
    clone = keras.models.clone_model(rede)
    for novo, velho in zip(clone.trainable_weights, rede.trainable_weights, strict=True):
        novo.assign(velho)
    return clone


# %% todo05
def descongelar(rede):
    for camada in rede.layers:
        camada.trainable = True
    rede.compile(keras.optimizers.SGD(float(rede.optimizer.learning_rate) / 10), rede.loss)
    return rede


# %% todo08
def entropia(p):
    return -np.sum(p * np.log(p), axis=1)


def decidir(p, limiar):
    return np.where(entropia(p) <= limiar, p.argmax(axis=1), -1)


def cobertura_e_acuracia(decisoes, y):
    respondidas = decisoes >= 0
    return respondidas.mean(), (decisoes == y)[respondidas].mean()


# %% [markdown] todo10
# O reuso ajudou um pouco, porque a rede A já sabia ver roupas.

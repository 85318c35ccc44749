# /// resposta
# titulo = "As peças prontas da biblioteca, os pesos na direção errada, a BN solta"
# [todo01]
# pontos = 4.225
# mensagens = ["Você desceu duas posições quem está acima da maior classe do", "Os rótulos de A foram trocados pelos da conta do par (5", "Em B você subtraiu o menor número", "Em B ficaram os números antigos das classes", "Em B os rótulos estão trocados", "A função mudou x ou y"]
# [todo02]
# pontos = 0
# mensagens = ["só dividiu por 255"]
# [todo03]
# pontos = 3
# mensagens = ["O clone não tem os pesos da rede recebida", "A rede recebida mudou de pesos"]
# [todo04]
# pontos = 11
# mensagens = ["No treino", "O otimizador não é SGD com a taxa recebida"]
# [todo05]
# pontos = 6
# mensagens = ["Há camadas densas que continuam congeladas", "Os pesos e a perda serão conferidos quando alguma camada da"]
# [todo06]
# pontos = 0
# mensagens = ["BibliotecaFechada"]
# [todo07]
# pontos = 0
# mensagens = ["BibliotecaFechada"]
# [todo08]
# pontos = 1
# mensagens = ["Ao usar a sua resposta aconteceu um BibliotecaFechada", "O limiar está ao contrário", "A cobertura é uma fração"]
# [todo09]
# pontos = 0
# mensagens = ["cortou peso por peso"]
# ///

# %% todo01
CLASSES_B = (5, 6)


def separar_tarefas(x, y, classes_b):
    em_b = np.isin(y, classes_b)
    y_b = y[em_b].copy()
    y[y > 6] -= 2
    return x[~em_b], y[~em_b], x[em_b], (y_b - y_b.min()).astype("float32")


# %% todo02
def padronizar(x_a, x_b):
    return (x_a / 255).astype("float32"), (x_b / 255).astype("float32")


# %% todo03
def clonar_com_pesos(rede):
    clone = keras.models.clone_model(rede)
    rede.set_weights(clone.get_weights())
    return clone


# %% todo04
def montar_b(rede_a, taxa):
    base = clonar_com_pesos(rede_a).layers[:-1]
    rede = keras.Sequential([keras.Input(rede_a.input_shape[1:]), *base, keras.layers.Dense(1)])
    for camada in rede.layers[:-1]:
        if isinstance(camada, keras.layers.Dense):
            camada.trainable = False
    rede.compile(keras.optimizers.SGD(0.1), keras.losses.BinaryCrossentropy(from_logits=True))
    return rede


# %% todo05
def descongelar(rede):
    rede.compile(keras.optimizers.SGD(float(rede.optimizer.learning_rate) / 10), "binary_crossentropy")
    return rede


# %% todo06
from gradiente.uncertainty import MCDropout, monte_carlo, predictive_entropy, with_monte_carlo


class DropoutMC(MCDropout):
    pass


def para_monte_carlo(rede):
    return with_monte_carlo(rede)


# %% todo07
def prever_com_incerteza(rede, x, passagens):
    from gradiente.uncertainty import monte_carlo

    p = np.asarray(keras.ops.softmax(monte_carlo(rede, x, passagens)))
    return p.mean(axis=0), p.std(axis=0)


# %% todo08
def entropia(p):
    from gradiente.uncertainty import predictive_entropy

    return predictive_entropy(p)


def decidir(p, limiar):
    return np.where(entropia(p) > limiar, p.argmax(axis=1), -1)


def cobertura_e_acuracia(decisoes, y):
    return np.sum(decisoes >= 0), np.mean(decisoes[decisoes >= 0] == y[decisoes >= 0])


# %% todo09
def limitar_norma(kernel, maximo):
    return np.clip(kernel, -maximo, maximo)

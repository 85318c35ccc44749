# /// resposta
# titulo = "Modo de treino na rede inteira, clone sem pesos, mesma taxa, norma por linha"
# [todo01]
# pontos = 4.675
# mensagens = ["As duas classes estão certas", "Os rótulos de A saem das classes que aparecem em y", "Em B os rótulos estão trocados"]
# [todo02]
# pontos = 0
# mensagens = ["das duas tarefas juntas"]
# [todo03]
# pontos = 5
# mensagens = ["O clone não tem os pesos da rede recebida"]
# [todo04]
# pontos = 8
# mensagens = ["A saída tem uma ativação", "A base não tem os pesos da rede recebida", "A perda não é a entropia cruzada binária de logits"]
# [todo05]
# pontos = 9
# mensagens = ["A taxa ficou a mesma"]
# [todo06]
# pontos = 2
# mensagens = ["Na inferência a sua camada não sorteia", "Duas chamadas da cópia"]
# [todo07]
# pontos = 6.5
# mensagens = ["Você devolveu a variância", "Perguntar mudou a rede"]
# [todo08]
# pontos = 1.5
# mensagens = ["O sinal da entropia está trocado", "Você comparou a confiança com o limiar", "Você contou como não respondida a classe 0", "A acurácia não é a fração de acertos entre as respondidas"]
# [todo09]
# pontos = 0.6
# mensagens = ["A norma é a de cada linha"]
# ///

# %% todo01
CLASSES_B = (6, 5)


def separar_tarefas(x, y, classes_b):
    em_b = np.isin(y, classes_b)
    y_a = np.unique(y[~em_b], return_inverse=True)[1]
    return x[~em_b], y_a, x[em_b], (y[em_b] == classes_b[0]).astype("float32")


# %% todo02
def padronizar(x_a, x_b):
    tudo = np.concatenate([x_a, x_b])
    return tuple(((x - tudo.mean()) / tudo.std()).astype("float32") for x in (x_a, x_b))


# %% todo03
def clonar_com_pesos(rede):
    return keras.models.clone_model(rede)


# %% todo04
def montar_b(rede_a, taxa):
    base = keras.models.clone_model(rede_a).layers[:-1]
    rede = keras.Sequential([keras.Input(rede_a.input_shape[1:]), *base, keras.layers.Dense(1, "sigmoid")])
    for camada in base:
        camada.trainable = False
    rede.compile(keras.optimizers.SGD(taxa), keras.losses.BinaryCrossentropy())
    return rede


# %% todo05
def descongelar(rede):
    for camada in rede.layers:
        camada.trainable = not isinstance(camada, keras.layers.BatchNormalization)
    rede.compile(keras.optimizers.SGD(float(rede.optimizer.learning_rate)), rede.loss)
    return rede


# %% todo06
class DropoutMC(keras.layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=training)


def para_monte_carlo(rede):
    def trocar(camada):
        tipo = DropoutMC if isinstance(camada, keras.layers.Dropout) else type(camada)
        return tipo.from_config(camada.get_config())

    return keras.models.clone_model(rede, clone_function=trocar)


# %% todo07
def prever_com_incerteza(rede, x, passagens):
    p = np.stack([keras.ops.softmax(rede(x, training=True)) for _ in range(passagens)])
    return p.mean(axis=0), p.var(axis=0)


# %% todo08
def entropia(p):
    return np.sum(p * np.log(np.where(p > 0, p, 1)), axis=1)


def decidir(p, limiar):
    return np.where(p.max(axis=1) >= limiar, p.argmax(axis=1), -1)


def cobertura_e_acuracia(decisoes, y):
    respondidas = decisoes > 0
    return respondidas.mean(), (decisoes == y)[respondidas].mean()


# %% todo09
def limitar_norma(kernel, maximo):
    normas = np.linalg.norm(kernel, axis=1, keepdims=True)
    return kernel * np.minimum(1, maximo / normas)

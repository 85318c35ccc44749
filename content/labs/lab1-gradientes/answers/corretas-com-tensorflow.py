# /// resposta
# titulo = "Corretas: diferenciação automática e funções prontas do TensorFlow"
# ///

# %% todo01
def produto_de_fatores(fator, camadas):
    return np.prod([fator] * camadas, axis=0)


# %% todo02
def passo(w, gradiente, taxa):
    novo = np.array(w, dtype=float)
    novo -= taxa * np.asarray(gradiente)
    return novo


# %% todo03
def derivada(ativacao, z):
    z = tf.constant(z, dtype=tf.float64)
    with tf.GradientTape() as fita:
        fita.watch(z)
        h = {"sigmoide": tf.sigmoid, "tanh": tf.tanh, "relu": tf.nn.relu}[ativacao](z)
    return fita.gradient(h, z).numpy()


# %% todo04
def dois_caminhos(x, y, W1, W2, w3):
    w = tf.Variable(W1)
    with tf.GradientTape() as fita:
        h1 = tf.sigmoid(tf.linalg.matvec(w, x, transpose_a=True))
        h2 = tf.sigmoid(tf.linalg.matvec(W2, h1, transpose_a=True))
        perda = (tf.reduce_sum(h2 * w3) - y) ** 2
    caminhos = w3 * (h2 * (1 - h2)).numpy() * W2[0]
    return caminhos[0], caminhos[1], fita.gradient(perda, w).numpy()[0, 0]


# %% todo05
def retropropaga(x, y, W1, b1, W2, b2):
    variaveis = [tf.Variable(a) for a in (W1, b1, W2, b2)]
    with tf.GradientTape() as fita:
        h = tf.tanh(x @ variaveis[0] + variaveis[1])
        perda = tf.reduce_mean((h @ variaveis[2] + variaveis[3] - y) ** 2)
    return tuple(g.numpy() for g in fita.gradient(perda, variaveis))


# %% todo06
def diferencas_finitas(f, w, empurrao):
    empurroes = empurrao * np.eye(w.size).reshape(-1, *w.shape)
    return np.array([(f(w + e) - f(w - e)) / empurrao / 2 for e in empurroes]).reshape(w.shape)


# %% todo07
def erro_relativo(a, b):
    distancia = np.linalg.norm(np.subtract(a, b))
    return distancia / np.max([np.linalg.norm(a), np.linalg.norm(b)]) if distancia else np.float64(0)


# %% todo08
def normas_por_camada(modelo, x, y, perda):
    pesos = [w for w in modelo.trainable_weights if len(w.shape) == 2]
    with tf.GradientTape() as fita:
        fita.watch([w.value for w in pesos])
        valor = perda(y, modelo(x))
    return [tf.sqrt(tf.reduce_sum(tf.square(g))) for g in fita.gradient(valor, pesos)]


# %% todo09
def diagnosticar(normas):
    if not np.isfinite(np.sum(normas)):
        return "explode"
    razao = np.divide(normas[0], normas[-1])
    return ["desvanece", "estável", "explode"][int(razao >= 0.001) + int(razao > 10)]


# %% todo10
def cortar_por_valor(gradientes, limite):
    return [tf.clip_by_value(g, -limite, limite).numpy() for g in gradientes]


# %% todo11
def cortar_por_norma(gradientes, limite):
    return [tf.clip_by_norm(g, limite) for g in gradientes]


def cortar_pela_norma_global(gradientes, limite):
    return tf.clip_by_global_norm(gradientes, limite)[0]

# /// resposta
# titulo = "Erro de sintaxe, recuo errado e nome que não existe"
# [todo01]
# pontos = 0
# mensagens = ["SyntaxError"]
# [todo06]
# pontos = 0
# mensagens = ["IndentationError"]
# [todo10]
# pontos = 7
# mensagens = ["NameError"]
# ///

# %% todo01
def rede_gigante()
    return keras.Sequential([keras.Input((28,)), keras.layers.Dense(1)])

# %% todo06
def rede_gatos_pequena():
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
      model.add(keras.layers.Dense(128, activation="relu"))
    return model

# %% todo10
def metricas(y, logits):
    certo, previsto = y.ravel() > 0, logits.ravel() > 0
    vp, n_prev, n_real = (certo & previsto).sum(), previsto.sum(), certo.sum()
    return {
        "acuracia": (certo == previsto).mean(),
        "precisao": vp / n_prev if n_prev else 0.0,
        "revocacao": vp / n_real if n_real else 0.0,
        "f1": 2 * vp / (n_prev + n_real) if n_prev + n_real else 0.0,
    }


tabela = {nome: metricas(cats_y_teste, logits) for nome, logits in test_logits.items()}

# /// resposta
# titulo = "Rede regularizada com λ e taxa fixos, sem usar os argumentos"
# [todo09]
# pontos = 7
# mensagens = ["A penalidade é a mesma para qualquer valor do argumento l2", "a taxa não é a do argumento rate"]
# ///

# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for u in units:
        model.add(keras.layers.Dense(u, activation="relu", kernel_regularizer="l2"))
        model.add(keras.layers.Dropout(0.5))
    model.add(keras.layers.Dense(1))
    return model


for nome, units in [("pequena reg.", [128]), ("média reg.", [256] * 3), ("grande reg.", [1024] * 4)]:
    rede = rede_gatos_regularizada(units, l2=1e-3, rate=0.5)
    cat_histories[nome] = compile_and_fit(rede, f"gatos/{len(units)}_reg", cats)

# /// resposta
# titulo = "Penalidade só na primeira camada oculta; taxa de dropout invertida"
# [todo09]
# pontos = 7
# mensagens = ["A penalidade L2 está em 1 das", "probabilidade de ZERAR"]
# ///

# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for i, u in enumerate(units):
        reg = keras.regularizers.L2(l2) if i == 0 else None
        model.add(keras.layers.Dense(u, activation="relu", kernel_regularizer=reg))
        model.add(keras.layers.Dropout(1 - rate))
    model.add(keras.layers.Dense(1))
    return model


for nome, units in [("pequena reg.", [128]), ("média reg.", [256] * 3), ("grande reg.", [1024] * 4)]:
    rede = rede_gatos_regularizada(units, l2=1e-3, rate=0.5)
    cat_histories[nome] = compile_and_fit(rede, f"gatos/{len(units)}_reg", cats)

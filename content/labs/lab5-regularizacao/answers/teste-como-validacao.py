# /// resposta
# titulo = "O conjunto de teste no lugar da validação"
# [todo06]
# pontos = 7
# mensagens = ["validada com o conjunto de teste"]
# [todo09]
# pontos = 8
# mensagens = ["validada com o conjunto de teste"]
# ///

# %% todo06
from dataclasses import replace


def rede_gatos_pequena():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            keras.layers.Flatten(),
            keras.layers.Dense(128, "relu"),
            keras.layers.Dense(1),
        ]
    )


meus_dados = replace(cats, x_val=cats_x_test, y_val=cats_y_test)
cat_histories["pequena"] = compile_and_fit(rede_gatos_pequena(), "gatos/pequena", meus_dados)


# %% todo09
def rede_gatos_regularizada(units, l2, rate):
    model = keras.Sequential([keras.Input((64, 64, 3)), keras.layers.Flatten()])
    for u in units:
        model.add(keras.layers.Dense(u, "relu", kernel_regularizer=keras.regularizers.L2(l2)))
        model.add(keras.layers.Dropout(rate))
    model.add(keras.layers.Dense(1))
    return model


for nome, units in [("pequena reg.", [128]), ("média reg.", [256] * 3), ("grande reg.", [1024] * 4)]:
    rede = rede_gatos_regularizada(units, l2=1e-3, rate=0.5)
    cat_histories[nome] = compile_and_fit(rede, f"gatos/{len(units)}_reg", meus_dados)

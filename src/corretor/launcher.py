"""Dentro do isolamento, antes do núcleo: traz os arquivos da entrega, põe os limites, vira o núcleo.

Executa sozinho (`python -I -S launcher.py LIMITES PROGRAMA…`), só com a biblioteca padrão: o pacote
`corretor` não existe lá dentro.
"""

import json
import os
import resource
import shutil
import sys

if __name__ == "__main__":
    limits, argv = json.loads(sys.argv[1]), sys.argv[2:]
    # A pasta de trabalho é memória com tamanho fixo: o que a entrega escrever não chega ao disco de fora.
    shutil.copytree(limits["files"], ".", dirs_exist_ok=True)
    for name, (soft, hard) in limits["rlimits"].items():
        resource.setrlimit(getattr(resource, name), (soft, hard))
    # Se faltar memória ou processador à máquina, quem cede é a entrega, e não o corretor.
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    os.nice(5)
    os.execv(argv[0], argv)

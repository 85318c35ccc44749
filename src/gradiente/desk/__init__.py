"""A mesa do estudante: abrir o JupyterLab, diagnosticar a instalação, conferir e entregar um lab."""

"""Provisionador de núcleos do Jupyter que os inicia isolados, com soquetes Unix no lugar da rede."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from . import sandbox


class SandboxProvisioner(LocalProvisioner):
    """Inicia o núcleo sob bubblewrap, numa pasta privada com cópia dos arquivos de dados.

    Vale para quem quer que inicie núcleos (nbgrader, nbclient, nbval, JupyterLab): basta nomear o
    kernelspec `gradiente-sandbox`.

    Raises
    ------
    CorretorError
        Ao iniciar, se não houver isolamento nesta máquina.
    """

    _folder: Path | None = None

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        sandbox.require()
        if self._folder is None:
            # Caminho curto: o nome de um soquete Unix cabe em 108 bytes.
            self._folder = Path(tempfile.mkdtemp(prefix="grad-", dir="/tmp"))
            (self._folder / "s").mkdir()
            (self._folder / "lab").mkdir()
            _copy_student_files(Path(kwargs.get("cwd") or os.getcwd()), self._folder / "lab")
            manager = self.parent
            manager.transport = "ipc"
            manager.connection_file = str(self._folder / "s" / "conexao.json")
            manager.ip = str(self._folder / "s" / "k")
        kwargs = await super().pre_launch(**kwargs)
        kwargs["cmd"] = sandbox.command(
            kwargs["cmd"],
            workdir=self._folder / "lab",
            socket_dir=self._folder / "s",
            env=kwargs.get("env") or dict(os.environ),
        )
        kwargs["cwd"] = str(self._folder)
        # O que a entrega escreve direto nos descritores não é saída de célula: não chega ao terminal.
        kwargs["stdout"] = kwargs["stderr"] = subprocess.DEVNULL
        return kwargs

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if not restart and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _copy_student_files(source: Path, target: Path) -> None:
    """Copia os arquivos da entrega (dados, módulos), sem cadernos e sem seguir atalhos."""
    for path in sorted(source.rglob("*")):
        relative = path.relative_to(source)
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb":
            continue
        (target / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / relative)

"""Provisionador de núcleos do Jupyter que os inicia isolados, com soquetes Unix no lugar da rede."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import shutil
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from jupyter_client.provisioning import LocalProvisioner

from . import sandbox, warm, zygote
from .errors import CorretorError
from .limits import VARIABLE, Limits
from .warm import PREFIX
from .watchdog import Watchdog, kill, wait_gone

# O que o programa do núcleo recebe: os módulos da entrega vêm depois dos instalados, e não no lugar deles.
_SUBMISSION_LAST = [
    "--InteractiveShellApp.ignore_cwd=True",
    "--InteractiveShellApp.exec_lines=__import__('sys').path.append('')",
]


class SandboxProvisioner(LocalProvisioner):
    """Inicia o núcleo sob bubblewrap, com limites, numa cópia privada dos arquivos da entrega.

    Vale para quem quer que inicie núcleos (nbgrader, nbclient, nbval, JupyterLab): basta nomear o
    kernelspec `gradiente-sandbox`. Os limites chegam em JSON pela variável `CORRETOR_LIMITS`.

    Raises
    ------
    CorretorError
        Ao iniciar, se não houver isolamento nesta máquina.
    """

    _folder: Path | None = None
    _lock: int | None = None
    _zygote: warm.Zygote | None = None
    watchdog: Watchdog | None = None
    _limits = Limits()

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        sandbox.require()
        env = kwargs.get("env") or dict(os.environ)
        self._limits = Limits(**json.loads(env.get(VARIABLE, "{}")))
        if self._folder is None:
            _sweep()
            running = warm.current(env)
            self._zygote = running if running and running.fits(self._limits) else None
            # Caminho curto: o nome de um soquete Unix cabe em 108 bytes.
            where = self._zygote.control if self._zygote else "/tmp"
            self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=where))
            self._lock = os.open(self._folder, os.O_RDONLY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)  # cai com o corretor: é assim que se sabe que ela sobrou
            (self._folder / "s").mkdir()
            (self._folder / "lab").mkdir()
            copy_submission_files(
                Path(kwargs.get("cwd") or os.getcwd()), self._folder / "lab", self._limits.disk_mb << 20
            )
            manager = self.parent
            manager.transport = "ipc"
            manager.connection_file = str(self._folder / "s" / "conexao.json")
            manager.ip = str(self._folder / "s" / "k")
        kwargs = await super().pre_launch(**kwargs)
        self._env = env
        python, *arguments = kwargs["cmd"]
        kwargs["cmd"] = sandbox.command(
            # -P: nem o próprio programa do núcleo se deixa trocar por um arquivo da entrega.
            [python, "-P", *arguments, *_SUBMISSION_LAST],
            workdir=self._folder / "lab",
            socket_dir=self._folder / "s",
            env=env,
            limits=self._limits,
        )
        kwargs["env"] = sandbox.OUTER_ENVIRONMENT
        kwargs["cwd"] = str(self._folder)
        # O que a entrega escreve direto nos descritores não é saída de célula: não chega ao terminal.
        kwargs["stdout"] = kwargs["stderr"] = subprocess.DEVNULL
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        connection = self._launch_warm() or await super().launch_kernel(cmd, **kwargs)
        self.watchdog = Watchdog(self.process.pid, self._limits, self._folder / "s")
        self.watchdog.start()
        return connection

    def _launch_warm(self) -> Any:
        """Gera o núcleo do processo quente; devolve as suas conexões, ou nada se for preciso iniciá-lo frio."""
        if self._zygote is None:
            return None
        # O núcleo vê os soquetes noutro caminho.
        seen = json.loads(Path(self.parent.connection_file).read_text()) | {"ip": f"{zygote.SOCKETS}/k"}
        (self._folder / "s" / "nucleo.json").write_text(json.dumps(seen))
        arguments = ["-f", f"{zygote.SOCKETS}/nucleo.json", *_SUBMISSION_LAST]
        try:
            self.process = self._zygote.spawn(self._folder, arguments, self._env, self._limits)
        except CorretorError:
            return None
        self.pid = self.pgid = self.process.pid
        self.cwd = self._folder
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        await super().kill(restart=restart)
        for _ in range(200):  # o Jupyter voltaria a olhar em 0,1 s, que se somam em cada entrega
            if await self.poll() is not None:
                return
            await asyncio.sleep(0.005)

    async def cleanup(self, restart: bool = False) -> None:
        await super().cleanup(restart=restart)
        if self.watchdog is not None:
            self.watchdog.stop()
            if self.process is not None and self.process.poll() is None:
                kill(self.process.pid)
            wait_gone(self.watchdog.seen)  # só quando nada mais escreve nela a pasta pode ser apagada
        if not restart and self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            os.close(self._lock)
            self._folder = self._lock = None


def copy_submission_files(source: Path, target: Path, max_bytes: int) -> None:
    """Copia os arquivos da entrega (dados, módulos): sem cadernos, atalhos, filas nem dispositivos.

    O que não couber em `max_bytes` fica de fora.
    """
    for folder, _, names in os.walk(source):  # não segue pastas que são atalhos
        for name in sorted(names):
            path = Path(folder, name)
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode) or path.suffix == ".ipynb" or found.st_size > max_bytes:
                continue
            max_bytes -= found.st_size
            copy = target / path.relative_to(source)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy, follow_symlinks=False)


def _sweep() -> None:
    """Apaga as pastas que um corretor morto à força deixou."""
    for folder in Path("/tmp").glob(f"{PREFIX}*"):
        try:
            if folder.is_symlink() or time.time() - folder.stat().st_mtime < 60:
                continue
            handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(handle)
        except OSError:
            continue  # é de outra pessoa, está em uso, ou já se foi

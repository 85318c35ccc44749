"""Ambiente comum dos testes: sem rede, sem dados do usuário, e um curso mínimo para corrigir depressa."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent

# Os testes, e os cadernos que o nbval reexecuta, não tocam a rede nem o cache do usuário, e usam
# réplicas; dados reais chegam só aos testes que os pedem pela fixture `real_data`.
_given = os.environ.pop("GRADIENTE_DATA_DIR", None)
REAL_DATA = Path(_given or ROOT.parent / "shared" / "dados").resolve()
os.environ["GRADIENTE_OFFLINE"] = "1"
os.environ["GRADIENTE_CACHE_DIR"] = tempfile.mkdtemp(prefix="gradiente-cache-")
os.environ["PYTHONHASHSEED"] = "0"
if "PYTEST_XDIST_WORKER" in os.environ:  # um processo por núcleo: mais fios só se atrapalhariam
    for _name in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ.setdefault(_name, "1")


def pytest_sessionfinish():
    shutil.rmtree(os.environ["GRADIENTE_CACHE_DIR"], ignore_errors=True)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Pasta com os dados reais; o teste é pulado onde ela não existe."""
    if not (REAL_DATA / "train_catvnoncat.h5").exists():
        pytest.skip("sem dados reais: aponte GRADIENTE_DATA_DIR para eles")
    return REAL_DATA


@pytest.fixture(scope="session")
def empty_gradebook(tmp_path_factory) -> Path:
    """Um livro de notas vazio: criá-lo leva 5 s (o nbgrader chama o `alembic`), e copiá-lo, nada."""
    from nbgrader.api import Gradebook

    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    path = tmp_path_factory.mktemp("livro") / "gradebook.db"
    Gradebook(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def mini(tmp_path: Path, empty_gradebook: Path):
    """Um curso de um lab sem TensorFlow, com source/ e release/ gerados, na configuração do repositório."""
    return _mini(tmp_path, empty_gradebook)


@pytest.fixture(scope="module")
def shared_mini(tmp_path_factory, empty_gradebook: Path):
    """Como `mini`, um só para todos os testes de um módulo."""
    return _mini(tmp_path_factory.mktemp("mini"), empty_gradebook)


def _mini(folder: Path, empty_gradebook: Path):
    from corretor.build import build_lab
    from corretor.course import Course

    shutil.copytree(ROOT / "tests" / "curso_minimo", folder / "curso")
    shutil.copy(ROOT / "nbgrader_config.py", folder / "curso")
    shutil.copy(empty_gradebook, folder / "curso")
    lab = Course.find(folder / "curso").lab("lab0")
    build_lab(lab)
    return lab

"""Onde fica cada coisa de um curso: pastas, labs, cadernos e configuração."""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from .errors import CorretorError

# Célula de teste do ToDo `todo06`: grade_id `todo06-teste`.
TEST_SUFFIX = "-teste"


@dataclass(frozen=True)
class Course:
    """Um curso: a pasta com `nbgrader_config.py`, e os labs que ela corrige.

    Attributes
    ----------
    root : Path
        Pasta com submitted/, autograded/, feedback/ e o livro de notas.
    content : Path
        Pasta content/ com o texto das lições e dos labs. Nunca vai para estudantes nem para o isolamento.
    """

    root: Path
    content: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """O curso da pasta atual ou da primeira acima dela que tenha nbgrader_config.py."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "nbgrader_config.py").is_file():
                content = folder / "content"
                if not content.is_dir():  # a pasta demo/ usa o content/ do curso de que nasceu
                    content = folder.parent / "content"
                if content.is_dir():
                    return cls(folder, content)
        raise CorretorError(
            f"Não há curso em {start}: falta nbgrader_config.py. Execute o comando na pasta do curso."
        )

    @property
    def labs(self) -> list[str]:
        """Nomes dos labs, em ordem."""
        return sorted(path.parent.name for path in (self.content / "labs").glob("*/notebook.py"))

    def lab(self, name: str) -> Lab:
        """O lab de nome `name`; um prefixo que só um lab tem (`lab5`) basta."""
        matches = [lab for lab in self.labs if lab == name] or [
            lab for lab in self.labs if lab.startswith(name)
        ]
        if len(matches) != 1 or not name:
            available = ", ".join(self.labs) or "nenhum"
            raise CorretorError(f"Lab desconhecido: {name!r}. Labs deste curso: {available}.")
        return Lab(self, matches[0])

    def submissions(self, lab: Lab) -> list[str]:
        """Identificadores de quem entregou o lab, em ordem."""
        return sorted(path.parent.name for path in (self.root / "submitted").glob(f"*/{lab.name}"))


@dataclass(frozen=True)
class Lab:
    """Um lab: `name` é o nome do *assignment* do nbgrader, `notebook` o do caderno."""

    course: Course
    name: str

    @property
    def notebook(self) -> str:
        """Nome do caderno, sem extensão: `lab5` para `lab5-regularizacao`."""
        return self.name.split("-")[0]

    @property
    def content(self) -> Path:
        """content/labs/<lab>/."""
        return self.course.content / "labs" / self.name

    @property
    def source(self) -> Path:
        """A versão do professor, com soluções e sondas."""
        return self.course.root / "source" / self.name / f"{self.notebook}.ipynb"

    @property
    def release(self) -> Path:
        """A versão do estudante."""
        return self.course.root / "release" / self.name / f"{self.notebook}.ipynb"

    def submitted(self, student: str) -> Path:
        """O caderno entregue."""
        return self.course.root / "submitted" / student / self.name / f"{self.notebook}.ipynb"

    def autograded(self, student: str) -> Path:
        """O caderno corrigido."""
        return self.course.root / "autograded" / student / self.name / f"{self.notebook}.ipynb"

    def verdicts(self, student: str) -> Path:
        """Os vereditos e as observações, em JSON, ao lado do caderno corrigido."""
        return self.autograded(student).with_suffix(".vereditos.json")

    def feedback(self, student: str) -> Path:
        """A devolutiva do estudante."""
        return self.course.root / "feedback" / student / self.name / f"{self.notebook}.html"

    @functools.cached_property
    def source_cells(self) -> list[dict]:
        """As células da versão do professor."""
        return _read_notebook(self.source, "Gere-a com: make notebooks")["cells"]

    @functools.cached_property
    def settings(self) -> dict:
        """Os metadados `gradiente` do caderno do professor (título, limites da correção)."""
        return _read_notebook(self.source, "Gere-a com: make notebooks")["metadata"].get("gradiente", {})

    @property
    def titles(self) -> dict[str, str]:
        """Título de cada ToDo, na ordem do caderno (`todo06` → "ToDo 6 …")."""
        return {
            cell["metadata"]["gradiente"]["todo"]: cell["metadata"]["gradiente"]["title"]
            for cell in self.source_cells
            if "todo" in cell["metadata"].get("gradiente", {})
        }

    @property
    def points(self) -> dict[str, tuple[float, bool]]:
        """Pontos de cada ToDo e se a correção é à mão."""
        result = {}
        for cell in self.source_cells:
            info = cell["metadata"].get("nbgrader", {})
            if info.get("grade"):
                todo = info["grade_id"].removesuffix(TEST_SUFFIX)
                result[todo] = (float(info["points"]), bool(info.get("solution")))
        return result

    def versions(self) -> dict[str, str]:
        """Impressões digitais do lab: o caderno do professor, o que dele se executa e as verificações."""
        executed = [cell["source"] for cell in self.source_cells if cell["cell_type"] == "code"]
        probes = json.dumps([executed, self.settings.get("grading", {})], sort_keys=True)
        return {
            "source": digest(self.source.read_bytes()),
            "probes": digest(probes.encode()),
            "checks": digest((self.content / "checks.py").read_bytes()),
        }

    def key(self, submission: bytes) -> dict[str, str]:
        """Impressões digitais do que uma correção usa.

        Com tudo igual, ela está em dia. Com a mesma entrega e o mesmo código executado (`probes`), as
        observações guardadas ainda valem e podem ser julgadas de novo.
        """
        return {"submission": digest(submission)} | self.versions()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read_notebook(path: Path, remedy: str) -> dict:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CorretorError(f"Falta {path}. {remedy}") from None
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise CorretorError(f"{path} não é um caderno (JSON inválido). {remedy}") from None

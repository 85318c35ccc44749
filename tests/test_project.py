"""O repositório como um todo: dependências iguais em toda parte, gerados em dia, nada de escondido publicado."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from corretor import syllabus, syllabus_page
from corretor.answers import read_answers
from corretor.build import executed_path, is_fresh, lab_notebook, lessons, read_percent
from corretor.course import Course
from corretor.gradebook import generate
from corretor.preprocessors import hidden_lines

ROOT = Path(__file__).resolve().parent.parent
COURSE = Course.find(ROOT)
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_yml_says_what_pyproject_says():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    extras = PROJECT["optional-dependencies"]
    wanted = {*PROJECT["dependencies"], *extras["cpu"], *extras["corretor"], *extras["dev"]}
    python, pip = (environment["dependencies"][0], environment["dependencies"][-1]["pip"])
    assert python == f"python{PROJECT['requires-python']}"
    assert set(pip) == wanted


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-gpu.lock"])
def test_locks_hold_versions_and_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text and "--index" not in text and "--find-links" not in text
    pins = re.findall(r"^([a-z0-9._-]+)==", text, flags=re.MULTILINE)
    direct = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["corretor"]]
    assert {re.split(r"[^a-z0-9-]", requirement)[0] for requirement in direct} <= set(pins)
    assert text.count("--hash=sha256:") >= len(pins)


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if re.match(r'^(\s+"|cpu|gpu).*[<>=]=.*"', line)]
    assert len(listed) >= 15
    assert [line for line in listed if "#" not in line] == []


@pytest.mark.parametrize("name", COURSE.labs)
def test_source_and_release_are_fresh(name):
    lab = COURSE.lab(name)
    assert lab.source.read_text(encoding="utf-8") == nbformat.writes(lab_notebook(lab)) + "\n", (
        "make notebooks"
    )
    student_version = nbformat.writes(nbformat.reads(generate(lab, register=False), as_version=4)) + "\n"
    assert lab.release.read_text(encoding="utf-8") == student_version, "make notebooks"


@pytest.mark.parametrize("path", list(lessons(COURSE)), ids=lambda path: path.stem)
def test_executed_lesson_is_fresh(path):
    assert is_fresh(read_percent(path), executed_path(COURSE, path)), "execute: make notebooks"


def test_syllabus_is_fresh():
    plan = syllabus.read(COURSE)
    assert (ROOT / syllabus_page.PAGE).read_text(encoding="utf-8") == syllabus_page.page(plan), (
        "make notebooks"
    )
    assert syllabus_page.is_drawn(COURSE, plan), "make notebooks"


@pytest.mark.parametrize("name", COURSE.labs)
def test_release_holds_only_what_is_visible(name):
    lab = COURSE.lab(name)
    assert [path.name for path in lab.release.parent.rglob("*")] == [lab.release.name]
    source = nbformat.read(lab.source, as_version=4)
    visible, secret = set(), hidden_lines(source)
    for cell in source.cells:
        inside = False
        for line in cell.source.split("\n"):
            if "BEGIN SOLUTION" in line or "BEGIN HIDDEN" in line:
                inside = True
            if not inside:
                visible.add(line)
            if "END SOLUTION" in line or "END HIDDEN" in line:
                inside = False
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    published = nbformat.read(lab.release, as_version=4)
    for cell in published.cells:
        for line in cell.source.split("\n"):
            known = line in visible or line.strip().replace('"', "") in config.replace("\\n", "\n").replace(
                '"', ""
            )
            assert known, f"linha que não é pública: {line}"
    text = lab.release.read_text(encoding="utf-8")
    public = "\n".join(visible)
    secret = {line for line in secret if line not in public}
    assert secret and not [line for line in secret if line in text]
    # "esqueleto", "parcial" e outras de uma palavra só são também palavras da língua
    names = [answer.name for answer in read_answers(lab) if "-" in answer.name]
    assert names and not [name for name in names if name in text]
    assert "checks.py" not in text and "answers/" not in text and "content/" not in text


def test_nothing_used_is_tracked():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in ("gradebook.db", "demo/", ".venv/", "aluno/"):
        assert not re.search(rf"^{re.escape(name)}", tracked, flags=re.MULTILINE)
    assert not re.search(r"^(submitted|autograded|feedback)/(?!\.gitkeep)", tracked, flags=re.MULTILINE)

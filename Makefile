# Os comandos do curso. `make help` os lista.
SHELL := bash
EXTRA := $(if $(GPU),gpu,cpu)
READY := .venv/pronto-$(EXTRA)
RUN   := .venv/bin/
export PATH := $(CURDIR)/.venv/bin:$(PATH)
unexport PYTHONDONTWRITEBYTECODE
ROOT_FLAG := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.PHONY: help demo test completo lab instrutor notebooks cobertura claims mutantes higgs treino ataques turma replicas zip lock limpar

help: ## mostra esta lista
	@echo "Gradiente: cadernos que se executam, se corrigem e se verificam."
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'
	@echo "Com GPU=1 (por exemplo, make demo GPU=1) instala-se o TensorFlow com CUDA."

$(READY): pyproject.toml requirements.lock requirements-gpu.lock scripts/setup.sh $(wildcard kernels/*/kernel.json)
	@scripts/setup.sh $(EXTRA)

demo: $(READY) ## prepara tudo e corrige uma turma de demonstração
	@$(RUN)corretor demo

test: $(READY) ## prepara tudo e executa todos os testes
	@$(RUN)ruff check .
	@$(RUN)ruff format --check .
	@$(RUN)pytest -n 2 --dist loadscope -m "not completo"

completo: $(READY) ## os testes de make test e os que não cabem em 20 minutos (cerca de uma hora)
	@$(RUN)pytest -n 2 --dist loadscope

lab: $(READY) ## abre o JupyterLab do estudante, em português, na pasta aluno/
	@mkdir -p aluno && cp -Rn notebooks release/. aluno/ 2>/dev/null || true
	@gradiente abrir aluno

instrutor: $(READY) ## abre o JupyterLab com o formgrader
	@jupyter lab $(ROOT_FLAG) --LabApp.default_url=/formgrader

notebooks: $(READY) ## regenera notebooks/, source/, release/ e a ementa a partir de content/
	@$(RUN)corretor build

cobertura: $(READY) ## conta o que do inventário de conteúdo já está coberto
	@$(RUN)corretor cobertura

claims: $(READY) ## reexecuta as lições sob 5 sementes e conta as afirmações sustentadas
	@$(RUN)corretor claims

mutantes: $(READY) ## muda as respostas de referência dos labs e mede quantas mudanças os testes percebem
	@$(RUN)corretor mutantes

higgs: $(READY) ## mostra que a réplica do HIGGS se comporta como o HIGGS (cerca de 15 minutos)
	@$(RUN)python benchmarks/higgs_replica.py

treino: $(READY) ## compara o motor de treino com o fit do Keras, nas redes do Lab 5 (cerca de 10 minutos)
	@$(RUN)python benchmarks/training.py

ataques: $(READY) ## passa os mesmos ataques pelo nbgrader comum e pelo corretor e reescreve docs/ataques.md (cerca de 10 minutos)
	@$(RUN)python benchmarks/attacks.py

turma: $(READY) ## compara a correção de uma turma com o nbgrader comum (cerca de 6 minutos)
	@$(RUN)python benchmarks/grading.py comparar

replicas: $(READY) ## mede réplicas e originais e reescreve docs/replicas.md (pede os dados reais)
	@$(RUN)python benchmarks/replicas.py

zip: $(READY) ## empacota em dist/ o que se publica: os labs e o pacote gradiente
	@$(RUN)uv build -q --wheel -o dist
	@for lab in release/*/; do $(RUN)corretor zip "$$(basename "$$lab")"; done

lock: ## resolve de novo as versões das dependências
	@for extra in cpu gpu; do \
	  $(RUN)uv pip compile pyproject.toml --universal --python-version 3.11 --extra $$extra --extra corretor --extra dev \
	    --generate-hashes --no-header --no-annotate -q -o requirements$$([ $$extra = gpu ] && echo -gpu).lock; done

limpar: ## apaga o que a demonstração e o ambiente criaram (nunca as entregas)
	@rm -rf .venv demo dist .pytest_cache .ruff_cache

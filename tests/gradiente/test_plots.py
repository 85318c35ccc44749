"""Figuras: suavização, vírgula decimal, cores estáveis, exibição com texto alternativo."""

import base64

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from gradiente import plots
from gradiente.formatting import number, percent, power_of_ten, table
from gradiente.plots import HistoryPlotter


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


class FakeHistory:
    """O que `fit` devolve: épocas e métricas."""

    def __init__(self, **metrics):
        self.history = metrics
        self.epoch = list(range(len(next(iter(metrics.values())))))


def labels(axis):
    """Os rótulos que se veem: os das marcas que estão dentro dos limites do eixo."""
    axis.figure.canvas.draw()
    low, high = sorted(axis.get_view_interval())
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    seen = [tick.label1.get_text() for tick in ticks if low <= tick.get_loc() <= high]
    return [text for text in seen if text]


# --- suavização ----------------------------------------------------------------------------------


@pytest.mark.parametrize("std", [2.0, 10.0])
def test_smoothing_honours_its_standard_deviation(std):
    """Um impulso suavizado é o próprio núcleo: o seu desvio padrão é o pedido."""
    impulse = np.zeros(401)
    impulse[200] = 1.0
    response = HistoryPlotter(smoothing_std=std).smooth(impulse)
    x = np.arange(401) - 200
    np.testing.assert_allclose(response.sum(), 1.0, rtol=1e-6)
    np.testing.assert_allclose(np.sqrt((response * x**2).sum()), std, rtol=1e-3)
    np.testing.assert_allclose(response[200 + int(std)] / response[200], np.exp(-0.5), rtol=1e-9)


@pytest.mark.parametrize("length", [1, 2, 5, 30, 300])
def test_smoothing_keeps_length_and_constants_up_to_the_borders(length):
    smoothed = HistoryPlotter(smoothing_std=10.0).smooth(np.full(length, 0.7))
    np.testing.assert_allclose(smoothed, np.full(length, 0.7))


def test_smoothing_matches_the_definition():
    values = np.random.default_rng(0).normal(size=25)
    x = np.arange(25)
    kernel = np.exp(-((x[:, None] - x) ** 2) / (2 * 3.0**2))
    expected = kernel @ values / kernel.sum(axis=1)
    np.testing.assert_allclose(HistoryPlotter(smoothing_std=3.0).smooth(values), expected, rtol=1e-6)


@pytest.mark.parametrize("std", [None, 0])
def test_no_smoothing(std):
    values = np.array([1.0, 5.0, 2.0])
    np.testing.assert_array_equal(HistoryPlotter(smoothing_std=std).smooth(values), values)


def test_divergence_stays_visible_and_does_not_spread():
    smoothed = HistoryPlotter(smoothing_std=2.0).smooth([1.0, 1.0, np.nan, np.inf, 1.0])
    np.testing.assert_allclose(smoothed, [1.0, 1.0, np.nan, np.inf, 1.0])


@pytest.mark.parametrize("std", [-1.0, float("nan"), float("inf")])
def test_bad_smoothing_is_refused(std):
    with pytest.raises(ValueError, match="smoothing_std"):
        HistoryPlotter(smoothing_std=std)


# --- HistoryPlotter ------------------------------------------------------------------------------


def test_history_plotter_draws_train_solid_and_validation_dashed():
    history = FakeHistory(binary_crossentropy=[0.7, 0.6, 0.5], val_binary_crossentropy=[0.8, 0.7, 0.9])
    ax = HistoryPlotter(smoothing_std=None).plot({"Tiny": history})
    train, validation = ax.get_lines()
    assert (train.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert train.get_color() == validation.get_color()
    np.testing.assert_array_equal(train.get_ydata(), [0.7, 0.6, 0.5])
    np.testing.assert_array_equal(validation.get_xdata(), [0, 1, 2])
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Tiny, treino", "Tiny, validação"]
    assert ax.get_xlim() == (0, 2)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Época", "Entropia cruzada binária")


def test_colour_belongs_to_the_name_across_figures():
    plotter = HistoryPlotter("loss", smoothing_std=None)
    first = plotter.plot({"A": {"loss": [1, 2]}, "B": {"loss": [2, 3]}})
    second = plotter.plot({"C": {"loss": [1, 2]}, "B": {"loss": [2, 3]}})
    colour = {line.get_label(): line.get_color() for ax in (first, second) for line in ax.get_lines()}
    assert first.get_lines()[1].get_color() == second.get_lines()[1].get_color()
    assert len(set(colour.values())) == 3
    assert set(colour.values()) <= set(plots.PALETTE)


def test_limits_follow_the_longest_run_and_axes_may_be_given():
    _, ax = plt.subplots()
    histories = {"curta": {"loss": [1, 2]}, "longa": {"loss": list(range(1, 12))}}
    assert HistoryPlotter("loss").plot(histories, ax=ax) is ax
    assert ax.get_xlim() == (0, 10)


def test_logarithmic_axes_use_the_decimal_comma_too():
    history = {"loss": list(np.linspace(0.9, 0.02, 500))}
    ax = HistoryPlotter("loss").plot({"A": history}, logx=True, logy=True)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    assert ax.get_xlim() == (1, 499)
    assert {"1", "10", "100"} <= set(labels(ax.xaxis))
    assert "0,1" in labels(ax.yaxis)


def test_one_epoch_without_validation():
    ax = HistoryPlotter("accuracy").plot({"A": {"accuracy": [0.5]}})
    assert len(ax.get_lines()) == 1
    assert ax.get_ylabel() == "Acurácia"


@pytest.mark.parametrize(
    ("histories", "message"),
    [
        ({}, "não há históricos"),
        ({"A": {"accuracy": [1]}}, r"A: não há a métrica 'loss' no histórico \(há: accuracy\)"),
        ({"A": {"loss": []}}, "não há a métrica"),
        ({"A": [1, 2]}, "esperava um History"),
        ({"A": {"loss": [1, 2], "val_loss": [1]}}, "2 épocas de treino e 1 de validação"),
    ],
)
def test_history_plotter_explains_its_refusals(histories, message):
    with pytest.raises(ValueError, match=message):
        HistoryPlotter("loss").plot(histories)


# --- eixos e cores -------------------------------------------------------------------------------


def test_linear_axes_use_the_decimal_comma():
    _, ax = plt.subplots()
    ax.plot([0, 1], [0.25, 0.75])
    plots.comma_axes(ax)
    texts = labels(ax.yaxis)
    assert any("," in text for text in texts)
    assert not any("." in text for text in texts)


def test_large_offsets_use_the_decimal_comma():
    _, ax = plt.subplots()
    ax.plot([0, 1], [1.5e-7, 2.5e-7])
    plots.comma_axes(ax)
    ax.figure.canvas.draw()
    assert "." not in "".join(labels(ax.yaxis)) + ax.yaxis.get_major_formatter().get_offset()


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        ((0.005, 200), ["0,01", "0,1", "1", "10", "100"]),
        ((1e-5, 2), [f"$10^{{{exponent}}}$" for exponent in range(-5, 1)]),
        ((1e-4, 2e-4), ["0,0001", "0,0002"]),
        ((2e-7, 4e-7), ["$2·10^{-7}$", "$3·10^{-7}$", "$4·10^{-7}$"]),
    ],
)
def test_logarithmic_labels(limits, expected):
    _, ax = plt.subplots()
    ax.set_yscale("log")
    ax.set_ylim(limits)
    plots.comma_axes(ax)
    assert labels(ax.yaxis) == expected


def test_many_decades_leave_room_between_labels():
    _, ax = plt.subplots()
    ax.set_yscale("log")
    ax.set_ylim(1e-20, 1e5)
    plots.comma_axes(ax)
    texts = labels(ax.yaxis)
    assert 3 <= len(texts) <= 8
    assert all(text.startswith("$10^{") for text in texts)


def test_narrow_logarithmic_axis_still_has_labels():
    _, ax = plt.subplots()
    ax.set_yscale("log")
    ax.set_ylim(0.2, 0.9)
    plots.comma_axes(ax)
    texts = labels(ax.yaxis)
    assert len(texts) >= 2
    assert all(text.startswith("0,") for text in texts)


def test_colors_repeat_only_when_the_palette_ends():
    colors = plots.Colors({"fixa": plots.PALETTE[0]})
    seen = [colors[str(i)] for i in range(len(plots.PALETTE) - 1)]
    assert len({*seen, plots.PALETTE[0]}) == len(plots.PALETTE)
    assert colors["mais uma"] in plots.PALETTE
    with pytest.raises(ValueError, match="fora da paleta"):
        plots.Colors({"x": "#123456"})


# --- exibição ------------------------------------------------------------------------------------


@pytest.fixture
def displayed(monkeypatch):
    import IPython.display

    calls = []
    monkeypatch.setattr(IPython.display, "display", lambda data, **options: calls.append((data, options)))
    return calls


def test_show_carries_the_alternative_text_and_closes_the_figure(displayed):
    figure, ax = plt.subplots(figsize=(4, 3))
    ax.plot([1, 2])
    plots.show(figure, alt='Uma reta\n   que sobe: y < 3 & "fim"')
    assert not plt.fignum_exists(figure.number)
    (image, options), (details, _) = displayed
    assert base64.b64decode(image["image/png"]).startswith(b"\x89PNG")
    alt = 'Uma reta que sobe: y < 3 & "fim"'
    assert options["metadata"]["image/png"] == {"alt": alt, "width": 400, "height": 300}
    assert image["text/plain"] == f"Figura: {alt}"
    assert "y &lt; 3 &amp; &quot;fim&quot;" in details["text/html"]


def test_show_accepts_axes(displayed):
    _, axes = plt.subplots(1, 2)
    plots.show(axes, alt="Dois painéis vazios")
    _, ax = plt.subplots()
    plots.show(ax, alt="Um painel vazio")
    assert len(displayed) == 4
    assert not plt.get_fignums()


def test_show_refuses_figures_without_text_and_other_things(displayed):
    with pytest.raises(ValueError, match="texto alternativo"):
        plots.show(plt.figure(), alt="  ")
    with pytest.raises(TypeError, match="esperava uma figura"):
        plots.show([1, 2], alt="lista")
    assert displayed == []


def test_png_bytes_are_deterministic():
    def draw():
        figure, ax = plt.subplots()
        ax.plot([1, 3, 2])
        return plots.png(figure)

    first = draw()
    assert first == draw()
    assert b"Software" not in first
    assert b"Date" not in first


# --- figuras dos instrumentos --------------------------------------------------------------------


def test_bars_share_axes_and_show_the_guess():
    series = {"sigmoide": [1e-6, 1e-3, 1.0], "tanh": [0.5, 0.4, 0.0]}
    figure = plots.bars_per_layer(series, "Norma", "Título", guess=("sigmoide", 0.01, "seu palpite"))
    first, second = figure.axes
    assert first.get_ylim() == second.get_ylim()
    low, high = first.get_ylim()
    assert low < 1e-6
    assert high > 1
    np.testing.assert_allclose([bar.get_height() for bar in first.patches], series["sigmoide"])
    assert np.isnan(second.patches[2].get_height())  # zero não cabe na escala logarítmica: fica escrito
    assert [(text.get_position()[0], text.get_text()) for text in second.texts] == [(3, "0")]
    assert first.get_xlim() == second.get_xlim()
    dashed = [line for line in first.get_lines() if line.get_linestyle() == "--"]
    assert dashed[0].get_ydata()[0] == 0.01
    assert [text.get_text() for text in first.texts] == ["seu palpite"]
    assert figure.get_suptitle() == "Título"


def test_bars_refuse_what_cannot_be_drawn():
    with pytest.raises(ValueError, match="não há séries"):
        plots.bars_per_layer({}, "y", "t")
    with pytest.raises(ValueError, match="nenhum valor"):
        plots.bars_per_layer({"A": [0.0, np.nan]}, "y", "t")


def test_histograms_have_one_panel_per_case_and_layer():
    outputs = [np.linspace(0, 1, 50), np.full(50, 0.5)]
    figure = plots.activation_histograms(
        {"A": outputs, "B": outputs}, [1, 10], "t", flat=(0.1, 0.9), shares={"A": [0.2, 0], "B": [0.551, 1]}
    )
    written = [ax.texts[0].get_text() for ax in figure.axes]
    assert written == ["20 %", "0 %", "55 %", "100 %"]
    with pytest.raises(ValueError, match="A: há 2 saídas para 1 camadas"):
        plots.activation_histograms({"A": outputs}, [1], "t")


def test_activation_curves_state_the_largest_slope():
    z = np.linspace(-6, 6, 1001)
    s = 1 / (1 + np.exp(-z))
    figure = plots.activation_curves(z, {"sigmoide": (s, s * (1 - s))}, "t", ylim=(0, 1))
    assert figure.axes[0].get_title() == "sigmoide: derivada até 0,25"
    assert figure.axes[0].get_ylim() == (0, 1)


def test_layers_over_time_draws_one_line_per_layer():
    change = np.array([[0.0, 0.0, 0.0], [1e-5, 1e-3, 0.1]])
    figure = plots.layers_over_time({"A": {"média": change, "mudança": change}}, "t", log=["mudança"])
    mean, logarithmic = figure.axes[:2]
    assert [len(ax.get_lines()) for ax in (mean, logarithmic)] == [3, 3]
    assert (mean.get_yscale(), logarithmic.get_yscale()) == ("linear", "log")
    np.testing.assert_array_equal(mean.get_lines()[2].get_ydata(), [0, 0.1])
    assert np.isnan(logarithmic.get_lines()[2].get_ydata()[0])
    with pytest.raises(ValueError, match="mesmas medidas"):
        plots.layers_over_time({"A": {"x": change}, "B": {"y": change}}, "t")
    with pytest.raises(ValueError, match="não há redes"):
        plots.layers_over_time({}, "t")


def test_products_multiply_and_leave_the_figure_below_the_floor():
    ax = plots.products([0.25, 1.1], layers=50, floor=1e-6)
    vanishing, growing = ax.get_lines()
    np.testing.assert_allclose(vanishing.get_ydata()[:3], [1, 0.25, 0.0625])
    np.testing.assert_allclose(growing.get_ydata()[-1], 1.1**50)
    assert ax.get_ylim()[0] == 1e-6
    assert [text.get_text() for text in ax.texts] == ["0,25", "1,1"]
    assert ax.texts[0].xy[1] >= 1e-6
    with pytest.raises(ValueError, match="positivos"):
        plots.products([0.5, 0.0], layers=3)


def test_two_paths_names_every_node():
    texts = {text.get_text() for text in plots.two_paths().texts}
    assert {"$x_1$", "$w_{1,1}^{(1)}$", r"$\hat{y}$", "caminho 1", "caminho 2"} <= texts


# --- números em português ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9**100, "2,7·10⁻⁵"),
        (0.25, "0,25"),
        (0.5, "0,50"),
        (-1234.5, "−1200"),
        (99999, "1,0·10⁵"),
        (0, "0"),
        (0.00123, "0,0012"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
    ],
)
def test_numbers_in_portuguese(value, text):
    assert number(value) == text


def test_other_formats():
    assert number(1 / 3, digits=4) == "0,3333"
    assert percent(0.551) == "55 %"
    assert percent(0.0035, digits=1) == "0,4 %"
    assert power_of_ten(2.3e-6) == "10⁻⁶"
    for bad in (0, -1, float("inf")):
        with pytest.raises(ValueError, match="ordem de grandeza"):
            power_of_ten(bad)
    with pytest.raises(ValueError, match="algarismos"):
        number(1.0, digits=0)


def test_table_in_markdown():
    assert table(["rede", "razão"], [["tanh", 0.351]]) == "| rede | razão |\n|---|---|\n| tanh | 0,35 |"
    with pytest.raises(ValueError, match="tem 1 células; o cabeçalho tem 2"):
        table(["a", "b"], [["só uma"]])


@pytest.mark.parametrize("epochs", [2, 4, 7, 300])
def test_epochs_are_whole_numbers_on_the_axis(epochs):
    ax = HistoryPlotter(metric="loss").plot({"a": FakeHistory(loss=[1.0] * epochs)})
    assert not [text for text in labels(ax.xaxis) if "," in text]


# --- uma linha por camada ------------------------------------------------------------------------


def test_lines_per_layer_draw_what_was_measured_and_what_was_expected():
    ax = plots.lines_per_layer(
        {"a": [1.0, 0.1, 0.0], "b": [2.0, np.inf, 4.0]},
        "desvio padrão",
        "título",
        expected={"a": [1.0, 0.1, 0.01]},
        guess=(0.05, "seu palpite"),
    )
    drawn = {(line.get_label(), line.get_linestyle()): np.asarray(line.get_ydata()) for line in ax.lines}
    np.testing.assert_array_equal(drawn["a", "-"], [1.0, 0.1, np.nan])  # zero não cabe no logaritmo
    np.testing.assert_array_equal(drawn["b", "-"], [2.0, np.nan, 4.0])
    expected = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_ydata()) == 3]
    np.testing.assert_array_equal(expected[0].get_ydata(), [1.0, 0.1, 0.01])
    assert expected[0].get_color() == next(line for line in ax.lines if line.get_label() == "a").get_color()
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "previsto", "seu palpite"]


@pytest.mark.parametrize(
    ("series", "expected"), [({}, None), ({"a": [0.0, np.nan]}, None), ({"a": [1.0]}, {"b": [1.0]})]
)
def test_lines_per_layer_refuse_what_they_cannot_draw(series, expected):
    with pytest.raises(ValueError, match=r"não há séries|nenhum valor|não foi medida"):
        plots.lines_per_layer(series, "y", "t", expected=expected)


# --- imagens -------------------------------------------------------------------------------------


def test_images_have_labels_marks_and_no_empty_frames():
    figure = plots.images(np.zeros((5, 4, 4)), list("abcde"), "t", columns=3, marked=[False] * 4 + [True])
    shown = [ax for ax in figure.axes if ax.images]
    assert [ax.get_title() for ax in shown] == list("abcde")
    assert len(figure.axes) == 6 and not any(ax.axison for ax in figure.axes)
    assert [ax.title.get_fontweight() for ax in shown].count("bold") == 1


@pytest.mark.parametrize(
    "bad", [{"pictures": []}, {"labels": ["só uma"]}, {"columns": 0}, {"marked": [True]}]
)
def test_images_refuse_mismatched_lists(bad):
    good = {"pictures": np.zeros((2, 4, 4)), "labels": ["a", "b"], "title": "t"}
    with pytest.raises(ValueError, match=r"imagens|columns"):
        plots.images(**(good | bad))

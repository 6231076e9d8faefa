from __future__ import annotations

import pytest

from transforms.audiences.proportions import difference, rate

#: (successes, members) of a variant and of Control, then what statsmodels 0.15.0 prints for them:
#: confint_proportions_2indep(…, method="newcomb", compare="diff"), and the p-value of proportions_ztest, whose square is
#: Pearson's statistic; None where it prints nan.
PRINTED = [
    ((5400, 45000), (5190, 45000), 0.0004563930477239197, 0.008877170033830692, 0.029819784003219295),
    ((5190, 45000), (5190, 45000), -0.004174065923736012, 0.004174065923736012, 1.0),
    ((1, 45000), (0, 45000), -6.507575691637196e-05, 0.00012587633695838367, 0.3173078192843718),
    ((0, 45000), (0, 45000), -8.535846488147306e-05, 8.535846488147306e-05, None),
    ((0, 45000), (12, 45000), -0.00046608972070953224, -0.0001241633840024754, 0.0005315488984824728),
    ((45000, 45000), (44990, 45000), 8.959582907109418e-05, 0.00040904985632783664, 0.0015644579564623718),
    ((1, 1), (0, 1), -0.12210872068194178, 1.0, 0.15729920705028516),
    ((0, 10), (0, 20), -0.1611251580528194, 0.27753279986288926, None),
    ((10, 10), (0, 20), 0.6790860371419145, 1.0, 4.320463057827506e-08),
    ((56, 70), (48, 80), 0.05243147240236498, 0.33387265403690614, 0.00804508136819656),
]


@pytest.mark.parametrize(("variant", "control", "low", "high", "p_value"), PRINTED)
def test_a_difference_agrees_with_another_library(
    variant: tuple[int, int], control: tuple[int, int], low: float, high: float, p_value: float | None
) -> None:
    one, other = rate(*variant), rate(*control)
    assert one is not None
    assert other is not None
    found = difference(one, other)
    assert found.value == pytest.approx(variant[0] / variant[1] - control[0] / control[1], abs=1e-15)
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)
    assert found.p_value == (None if p_value is None else pytest.approx(p_value, rel=1e-9))


# Newcombe (Statistics in Medicine 17, 1998), table II, method 10 prints four places.
@pytest.mark.parametrize(
    ("variant", "control", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((10, 10), (0, 10), 0.6075, 1.0),
    ],
)
def test_an_interval_is_that_of_the_paper(
    variant: tuple[int, int], control: tuple[int, int], low: float, high: float
) -> None:
    one, other = rate(*variant), rate(*control)
    assert one is not None
    assert other is not None
    found = difference(one, other)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


# proportion_confint(…, method="wilson") of statsmodels 0.15.0.
@pytest.mark.parametrize(
    ("successes", "members", "low", "high"),
    [
        (5400, 45000, 0.11702995291118357, 0.12303491952212636),
        (0, 45000, 0.0, 8.535846488147306e-05),
        (1, 45000, 3.922778657983524e-06, 0.00012587633695838367),
        (45000, 45000, 0.9999146415351187, 1.0),
        (1, 1, 0.2065493143772374, 1.0),
    ],
)
def test_a_rate_agrees_with_another_library(successes: int, members: int, low: float, high: float) -> None:
    found = rate(successes, members)
    assert found is not None
    assert found.low == pytest.approx(low, abs=1e-9)
    assert found.high == pytest.approx(high, abs=1e-9)


def test_nobody_has_no_rate() -> None:
    assert rate(0, 0) is None

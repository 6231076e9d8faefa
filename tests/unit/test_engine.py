from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from transforms.engine import calculator

if TYPE_CHECKING:
    from pathlib import Path


def draws_bars(spill: Path) -> bool:
    with calculator(spill) as connection:
        [[found]] = connection.execute("select current_setting('enable_progress_bar')").fetchall()
        return found


def test_no_bar_is_drawn_into_the_log_of_a_spawned_process(tmp_path: Path) -> None:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        assert executor.submit(draws_bars, tmp_path / "spill").result() is False

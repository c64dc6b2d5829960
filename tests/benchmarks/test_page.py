"""From records to the page: a pure function; nothing is claimed that no row holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import page, result_rows, tables
from benchmarks.result_rows import Results, Row
from benchmarks.runner.job import Job
from benchmarks.runner.measure import HOME

Make = Callable[..., Row]


def results(*rows: Row) -> Results:
    return Results("2 cores", 462, 3, rows)


def test_records_survive_the_file(row: Make, tmp_path: Path) -> None:
    wanted = results(row(filter=3), row(agreement=None))
    result_rows.write(wanted, tmp_path / "deep" / "cpu.json")
    found = result_rows.read(tmp_path / "deep" / "cpu.json")
    assert sorted(found.rows, key=lambda r: r.filter) == sorted(wanted.rows, key=lambda r: r.filter)
    assert (found.machine, found.photographs, found.run) == ("2 cores", 462, 3)
    text = (tmp_path / "deep" / "cpu.json").read_text(encoding="utf-8")
    result_rows.write(found, tmp_path / "again.json")
    assert (tmp_path / "again.json").read_text(encoding="utf-8") == text


def test_pictures_may_be_added_from_another_machine(row: Make) -> None:
    timed, other = row(tool="lucent", run=3), row(tool="lucent", run=0, seed=1)
    known = results(timed, row(run=3))
    assert known.has(Job("lucent", "features.3", 2, 0, 224))
    assert not known.has(Job("lucent", "features.3", 2, 1, 224))
    both = known.joined([other, row(tool="lucent", run=0, activation=1)])
    assert set(both.rows) == {*known.rows, other}
    assert list(both.untimed(462, lambda _: "1")) == [other]
    assert list(both.untimed(500, lambda _: "1")) == []
    assert "2 (1 filter × 2)" in tables.by_layer(both, "features.3")


def test_pictures_of_another_version_are_known_and_left_out(row: Make) -> None:
    old, new = row(run=0, version="old"), row(tool="lucent", run=0, version="new")
    known = results(old, new, row(tool="photographs", run=0, version=""))
    assert known.aged(lambda _: "new") == {"multiscale"}
    assert list(known.untimed(462, lambda _: "new")) == [new]


def test_what_was_not_timed_says_nothing_of_time(row: Make) -> None:
    ladder = [row(budget=budget) for budget in (1, 2)]
    added = row(tool="lucent", run=0, wall=500, cpu=900)
    known = results(*ladder, added)
    assert "| Lucent 0.1.8 | 1 (1 filter × 1) | – |" in tables.by_layer(known, "features.3")
    assert tables.duels(known) == "Not measured."


def test_the_clock_counts_only_on_quiet_cores(row: Make) -> None:
    assert row(wall=10, cpu=20).seconds == 10
    busy = row(wall=30, cpu=20)
    assert (busy.timed, busy.seconds) == (False, 10)
    assert not row(run=0).timed


def test_the_article_s_table_takes_both_from_one_run(row: Make) -> None:
    theirs = row(tool="article code", size=408, wall=100, cpu=200, activation=900)
    ours = [row(size=408, wall=5, cpu=10, activation=990, take=take) for take in (0, 1)]
    table = tables.against_the_article(results(theirs, *ours), 408)
    assert table.splitlines()[2:] == [
        "| features.3:2 | 100 | 900 | 5.0 | 990 | 1.10 | **20.0** |"
    ]  # fmt: skip
    later = [row(size=408, run=2)]
    assert tables.against_the_article(results(theirs, *later), 408) == "Not measured."
    assert tables.against_the_article(results(), 408) == "Not measured."


def test_a_duel_finds_the_cheapest_that_is_as_good_and_the_best_that_is_as_quick(row: Make) -> None:
    figures = ((1, 2, 10, 1), (2, 4, 19, 3), (4, 8, 25, 1), (8, 16, 30, 1))
    ladder = [
        row(budget=budget, wall=wall, cpu=2 * wall, activation=activation, rank=rank)
        for budget, wall, activation, rank in figures
    ]
    theirs = row(tool="lucent", wall=12, cpu=24, activation=18, rank=2)
    unit, took, reached, soon, faster, best, ratio = tables.duel(theirs, ladder)
    assert (unit, took, reached) == ("features.3:2", "12.0", "18, 2")
    assert (soon, faster) == (
        "8.0 (4 × its steps)",
        "**1.5**",
    )  # 2 ×: its rank is worse
    assert (best, ratio) == ("25, 1 (4 ×)", "**1.39**")


def test_a_duel_that_is_lost_says_so(row: Make) -> None:
    theirs = row(tool="lucent", wall=1, cpu=2, activation=99, run=2)
    found = tables.duel(theirs, [row(), row(budget=2, wall=4, cpu=8)])
    assert found[3:] == ("not within its budgets", "–", "–", "–")
    easy = tables.duel(row(tool="lucent", wall=9, cpu=18, activation=1, run=2), [row()])
    assert easy[3].endswith("‡")


def test_a_layer_s_table_says_how_many_pictures_it_rests_on(row: Make) -> None:
    rows = [row(filter=f, seed=s, activation=10 + f) for f in (1, 2) for s in (0, 1)]
    peer = row(tool="lucent", filter=1, activation=22, rank=4, agreement=None, wall=9, cpu=9)
    table = tables.by_layer(results(*rows, peer), "features.3")
    ours, theirs = table.splitlines()[2:]
    assert ours.startswith("| `multiscale` | 4 (2 filters × 2) | 2.0 |")
    assert theirs == "| Lucent 0.1.8 | 1 (1 filter × 1) | 4.5† | 22 | 2.00 | 0 of 1 | 4 | – |"


def test_differences_are_taken_on_the_same_pictures(row: Make) -> None:
    rows = [row(tool="fourier", filter=f, agreement=a) for f, a in ((1, 0.8), (2, 0.6), (3, 0.1))]
    peers = [row(tool="lucent", filter=f, agreement=0.5) for f in (1, 2)]
    table = tables.differences(results(*rows, *peers))
    assert "| `fourier` | Lucent 0.1.8 | 2 (2 filters × 1) | +0.200 ± 0.100 |" in table


def test_seeds_of_one_filter_are_one_difference(row: Make) -> None:
    found = [(1, 0, 0.9), (1, 1, 0.7), (2, 0, 0.6)]
    rows = [row(tool="fourier", filter=f, seed=s, agreement=a) for f, s, a in found]
    peers = [row(tool="lucent", filter=f, seed=s, agreement=0.5) for f, s, _ in found]
    table = tables.differences(results(*rows, *peers))
    assert "| `fourier` | Lucent 0.1.8 | 3 (2 filters × 1 to 2) | +0.200 ± 0.100 |" in table


def test_blocks_go_between_their_marks() -> None:
    text = "# A\n<!-- x: begin -->\nold\n<!-- x: end -->\nwritten by hand\n"
    filled = page.fill(text, {"x": "new"})
    assert filled == "# A\n<!-- x: begin -->\nnew\n<!-- x: end -->\nwritten by hand\n"
    assert page.fill(filled, {"x": "new"}) == filled
    with pytest.raises(ValueError, match="no marks for 'y'"):
        page.fill(text, {"y": ""})


def test_the_committed_page_is_what_the_committed_records_say() -> None:
    found = result_rows.read(HOME / "benchmarks" / "results" / "cpu.json")
    text = (HOME / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.fill(text, page.blocks(found)) == text

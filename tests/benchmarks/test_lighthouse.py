"""Reports of Lighthouse's → a table."""

from benchmarks.lighthouse import CATEGORIES, read, table


def test_a_report_is_read_and_told():
    parts = {name: {"score": 1, "auditRefs": []} for name in CATEGORIES}
    parts["best-practices"] = {
        "score": 0.96,
        "auditRefs": [
            {"id": "image-size", "weight": 1},
            {"id": "listed-only", "weight": 0},
            {"id": "not-applicable", "weight": 1},
        ],
    }
    audits = {
        "cumulative-layout-shift": {"numericValue": 0.0},
        "image-size": {"score": 0},
        "listed-only": {"score": 0},
        "not-applicable": {"score": None},
    }
    found = read("home", {"categories": parts, "audits": audits})
    assert (found.scores, found.faults) == ((100, 96, 100), ("image-size",))
    assert table([found], "1.2").endswith("| home | 100 | 96 | 100 | 0.000 | `image-size` |")

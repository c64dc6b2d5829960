"""One row per way of spoiling a report: what is written, where the complaint points, its words."""

from __future__ import annotations

import pytest

from generator.errors import SpecError
from tests.spec.conftest import REPORT, Check

Row = tuple[str, str, int, int, str]

# old text (its first occurrence), new text, line, column, a piece of the message
SPOILED = [
    # keys
    ("title:", "titel:", 2, 1, "unknown key 'titel'; did you mean title? Allowed here: version,"),
    ("version: 1\n", "", 1, 1, "is missing: the version of this format: 1"),
    ("    statement: Birds\n", "", 20, 5, "is missing: what the filter is said to look for"),
    ("recipe:", "recipy:", 6, 10, "did you mean recipe? Allowed here: recipe, size, seed"),
    ("{tags: [bird]}", "{tag: [bird]}", 24, 17, "did you mean tags? Allowed here: tags, without"),
    ("status:", "state:", 19, 14, "unknown key 'state'; did you mean status?"),
    ("title: W", "title: W\ntitle: W", 3, 1, "the key `title` is already written on line 2"),
    ("note: seen", "by: me", 19, 62, "the key `by` is already written on line 19"),
    ("gates: {", "gates: {on: 1, ", 26, 9, "unknown key 'on'."),
    ("gates: {", "gates: {1: 1, ", 26, 9, "unknown key '1'."),
    ("gates: {", "gates: {<<: {a: 1}, ", 26, 9, "merge keys (<<) are not read"),
    ("gates: {", "gates: {[a]: 1, ", 26, 9, "a key must be a word"),
    ("gates: {", "gates: {'': 1, ", 26, 9, "a key must not be empty"),
    ("gates: {", "gates: {'<query>': 1, ", 26, 9, "unknown key '<query>'"),
    # gates
    (
        "{min_",
        "{require: {archs: [supported]}, min_",
        26,
        19,
        "no claim 'archs'; did you mean arch",
    ),
    ("{min_", "{require: {arches: [suported]}, min_", 26, 28, "did you mean supported or"),
    (
        "{min_",
        "{require: {arches: []}, min_",
        26,
        27,
        "must not be empty: the verdicts that a claim",
    ),
    ("{min_", "{require: {arches: weak}, min_", 26, 27, "expected a list such as [a, b]"),
    ("{min_", "{none_contradicted: 1, min_", 26, 28, "expected true or false, found 1"),
    # kinds of value
    ("version: 1", "version: 2", 1, 10, "expected 1, found 2"),
    ("version: 1", "version: 1.0", 1, 10, "expected 1, found 1.0"),
    ("version: 1", "version: true", 1, 10, "expected 1, found true"),
    ("title: What VGG-16's filters look for", "title: 1984", 2, 8, "put it in quotes"),
    ("title: What VGG-16's filters look for", "title:", 2, 7, "expected text, found nothing"),
    ("title: What VGG-16's filters look for", "title: ''", 2, 8, "must not be empty"),
    ("title: What VGG-16's", "title: " + "x" * 2_000, 2, 8, "2017 characters long, 2000 are"),
    ('[{name: Jane Doe, url: "https://example.org/jane"}]', "Jane", 3, 10, "write [Jane]"),
    (
        '{name: Jane Doe, url: "https://example.org/jane"}',
        "Jane",
        3,
        11,
        "keys name, affiliation, url",
    ),
    ("https://example.org/jane", "javascript:alert(1)", 3, 33, "begins with http:// or https"),
    ("{architecture: vgg16, weights: IMAGENET1K_FEATURES}", "vgg16", 4, 8, "keys architecture,"),
    ("IMAGENET1K_FEATURES", "DEFAULT, sha256: abc", 4, 56, "64 digits of 0-9 and a-f"),
    ("multiscale", "multi", 6, 18, "found the text 'multi'; did you mean multiscale?"),
    ("multiscale", "[fourier, multi]", 6, 28, "found the text 'multi'; did you mean multiscale?"),
    ("multiscale", "[]", 6, 18, "must not be empty: the optimisation's recipe, or a list"),
    ("multiscale", "7", 6, 18, "expected a list such as [a, b], found 7: write [7]"),
    ("seed: 0", "variants: 99", 6, 51, "must be at most 9, found 99"),
    (
        "seed: 0",
        "precision: fp16",
        6,
        52,
        "expected auto, fp32, bf16 or int8, found the text 'fp16'",
    ),
    # filters and objectives
    ("[456, 45]", "al", 8, 51, "expected all, found the text 'al'; did you mean all?"),
    ("[456, 45]", "[{filer: 456}]", 8, 53, "unknown key 'filer'; did you mean filter?"),
    ("[456, 45]", "[{size: 96}]", 8, 52, "is missing: the filter's number, counted from 0"),
    ("[456, 45]", "[{filter: 456, size: 9}]", 8, 72, "must be at least 56, found 9"),
    ("[456, 45]", "[{filter: 456, recipe: fourrier}]", 8, 74, "did you mean fourier?"),
    ("[456, 45]", "[456, {filter: 456}]", 8, 66, "the filter 456 is already written on line 8"),
    ("[456, 45]", "[{filter: 512}]", 8, 61, "filters 0 to 511: no 512"),
    ("[456, 45]", "[a]", 8, 52, "expected a whole number, found the text 'a'"),
    (", filters: [456, 45]", "", 8, 5, "name `filters`, `objectives`, or both"),
    ("[456, 45]}", "[456], render: {sice: 96}}", 8, 67, "unknown key 'sice'; did you mean size?"),
    *(
        ("[456, 45]}", f"all, objectives: [{written}]}}", 8, 69 + column, message)
        for written, column, message in (
            ("{filter: 1}", 0, "is missing: a short name, unique in its layer"),
            ("{id: a}", 0, "write one of filter, sum and direction"),
            ("{id: a, filter: 1, direction: {1: 1}}", 0, "write one of filter, sum and direction"),
            ("{id: a, filter: 512}", 16, "filters 0 to 511: no 512"),
            ("{id: a, filter: 1, at: [1]}", 23, "needs 2 entries: [row, column]"),
            ("{id: a, filter: 1, at: [1, 25]}", 27, "has 25 columns in a picture of 408 pixels"),
            ("{id: a, filter: 1, at: [4, 0], size: 64}", 24, "has 4 rows in a picture of 64"),
            ("{id: a, filter: 1, at: center}", 23, "expected centre, found the text 'center'"),
            ("{id: a, filter: 1, at: [1, -1]}", 27, "must be at least 0, found -1"),
            ("{id: a, sum: [{filter: 1}], at: centre}", 0, "write `at` into the terms of the sum"),
            ("{id: a, sum: []}", 13, "must not be empty: a weighted sum"),
            ("{id: a, sum: [{filter: 600}]}", 23, "filters 0 to 511: no 600"),
            ("{id: a, sum: [{filter: 1, weight: .inf}]}", 34, "found the text '.inf'"),
            ("{id: a, direction: {600: 1}}", 20, "filters 0 to 511: no 600"),
            ("{id: a, direction: {x: 1}}", 20, "expected a whole number, found the text 'x'"),
            ("{id: a, direction: {3: 0}}", 0, "a direction needs a weight other than 0"),
            ("{id: a, filter: 1}, {id: a, filter: 2}", 25, "the id a is already written on line 8"),
        )
    ),
    ("size: 408", "size: 20", 6, 36, "must be at least 56, found 20"),
    ("size: 408", "size: 4096", 6, 36, "must be at most 2048, found 4096"),
    ("size: 408", "size: 1e2", 6, 36, "expected a whole number, found 100.0"),
    ("size: 408", "size: 0x100", 6, 36, "expected a whole number, found the text '0x100'"),
    ("size: 408", "size: '408'", 6, 36, "expected a whole number, found the text '408'"),
    ("seed: 0", "seed: 012", 6, 47, "write 12 for the number, or '012' in quotes"),
    ("seed: 0", "seed: -007", 6, 47, "write -7 for the number"),
    ("seed: 0", "seed: 1:30", 6, 47, "found the text '1:30'"),
    ("seed: 0", "seed: yes", 6, 47, "found the text 'yes'"),
    ("seed: 0", "seed: true", 6, 47, "expected a whole number, found true"),
    ("seed: 0", "seed: 99999999999", 6, 47, "must be less than 21474836"),
    ("seed: 0", "seed: " + "9" * 5_000, 6, 47, "a number of 5000 digits is too large"),
    ("[456, 45]", "456", 8, 51, "expected a list such as [a, b], found 456: write [456]"),
    ("[456, 45]", "[]", 8, 51, "must not be empty: numbers of filters, counted from 0"),
    ("[456, 45]", "[456, -1]", 8, 57, "must be at least 0, found -1"),
    ("id: arches", "id: Rows of Arches", 11, 9, "'rows-of-arches' would do"),
    ("id: arches", "id: ../../etc", 11, 9, "lower-case letters, digits, - and _"),
    ("{tags: [arch]}", "cat.jpg", 15, 16, "a query such as {tags: [bird]} or a list of paths"),
    ("{tags: [arch]}", "{tags: arch}", 15, 23, "found the text 'arch': write [arch]"),
    ("accepted", "acepted", 19, 22, "did you mean accepted?"),
    ("2026-01-31", "2026-02-31", 19, 50, "expected a date such as 2026-01-31"),
    ("2026-01-31", "2026-W05-6", 19, 50, "expected a date such as 2026-01-31"),
    ("2026-01-31", "2026-01-31T10:00:00Z", 19, 50, "expected a date such as 2026-01-31"),
    ("contradicted]", "to narrow]", 26, 49, "did you mean too_narrow?"),
    # YAML that is allowed elsewhere
    ("by: Jane Doe", "by: &jane Jane", 19, 36, "anchors (&name) are not read"),
    ("by: Jane Doe", "by: *jane", 19, 36, "aliases (*jane) are not read"),
    ("by: Jane Doe", "by: !!python/name:os.system x", 19, 36, "tags (!name) are not read"),
    ("by: Jane Doe", "by: !secret x", 19, 36, "tags (!name) are not read"),
    ("[456, 45]", "!!set {456, 45}", 8, 51, "tags (!name) are not read"),
    ("by: Jane Doe", 'by: "\\e[2J"', 19, 36, "the invisible character U+001B has no meaning"),
    ("by: Jane Doe", '"b\\0y": x', 19, 32, "the invisible character U+0000 has no meaning"),
    # names, numbers and places that do not fit
    ("features.24", "feature.24", 8, 13, "no layer 'feature.24'; did you mean features.24 (or its"),
    ("features.24", "conv5_1", 8, 13, "it has features.0 to features.30, where 0 stands for"),
    ("features.24", "'24'", 8, 13, "did you mean features.24 (or its index, 24)?"),
    ("layer: 28, t", "layer: 31, t", 9, 13, "vgg16 has no layer 'features.31'; it has features.0"),
    ("layer: 28, t", "layer: -1, t", 9, 13, "vgg16 has no layer 'features.-1'"),
    ("layer: 28, t", "layer: 24, t", 9, 13, "the layer features.24 is already written on line 8"),
    ("[456, 45]", "[456, 512]", 8, 57, "features.24 has 512 channels, filters 0 to 511: no 512"),
    ("[456, 45]", "[456, 45, 456]", 8, 61, "the filter 456 is already written on line 8"),
    ("layer: features.24\n", "layer: features.999\n", 12, 12, "vgg16 has no layer"),
    ("id: birds", "id: arches", 20, 9, "the id arches is already written on line 11"),
    ("min_supported: 1", "min_supported: 3", 26, 24, "the report has 2"),
    ("vgg16,", "vgg19_bn,", 4, 42, "IMAGENET1K_FEATURES exists for vgg16 alone: for vgg19_bn"),
    # photographs
    ("[bird]", "[birds]", 24, 24, "no photograph of the library has the tag 'birds'; did you mean"),
    ("without: [arch]", "without: [zebra]", 16, 46, "it has arch, bird, building, fish, fowl"),
    ("{tags: [bird]}", "{}", 24, 16, "an empty query: write `tags`, `without`, or both"),
    ("{tags: [bird]}", "[]", 24, 16, "an empty list names no photographs"),
    ("{tags: [bird]}", "{tags: [bird, fish]}", 24, 16, "none in the library fits the query"),
    ("{tags: [bird]}", "[no.jpg, none/*]", 24, 16, "no.jpg (missing or unreadable), none/*"),
    ("{tags: [building]}", "{without: [fish]}", 25, 15, "bird-1.jpg, images/bird-2.jpg are posit"),
    ("images: images/images.csv\n", "", 14, 16, "a query needs a library: name it with `images:`"),
    ("images/images.csv", "images/index.csv", 5, 9, "images/index.csv: there is no such file"),
    ("images/images.csv", "extra/found.jpg", 1, 1, "is not UTF-8"),
    ("images/images.csv", "../images.csv", 5, 9, "leads outside the project (project/)"),
    ("images/images.csv", "/etc/passwd", 5, 9, "leads outside the project (project/)"),
    ("extra/found.jpg", "/etc/*", 18, 17, "'/etc/*' leads outside the project"),
    ("extra/found.jpg", "../../*.jpg", 18, 17, "'../../*.jpg' leads outside the project"),
    ("extra/found.jpg", "extra/*/../../x", 18, 17, "cannot be followed: .. may not come after"),
    ("extra/found.jpg", "a/**/b/**/c/**/d", 18, 17, "more than 2 times **"),
    ("extra/found.jpg", "a**b", 18, 17, "** stands for folders, between slashes"),
    ("gates:", "pages: nowhere\ngates:", 26, 8, "there is no such folder"),
    ("gates:", "pages: ../elsewhere\ngates:", 26, 8, "leads outside the project"),
    ("IMAGENET1K_FEATURES", "weights/my.pth", 4, 39, "there is no such file"),
    ("IMAGENET1K_FEATURES", "/my.safetensors", 4, 39, "leads outside the project"),
    ("gates:", "date: 2026-13-01\ngates:", 26, 7, "expected a date such as 2026-01-31"),
    ("gates:", "date: 1 May\ngates:", 26, 7, "expected a date such as 2026-01-31"),
    (
        "gates:",
        "doi: https://doi.org/10.1/x\ngates:",
        26,
        6,
        "a DOI such as 10.5281/zenodo.1234567",
    ),
    ("gates:", "url: javascript:x\ngates:", 26, 6, "begins with http:// or https://"),
    # not YAML
    ("extra/found.jpg", "*.jpg", 18, 18, "text that begins with * or & must stand in quotes"),
    ("[456, 45]}", "[456, 45}", 8, 51, "this list is not closed"),
    ("seed: 0}", "seed: 0", 6, 9, "this mapping is not closed"),
    ("seed: 0}", "seed: 0 #1 of}", 6, 49, "what follows `#` is a comment, its bracket too"),
    ("    filter: 456", "\tfilter: 456", 13, 1, "tabs cannot indent: use spaces"),
    ("    filter: 456", "     filter: 456", 13, 12, "a colon does not belong here"),
    ("    filter: 456", "  filter: 456", 13, 3, "indentation"),
    ("title: What", "title: `What", 2, 8, "text cannot begin with this character"),
    ("title: What", "title: 'What", 2, 21, "quotes end too early"),
    ("title: What", "title: Filters: What", 2, 15, "put text that holds a colon in quotes"),
    ("by: Jane Doe", 'by: "\\q"', 19, 37, "an unknown \\ escape"),
    ("gates:", "---\ngates:", 26, 1, "a second document begins here"),
]


LINES = [  # what is written as thresholds, column, a piece of the message
    ("t1_lo: 0.8", 14, "did you mean t1_low or"),
    ("alpha: 1.5", 21, "must be less than 1.0, found 1.5"),
    ("t1_low: 0.4", 22, "must be at least 0.5, found 0.4"),
    ("min_positives: 2.5", 29, "expected a whole number, found 2.5"),
    ("t5_top: .nan", 22, "found the text '.nan'"),
    ("alpha: 5%", 21, "expected a number, found the text '5%'"),
    ("t1_low: 0.6", 13, "t1_contradicted must not be above t1_low"),
]
SPOILED += [
    ("gates: {", f"thresholds: {{{line}}}\ngates: {{", 26, column, message)
    for line, column, message in LINES
]


@pytest.mark.parametrize("row", SPOILED, ids=lambda row: row[1].strip()[:30] or f"no {row[0][:20]}")
def test_the_complaint_points_at_the_fault(row: Row, check: Check):
    old, new, line, column, message = row
    assert old in REPORT
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace(old, new, 1))

    told = [(p.line, p.column) for p in refusal.value.problems if message in p.message]
    assert told == [(line, column)], str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: accepted", "status: acepted"),
        ("filter: 456", "filter: 4567"),
        ("{tags: [bird]}", "{tags: [birds]}"),
        ("[456, 45]", "[456, 012]"),
        ("{tags: [arch]}", "*anchor"),
        ("gates: {", "gates: {<<: {}, "),
        ("    statement: Birds\n", ""),
        ("images: images/images.csv", "images: 3"),
        ("images: images/images.csv", "images: nowhere.csv"),
        ("images: images/images.csv\n", ""),
        ("version: 1\n", ""),
    ],
)
def test_one_fault_is_one_complaint(old: str, new: str, check: Check):
    with pytest.raises(SpecError) as refusal:
        check(REPORT.replace(old, new, 1))
    assert len(refusal.value.problems) == 1, str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "where", "value"),
    [
        ("by: Jane Doe", "by: yes", "by", "yes"),
        ("by: Jane Doe", "by: off", "by", "off"),
        ("by: Jane Doe", "by: 1:30", "by", "1:30"),
        ("by: Jane Doe", "by: 1e999", "by", "1e999"),
        ("by: Jane Doe", "by: '012'", "by", "012"),
        ("by: Jane Doe", "by: 2026-01-31", "by", "2026-01-31"),
        ("by: Jane Doe", 'by: "\\u2603"', "by", "☃"),
        ("note: seen", "note: 'null'", "note", "null"),
        ("on: 2026-01-31", "on: null", "on", None),
    ],
)
def test_words_stay_what_was_written(old: str, new: str, where: str, value: object, check: Check):
    study = check(REPORT.replace(old, new, 1))
    assert getattr(study.evidence[0].claim.review, where) == value


def test_a_byte_order_mark_and_windows_line_ends_are_fine(check: Check):
    study = check(b"\xef\xbb\xbf" + REPORT.replace("\n", "\r\n").encode())
    assert len(study.evidence) == 2

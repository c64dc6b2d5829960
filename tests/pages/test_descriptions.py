"""Every page in one sentence: different for each, and short enough for those who show it."""

from generator.pages import compose
from generator.pages.descriptions import FIXED, LONGEST, summary
from tests import records
from tests.hostile import ALL


def test_every_page_has_its_own():
    site = compose(records.findings())
    told = {page.path: summary(page) for page in site.pages}
    assert len(set(told.values())) == len(told)
    assert all(20 <= len(text) <= LONGEST for text in told.values())
    assert told["claims/arches.md"].startswith(
        "Supported: Rows of arches, as in an aqueduct or an arcade, said of conv5_1 : 456. Photo"
    )
    assert told["layers/features.28/501.md"].startswith("What excites conv5_3 : 501: photographs (")
    assert told["layers/features.28/index.md"] == (
        "conv5_3: pictures of what 2 of 512 filters look for."
    )
    assert told["claims/index.md"].endswith("1 supported, 1 underpowered, 1 contradicted.")
    assert set(FIXED) < {page.template for page in site.pages}


def test_hostile_texts_do_not_make_it_long():
    site = compose(records.with_text(ALL))
    assert max(len(summary(page)) for page in site.pages) <= LONGEST

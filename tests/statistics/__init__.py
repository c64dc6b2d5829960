"""Tests of the statistics, against scipy, scikit-learn, hand-worked examples and laws."""

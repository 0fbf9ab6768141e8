"""Python may bring an SQLite that Django takes and this portal cannot use."""

import sqlite3

import pytest
from django.core.checks import run_checks
from django.db import connection


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite comes with Python")
@pytest.mark.parametrize(("version", "found"), [((3, 34, 1), ["imprimatur.E001"]), ((3, 35, 0), [])])
def test_an_sqlite_without_returning_is_refused(monkeypatch, version, found):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    assert [told.id for told in run_checks() if told.id == "imprimatur.E001"] == found

"""The servers and certificates of the tests of the web, for whole runs."""

from tests.sources.conftest import certificates, farm

__all__ = ["certificates", "farm"]

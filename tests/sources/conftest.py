"""What tests of the web share: servers that misbehave, certificates, an environment without proxies."""

import pytest

from tests.sources import servers as make


# Per module: a thread of servers must not outlive it, others fork.
@pytest.fixture(scope="module")
def farm():
    with make.farm() as servers:
        yield servers


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    return make.certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def environment(monkeypatch, certificates):
    """No proxy, and one authority instead of the hundreds that take 50 ms to load."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "ssl_cert_file", "ssl_cert_dir", "netrc"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))

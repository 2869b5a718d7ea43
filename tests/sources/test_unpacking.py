"""gzip comes out as it went in, in bounded pieces, or is refused."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.sources.fetching.unpacking import PIECE_BYTES, Gunzip, PackingError, unpacking

# Unpacking.


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=5), st.integers(1, 200))
def test_gzip_comes_out_as_it_went_in_however_it_is_cut(bodies, size):
    packed, gunzip, out = b"".join(map(gzip.compress, bodies)), Gunzip(), b""
    for start in range(0, len(packed), size):
        out += b"".join(gunzip.feed(packed[start : start + size]))
    assert out == b"".join(bodies)
    assert gunzip.whole


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_gzip_that_is_cut_off_is_not_whole(body, data):
    packed, gunzip = gzip.compress(body), Gunzip()
    end = data.draw(st.integers(1, len(packed) - 1))
    assert body.startswith(b"".join(gunzip.feed(packed[:end])))
    assert not gunzip.whole


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_unpack_in_pieces_or_are_refused(noise, begun):
    gunzip = Gunzip()
    try:
        pieces = tuple(gunzip.feed(gzip.compress(bytes(200_000)) + noise if begun else noise))
    except PackingError:
        return
    assert all(len(piece) <= PIECE_BYTES for piece in pieces)


def test_members_without_number_are_refused():
    with pytest.raises(PackingError, match="too many"):
        tuple(unpacking("gzip").feed(gzip.compress(b"") * 2000))

"""The tree against published facts and against the definition written down naively."""

import hashlib
from functools import cache

import pytest

from audits.ledger import merkle

# The eight leaves and the roots of their first 1..8 that the Certificate Transparency project publishes as
# reference (certificate-transparency, cpp/merkletree/merkle_tree_test.cc; also in transparency-dev/merkle).
LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
LARGEST = 256
SIZES = range(1, LARGEST + 1)
HASHES = [merkle.leaf_hash(number.to_bytes(2, "big")) for number in range(LARGEST)]


@cache
def naive(start: int, end: int) -> str:
    """MTH of RFC 9162 §2.1.1, word for word."""
    size = end - start
    if size == 1:
        return HASHES[start]
    split = max(2**power for power in range(8) if 2**power < size)
    both = bytes.fromhex(naive(start, start + split)) + bytes.fromhex(naive(start + split, end))
    return hashlib.sha256(b"\x01" + both).hexdigest()


def fetch(addresses: list[merkle.Address]) -> dict[merkle.Address, str]:
    return {(level, index): naive(index << level, (index + 1) << level) for level, index in addresses}


def inclusion(position: int, size: int) -> list[str]:
    return merkle.roots(merkle.inclusion_ranges(position, size), fetch)


def consistency(old: int, size: int) -> list[str]:
    return merkle.roots(merkle.consistency_ranges(old, size), fetch)


def test_the_published_leaves_give_the_published_roots() -> None:
    frontier, found = merkle.Frontier(), []
    for leaf in LEAVES:
        frontier.append(merkle.leaf_hash(bytes.fromhex(leaf)))
        found.append(frontier.root)
    assert found == ROOTS


def test_the_empty_tree_has_the_hash_of_nothing_as_its_root() -> None:
    assert merkle.Frontier().root == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_nodes_are_numbered_without_gap_and_hold_what_the_definition_says() -> None:
    frontier = merkle.Frontier()
    made = []
    for leaf in HASHES[:64]:
        assert frontier.nodes == len(made)
        made += frontier.append(leaf)
    assert frontier.nodes == len(made) == 63
    for level in range(1, 7):
        for index in range(64 >> level):
            expected = naive(index << level, (index + 1) << level)
            assert made[merkle.node_number(level, index)] == expected


@pytest.mark.parametrize("size", SIZES)
def test_the_frontier_can_be_taken_up_at_every_size(size: int) -> None:
    hashes = [naive(index << level, (index + 1) << level) for level, index in merkle.parts((0, size))]
    frontier = merkle.Frontier(size, hashes)
    assert frontier.root == naive(0, size)
    for later in range(size, LARGEST):
        frontier.append(HASHES[later])
    assert frontier.root == naive(0, LARGEST)


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proven_in_every_tree(size: int) -> None:
    for position in range(size):
        path = inclusion(position, size)
        assert merkle.root_from_inclusion(HASHES[position], position, size, path) == naive(0, size)
        assert len(path) <= size.bit_length()


@pytest.mark.parametrize("size", SIZES)
def test_every_older_tree_is_proven_to_begin_every_newer_one(size: int) -> None:
    for old in range(1, size + 1):
        path = consistency(old, size)
        assert merkle.is_consistent(old, naive(0, old), size, naive(0, size), path)


@pytest.mark.parametrize("size", [2, 3, 7, 8, 21, 64])
def test_a_wrong_inclusion_proof_leads_to_no_or_another_root(size: int) -> None:
    root = naive(0, size)
    for position in range(size):
        path, leaf = inclusion(position, size), HASHES[position]
        bad = [path[:-1], [*path, root], [HASHES[0], *path], path[1:]]
        if len(set(path)) > 1:
            bad.append(path[::-1])
        assert all(merkle.root_from_inclusion(leaf, position, size, wrong) != root for wrong in bad)
        for other in set(range(-1, size + 1)) - {position}:
            assert merkle.root_from_inclusion(leaf, other, size, path) != root


@pytest.mark.parametrize("size", [2, 3, 7, 8, 21, 64])
def test_a_wrong_consistency_proof_is_refused(size: int) -> None:
    root = naive(0, size)
    for old in range(1, size):
        path, old_root = consistency(old, size), naive(0, old)
        for wrong in ([], path[:-1], [*path, root], [root, *path]):
            assert not merkle.is_consistent(old, old_root, size, root, wrong)
        assert not merkle.is_consistent(old, HASHES[-1], size, root, path)
        assert not merkle.is_consistent(old, old_root, size, HASHES[-1], path)


def test_an_inner_node_is_no_leaf() -> None:
    inner = bytes.fromhex(HASHES[0] + HASHES[1])
    assert merkle.leaf_hash(inner) != merkle.node_hash(HASHES[0], HASHES[1])


@pytest.mark.parametrize(("old", "size"), [(0, 5), (6, 5), (-1, 5)])
def test_no_proof_is_made_between_impossible_sizes(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="no proof"):
        merkle.consistency_ranges(old, size)
    assert not merkle.is_consistent(old, HASHES[0], size, HASHES[0], [])

"""References become values; secrets stay sealed in what is compared and recorded."""

from __future__ import annotations

import pytest

from funcyard.deploy.refs import Given, Properties, Ref, SecretRef, Text, references
from funcyard.deploy.sealing import Seal, Sealed, holds_sealed
from funcyard.deploy.settling import Known, Unknown, as_json, reveal, settle

_SEAL = Seal(b"k" * 32)
_KEY = SecretRef("store", "key")
_CONNECTION = Text(("name=", Ref("store", "name"), ";key=", _KEY))


def test_outputs_take_the_place_of_references_to_any_depth() -> None:
    known = Known({"store": {"name": "s1", "ports": [1, {"a": 2}]}})
    properties: Properties = {
        "list": [{"name": Ref("store", "name")}],
        "all": Ref("store", "ports"),
        "n": None,
    }

    assert settle(properties, known, _SEAL) == {
        "list": [{"name": "s1"}],
        "all": [1, {"a": 2}],
        "n": None,
    }


def test_what_nobody_knows_yet_stays_unknown_in_texts_too() -> None:
    settled = settle({"a": Ref("store", "name"), "b": _CONNECTION}, Known({}), _SEAL)

    assert settled == {
        "a": Unknown("${store.name}"),
        "b": Unknown("name=${store.name};key=${store:key}"),
    }


def test_a_secret_is_sealed_by_where_it_comes_from_and_when() -> None:
    known = Known({"store": {"name": "s1"}}, {"store": "4"})

    assert settle({"c": _CONNECTION}, known, _SEAL) == {
        "c": Sealed("name=s1;key=${store:key}", "4")
    }


def test_a_record_holds_a_hash_of_a_secret_and_never_the_secret() -> None:
    known = Known({"store": {"name": "s1"}}, {"store": "4"}, {_KEY: "hunter2"})

    settled = settle({"c": [_CONNECTION, _KEY]}, known, _SEAL)

    recorded = as_json(settled)
    assert "hunter2" not in repr(recorded)
    assert "hunter2" not in repr(known)
    assert holds_sealed(recorded)
    assert isinstance(settled["c"], list)
    assert settled["c"][0] == Sealed(
        "name=s1;key=${store:key}", "4", _SEAL.digest("name=s1;key=hunter2")
    )
    assert Sealed.from_json(as_json(settled["c"][1])) == settled["c"][1]


def test_a_given_secret_is_written_and_only_its_name_and_hash_are_recorded() -> None:
    properties: Properties = {"token": Given(".env:TOKEN", "hunter2")}

    settled = settle(properties, Known({}), _SEAL)

    assert settled == {"token": Sealed("${.env:TOKEN}", "given", _SEAL.digest("hunter2"))}
    assert "hunter2" not in repr(properties) + repr(as_json(settled["token"]))
    assert list(references(properties)) == []
    assert reveal(properties, Known({})) == {"token": "hunter2"}


def test_another_key_makes_another_hash() -> None:
    assert Seal(b"a" * 32).digest("x") != Seal(b"b" * 32).digest("x")


def test_what_is_written_holds_everything() -> None:
    known = Known({"store": {"name": "s1"}}, {}, {_KEY: "hunter2"})
    properties: Properties = {"c": _CONNECTION, "k": _KEY, "n": [Ref("store", "name"), 1]}

    assert reveal(properties, known) == {"c": "name=s1;key=hunter2", "k": "hunter2", "n": ["s1", 1]}


def test_what_is_not_known_cannot_be_written() -> None:
    with pytest.raises(KeyError):
        reveal({"a": Ref("store", "name")}, Known({}))

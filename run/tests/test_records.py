"""Files that people write: what does not fit is told with file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
import pytest

from snn_rtl.models.errors import InputError
from snn_rtl.run.records import Text, read_json, read_yaml


class Item(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a record."""

    seeds: Annotated[int, msgspec.Meta(ge=1)]
    reason: Text = "none"


class File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record."""

    tests: list[Item]
    named: dict[str, Item] = {}


GOOD = """tests:
  - seeds: 3
  - seeds: 4
    reason: because
named:
  one: {seeds: 1}
  two:
    seeds: 2
"""

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{chr(ord(name) - 1)}'] * 9)}]\n" for name in "bcdefghi"
)
"""Nine to the ninth values."""


def test_a_file_becomes_a_record_whose_places_are_known(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD)
    document = read_yaml(tmp_path / "a.yaml", File)
    assert document.value.tests[1] == Item(seeds=4, reason="because")
    assert document.value.named["two"].seeds == 2
    with pytest.raises(InputError, match=r"a\.yaml:4: tests\[1\]\.reason: is a lie$"):
        document.fail("is a lie", "tests", 1, "reason")
    with pytest.raises(InputError, match=r"a\.yaml:3: tests\[1\]\.absent: x$"):
        document.fail("x", "tests", 1, "absent")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("seeds: 4", "seeds: x", "3: tests[1].seeds: must be a whole number, not a text"),
        ("seeds: 4", "seeds: 0", "3: tests[1].seeds: must be a whole number >= 1"),
        ("  - seeds: 4", "  - seed: 4", "3: tests[1].seed: unknown key; did you mean seeds?"),
        ("reason: because", "zebra: 1", "4: tests[1].zebra: unknown key: choose from reason, "),
        ("reason: because", "reason: ' '", "4: tests[1].reason: must be a text that is not blank"),
        ("reason: because", "seeds: 5", "4: seeds: is there twice"),
        ("    seeds: 2", "    seeds: x", "8: named.two.seeds: must be a whole number, not a text"),
        ("    seeds: 2", "    saeds: 2", "8: named.two.saeds: unknown key; did you mean seeds?"),
        ("    seeds: 2", "    reason: x", "7: named.two.seeds: is missing"),
        ("tests:", "teste:", "1: teste: unknown key; did you mean tests?"),
        ("because", "!!python/object:os.system x", "4: tests[1].reason: could not determine"),
        ("because", "2030-13-45", "4: tests[1].reason: month must be in 1..12"),
        ("because", "*far", "4: found undefined alias"),
        ("  two:", "  ? [a]\n  :", "7: a key must be a name"),
        ("because", "\0", "unacceptable character"),
        (GOOD, "", "1: the file is empty"),
        (GOOD, "- 1", "1: must be keys and values, not a list"),
        (GOOD, "&a [*a]", "1: more than"),
        (GOOD, "[" * 3000, "1: "),
        (GOOD, BOMB, "more than"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_yaml(path, File)
    text = str(caught.value)
    assert text.startswith(f"{path}:")
    assert message in text
    assert "\n" not in text


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xff\xfe\xff")
    for name in ("a", "absent"):
        for reader in (read_yaml, read_json):
            with pytest.raises(InputError, match=f"{name}.*: "):
                reader(tmp_path / name, File)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"tests": [{"seeds": "x"}]}', "a.json: tests[0].seeds: must be a whole number"),
        ('{"tests": [], "named": {"a": {"seed": 1}}}', "a.json: named.a.seed: unknown key; did"),
        ('{\n"tests": [\n!]}', "a.json:3: damaged: "),
        ("", "a.json:1: damaged: "),
        ("[" * 100000, "a.json:1: damaged: "),
    ],
)
def test_json_that_does_not_fit_is_named(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_json(path, File)
    assert message in str(caught.value)

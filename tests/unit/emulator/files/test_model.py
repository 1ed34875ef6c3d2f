"""Whatever is done in whatever order, the service holds what a simple model of it holds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.unit.emulator.files.driver import Driver

_NAMES = st.sampled_from(["a", "A", "b", "ü", "Ü", "ß", "c d"])
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_LARGEST = 2000


class Machine(RuleBasedStateMachine):
    """Files and directories, by their upper-case paths; a directory is None."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path(tempfile.mkdtemp(prefix="funcyard-files-"))
        self._driver = Driver(self._folder)
        self._driver.ask("PUT", "share", "restype=share")
        self.model: dict[str, bytes | None] = {"": None}

    def teardown(self) -> None:
        self._driver.close()
        shutil.rmtree(self._folder)

    def _parent_is_there(self, path: str) -> bool:
        parent = _key(path).rpartition("/")[0]
        return parent in self.model and self.model[parent] is None

    @rule(path=_PATHS)
    def create_directory(self, path: str) -> None:
        said = self._driver.ask("PUT", f"share/{path}", "restype=directory")
        if not self._parent_is_there(path):
            assert (said.status, said.code) == (404, "ParentNotFound")
        elif _key(path) in self.model:
            assert said.status == 409
        else:
            assert said.status == 201
            self.model[_key(path)] = None

    @rule(path=_PATHS, size=st.integers(0, _LARGEST))
    def create_file(self, path: str, size: int) -> None:
        said = self._driver.create(f"share/{path}", size)
        if not self._parent_is_there(path):
            assert (said.status, said.code) == (404, "ParentNotFound")
        elif self.model.get(_key(path), b"") is None:
            assert (said.status, said.code) == (409, "ResourceTypeMismatch")
        else:
            assert said.status == 201
            self.model[_key(path)] = bytes(size)

    @rule(path=_PATHS, offset=st.integers(0, _LARGEST), data=st.binary(min_size=1, max_size=700))
    def write(self, path: str, offset: int, data: bytes) -> None:
        said = self._driver.write(f"share/{path}", offset, data)
        content = self.model.get(_key(path))
        if content is None:
            assert said.status in {404, 409}
        elif offset + len(data) > len(content):
            assert (said.status, said.code) == (416, "InvalidRange")
        else:
            assert said.status == 201
            self.model[_key(path)] = content[:offset] + data + content[offset + len(data) :]

    @rule(path=_PATHS, first=st.integers(0, _LARGEST), size=st.integers(1, _LARGEST))
    def clear(self, path: str, first: int, size: int) -> None:
        last = first + size - 1
        span = f"bytes={first}-{last}"
        said = self._driver.ask(
            "PUT", f"share/{path}", "comp=range", x_ms_write="clear", x_ms_range=span
        )
        content = self.model.get(_key(path))
        if content is not None and last < len(content):
            assert said.status == 201
            self.model[_key(path)] = content[:first] + bytes(size) + content[last + 1 :]
        else:
            assert said.status >= 400

    @rule(path=_PATHS, size=st.integers(0, _LARGEST))
    def resize(self, path: str, size: int) -> None:
        said = self._driver.ask(
            "PUT", f"share/{path}", "comp=properties", x_ms_content_length=str(size)
        )
        content = self.model.get(_key(path))
        assert (said.status == 200) == (content is not None)
        if content is not None:
            self.model[_key(path)] = content[:size].ljust(size, b"\0")

    @rule(path=_PATHS)
    def delete(self, path: str) -> None:
        directory = self.model.get(_key(path), b"") is None
        said = self._driver.ask("DELETE", f"share/{path}", "restype=directory" if directory else "")
        if _key(path) not in self.model:
            assert said.status == 404
        elif directory and any(one.startswith(f"{_key(path)}/") for one in self.model):
            assert (said.status, said.code) == (409, "DirectoryNotEmpty")
        else:
            assert said.status == 202
            del self.model[_key(path)]

    @precondition(lambda self: len(self.model) > 1)
    @rule(data=st.data(), new=_PATHS)
    def rename(self, data: st.DataObject, new: str) -> None:
        source = data.draw(st.sampled_from(sorted(set(self.model) - {""})))
        directory = self.model[source] is None
        said = self._driver.rename(f"share/{source}", f"share/{new}", directory=directory)
        key = _key(new)
        free = key not in self.model or key == source
        if said.status == 200:
            assert self._parent_is_there(new)
            assert free
            for path in [
                one for one in self.model if one == source or one.startswith(f"{source}/")
            ]:
                self.model[key + path[len(source) :]] = self.model.pop(path)
        else:
            inside = key.startswith(f"{source}/")
            assert inside or not free or not self._parent_is_there(new)

    @rule()
    def restart(self) -> None:
        self._driver.close()
        self._driver = Driver(self._folder)

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        for path, content in self.model.items():
            if content is not None:
                assert self._driver.ask("GET", f"share/{path}").body == content
                continue
            said = self._driver.ask("GET", f"share/{path}", "restype=directory&comp=list")
            listing = ET.fromstring(said.body)  # noqa: S314 - ours
            names = {_key(one.text or "") for one in listing.iter("Name")}
            prefix = f"{path}/" if path else ""
            assert names == {
                one.removeprefix(prefix)
                for one in self.model
                if one and one.startswith(prefix) and "/" not in one.removeprefix(prefix)
            }


def _key(path: str) -> str:
    return path.replace("ü", "Ü").replace("a", "A").replace("b", "B").replace("c d", "C D")


TestModel = Machine.TestCase
TestModel.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)

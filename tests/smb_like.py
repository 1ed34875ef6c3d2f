"""A real file system with the manners of an SMB mount.

chmod, hard links and symbolic links fail, names that differ by case are one, and it can be full. It
lives in memory and speaks the kernel's FUSE protocol itself, so that nothing but ``/dev/fuse`` and
the right to mount is needed: ``with mounted(folder) as mount:``.

``python -m tests.smb_like FOLDER CAPACITY`` mounts it and serves until it is unmounted.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import os
import stat
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_IN = struct.Struct("<IIQQIIIHH")
_OUT = struct.Struct("<IiQ")
_ATTRIBUTES = struct.Struct("<6Q10I")
_LARGEST_WRITE = 1024 * 1024
_BIG_WRITES, _MAX_PAGES = 1 << 5, 1 << 22
_SIZE, _MODE, _OWNER = 1 << 3, 1 << 0, 0b110
_NOTHING_TO_SAY = {2, 36, 42}  # FORGET, INTERRUPT, BATCH_FORGET


@dataclass
class Mount:
    """A mounted file system.

    Attributes:
        process: What serves it.
        fault: Why it could not be mounted, None where it is.
    """

    process: subprocess.Popen[str]
    fault: str | None

    def kill(self) -> None:
        """End what serves it, as a server that is gone."""
        self.process.kill()
        self.process.communicate()


@contextmanager
def mounted(folder: Path, *, capacity: int = 2**30) -> Iterator[Mount]:
    """Mount the file system on a folder.

    Args:
        folder: An empty folder.
        capacity: How many bytes of content it holds.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.smb_like", folder, str(capacity)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    )
    assert process.stdout is not None
    if not process.stdout.readline():
        yield Mount(process, (process.communicate()[1].splitlines() or ["it ended"])[-1])
        return
    mount = Mount(process, None)
    try:
        yield mount
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
        mount.kill()


@dataclass
class _Node:
    number: int
    children: dict[str, tuple[str, _Node]] | None
    content: bytearray = field(default_factory=bytearray)
    written: float = field(default_factory=time.time)

    def attributes(self) -> bytes:
        size, seconds = len(self.content), int(self.written)
        kind = stat.S_IFREG if self.children is None else stat.S_IFDIR
        nanoseconds = int((self.written - seconds) * 1e9)
        times, fractions = (seconds,) * 3, (nanoseconds,) * 3
        ids = (kind | 0o777, 1 if self.children is None else 2, os.getuid(), os.getgid())
        return _ATTRIBUTES.pack(
            self.number, size, -(-size // 512), *times, *fractions, *ids, 0, 512, 0
        )

    def entry(self) -> bytes:
        """Describe it for no time at all: the kernel remembers names with regard to their case."""
        return struct.pack("<4Q2I", self.number, 0, 0, 0, 0, 0) + self.attributes()

    def folder(self) -> dict[str, tuple[str, _Node]]:
        if self.children is None:
            raise _Failed(errno.ENOTDIR)
        return self.children

    def child(self, name: str) -> _Node:
        if _fold(name) not in self.folder():
            raise _Failed(errno.ENOENT)
        return self.folder()[_fold(name)][1]


class _Failed(Exception):  # noqa: N818  it is an answer
    def __init__(self, number: int) -> None:
        super().__init__(os.strerror(number))
        self.number = number


class _FileSystem:
    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._used = 0
        self._numbers = itertools.count(1)
        self._nodes: dict[int, _Node] = {}
        self._new(folder=True)
        # By the numbers of the protocol: include/uapi/linux/fuse.h
        self._calls: dict[int, Callable[[_Node, bytes], bytes]] = {
            1: self._lookup,
            3: self._getattr,
            4: self._setattr,
            6: _no_links,
            9: self._mkdir,
            10: self._unlink,
            11: self._rmdir,
            12: self._rename,
            13: _no_links,
            14: self._open,
            15: self._read,
            16: self._write,
            17: self._statfs,
            26: _init,
            27: self._open,
            28: self._readdir,
            35: self._create,
            45: self._rename2,
            **dict.fromkeys((18, 20, 25, 29, 30, 34, 50), _nothing),
        }

    def serve(self, device: int) -> None:
        """Answer the kernel until the file system is unmounted."""
        while True:
            try:
                request = os.read(device, _LARGEST_WRITE + 4096 * 4)
            except OSError as fault:
                if fault.errno == errno.ENODEV:
                    return
                raise
            _, operation, unique, node, *_ = _IN.unpack_from(request)
            if operation in _NOTHING_TO_SAY:
                continue
            failed, answer = 0, b""
            try:
                call = self._calls.get(operation, _unknown)
                answer = call(self._nodes.get(node, self._nodes[1]), request[_IN.size :])
            except _Failed as fault:
                failed = fault.number
            os.write(device, _OUT.pack(_OUT.size + len(answer), -failed, unique) + answer)

    def _new(self, *, folder: bool) -> _Node:
        node = _Node(next(self._numbers), {} if folder else None)
        self._nodes[node.number] = node
        return node

    def _lookup(self, node: _Node, body: bytes) -> bytes:
        return node.child(_names(body)[0]).entry()

    def _getattr(self, node: _Node, _body: bytes) -> bytes:
        return struct.pack("<Q2I", 0, 0, 0) + node.attributes()

    def _setattr(self, node: _Node, body: bytes) -> bytes:
        valid, _, _, size = struct.unpack_from("<IIQQ", body)
        if valid & (_MODE | _OWNER):
            raise _Failed(errno.EPERM)
        if valid & _SIZE:
            self._resize(node, size)
        return self._getattr(node, b"")

    def _mkdir(self, node: _Node, body: bytes) -> bytes:
        return self._add(node, _names(body[8:])[0], folder=True).entry()

    def _create(self, node: _Node, body: bytes) -> bytes:
        return self._add(node, _names(body[16:])[0], folder=False).entry() + self._open(node, b"")

    def _add(self, node: _Node, name: str, *, folder: bool) -> _Node:
        if _fold(name) in node.folder():
            raise _Failed(errno.EEXIST)
        made = self._new(folder=folder)
        node.folder()[_fold(name)] = (name, made)
        return made

    def _unlink(self, node: _Node, body: bytes) -> bytes:
        name = _names(body)[0]
        child = node.child(name)
        if child.children is not None:
            raise _Failed(errno.EISDIR)
        self._release(child)
        del node.folder()[_fold(name)]
        return b""

    def _rmdir(self, node: _Node, body: bytes) -> bytes:
        name = _names(body)[0]
        if node.child(name).folder():
            raise _Failed(errno.ENOTEMPTY)
        del node.folder()[_fold(name)]
        return b""

    def _rename2(self, node: _Node, body: bytes) -> bytes:
        if struct.unpack_from("<QI", body)[1]:
            raise _Failed(errno.EINVAL)
        return self._rename(node, body[:8] + body[16:])

    def _rename(self, node: _Node, body: bytes) -> bytes:
        target = self._nodes[struct.unpack_from("<Q", body)[0]]
        old, new = _names(body[8:])
        moved = node.child(old)
        there = target.folder().get(_fold(new))
        if there is not None and there[1] is not moved:
            if there[1].children is not None:
                raise _Failed(errno.EISDIR)
            self._release(there[1])
        del node.folder()[_fold(old)]
        target.folder()[_fold(new)] = (new, moved)
        return b""

    def _open(self, _node: _Node, _body: bytes) -> bytes:
        return struct.pack("<QII", 0, 1, 0)  # FOPEN_DIRECT_IO: every byte is asked for here

    def _read(self, node: _Node, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        return bytes(node.content[offset : offset + size])

    def _write(self, node: _Node, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        self._resize(node, max(len(node.content), offset + size))
        node.content[offset : offset + size] = body[40 : 40 + size]
        node.written = time.time()
        return struct.pack("<II", size, 0)

    def _resize(self, node: _Node, size: int) -> None:
        more = size - len(node.content)
        if self._used + more > self._capacity:
            raise _Failed(errno.ENOSPC)
        self._used += more
        node.content[size:] = bytes(max(0, more))

    def _release(self, node: _Node) -> None:
        """Give up the room of a file that is gone; who has it open reads on."""
        self._used -= len(node.content)

    def _readdir(self, node: _Node, body: bytes) -> bytes:
        _, offset, size = struct.unpack_from("<QQI", body)
        listed = b""
        for number, (name, child) in enumerate(list(node.folder().values())[offset:], offset + 1):
            raw = name.encode()
            kind = (stat.S_IFREG if child.children is None else stat.S_IFDIR) >> 12
            one = struct.pack("<QQII", child.number, number, len(raw), kind) + raw
            one += bytes(-len(one) % 8)
            if len(listed) + len(one) > size:
                break
            listed += one
        return listed

    def _statfs(self, _node: _Node, _body: bytes) -> bytes:
        free = (self._capacity - self._used) // 512
        blocks = (self._capacity // 512, free, free, 0, 0)
        return struct.pack("<5Q4I24x", *blocks, 512, 255, 512, 0)


def _init(_node: _Node, body: bytes) -> bytes:
    _, _, ahead, flags = struct.unpack_from("<4I", body)
    taken = flags & (_BIG_WRITES | _MAX_PAGES)
    pages = _LARGEST_WRITE // 4096
    return struct.pack(
        "<4I2H2I2H8I", 7, 31, ahead, taken, 12, 9, _LARGEST_WRITE, 1, pages, 0, *[0] * 8
    )


def _no_links(_node: _Node, _body: bytes) -> bytes:
    raise _Failed(errno.EOPNOTSUPP)


def _unknown(_node: _Node, _body: bytes) -> bytes:
    raise _Failed(errno.ENOSYS)


def _nothing(_node: _Node, _body: bytes) -> bytes:
    return b""


def _names(body: bytes) -> list[str]:
    return [name.decode("utf-8", "surrogateescape") for name in body.split(b"\0")[:-1]]


def _fold(name: str) -> str:
    return "".join(upper if len(upper := one.upper()) == 1 else one for one in name)


def _mount(folder: str) -> int:
    device = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={device},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    library = ctypes.CDLL(None, use_errno=True)
    if library.mount(b"smb-like", folder.encode(), b"fuse", 0, options.encode()) != 0:
        raise OSError(ctypes.get_errno(), f"cannot mount: {os.strerror(ctypes.get_errno())}")
    return device


def main() -> None:
    """Mount and serve."""
    device = _mount(sys.argv[1])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    _FileSystem(int(sys.argv[2])).serve(device)


if __name__ == "__main__":
    main()

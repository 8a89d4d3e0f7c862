"""Replace a whole folder at once: a killed run leaves the old folder or the new one.

The new folder is filled under a temporary name beside the old one and then takes its place in one
step of the operating system: ``renameat2(RENAME_EXCHANGE)`` on Linux, ``renamex_np(RENAME_SWAP)``
on macOS, a plain rename where there was no folder before. At every moment the name holds one whole
folder.

Where the system or the disk cannot exchange two folders (Windows, some network disks), two renames
do the work: old aside, new in. A run that is killed between the two leaves the old folder beside
its place, under a name that begins ``.NAME.heco-old-``; the next run that publishes there puts it
back first, and a person can do so by hand. No file is lost in either case.

A temporary folder belongs to a run as long as that run holds a lock on it. The system drops the
lock when the process ends, however it ends, so whatever carries one of our names and is not locked
is rubbish of a killed run, and is swept up by the next. Two runs that publish in the same place
never touch each other's folder; the later one wins.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path

from heco.errors import refuse

_TEMPORARY = ".heco-new-"
_ASIDE = ".heco-old-"
#: Without locks (Windows), rubbish is known by its age only. [seconds]
_STALE = 24 * 3600.0
#: Errors that say "this disk cannot exchange folders", not "something is wrong with yours".
_CANNOT = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EXDEV}


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False if the system or the disk cannot.

    Raises
    ------
    OSError
        If it could and failed: FileNotFoundError when one of the two is not there.
    """
    call = _exchange_call()
    if call is None:
        return False
    ctypes.set_errno(0)
    if call(os.fsencode(one), os.fsencode(other)) == 0:
        return True
    code = ctypes.get_errno()
    if code in _CANNOT:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    """Return the system's call that exchanges two paths, or None if it has none."""
    if sys.platform == "linux":
        renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
        here, swap = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of <fcntl.h> and <linux/fs.h>
        return renameat2 and (lambda a, b: int(renameat2(here, a, here, b, swap)))
    if sys.platform == "darwin":
        renamex = getattr(ctypes.CDLL(None, use_errno=True), "renamex_np", None)
        return renamex and (lambda a, b: int(renamex(a, b, 2)))  # RENAME_SWAP of <stdio.h>
    return None


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Hold a folder that exists as long as the block runs.

    Yields
    ------
    bool
        False if another process holds it. A process that ends, however it ends, holds nothing;
        where the system has no locks, nobody does.
    """
    lock = _lock(folder)
    try:
        yield lock is not None
    finally:
        _unlock(-1 if lock is None else lock)


def tidy(parent: Path) -> None:
    """Remove what killed runs left half-written in a folder; what is being written stays."""
    for path in sorted(parent.iterdir()):
        if path.name.startswith(".") and _TEMPORARY in path.name:
            _remove_unless_in_use(path)


@contextlib.contextmanager
def replaced(
    folder: Path, check: Callable[[Path], None], sure: Collection[str] | None = None
) -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `folder` when the block ends well.

    Parameters
    ----------
    folder : Path
        The folder to replace or to create; folders above it are created.
    check : callable
        Called with the folder that is about to be replaced; raises if it must stay.
    sure : collection of str, optional
        Files that a power cut must not take; left out, all. A disk takes its time over each.

    Yields
    ------
    Path
        The folder to fill, beside `folder`. If the block raises, it is removed and `folder` is
        what it was.
    """
    folder = settled(folder)
    if folder.exists():
        check(folder)
    _make(folder.parent)
    _sweep(folder)
    new, lock = _temporary(folder)
    try:
        yield new
        _settle(new, sure)
        _put(new, folder, check)
        _sync_folder(folder.parent)
    finally:
        # After an exchange this name holds the old folder; after a failure, half of the new one.
        shutil.rmtree(new, ignore_errors=True)
        _unlock(lock)


def settled(folder: Path) -> Path:
    """Return the real place of a folder; links are followed so that they stay links.

    Raises
    ------
    ScenarioError
        If it is a file, or the current folder or one above it.
    """
    try:
        place = folder.resolve()
        a_file = place.exists() and not place.is_dir()
    except (OSError, RuntimeError):  # links in a circle, a name that is too long
        raise refuse(
            f"{folder} is no folder that can be written",
            hint="Name another folder with -o.",
        ) from None
    if place == Path.cwd() or place in Path.cwd().parents:
        raise refuse(
            f"{folder} is the folder you are in, or one above it; it cannot be replaced as a whole",
            hint="Name a folder of its own with -o, for example -o results.",
        )
    if a_file:
        raise refuse(
            f"{folder} is a file; results are written into a folder",
            hint="Name another folder with -o.",
        )
    return place


def _make(parent: Path) -> None:
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refuse(f"the folder {parent} cannot be made: {error.strerror}") from error


def _temporary(folder: Path) -> tuple[Path, int]:
    """Make a temporary folder beside `folder` and lock it."""
    while True:
        new = folder.with_name(f".{folder.name}{_TEMPORARY}{os.getpid()}-{secrets.token_hex(4)}")
        try:
            new.mkdir()
        except OSError as error:
            raise refuse(f"nothing can be written in {folder.parent}: {error.strerror}") from error
        lock = _lock(new)
        # Between mkdir and lock another run may have taken it for rubbish: then make another.
        if lock is not None and new.exists():
            return new, lock
        if lock is not None:
            _unlock(lock)


def _lock(folder: Path) -> int | None:
    """Lock a folder until this process ends; None if another process holds it.

    Returns -1 where the system has no locks for folders.
    """
    try:
        import fcntl
    except ImportError:
        return -1
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP):
            os.close(handle)
            return -1
        os.close(handle)
        return None
    return handle


def _unlock(lock: int) -> None:
    if lock >= 0:
        os.close(lock)


def _sweep(folder: Path) -> None:
    """Remove what killed runs left beside `folder`, and put back what they took aside."""
    for path in sorted(folder.parent.iterdir()):
        if path.name.startswith(f".{folder.name}{_ASIDE}"):
            # Only a run killed between the fallback's two renames leaves the place empty.
            if not folder.exists():
                with contextlib.suppress(OSError):
                    path.rename(folder)
                    continue
            _remove_unless_in_use(path)
        elif path.name.startswith(f".{folder.name}{_TEMPORARY}"):
            _remove_unless_in_use(path)


def _remove_unless_in_use(rubbish: Path) -> None:
    lock = _lock(rubbish)
    if lock is None:
        return
    try:
        if lock < 0 and time.time() - rubbish.stat().st_mtime < _STALE:
            return
        shutil.rmtree(rubbish, ignore_errors=True)
    except OSError:
        return
    finally:
        _unlock(lock)


def _settle(folder: Path, sure: Collection[str] | None) -> None:
    """Force files and folders to the disk, so that a power cut finds them whole too."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and sure is None:
            _sync_folder(path)
        elif not path.is_dir() and (sure is None or path.relative_to(folder).as_posix() in sure):
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    # Windows opens no folders; some network disks refuse to sync them. Both are harmless.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _put(new: Path, folder: Path, check: Callable[[Path], None]) -> None:
    """Put `new` in the place of `folder`; `new` then holds the old one, or is gone."""
    reason = "another program keeps changing it"
    for _ in range(100):  # another run may publish here between a look and a step: look again
        try:
            if not folder.exists():
                new.rename(folder)
                return
            check(folder)
            if exchange(new, folder) or _two_renames(new, folder):
                return
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno not in (errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY):
                break
    raise refuse(
        f"{folder} cannot be replaced: {reason}",
        hint="Close programs that use it, or name another folder with -o.",
    )


def _two_renames(new: Path, folder: Path) -> bool:
    """Replace `folder` where nothing can be exchanged; return False if another run was faster."""
    aside = folder.with_name(f".{folder.name}{_ASIDE}{os.getpid()}-{secrets.token_hex(4)}")
    folder.rename(aside)
    try:
        new.rename(folder)
    except OSError:
        if folder.exists():
            return False
        aside.rename(folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(aside, ignore_errors=True)
    return True


def fill(folder: Path, files: Mapping[str, bytes], what: str = "the results") -> None:
    """Write files into a new folder that nobody sees yet.

    Raises
    ------
    ScenarioError
        If one cannot be written.
    """
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    except OSError as error:
        raise refuse(f"{what} cannot be written: {error.strerror}") from error

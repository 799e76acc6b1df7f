"""Read what users give: text in UTF-8, of bounded size, from files, pipes and standard input.

A file of more than 256 MiB is refused. `KG_MAX_FILE_SIZE` sets another limit: a number of bytes,
or with a suffix as in Git's configuration, 500K, 256M or 2G.
"""

import errno
import os
import re
import shlex
import stat
import sys
from io import FileIO
from pathlib import Path
from typing import Any, BinaryIO

from kg.errors import KgError

LIMIT_VARIABLE = "KG_MAX_FILE_SIZE"
DEFAULT_LIMIT = "256M"
UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}
CHUNK = 2**20  # bytes
# How long reading from a named pipe waits until a program writes to it.
WRITER_SECONDS = 10
STANDARD_INPUT = "standard input"
LARGEST_INTEGER = 10**100  # in settings: Python writes no integer of more than 4,300 digits
REASONS = {
    errno.ELOOP: "its symbolic links lead in a circle",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ENXIO: "it is a socket",
}
# The same reasons, and frequent ones of the system, in Chinese; {} is a number.
CHINESE_REASONS = {
    "its symbolic links lead in a circle": "其符号链接形成循环",
    "its symbolic link leads nowhere": "其符号链接没有目标",
    "its name is too long": "其名称过长",
    "its name has characters that no file name can have": "其名称含有文件名不能有的字符",
    "its name has a NUL character": "其名称含有 NUL 字符",
    "it is a folder": "这是文件夹",
    "it is a device": "这是设备",
    "it is a socket": "这是套接字",
    "it is a pipe": "这是管道",
    "it is a pipe to which no program wrote in {} s": "这是管道，{} 秒内没有程序写入",
    f"it has more than {{}} bytes; {LIMIT_VARIABLE} sets the limit": "超过 {} 字节；"
    f"上限由 {LIMIT_VARIABLE} 设定",
    "No such file or directory": "文件不存在",
    "Permission denied": "没有权限",
}
KINDS = {
    stat.S_IFDIR: "it is a folder",
    stat.S_IFCHR: "it is a device",
    stat.S_IFBLK: "it is a device",
    stat.S_IFSOCK: "it is a socket",
}
ENCODINGS = {
    b"\xff\xfe\0\0": "UTF-32",
    b"\0\0\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}


class ReadError(KgError):
    """A file cannot be read, or is not UTF-8.

    `reasons` has the message without the file and the line, in en and zh-Hans; `line` counts from
    1, and is 0 if no line is at fault.
    """

    def __init__(
        self, where: str, reason: str, *, chinese: str = "", line: int = 0, exit_code: int = 1
    ) -> None:
        self.reasons = {"en": reason, "zh-Hans": chinese or reason}
        self.line = line
        place = f"{where}{f':{line}' if line else ''}"
        english, chinese = (f"{place}: {text}" for text in self.reasons.values())
        super().__init__(english, exit_code=exit_code, chinese=chinese)


def read_text(
    path: str | Path,
    *,
    hint: str = "Give a text file that you may read.",
    pipes: bool = True,
    exit_code: int = 1,
) -> str:
    """Return the text of a file or of standard input ("-"), without a byte order mark.

    Line ends are unchanged. See `read_bytes` for what can be read.

    Raises:
        ReadError: see `read_bytes`; or the file is not UTF-8.
    """
    data = read_bytes(path, hint=hint, pipes=pipes, exit_code=exit_code)
    return decode_text(data, _name_input(path), exit_code=exit_code).removeprefix("\ufeff")


def read_bytes(
    path: str | Path,
    *,
    hint: str = "Give a file that you may read.",
    pipes: bool = True,
    exit_code: int = 1,
) -> bytes:
    """Return the content of a regular file, a pipe, or standard input ("-").

    Reading from a named pipe waits `WRITER_SECONDS` until a program writes to it; without `pipes`
    it is refused.

    Raises:
        ReadError: the file does not exist, cannot be read, or is larger than the limit; or it is
            a folder, a device or a socket. The message ends with the hint.
    """
    limit = read_limit()
    try:
        if str(path) == "-":
            return _read_standard_input(limit)
        status = find_status(path)
        _refuse_special(status)
        if stat.S_ISFIFO(status.st_mode):
            if not pipes:
                raise OSError(0, "it is a pipe")
            return _read_pipe(path, limit)
        with Path(path).open("rb") as stream:
            return _read_bounded(stream, limit)
    except OSError as error:
        reason = f"cannot be read ({explain_os_error(error)}). {hint}"
        chinese = f"无法读取（{explain_os_error(error, 'zh-Hans')}）。请改为可以读取的文件。"
        where = _name_input(path)
        raise ReadError(where, reason, chinese=chinese, exit_code=exit_code) from None


def decode_text(data: bytes, where: str, *, exit_code: int = 1) -> str:
    """Return the text of bytes in UTF-8; a byte order mark stays its first character.

    Raises:
        ReadError: the bytes are not UTF-8; the message has the offset of the first wrong one.

    >>> decode_text("武汉".encode("gbk"), "a.txt")  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    ...
    kg.reading.ReadError: a.txt:1: byte 0 is not UTF-8. Save the file as UTF-8. If it is GBK:
    iconv -f GB18030 -t UTF-8 a.txt
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        start = error.start
    marked = (name for mark, name in ENCODINGS.items() if data.startswith(mark))
    encoding = next(marked, "")
    what = f"It is {encoding}" if encoding else "Save the file as UTF-8. If it is GBK"
    advice = f"文件编码为 {encoding}" if encoding else "请将文件存为 UTF-8。如为 GBK"
    file = "" if where == STANDARD_INPUT else f" {shlex.quote(where)}"
    command = f"iconv -f {encoding or 'GB18030'} -t UTF-8{file}"
    raise ReadError(
        where,
        f"byte {start} is not UTF-8. {what}: {command}",
        chinese=f"偏移 {start} 处的字节不是 UTF-8。{advice}：{command}",
        line=data.count(b"\n", 0, start) + 1,
        exit_code=exit_code,
    )


def parse_toml(text: str, where: str | Path) -> dict[str, Any]:
    """Return the tables of a text in TOML 1.0 (https://toml.io/en/v1.0.0).

    Raises:
        ReadError: the text is not TOML, is nested too deeply, or has an enormous integer.
    """
    # Imported here, as yaml below: most commands need neither.
    import tomllib

    line = 0
    try:
        tables = tomllib.loads(text)
        _refuse_enormous(tables)
    except RecursionError:
        reason, chinese = "nested too deeply", "嵌套过深"
    except tomllib.TOMLDecodeError as error:
        found = re.search(r" \(at line ([0-9]+), column [0-9]+\)$", str(error))
        line = int(found[1]) if found else 0
        reason, chinese = str(error), f"“{error}”"
    except ValueError:
        reason, chinese = "an integer has too many digits", "整数的位数过多"
    else:
        return tables
    chinese = f"不是有效的 TOML：{chinese}。"
    raise ReadError(str(where), f"not valid TOML: {reason}.", chinese=chinese, line=line)


def _refuse_enormous(value: object) -> None:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            _refuse_enormous(each)
    elif isinstance(value, int) and abs(value) > LARGEST_INTEGER:
        raise ValueError


def parse_yaml(text: str, where: str) -> Any:
    """Return the value of a text in YAML 1.1 (https://yaml.org/spec/1.1/); dates are texts.

    `where` names the text in messages.

    Raises:
        KgError: the text is not YAML, is nested too deeply, or has an enormous integer.
    """
    # It takes a fifth of the time of `kg ask`, and many answers do not need it.
    import yaml

    # The loader in C is ten times as fast, and as safe.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Keeps dates as they are written, and refuses enormous integers."""

        def construct_yaml_int(self, node: Any) -> int:
            value: int = super().construct_yaml_int(node)
            if abs(value) > LARGEST_INTEGER:
                raise ValueError
            return value

        def construct_yaml_timestamp(self, node: Any) -> str:
            return str(self.construct_scalar(node))

    Loader.add_constructor("tag:yaml.org,2002:int", Loader.construct_yaml_int)
    Loader.add_constructor("tag:yaml.org,2002:timestamp", Loader.construct_yaml_timestamp)
    try:
        return yaml.load(text, Loader)  # noqa: S506
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
    except (ValueError, OverflowError):
        reason = "a number has too many digits, or is none"
    except RecursionError:
        reason = "nested too deeply"
    raise KgError(f"{where} not valid YAML: {reason}.")


def find_status(path: str | Path) -> os.stat_result:
    """Return the status of a file or folder, following symbolic links.

    Raises:
        OSError: it does not exist, or its name cannot be one; see `explain_os_error`.
    """
    try:
        return os.stat(path)  # noqa: PTH116
    except FileNotFoundError:
        if not os.path.islink(path):  # noqa: PTH114
            raise
        raise OSError(errno.ENOENT, "its symbolic link leads nowhere") from None
    except UnicodeError:
        raise OSError(0, "its name has characters that no file name can have") from None
    except ValueError:
        raise OSError(0, "its name has a NUL character") from None


def explain_os_error(error: OSError, language: str = "en") -> str:
    """Return in plain words why a file cannot be used, in en or zh-Hans.

    >>> explain_os_error(OSError(errno.ELOOP, "Too many levels of symbolic links"))
    'its symbolic links lead in a circle'
    """
    reason = REASONS.get(error.errno or 0) or error.strerror or str(error)
    if language == "en":
        return reason
    chinese = CHINESE_REASONS.get(re.sub("[0-9]+", "{}", reason))
    return chinese.format(*re.findall("[0-9]+", reason)) if chinese else f"“{reason}”"


def read_limit() -> int:
    """Return the size in bytes of the largest file that is read.

    Raises:
        KgError: `KG_MAX_FILE_SIZE` is not a size.
    """
    written = os.environ.get(LIMIT_VARIABLE) or DEFAULT_LIMIT
    found = re.fullmatch(r"([0-9]{1,15})([KMG]?)", written, re.ASCII | re.IGNORECASE)
    if not found:
        raise KgError(
            f"{LIMIT_VARIABLE}: {written!r} is not a size. Write a number of bytes, or 500K, 256M "
            "or 2G.",
            exit_code=2,
        )
    return int(found[1]) * UNITS[found[2].upper()]


def _name_input(path: str | Path) -> str:
    return STANDARD_INPUT if str(path) == "-" else str(path)


def _refuse_special(status: os.stat_result) -> None:
    """Raise an OSError for a folder, a device or a socket, which may never end."""
    kind = KINDS.get(stat.S_IFMT(status.st_mode))
    if kind and not _is_harmless(status):
        raise OSError(0, kind)


def _is_harmless(status: os.stat_result) -> bool:
    """Return whether a device is the null device, or the terminal of standard input."""
    if not stat.S_ISCHR(status.st_mode):
        return False
    try:
        if status.st_rdev == os.stat(os.devnull).st_rdev:  # noqa: PTH116
            return True
        return os.isatty(0) and os.path.samestat(status, os.fstat(0))
    except OSError:
        return False


def _read_standard_input(limit: int) -> bytes:
    if sys.stdin is None:  # the caller has closed it (`<&-`)
        return b""
    try:
        status = os.fstat(sys.stdin.fileno())
    except (OSError, ValueError):  # not a file, but an object of Python
        pass
    else:
        if not stat.S_ISSOCK(status.st_mode):
            _refuse_special(status)
    return _read_bounded(sys.stdin.buffer, limit)


def _read_bounded(stream: BinaryIO | FileIO, limit: int) -> bytes:
    """Return all bytes of a stream.

    Raises:
        OSError: there are more bytes than the limit.
    """
    chunks, size = [], 0
    while chunk := stream.read(min(CHUNK, limit + 1 - size)):
        chunks.append(chunk)
        size += len(chunk)
        if size > limit:
            raise OSError(0, f"it has more than {limit} bytes; {LIMIT_VARIABLE} sets the limit")
    return b"".join(chunks)


def _read_pipe(path: str | Path, limit: int) -> bytes:
    """Return all bytes that programs write to a pipe.

    Raises:
        OSError: no program has opened the pipe for writing in `WRITER_SECONDS`; or see
            `_read_bounded`.
    """
    import select

    first = b""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as stream:  # noqa: PTH123
        poll = select.poll()
        poll.register(stream, select.POLLIN)
        if not poll.poll(WRITER_SECONDS * 1000):
            # There is no writer, or one that has not written yet: then `read` returns None.
            first = stream.read(1)
            if first == b"":
                raise OSError(0, f"it is a pipe to which no program wrote in {WRITER_SECONDS} s")
        os.set_blocking(stream.fileno(), True)
        return (first or b"") + _read_bounded(stream, limit)

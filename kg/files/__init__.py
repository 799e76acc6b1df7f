"""Write files and folders completely or not at all, whatever interrupts the program.

`writing` has the rule of what may be overwritten, `staging` puts a folder in place in one step,
`journal` undoes what was interrupted, and `signals` holds back Ctrl-C meanwhile.
"""

from kg.files.writing import (
    COMPRESSIONS,
    MANIFEST,
    OpenFile,
    compress_stream,
    is_folder_target,
    is_stream_target,
    write_file,
    write_folder,
)

__all__ = [
    "COMPRESSIONS",
    "MANIFEST",
    "OpenFile",
    "compress_stream",
    "is_folder_target",
    "is_stream_target",
    "write_file",
    "write_folder",
]

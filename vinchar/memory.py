"""How the C library hands memory back, in a process that reads pictures of many sizes for hours."""

from __future__ import annotations

import ctypes

LARGE = 1 << 20  # bytes: a block so large goes back to the system when it is freed
KEPT = 16 << 20  # bytes of free memory that stay at the heap's end, for the next strip's arrays
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h


def keep_flat() -> bool:
    """Tell glibc to give large blocks back at once and to keep a little of the heap; return whether it could be told.

    Left alone it learns from every large block that is freed, up to 32 MB, to keep such blocks in the heap, which
    pictures of many sizes then leave full of holes; and it gives the heap's end back so readily that the arrays of a
    strip are paged in anew at every call. It holds for the whole process, and every ``Reader`` asks for it. Elsewhere
    than under glibc nothing changes.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another C library, or Windows
        return False
    return bool(mallopt(_MMAP_THRESHOLD, LARGE)) and bool(mallopt(_TRIM_THRESHOLD, KEPT))
